import { gzipSync } from 'node:zlib';
import Mixpanel from 'mixpanel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PUBLIC_KEY, SERVER_KEY, type Selfsame, startSelfsame } from './src/selfsame.ts';

let selfsame: Selfsame;
beforeAll(async () => {
  selfsame = await startSelfsame();
});
afterAll(() => selfsame.dispose());

const client = (extra: object = {}) =>
  Mixpanel.init(PUBLIC_KEY, { host: new URL(selfsame.url).host, protocol: 'http', path: '/mixpanel', ...extra });
/** The SDK's callback as a promise; it calls with an error, or with nothing. */
const call = (run: (done: (error?: unknown) => void) => void) =>
  new Promise<void>((resolve, reject) => run((error) => (error ? reject(error) : resolve())));

describe('mixpanel for Node, unmodified', () => {
  it('track, batch, import and profiles make one person', async () => {
    const sdk = client();
    await call((done) => sdk.track('Backend', { distinct_id: 'ann', plan: 'pro' }, done));
    await call((done) =>
      sdk.track_batch(
        [
          { event: 'B1', properties: { distinct_id: 'ann' } },
          { event: 'B2', properties: { distinct_id: 'ann' } },
        ],
        done as never,
      ),
    );
    await call((done) => sdk.people.set('ann', { $name: 'Ann', tags: ['a+b/c?', 'ü'] }, done));
    await call((done) => sdk.people.increment('ann', 'orders', 3, done));
    await call((done) => sdk.people.append('ann', 'list', 'x', done));
    await call((done) => sdk.people.union('ann', { list: ['x', 'y'] }, done));
    await call((done) => sdk.people.track_charge('ann', 25, { $time: '2026-01-01T00:00:00' }, done));
    const person = await selfsame.person('user', 'ann');
    expect(person).toMatchObject({
      known: true,
      traits: { $name: 'Ann', tags: ['a+b/c?', 'ü'], orders: 3, list: ['x', 'y'] },
    });
    expect((await selfsame.events(person?.id ?? '')).map((event) => event.name).sort()).toEqual([
      'B1',
      'B2',
      'Backend',
    ]);
    await call((done) => sdk.people.unset('ann', 'orders', done));
    await call((done) => sdk.people.remove('ann', { list: 'x' }, done));
    expect((await selfsame.person('user', 'ann'))?.traits).toMatchObject({ list: ['y'] });
    await call((done) => sdk.people.delete_user('ann', done));
    expect((await selfsame.person('user', 'ann'))?.traits).toEqual({});
  });

  it('import with the server key takes old events', async () => {
    const sdk = client({ key: SERVER_KEY });
    const time = new Date('2020-05-01T12:00:00Z');
    await call((done) => sdk.import('Old', time, { distinct_id: 'old-user' }, done));
    await call((done) =>
      sdk.import_batch(
        [{ event: 'Older', properties: { time: new Date('2019-05-01T12:00:00Z'), distinct_id: 'old-user' } }],
        done as never,
      ),
    );
    const events = await selfsame.events((await selfsame.person('user', 'old-user'))?.id ?? '');
    expect(events.map((event) => [event.name, event.time])).toEqual([
      ['Older', '2019-05-01T12:00:00.000Z'],
      ['Old', '2020-05-01T12:00:00.000Z'],
    ]);
  });

  it('a long event goes as a GET', async () => {
    await call((done) =>
      client().track(
        'Long',
        {
          distinct_id: 'long',
          text: 'x'.repeat(240),
          more: Array.from({ length: 120 }, (_, i) => `some text number ${i} to make this long`),
        },
        done,
      ),
    );
    expect(await selfsame.person('user', 'long')).toBeDefined();
  });

  it('a device joins the user the backend knows, and the backend’s events join the timeline', async () => {
    await call((done) => client().track('Server side', { $device_id: 'cookie-1', distinct_id: '' }, done));
    await call((done) => client().track('Login', { $device_id: 'cookie-1', $user_id: 'eve' }, done));
    const person = await selfsame.person('device', 'cookie-1');
    expect(person).toEqual(await selfsame.person('user', 'eve'));
    expect((await selfsame.events(person?.id ?? '')).map((event) => event.name)).toEqual(['Server side', 'Login']);
  });

  it('groups have profiles of their own', async () => {
    const sdk = client();
    await call((done) => sdk.groups.set('company', 'Acme', { seats: 3 }, done));
    await call((done) => sdk.groups.set_once('company', 'Acme', { seats: 9, since: 2020 }, done));
    await call((done) => sdk.groups.union('company', 'Acme', { tags: ['a', 'b'] }, done));
    await call((done) => sdk.groups.remove('company', 'Acme', { tags: 'a' }, done));
    await call((done) => sdk.groups.unset('company', 'Acme', ['since'], done));
    const group = await selfsame.person('group.company', 'Acme');
    expect(group?.traits).toEqual({ seats: 3, tags: ['b'] });
    await call((done) => sdk.groups.delete_group('company', 'Acme', done));
    expect((await selfsame.person('group.company', 'Acme'))?.traits).toEqual({});
  });

  it('an identity event is answered with success and links nobody', async () => {
    await call((done) => client().alias('alias-of', 'aliased', done));
    expect(await selfsame.person('user', 'aliased')).toBeUndefined();
  });

  it('an unknown token hears of success, as with the vendor, and the operator of a rejected item', async () => {
    const before = await selfsame.stats();
    const stranger = Mixpanel.init('no-such-token', {
      host: new URL(selfsame.url).host,
      protocol: 'http',
      path: '/mixpanel',
    });
    await call((done) => stranger.track('Lost', { distinct_id: 'lost' }, done));
    const after = await selfsame.stats();
    expect([after.unknownKey - before.unknownKey, after.received]).toEqual([1, before.received]);
    expect(await selfsame.person('user', 'lost')).toBeUndefined();
  });

  it('an import with a wrong key, and an event without a name, are errors to the caller', async () => {
    const sdk = client({ key: 'wrong' });
    await expect(call((done) => sdk.import('Old', new Date(1.6e12), { distinct_id: 'x' }, done))).rejects.toThrow(
      'Invalid credentials',
    );
    await expect(call((done) => client().track('', { distinct_id: 'x' }, done))).rejects.toThrow('Server Error: 0');
  });
});

describe('HTTP clients of the vendor’s API', () => {
  const at = (path: string, init: RequestInit = {}) =>
    fetch(`${selfsame.url}/mixpanel${path}`, { redirect: 'error', ...init });
  const basic = (user: string, secret = '') => ({ authorization: `Basic ${btoa(`${user}:${secret}`)}` });
  const event = (name: string, properties: object = {}) => ({ event: name, properties });

  it('import gzipped NDJSON strictly: the good records are kept, the bad ones named', async () => {
    const time = Date.UTC(2020, 4, 1) / 1000;
    const lines = [
      event('Good', { time, distinct_id: 'http', $insert_id: 'good-1' }),
      event('Bad', { time, distinct_id: 'http', $insert_id: 'bad_1' }),
      event('Good', { time: time + 1, distinct_id: 'http', $insert_id: 'good-2' }),
    ];
    const send = () =>
      at('/import?strict=1&project_id=1', {
        method: 'POST',
        headers: {
          ...basic('service.account', SERVER_KEY),
          'content-type': 'application/x-ndjson',
          'content-encoding': 'gzip',
        },
        body: gzipSync(lines.map((line) => JSON.stringify(line)).join('\n')),
      });
    for (let i = 0; i < 2; i++) {
      const answer = await send();
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({
        code: 400,
        num_records_imported: 2,
        failed_records: [{ index: 1, insert_id: 'bad_1', field: '$insert_id' }],
      });
    }
    const person = await selfsame.person('user', 'http');
    expect((await selfsame.events(person?.id ?? '')).map((one) => one.insertId)).toEqual(['good-1', 'good-2']);
    const kept = await selfsame.get('/v1/events?insertId=good-1');
    expect(((await kept.json()) as { events: unknown[] }).events).toHaveLength(1);
  });

  it('nothing is redirected, with or without slashes', async () => {
    for (const path of ['/track', '/track/', '//track/', '/some/prefix/track/']) {
      const data = btoa(JSON.stringify(event('Slash', { token: PUBLIC_KEY, distinct_id: 'slash' })));
      const answer = await at(path, { method: 'POST', body: `data=${data}` });
      expect([path, answer.status, await answer.text()]).toEqual([path, 200, '1']);
    }
  });

  it('one event of 300 kB goes as a GET', async () => {
    const text = 'x'.repeat(300_000);
    const data = encodeURIComponent(
      btoa(JSON.stringify(event('Huge', { token: PUBLIC_KEY, distinct_id: 'huge', text }))),
    );
    expect(await (await at(`/track?data=${data}`)).text()).toBe('1');
    expect(await selfsame.person('user', 'huge')).toBeDefined();
  });

  it('every answer may be read by the page that asked, errors included', async () => {
    const origin = 'https://shop.example';
    const readable = async (path: string, init: RequestInit, status: number) => {
      const answer = await at(path, { ...init, headers: { ...init.headers, origin } });
      await answer.arrayBuffer();
      expect([path, answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([path, status, origin]);
      expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    };
    await readable('/track/', { method: 'POST', body: 'data=' }, 200);
    await readable('/nowhere', {}, 404);
    await readable('/import', { method: 'POST', body: '[]' }, 401);
    await readable('/track/', { method: 'POST', body: 'x'.repeat(11 * 1024 * 1024) }, 413);
    await readable('/track/', { method: 'POST', body: 'x', headers: { 'content-encoding': 'compress' } }, 415);
    await readable(
      '/flags/',
      { method: 'OPTIONS', headers: { 'access-control-request-headers': 'authorization' } },
      204,
    );
  });
});
