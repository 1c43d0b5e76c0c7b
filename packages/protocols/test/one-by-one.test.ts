import { type Policy, presets, spansOf } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { mixpanel } from '../src/mixpanel/index.ts';
import { mparticle } from '../src/mparticle/index.ts';
import { native } from '../src/native/index.ts';
import type { Protocol, WireRequest } from '../src/protocol.ts';
import { segment } from '../src/segment/index.ts';
import { xo } from '../src/xo/index.ts';
import { dice } from './dice.ts';
import { CLIENT, createPlatform, signed } from './spid/platform-world.ts';
import { createWorld, PUBLIC_KEY, request, SERVER_KEY, type World, WRITE_KEY } from './world.ts';

/** What a wire makes of an item may not hang on what is stored: a batch means what its items mean one by one (G8). */
const START = Date.UTC(2026, 10, 24);
const at = (minute: number): string => new Date(START - 3_600_000 + minute * 60_000).toISOString();
const seconds = (minute: number): number => Date.parse(at(minute)) / 1000;

const json = { 'content-type': 'application/json' };
const basic = (user: string, secret = '') => ({ ...json, authorization: `Basic ${btoa(`${user}:${secret}`)}` });

/** Whole numbers below another, from a seed. */
function wholes(seed: number): (below: number) => number {
  const roll = dice(seed);
  return (below) => Math.floor(roll() * below);
}
type Roll = ReturnType<typeof wholes>;

interface Wire {
  readonly wire: Protocol;
  readonly preset: string;
  readonly item: (roll: Roll, minute: number) => object;
  readonly send: (items: readonly object[]) => WireRequest;
}

const users = ['ann', 'bob', 'cy'] as const;
const devices = ['d1', 'd2', 'd3'] as const;
const traits = (roll: Roll) => ({ [`t${roll(3)}`]: roll(3) });

const wires: readonly Wire[] = [
  {
    wire: segment,
    preset: 'segment',
    item(roll, minute) {
      const type = (['track', 'identify', 'page', 'alias', 'group'] as const)[roll(5)];
      const ids = { ...(roll(3) > 0 ? { userId: users[roll(3)] } : {}), anonymousId: devices[roll(3)] };
      const more = { event: 'E', traits: traits(roll), previousId: [...users, ...devices][roll(6)], groupId: 'g' };
      return { type, ...ids, ...more, timestamp: at(minute), messageId: `m${minute}` };
    },
    send: (batch) => request('POST', '/v1/batch', { batch }, basic(SERVER_KEY)),
  },
  {
    wire: native,
    preset: 'selfsame',
    item(roll, minute) {
      const type = (['track', 'login', 'logout', 'traits', 'merge', 'segments'] as const)[roll(6)] as string;
      const [user, device] = [users[roll(3)], devices[roll(3)]];
      const ids =
        type === 'merge' ? [{ user }, { user: users[roll(3)] }] : type === 'logout' ? { device } : { user, device };
      return {
        type,
        ids,
        name: 'E',
        traits: traits(roll),
        segments: [`s${roll(2)}`],
        time: at(minute),
        insertId: `i${minute}`,
      };
    },
    send: (items) => request('POST', '/v1/batch', { items }, { ...json, authorization: `Bearer ${SERVER_KEY}` }),
  },
  ...(['mixpanel-simplified', 'mixpanel-original'] as const).map(
    (preset): Wire => ({
      wire: mixpanel,
      preset,
      item(roll, minute) {
        const event = (['E', 'E', '$identify', '$create_alias'] as const)[roll(4)];
        const [user, device] = [users[roll(3)], devices[roll(3)]];
        const more = { distinct_id: roll(2) > 0 ? user : `$device:${device}`, $user_id: user, $device_id: device };
        const edit = { $identified_id: user, $anon_id: device, alias: users[roll(3)] };
        return {
          event,
          properties: { token: WRITE_KEY, time: seconds(minute), $insert_id: `i${minute}`, ...more, ...edit },
        };
      },
      send: (records) => request('POST', '/track', records),
    }),
  ),
  {
    wire: mparticle,
    preset: 'mparticle-default',
    item: (roll, minute) => ({
      event_type: roll(3) > 0 ? 'custom_event' : 'user_attribute_change',
      data: {
        event_name: `E${minute}`,
        custom_event_type: 'other',
        user_attribute_name: `t${roll(3)}`,
        deleted: roll(2) > 0,
        timestamp_unixtime_ms: Date.parse(at(minute)),
        source_message_id: `m${minute}`,
      },
    }),
    send: (events) =>
      request(
        'POST',
        '/v2/events',
        {
          environment: 'production',
          user_identities: { customer_id: 'ann', email: 'a@x.se' },
          mp_deviceid: 'd1',
          events,
        },
        basic(WRITE_KEY, SERVER_KEY),
      ),
  },
  {
    wire: xo,
    preset: 'xo',
    item(roll, minute) {
      const identities = { sessionid: devices[roll(3)], ...(roll(2) > 0 ? { ecommerceId: users[roll(3)] } : {}) };
      const state = { segments: [`s${roll(2)}`], ...(roll(3) > 0 ? { traits: traits(roll) } : {}) };
      return { action: `E${minute}`, target: {}, timestamp: at(minute), user: { identities, ...state } };
    },
    send: (activities) => request('POST', `/${PUBLIC_KEY}`, activities),
  },
];

/** What people see of everybody: whose each identifier is and what is known of its owner; and whose each event is. */
function seen(world: World): unknown {
  const kinds = ['user', 'device', 'session', 'distinct_id', 'email', 'visitor'];
  const people = kinds.flatMap((kind) =>
    [...users, ...devices, 'a@x.se', 'v1', 'v2'].flatMap((value) => {
      const person = world.person(kind, value);
      if (person === undefined) return [];
      const { founder, traits: all, segments, known } = person;
      const spans = spansOf(person.holdings)
        .map(({ node, from, to }) => `${node.key} ${from} ${to}`)
        .sort();
      return [[kind, value, founder.key, known, [...all].sort(), segments, spans]];
    }),
  );
  return { people, timeline: world.timeline().toSorted() };
}

describe.each(wires.map((one) => [`${one.wire.name}, ${one.preset}`, one] as const))(
  '%s',
  (_name, { wire, preset, item, send }) => {
    it('one batch and one request an item give the same people (200 histories)', async () => {
      let told = 0;
      for (let seed = 1; seed <= 200; seed++) {
        const roll = wholes(seed);
        const items = Array.from({ length: 2 + roll(7) }, (_, i) => item(roll, 1 + i));
        const [whole, single] = [0, 0].map(() => createWorld(wire, presets[preset] as Policy, { start: START })) as [
          World,
          World,
        ];
        await whole.send(send(items));
        for (const one of items) await single.send(send([one]));
        expect([seed, seen(whole)]).toEqual([seed, seen(single)]);
        told += whole.timeline().length;
      }
      expect(told).toBeGreaterThan(100);
    });
  },
);

describe('spid, what its login platform says', () => {
  it('one batch and one request an item give the same people and events (200 histories)', async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const roll = wholes(seed);
      const items = Array.from({ length: 2 + roll(7) }, (_, i) => {
        const type = (['login', 'logout', 'traits', 'track', 'login'] as const)[roll(5)];
        const ids = {
          ...(type === 'logout' ? {} : { user: users[roll(3)] }),
          ...(type === 'traits' ? {} : { visitor: `v${1 + roll(2)}` }),
        };
        return {
          type,
          ids,
          name: `E${i}`,
          traits: traits(roll),
          time: 1_699_990_000_000 + i * 60_000,
          insertId: `i${i}`,
        };
      });
      const [whole, single] = [createPlatform(), createPlatform()];
      await whole.batch(items);
      for (const one of items) await single.batch([one]);
      const events = ({ world }: typeof whole) =>
        world.entries
          .flatMap(({ entry: { command, time } }) =>
            command.type === 'Track' ? [JSON.stringify([time, command.name, command.ids, command.properties])] : [],
          )
          .sort();
      expect([seed, events(whole)]).toEqual([seed, events(single)]);
      expect([seed, seen(whole.world)]).toEqual([seed, seen(single.world)]);
    }
  });
});

describe('spid, what a browser says', () => {
  const cookie = 'selfsame_visitor=visitor0000000000001';
  const script = (path: string, more: Readonly<Record<string, string>> = {}) =>
    request('GET', `${path}?${new URLSearchParams({ client_id: CLIENT, callback: 'f1', ...more })}`, '', { cookie });
  const platform = (item: object) =>
    request('POST', '/batch', { items: [item] }, { ...json, authorization: `Bearer ${SERVER_KEY}` });
  const visitor = 'visitor0000000000001';

  it('requests read before the first is decided mean what they mean one by one (300 histories)', async () => {
    let told = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const roll = wholes(seed);
      const requests = Array.from({ length: 2 + roll(4) }, () => {
        const all = [
          () => platform({ type: 'login', ids: { user: users[roll(3)], visitor } }),
          () => platform({ type: 'logout', ids: { visitor } }),
          () => script('/ajax/logout.js'),
          () => script('/ajax/traits.js', { t: signed({ algorithm: 'HMAC-SHA256', ...traits(roll) }) }),
          () => script('/ajax/traits.js', { t: signed({ algorithm: 'HMAC-SHA256', sub: visitor, ...traits(roll) }) }),
        ];
        return (all[roll(all.length)] as (typeof all)[number])();
      });
      const [together, single] = [createPlatform(), createPlatform()];
      for (const one of [together, single])
        await one.world.send(platform({ type: 'login', ids: { user: 'ann', visitor } }));
      await together.world.sendAtOnce(requests);
      for (const one of requests) await single.world.send(one);
      const commands = ({ world }: typeof together) => world.entries.map(({ entry: { command } }) => command);
      expect([seed, commands(together)]).toEqual([seed, commands(single)]);
      expect([seed, seen(together.world)]).toEqual([seed, seen(single.world)]);
      told += commands(together).length;
    }
    expect(told).toBeGreaterThan(1_000);
  });

  it('nobody who was logged out meanwhile is logged in again, and two tabs log in once', async () => {
    const autologin = script('/ajax/hasSession.js', { autologin: '1' });
    const names = async (...requests: readonly WireRequest[]) => {
      const { world, events } = createPlatform({ settings: { sessionSeconds: 2 } });
      await world.send(platform({ type: 'login', ids: { user: 'ann', visitor } }));
      for (let second = 0; second < 2; second++) await world.send(script('/ajax/hasSession.js'));
      const replies = await world.sendAtOnce(requests);
      return { told: events('ann'), last: String(replies.at(-1)?.body).includes('"result":true') };
    };
    expect(await names(script('/ajax/logout.js'), autologin)).toEqual({
      told: ['spid Login', 'spid Logout'],
      last: false,
    });
    expect(await names(autologin, autologin)).toEqual({ told: ['spid Login', 'spid Autologin'], last: true });
  });

  it('an agreement is of the login it was asked in', async () => {
    const { world, events } = createPlatform();
    await world.send(platform({ type: 'login', ids: { user: 'ann', visitor } }));
    await world.sendAtOnce([
      platform({ type: 'login', ids: { user: 'bob', visitor } }),
      script('/ajax/acceptAgreement.js'),
    ]);
    expect([events('ann'), events('bob')]).toEqual([['spid Login'], ['spid Login']]);
  });

  it('what was signed for a user is that user’s, whoever has come meanwhile', async () => {
    const { world } = createPlatform();
    await world.send(platform({ type: 'login', ids: { user: 'ann', visitor } }));
    const t = signed({ algorithm: 'HMAC-SHA256', sub: 'ann', colour: 'red' });
    await world.sendAtOnce([
      platform({ type: 'login', ids: { user: 'bob', visitor } }),
      script('/ajax/traits.js', { t }),
    ]);
    expect([
      world.person('user', 'ann')?.traits.get('colour'),
      world.person('user', 'bob')?.traits.get('colour'),
    ]).toEqual(['red', undefined]);
  });
});
