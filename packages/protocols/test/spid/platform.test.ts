import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { native } from '../../src/native/index.ts';
import type { Host } from '../../src/protocol.ts';
import { REVISION } from '../../src/spid/server-event.ts';
import { request, SERVER_KEY } from '../world.ts';
import { createPlatform, type Platform, secondsOf, signed } from './platform-world.ts';

const ann = { user: '42' };
const uid = 'visitorvisitorvisito';
const login = { type: 'login', ids: { visitor: uid, user: '42' } };
const logout = { type: 'logout', ids: { visitor: uid } };

const lastEvent = (platform: Platform) => {
  const tracks = platform.world.entries.flatMap(({ entry }) => (entry.command.type === 'Track' ? [entry.command] : []));
  return tracks.at(-1)?.properties;
};

it('Revision is the release that answers', () => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  expect(REVISION).toBe((JSON.parse(text) as { version: string }).version);
});

describe('what items mean', () => {
  it('hangs on nothing that is stored: they are read without a look at the graph', () => {
    const { host } = createPlatform();
    const blind = Object.create(host, {
      ask: {
        value: () => {
          throw new Error('translation never looks at the graph');
        },
      },
    }) as Host;
    const items = [
      login,
      { type: 'track', name: 'Seen', ids: { user: '42' } },
      { type: 'traits', ids: { user: '42' }, traits: { a: 1 } },
      logout,
    ];
    const sent = request(
      'POST',
      '/v1/batch',
      { items },
      { authorization: `Bearer ${SERVER_KEY}`, 'content-type': 'application/json' },
    );
    const reading = native.read(sent, blind);
    expect(reading.type === 'items' && reading.items).toHaveLength(6);
  });
});

describe('logins and logouts of the server key', () => {
  it('are events of SPiD, and the answer is about the items alone', async () => {
    const platform = createPlatform();
    expect(await platform.batch([login, logout])).toEqual(['applied', 'applied']);
    expect(platform.events('42')).toEqual(['spid Login', 'spid Logout']);
    expect(platform.world.counts).toEqual(new Map([['applied', 4]]));
  });

  it('are told once, however often an item is sent', async () => {
    const platform = createPlatform();
    const named = { ...login, insertId: 'x'.repeat(128) };
    expect(await platform.batch([named])).toEqual(['applied']);
    expect(await platform.batch([named, named])).toEqual(['duplicate', 'duplicate']);
    expect(platform.events('42')).toEqual(['spid Login']);
  });

  it('happen when their item did', async () => {
    const platform = createPlatform();
    await platform.batch([{ ...login, time: 1_600_000_000_000 }]);
    expect(platform.world.entries.map(({ entry }) => entry.time)).toEqual([1_600_000_000_000, 1_600_000_000_000]);
  });

  it('follow each other in the order of their batch', async () => {
    const platform = createPlatform();
    const other = { type: 'login', ids: { visitor: uid, user: '43' } };
    const user = async () =>
      (await platform.script('/rpc/hasSession.js', {}, `selfsame_visitor=${uid}`)).answer?.userId;
    await platform.batch([login, logout]);
    expect(await user()).toBeUndefined();
    await platform.batch([other, login]);
    expect(await user()).toBe(42);
    await platform.batch([login, logout, other]);
    expect(await user()).toBe(43);
    await platform.batch([logout, login, logout]);
    expect(await user()).toBeUndefined();
    expect(platform.events('42')).toEqual([
      'spid Login',
      'spid Logout',
      'spid Login',
      'spid Login',
      'spid Logout',
      'spid Login',
      'spid Logout',
    ]);
    expect(platform.events('43')).toEqual(['spid Login', 'spid Login', 'spid Logout']);
  });

  it('a logout where nobody is logged in is no event', async () => {
    const platform = createPlatform();
    await platform.batch([logout]);
    await platform.batch([login, logout, logout]);
    await platform.batch([logout]);
    expect(platform.events('42')).toEqual(['spid Login', 'spid Logout']);
  });

  it('identify, a login without a visitor, and refused items are none', async () => {
    const platform = createPlatform();
    await platform.batch([
      { type: 'identify', ids: { visitor: uid, user: '42' } },
      { type: 'login', ids: ann },
      { type: 'login', ids: 5 },
      { type: 'logout', ids: { device: 'd' } },
    ]);
    expect(platform.events('42')).toEqual([]);
  });

  it('the public key’s are none', async () => {
    const platform = createPlatform();
    expect(await platform.batch([login, logout], 'e2e-public-key')).toEqual(['applied', 'applied']);
    expect(platform.world.entries).toHaveLength(2);
  });
});

describe('server events', () => {
  it('carry traits, then their own data, then the standard properties', async () => {
    const platform = createPlatform();
    await platform.batch([
      login,
      {
        type: 'traits',
        ids: ann,
        traits: { Gender: 'female', Birthday: '1980-06-15', Registered: '2012-01-01', displayName: 'Ann' },
      },
    ]);
    await platform.send('POST', '/oauth/token');
    await platform.batch([
      {
        type: 'traits',
        ids: ann,
        traits: { plan: 'gold', source: 'trait', Version: 'x', Flow: 'x', 'User agent': 'x' },
      },
    ]);
    await platform.batch([
      {
        type: 'track',
        name: 'Order complete',
        ids: { ...ann, visitor: uid },
        properties: {
          source: 'event',
          Client: 'x',
          Flow: 'payment',
          total: 5,
          url: 'https://a.test/?tag=spring&tracking_ref=mail%201#x',
        },
      },
    ]);
    expect(lastEvent(platform)).toEqual({
      ...{ displayName: 'Ann', plan: 'gold' },
      ...{ source: 'event', Flow: 'payment', total: 5, url: 'https://a.test/?tag=spring&tracking_ref=mail%201#x' },
      ...{ Version: '1', Revision: '0.1.0', Client: 'Shop', 'SPiD ID': '42', 'User status': 'connected' },
      ...{ Age: 43, Gender: 'female', Registered: '2012-01-01', 'Tracking ref': 'mail 1', 'Tracking tag': 'spring' },
    });
  });

  it('of a visitor carry the session’s traits, or those of the user the browser is known to belong to', async () => {
    const platform = createPlatform();
    const view = { type: 'track', name: 'Page viewed', ids: { visitor: uid }, properties: { page: 'login' } };
    const cookie = `selfsame_visitor=${uid}`;
    await platform.script('/ajax/traits.js', { t: signed({ plan: 'gold', t: secondsOf(platform) }) }, cookie);
    await platform.batch([view]);
    expect(lastEvent(platform)).toEqual({
      ...{ plan: 'gold', page: 'login', Version: '1', Revision: '0.1.0', Client: 'Shop', 'User status': 'visitor' },
    });
    await platform.batch([{ type: 'traits', ids: ann, traits: { team: 'red' } }]);
    await platform.batch([login, logout]);
    await platform.batch([view]);
    expect(lastEvent(platform)).toMatchObject({ plan: 'gold', team: 'red', 'SPiD ID': '42' });
  });

  it.each([
    ['1980-11-14', 43],
    ['1980-11-15', 42],
    ['2000-02-29', 23],
    ['0000-00-00', undefined],
    ['1980-02-30', undefined],
    ['undisclosed', undefined],
    [1980, undefined],
    ['2030-01-01', undefined],
  ])('a birthday of %j is the age %j on 14 November 2023', async (Birthday, age) => {
    const platform = createPlatform();
    await platform.batch([{ type: 'traits', ids: ann, traits: { Birthday } }]);
    await platform.batch([{ type: 'track', name: 'Login failed', ids: ann }]);
    expect(lastEvent(platform)?.['Age']).toBe(age);
  });

  it('an event of the public key stays as it was sent', async () => {
    const platform = createPlatform();
    await platform.batch(
      [{ type: 'track', name: 'click', ids: { visitor: uid }, properties: { a: 1 } }],
      'e2e-public-key',
    );
    expect(lastEvent(platform)).toEqual({ a: 1 });
  });
});

it('protected profile data are the server key’s to set, on every path', async () => {
  const platform = createPlatform();
  const traits = { Locale: 'nb_NO', Birthday: '1980-01-01', 'Last authenticated': 'now', 'Last login': 'now', own: 1 };
  await platform.batch([{ type: 'traits', ids: ann, traits }], 'e2e-public-key');
  expect(Object.fromEntries(platform.world.person('user', '42')?.traits ?? [])).toEqual({ own: 1 });
  await platform.batch([{ type: 'traits', ids: ann, traits }]);
  expect(Object.fromEntries(platform.world.person('user', '42')?.traits ?? [])).toEqual(traits);
});

it.each<[object, object]>([
  [{ Birthday: '1980-02-29' }, { Birthday: '1980-02-29' }],
  [{ Birthday: '2030-01-01' }, { Birthday: '2030-01-01' }],
  [{ Birthday: '0000-00-00' }, { Birthday: 'undisclosed' }],
  [{ Birthday: '0000-01-01' }, { Birthday: 'undisclosed' }],
  [{ Birthday: '1981-02-29' }, { Birthday: 'undisclosed' }],
  [{ Birthday: '1980-1-1' }, { Birthday: 'undisclosed' }],
  [{ Birthday: '' }, { Birthday: 'undisclosed' }],
  [{ Birthday: 19800101 }, { Birthday: 'undisclosed' }],
  [{ 'Last login': false, 'Last authenticated': false, own: false }, { own: false }],
  [{ 'Last login': '2026-01-01 10:00:00' }, { 'Last login': '2026-01-01 10:00:00' }],
])('the user’s record %j is told as %j', async (record, told) => {
  const platform = createPlatform();
  await platform.batch([{ type: 'traits', ids: ann, traits: record }]);
  expect(Object.fromEntries(platform.world.person('user', '42')?.traits ?? [])).toEqual(told);
});
