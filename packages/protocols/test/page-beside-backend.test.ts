import { type Entry, type Identifier, keyOf, type Policy, presets, type Verdict } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import type { WireRequest } from '../src/protocol.ts';
import { TOKEN } from '../src/token.ts';
import { basic, bearer, everyWire, json, of, type Roll, START, sdk, wholes } from './every-wire.ts';
import { SIGNING_SECRET } from './pieces.ts';
import { CLIENT, signed } from './spid/platform-world.ts';
import { createWorld, PUBLIC_KEY, request, SERVER_KEY, type World, WRITE_KEY } from './world.ts';

/**
 * All wires over one project: what pages send by any of them, beside what a backend sends by any, takes nothing from whom
 * the backend named ([S10], [S11], (S16), (S17)).
 */
const seed = Number(process.env['SELFSAME_SEED']);
const long = process.env['SELFSAME_LONG'] === '1';

const users = ['ann', 'bob', 'cy'] as const;
const devices = ['d1', 'd2', 'd3'] as const;
const mails = ['a@example.com', 'b@example.com'] as const;
/** Five groups, the shape of an anonymous id of Mixpanel's original merge. */
const guids = ['1f-1-1-1-1', '2f-2-2-2-2'] as const;
/** What only pages know of. */
const own = {
  user: 'mal',
  device: 'd9',
  mail: 'evil@example.com',
  visitor: 'visitor0000000000009',
  guid: '9f-9-9-9-9',
} as const;

let pages = 0;
/** Profiles that pages make have numbers of their own. */
const all = everyWire((one) => (one.headers['x-page'] === '1' ? String(9_000_000_000 + pages++) : undefined));

interface Sender {
  readonly trusted: boolean;
  readonly device: (roll: Roll) => string;
}

const asked = (roll: Roll, by: Sender) =>
  by.trusted || roll(3) > 0 ? { user: of(roll, users) } : ({} as { readonly user?: string });

/** When something happened, as its sender says: a page whenever it likes. */
function whenOf(roll: Roll, by: Sender): number {
  if (by.trusted) return START - 3_600_000 + roll(50) * 60_000;
  return of(roll, [Date.UTC(2001, 0, 1), START - 3_600_000 + roll(60) * 60_000, START + 86_400_000]);
}

const insertIds = ['i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7', 'i8', 'i9'] as const;

/** A page may lie about when it sent, and carries what a backend signed for its own user. */
const sentAt = (roll: Roll, by: Sender) => (by.trusted || roll(3) > 0 ? undefined : whenOf(roll, by));
const token = (roll: Roll, by: Sender) => {
  const proof = { use: 'identity', ids: { user: own.user }, t: START / 1_000 };
  return by.trusted || roll(6) > 0 ? {} : { [TOKEN]: signed(proof, SIGNING_SECRET) };
};

let told = 0;
/** What is told of a backend has a name of its own. */
const nameOf = (by: Sender): string => (by.trusted ? `Told ${told++}` : 'Seen');

function nativeItem(roll: Roll, by: Sender): WireRequest {
  const type = of(roll, ['track', 'login', 'identify', 'modify', 'traits', 'segments', 'merge', 'consent', 'logout']);
  const device = by.device(roll);
  const contact = roll(3) > 0 ? {} : { email: by.trusted ? of(roll, mails) : of(roll, [...mails, own.mail]) };
  const { user } = asked(roll, by);
  const ids =
    type === 'merge'
      ? [
          { user: of(roll, users) },
          by.trusted ? { user: of(roll, users) } : of<object>(roll, [{ user: of(roll, users) }, { device }]),
        ].map((one) => (roll(3) > 0 ? one : { device: by.device(roll) }))
      : type === 'logout'
        ? { device }
        : type === 'consent'
          ? of<object>(roll, [{ user: user ?? 'ann' }, { device }, { user: user ?? 'ann', device }, { mpid: '1' }])
          : {
              ...(user === undefined ? {} : { user }),
              ...(roll(2) > 0 || user === undefined ? { device } : {}),
              ...contact,
            };
  const item = {
    type,
    ids,
    name: nameOf(by),
    properties: token(roll, by),
    traits: { [`t${roll(3)}`]: by.trusted ? roll(9) : 'evil', ...(roll(4) > 0 ? {} : { email: of(roll, mails) }) },
    op: type === 'traits' ? of(roll, ['set', 'set', 'replace', 'set-once']) : 'set',
    segments: [by.trusted ? 'vip' : 'evil'],
    consent: of(roll, ['granted', 'denied']),
    time: whenOf(roll, by),
    ...(roll(2) > 0 ? {} : { insertId: of(roll, insertIds) }),
  };
  const ok = type === 'traits' ? item : { ...item, op: 'set' };
  const when = sentAt(roll, by);
  return request(
    'POST',
    '/native/v1/batch',
    { items: [ok], ...(when && { sentAt: when }) },
    bearer(by.trusted ? SERVER_KEY : WRITE_KEY),
  );
}

function segmentCall(roll: Roll, by: Sender): WireRequest {
  const type = of(roll, ['track', 'identify', 'page', 'alias', 'group']);
  const { user } = asked(roll, by);
  const when = sentAt(roll, by);
  const message = {
    type,
    ...(user === undefined ? {} : { userId: user }),
    ...(roll(2) > 0 || user === undefined ? { anonymousId: by.device(roll) } : {}),
    event: nameOf(by),
    properties: token(roll, by),
    ...(when && { sentAt: new Date(when).toISOString() }),
    traits: { [`t${roll(3)}`]: by.trusted ? roll(9) : 'evil', ...(roll(3) > 0 ? {} : { email: of(roll, mails) }) },
    previousId: by.trusted ? of(roll, users) : of(roll, [...users, ...devices, own.device]),
    groupId: 'g',
    timestamp: new Date(whenOf(roll, by)).toISOString(),
    ...(roll(2) > 0 ? {} : { messageId: of(roll, insertIds) }),
  };
  return request('POST', '/segment/v1/batch', { batch: [message] }, basic(by.trusted ? SERVER_KEY : WRITE_KEY));
}

function mixpanelEvent(roll: Roll, by: Sender): WireRequest {
  const { user } = asked(roll, by);
  const device = by.device(roll);
  const guid = by.trusted ? of(roll, guids) : of(roll, [...guids, own.guid]);
  if (!by.trusted && roll(3) === 0)
    return request('POST', '/mixpanel/engage', [
      { $token: WRITE_KEY, $distinct_id: user ?? guid, [of(roll, ['$set', '$set_once', '$union'])]: { t1: 'evil' } },
    ]);
  const event = of(roll, ['Told', 'Told', '$identify', '$create_alias', '$merge']);
  const record = {
    event: event === 'Told' ? nameOf(by) : event,
    properties: {
      ...token(roll, by),
      token: WRITE_KEY,
      time: Math.floor(whenOf(roll, by) / 1000),
      $insert_id: roll(2) > 0 ? `x${roll(1e6)}` : of(roll, insertIds),
      distinct_id: user ?? guid,
      ...(user === undefined ? {} : { $user_id: user }),
      ...(by.trusted && user === undefined ? {} : { $device_id: device }),
      $identified_id: user ?? of(roll, users),
      $anon_id: of(roll, [guid, device]),
      alias: of(roll, [...users, guid]),
      $distinct_ids: [of(roll, users), of(roll, [...users, guid])],
    },
  };
  return by.trusted
    ? request('POST', '/mixpanel/import', [record], basic(SERVER_KEY))
    : request('POST', '/mixpanel/track', [record]);
}

function mparticleCall(roll: Roll, by: Sender): WireRequest {
  const key: Readonly<Record<string, string>> = by.trusted
    ? basic(WRITE_KEY, SERVER_KEY)
    : { ...json, 'x-mp-key': WRITE_KEY };
  const { user } = asked(roll, by);
  const device = by.device(roll);
  const mail = roll(2) > 0 ? {} : { email: by.trusted ? of(roll, mails) : of(roll, [...mails, own.mail]) };
  const mpid = String(1 + roll(4));
  const known = {
    ...(user === undefined ? {} : { customerid: user }),
    ...mail,
    ...(roll(2) > 0 || user === undefined ? { device_application_stamp: device } : {}),
  };
  const again = roll(2) > 0 ? {} : { request_id: of(roll, insertIds) };
  switch (by.trusted ? of(roll, [0, 0, 3, 3]) : roll(6)) {
    case 0:
      return request(
        'POST',
        `/mparticle/identity/v1/${by.trusted ? 'login' : of(roll, ['identify', 'login', 'logout'])}`,
        { ...sdk, ...again, previous_mpid: by.trusted ? null : mpid, known_identities: known },
        key,
      );
    case 1: {
      const change = {
        identity_type: of(roll, ['email', 'customerid']),
        old_value: null,
        new_value: of(roll, [null, ...users, ...mails]),
      };
      return request('POST', `/mparticle/identity/v1/${mpid}/modify`, { ...sdk, identity_changes: [change] }, key);
    }
    case 2:
      return request('POST', `/mparticle/webevents/v1/identity/${WRITE_KEY}/Alias`, {
        request_id: `r${roll(1e6)}`,
        request_type: 'alias',
        environment: 'production',
        api_key: WRITE_KEY,
        data: {
          destination_mpid: mpid,
          source_mpid: String(1 + roll(4)),
          start_unixtime_ms: START - 3_600_000,
          end_unixtime_ms: START,
          scope: 'device',
          device_application_stamp: device,
        },
      });
    default: {
      const data = {
        event_name: nameOf(by),
        custom_event_type: 'other',
        custom_attributes: token(roll, by),
        timestamp_unixtime_ms: whenOf(roll, by),
        ...(roll(2) > 0 ? {} : { source_message_id: of(roll, insertIds) }),
      };
      const optOut = { event_type: 'opt_out', data: { ...data, is_opted_out: roll(2) > 0 } };
      const when = sentAt(roll, by);
      const analytics = { consented: roll(2) > 0, timestamp_unixtime_ms: whenOf(roll, by) };
      const batch = {
        environment: 'production',
        ...(when && { timestamp_unixtime_ms: when }),
        ...(roll(3) > 0 ? {} : { consent_state: { gdpr: { analytics } } }),
        ...(by.trusted || roll(2) > 0 ? {} : { mpid }),
        user_identities: { ...(user === undefined ? {} : { customer_id: user }), ...mail },
        ...(user === undefined || !by.trusted ? { mp_deviceid: device } : {}),
        user_attributes: { [`t${roll(3)}`]: by.trusted ? roll(9) : 'evil' },
        events: [by.trusted || roll(3) > 0 ? { event_type: 'custom_event', data } : optOut],
      };
      return by.trusted
        ? request('POST', '/mparticle/v2/events', batch, key)
        : request('POST', `/mparticle/webevents/v3/JS/${WRITE_KEY}/events`, batch);
    }
  }
}

function xoActivity(roll: Roll, by: Sender): WireRequest {
  const { user } = asked(roll, by);
  const activity = {
    action: 'Seen',
    target: {},
    timestamp: new Date(whenOf(roll, by)).toISOString(),
    user: {
      identities: {
        sessionid: by.device(roll),
        ...(user === undefined ? {} : { ecommerceId: user }),
        ...(roll(4) > 0 ? {} : { email: of(roll, mails) }),
      },
      segments: ['evil'],
      traits: { t1: 'evil' },
    },
  };
  return request('POST', `/xo/${PUBLIC_KEY}`, [activity]);
}

/** What a browser calls whose cookie is the page's own. */
function spidCall(roll: Roll): WireRequest {
  const path = of(roll, ['hasSession', 'logout', 'acceptAgreement', 'traits']);
  const query = new URLSearchParams({
    client_id: CLIENT,
    callback: 'f',
    autologin: '1',
    t: signed({ t1: 'evil' }, 'a guess'),
  });
  return request('GET', `/spid/ajax/${path}.js?${query}`, '', { cookie: `selfsame_visitor=${own.visitor}` });
}

const backend: Sender = { trusted: true, device: (roll) => of(roll, devices) };
const page: Sender = { trusted: false, device: (roll) => of(roll, [...devices, own.device, own.device]) };

const ofBackend = (roll: Roll): WireRequest =>
  of(roll, [nativeItem, nativeItem, segmentCall, mixpanelEvent, mparticleCall])(roll, backend);

function ofPage(roll: Roll): WireRequest {
  const one = of(roll, [
    nativeItem,
    nativeItem,
    segmentCall,
    mixpanelEvent,
    mparticleCall,
    mparticleCall,
    xoActivity,
    spidCall,
  ])(roll, page);
  return { ...one, headers: { ...one.headers, 'x-page': '1' } };
}

/** The backend tells first of each of its customers, so that pages find them named. */
const introductions: readonly WireRequest[] = [
  request(
    'POST',
    '/native/v1/batch',
    {
      items: users.map((user) => ({ type: 'traits', ids: { user }, traits: { name: user }, time: START - 7_200_000 })),
    },
    bearer(SERVER_KEY),
  ),
  ...users.map((user) =>
    request(
      'POST',
      '/mparticle/identity/v1/login',
      { ...sdk, known_identities: { customerid: user } },
      basic(WRITE_KEY, SERVER_KEY),
    ),
  ),
];

interface Run {
  readonly world: World;
  /** What was decided of each request of the backend. */
  readonly decided: readonly (readonly { entry: Entry; verdict: Verdict }[])[];
}

async function run(
  policy: Policy,
  requests: readonly { readonly by: 'page' | 'backend'; readonly one: WireRequest }[],
): Promise<Run> {
  const world = createWorld(all, policy, { start: START, tick: 0 });
  const decided: (readonly { entry: Entry; verdict: Verdict }[])[] = [];
  for (const { by, one } of requests) {
    const before = world.entries.length;
    await world.send(one);
    if (by === 'backend') decided.push(world.entries.slice(before));
  }
  return { world, decided };
}

const isDevice = ({ kind }: Identifier): boolean => kind === 'device' || kind === 'visitor';

/**
 * What a backend says of consent by a device alone is of whoever has it: by order of arrival that may be a visitor who came
 * first [L3], and nobody where a page had said no there before the backend named whose it is [G3].
 */
function mayBeOfAnother({ order, sharedDevice }: Policy, { world }: Run): boolean {
  const saidAt = (isSaid: (entry: Entry) => boolean) =>
    world.entries.flatMap(({ entry }) =>
      entry.command.type === 'Consent' && isSaid(entry) ? entry.command.ids.map(keyOf) : [],
    );
  const byDevice = saidAt(({ trust, command }) => trust > 0 && 'ids' in command && command.ids.every(isDevice));
  const byPages = new Set(saidAt(({ trust }) => trust === 0));
  return byDevice.some((key) => (order === 'arrival' && sharedDevice === 'first-login') || byPages.has(key));
}

/** What became of the items of a backend, but for those that speak of a device alone: whose that is pages may say. */
const statuses = ({ decided }: Run) =>
  decided.map((items) =>
    items.flatMap(({ entry, verdict }) => {
      const { command } = entry;
      const ids = 'ids' in command ? command.ids : [];
      const isOfDevice = ids.length > 0 && ids.every(isDevice);
      const isOfHandle = ids.some(({ kind, value }) => kind === 'distinct_id' && !users.includes(value as 'ann'));
      return isOfDevice || isOfHandle || command.type === 'Logout'
        ? []
        : [`${command.type} ${verdict.status} ${verdict.answer?.known ?? ''}`];
    }),
  );

const modes = ['open', 'report', 'enforce'] as const;
const variants = [
  'selfsame',
  'by-interval',
  'segment',
  'mixpanel-simplified',
  'mixpanel-original',
  'mparticle-default',
  'mparticle-link',
  'mparticle-isolation',
  'mparticle-best-match',
  'spid',
  'xo',
].flatMap((name) =>
  modes.map(
    (identityMode): Policy => ({ ...(presets[name] as Policy), identityMode, preset: `${name}, ${identityMode}` }),
  ),
);

console.log(`pages beside a backend: SELFSAME_SEED=${seed}`);

describe.each(variants.map((policy) => [policy.preset, policy] as const))('%s', (name, policy) => {
  it('pages take nothing from whom a backend named, by any wire', async () => {
    const histories = long ? 2_000 : 20;
    const kind = name.startsWith('mixpanel-original') ? ['user', 'distinct_id'] : ['user'];
    for (let i = 0; i < histories; i++) {
      const roll = wholes(seed + i);
      const told = [...introductions, ...Array.from({ length: 3 + roll(8) }, () => ofBackend(roll))].map((one) => ({
        by: 'backend' as const,
        one,
      }));
      const both: { readonly by: 'page' | 'backend'; readonly one: WireRequest }[] = [...told];
      for (let n = 3 + roll(12); n > 0; n--)
        both.splice(introductions.length + roll(both.length - introductions.length + 1), 0, {
          by: 'page',
          one: ofPage(roll),
        });
      const [without, beside] = [await run(policy, told), await run(policy, both)];
      const where = `SELFSAME_SEED=${seed + i}`;
      expect(statuses(beside), where).toEqual(statuses(without));
      // What a backend tells of somebody stays theirs, and what it said of an address.
      const theirs = beside.world.timeline();
      for (const event of without.world.timeline())
        if (/^(user|distinct_id):\w+ Told/.test(event)) expect(theirs, where).toContain(event);
      for (const mail of mails) {
        const was = without.world.person('email', mail)?.founder;
        if (was?.id.kind === 'user') expect(beside.world.person('email', mail)?.founder.key, where).toBe(was.key);
      }
      const people = (world: World) => kind.flatMap((one) => users.map((user) => world.person(one, user)));
      const [were, are] = [people(without.world), people(beside.world)];
      for (const [n, was] of were.entries()) {
        const is = are[n];
        if (was === undefined) continue;
        expect(is?.founder.key, where).toBe(was.founder.key);
        if (was.consent !== 'not-asked' && !mayBeOfAnother(policy, beside))
          expect(is?.consent, where).toBe(was.consent);
        for (const [trait, value] of was.traits) expect([trait, is?.traits.get(trait)], where).toEqual([trait, value]);
        for (const [purpose, value] of was.purposes)
          expect([purpose, is?.purposes.get(purpose)], where).toEqual([purpose, value]);
        if (was.segments.length > 0) expect(is?.segments, where).toEqual(was.segments);
        // [S11] Nobody is joined with anybody, nor parted.
        for (const [m, other] of were.entries())
          if (other !== undefined) expect(is?.id === are[m]?.id, where).toBe(was.id === other.id);
      }
    }
  });
});
