import { type Policy, presets } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { segment } from '../../src/segment/index.ts';
import { createWorld, request, SERVER_KEY, type World, WRITE_KEY } from '../world.ts';

const open = () => createWorld(segment, presets['selfsame'] as Policy);
const key = (one: string) => ({ authorization: `Basic ${btoa(`${one}:`)}` });
/** Sends messages one after another, each by its `type`. */
async function sent(here: World, messages: readonly object[], writeKey = WRITE_KEY): Promise<World> {
  for (const message of messages) {
    const { type } = message as { type: string };
    const reply = await here.send(request('POST', `/v1/${type}`, message, key(writeKey)));
    expect([reply.status, reply.body]).toEqual([200, '{"success":true}']);
  }
  return here;
}
const send = (...messages: readonly object[]) => sent(open(), messages);
const track = (event: string, ids: object, more: object = {}) => ({ type: 'track', event, ...ids, ...more });
const device = (anonymousId: string, userId?: string) => ({ anonymousId, ...(userId && { userId }) });
const traits = (here: World, kind: string, value: string) => Object.fromEntries(here.person(kind, value)?.traits ?? []);

describe('who is who', () => {
  it('a device is its user’s from the login on, with what it did before', async () => {
    const here = await send(
      track('1', device('d1')),
      { type: 'identify', ...device('d1', 'ann') },
      track('2', device('d1', 'ann')),
      track('3', device('d2')),
    );
    expect(here.timeline()).toEqual(['user:ann 1', 'user:ann 2', 'device:d2 3']);
  });

  it('whole numbers are ids as well', async () => {
    expect((await send(track('1', { userId: 42 }), track('2', { userId: '42' }))).timeline()).toEqual([
      'user:42 1',
      'user:42 2',
    ]);
  });

  it('alias takes an anonymous id along', async () => {
    const here = await send(track('1', device('d0')), { type: 'alias', userId: 'ann', previousId: 'd0' });
    expect(here.timeline()).toEqual(['user:ann 1']);
  });

  it('alias with a public key does not join two users, and does not say so (S11, S12)', async () => {
    const here = await send(track('1', { userId: 'bob' }), { type: 'alias', userId: 'ann', previousId: 'bob' });
    expect(here.timeline()).toEqual(['user:bob 1']);
  });

  it('alias of a backend joins the two in every order of arrival', async () => {
    const three = [
      track('old', { userId: 'bob' }),
      { type: 'alias', userId: 'ann', previousId: 'bob' },
      track('new', { userId: 'ann' }),
    ];
    for (const [a, b, c] of [
      [0, 1, 2],
      [1, 0, 2],
      [1, 2, 0],
      [2, 1, 0],
    ] as const) {
      const here = await sent(open(), [three[a], three[b], three[c]] as object[], SERVER_KEY);
      expect(new Set(here.timeline().map((line) => line.split(' ')[0])).size).toBe(1);
    }
  });

  it('alias of two anonymous ids makes them one visitor', async () => {
    const here = await send({ type: 'alias', previousId: 'a1', anonymousId: 'a2' }, track('1', { anonymousId: 'a1' }), {
      type: 'identify',
      userId: 'ann',
      anonymousId: 'a2',
    });
    expect(here.timeline()).toEqual(['user:ann 1']);
  });

  it('alias with the server key joins them', async () => {
    const here = await sent(
      open(),
      [
        track('1', { userId: 'bob' }),
        { type: 'alias', userId: 'ann', previousId: 'bob' },
        track('2', { userId: 'ann' }),
      ],
      SERVER_KEY,
    );
    expect(new Set(here.timeline().map((line) => line.split(' ')[0])).size).toBe(1);
  });

  it('alias of an id to itself says nothing', async () => {
    await send({ type: 'alias', userId: 'ann', previousId: 'ann' });
  });

  it('a group joins nobody', async () => {
    const here = await send(
      { type: 'group', ...device('d1', 'ann'), groupId: 'acme', traits: { seats: 3 } },
      { type: 'group', ...device('d2', 'bob'), groupId: 'acme' },
      track('1', device('d1', 'ann')),
      track('2', device('d2', 'bob')),
    );
    expect(here.timeline()).toEqual(['user:ann 1', 'user:bob 2']);
    expect(traits(here, 'group.id', 'acme')).toEqual({ seats: 3 });
    expect(traits(here, 'user', 'ann')).toEqual({});
    expect(here.entries[0]?.entry.command).toMatchObject({ name: '$group', hidden: true });
  });
});

describe('traits', () => {
  it.each([
    ['of identify', [{ type: 'identify', userId: 'ann', traits: { plan: 'pro', age: 3 } }], { plan: 'pro', age: 3 }],
    [
      'null takes one away',
      [
        { type: 'identify', userId: 'ann', traits: { a: 1, b: 2 } },
        { type: 'identify', userId: 'ann', traits: { a: null } },
      ],
      { b: 2 },
    ],
    ['of the context', [track('1', { userId: 'ann' }, { context: { traits: { plan: 'pro' } } })], { plan: 'pro' }],
    [
      'identify’s own before the context’s',
      [{ type: 'identify', userId: 'ann', traits: { a: 1 }, context: { traits: { a: 2, b: 2 } } }],
      { a: 1, b: 2 },
    ],
    [
      'of a device before its login',
      [
        { type: 'identify', anonymousId: 'd1', traits: { a: 1 } },
        { type: 'identify', ...device('d1', 'ann') },
      ],
      { a: 1 },
    ],
    [
      'named like the prototype',
      [JSON.parse('{"type":"identify","userId":"ann","traits":{"__proto__":1,"constructor":2}}')],
      JSON.parse('{"__proto__":1,"constructor":2}'),
    ],
  ])('%s', async (_name, messages, wanted) => expect(traits(await send(...messages), 'user', 'ann')).toEqual(wanted));
});

describe('events', () => {
  const first = async (message: object) => {
    const here = await send(message);
    return here.entries[0]?.entry;
  };
  const properties = async (message: object) => {
    const command = (await first(message))?.command;
    return command?.type === 'Track' ? [command.name, command.properties] : undefined;
  };
  it.each([
    ['track', track('Paid', { userId: 'a' }, { properties: { total: 1 } }), ['Paid', { total: 1 }]],
    [
      'page',
      { type: 'page', userId: 'a', name: 'Home', category: 'Shop', properties: { url: '/' } },
      ['page', { name: 'Home', category: 'Shop', url: '/' }],
    ],
    ['screen', { type: 'screen', userId: 'a', name: 'Home' }, ['screen', { name: 'Home' }]],
    [
      'integrations are ignored, whatever they switch off',
      track('x', { userId: 'a' }, { integrations: { All: false, 'Segment.io': false }, _metadata: { bundled: [] } }),
      ['x', {}],
    ],
    [
      'the context stays, without addresses and traits; the campaign gets its usual names',
      track(
        'x',
        { userId: 'a' },
        {
          context: { ip: '1.2.3.4', traits: {}, locale: 'fr', campaign: { name: 'spring', source: 'mail', custom: 1 } },
        },
      ),
      [
        'x',
        {
          utm_campaign: 'spring',
          utm_source: 'mail',
          context: { locale: 'fr', campaign: { name: 'spring', source: 'mail', custom: 1 } },
        },
      ],
    ],
    [
      'properties win',
      track(
        'x',
        { userId: 'a' },
        { properties: { context: 1, utm_source: 'b' }, context: { campaign: { source: 'a' } } },
      ),
      ['x', { context: 1, utm_source: 'b' }],
    ],
  ])('%s', async (_name, message, wanted) => expect(await properties(message)).toEqual(wanted));

  it('a message sent again has one effect', async () => {
    const message = track('1', device('d1'), { messageId: 'm1', context: { traits: { a: 1 } } });
    const here = await send(message, message);
    expect(here.timeline()).toEqual(['device:d1 1']);
    expect(here.counts).toEqual(
      new Map([
        ['applied', 2],
        ['duplicate', 2],
      ]),
    );
  });

  const arrival = 1_700_000_001_000;
  const iso = (seconds: number) => new Date(arrival + seconds * 1_000).toISOString();
  it.each([
    ['no time is the arrival', {}, 0],
    ['its own time', { timestamp: iso(-5) }, -5],
    ['a clock that is an hour fast', { timestamp: iso(3_590), sentAt: iso(3_600) }, -10],
    ['a request that was delayed for an hour', { timestamp: iso(-3_610), sentAt: iso(-3_600) }, -3_610],
    ['a sentAt that was never filled', { timestamp: iso(-5), sentAt: '0001-01-01T00:00:00Z' }, -5],
    ['a timestamp that cannot be read beside one that can', { timestamp: 'noon', originalTimestamp: iso(-5) }, -5],
    ['one that Segment has corrected', { timestamp: iso(-7), originalTimestamp: iso(3_590), sentAt: iso(3_600) }, -7],
    ['the original alone', { originalTimestamp: iso(3_590), sentAt: iso(3_600) }, -10],
    ['a sentAt that is none', { timestamp: iso(-5), sentAt: 'now' }, -5],
    ['the future', { timestamp: iso(600) }, 0],
  ])('%s', async (_name, times, seconds) => {
    expect((await first(track('1', { userId: 'a' }, times)))?.time).toBe(arrival + seconds * 1_000);
  });

  it('a batch speaks for its messages, and an import is not corrected', async () => {
    const messages = [track('1', { userId: 'a' }, { timestamp: iso(3_590), context: { locale: 'fr' } })];
    const batch = { batch: messages, sentAt: iso(3_600), context: { app: 'x', locale: 'en' } };
    const here = open();
    await here.send(request('POST', '/v1/batch', batch, key(WRITE_KEY)));
    expect(here.entries[0]?.entry).toMatchObject({
      time: arrival - 10_000,
      command: { properties: { context: { app: 'x', locale: 'fr' } } },
    });
    const history = open();
    await history.send(
      request('POST', '/v1/import', { ...batch, batch: [{ ...messages[0], timestamp: iso(-86_400) }] }, key(WRITE_KEY)),
    );
    expect(history.entries[0]?.entry.time).toBe(arrival - 86_400_000);
  });

  it.each([[''], [0], ['0001-01-01T00:00:00Z'], ['now']])(
    'a batch speaks for a message whose own sentAt is %j',
    async (sentAt) => {
      const batch = [track('1', { userId: 'a' }, { timestamp: iso(3_590), sentAt })];
      const here = open();
      await here.send(request('POST', '/v1/batch', { batch, sentAt: iso(3_600) }, key(WRITE_KEY)));
      expect(here.entries[0]?.entry.time).toBe(arrival - 10_000);
    },
  );
});
