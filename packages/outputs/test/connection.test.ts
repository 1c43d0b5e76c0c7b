import type { Identifier } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { type Connection, connect, type Message, readInput } from '../src/index.ts';

const id = (key: string): Identifier => {
  const [kind = '', value = ''] = key.split('=');
  return { kind, value };
};
const ann = { id: 'p1' as never, known: true, identifiers: [id('user=ann'), id('email=ann@example.com')] };
const said = { place: { position: 1, part: 0 }, project: 'shop', at: 0, person: ann } as const;

const event = (name = 'Bought', properties = {}, more = {}, wire = 'native', key: 'public' | 'server' = 'server') =>
  ({
    ...said,
    via: { wire, key },
    kind: 'event',
    event: { name, time: 0, insertId: null, wire, anchor: id('user=ann'), ids: [id('user=ann')], properties, ...more },
  }) satisfies Message;
const mparticle = (type: string, properties = {}, more = {}) =>
  event('E', { event_type: type, ...properties }, more, 'mparticle', 'public');
const person = {
  ...said,
  via: { wire: 'native', key: 'server' },
  kind: 'person',
  traits: { set: { plan: 'pro', contact: ' Ann@Example.com' }, unset: ['old'] },
  all: { plan: 'pro', contact: 'ann@example.com' },
  segments: { entered: ['vip'], left: [] },
} satisfies Message;
const moved = (anchor: string) =>
  ({
    ...said,
    via: { wire: 'segment', key: 'server' },
    kind: 'moved',
    anchor: id(anchor),
    stretch: { from: null, to: null },
    from: null,
    to: ann,
    because: { claim: 'c1', rule: 'L1' },
  }) satisfies Message;

const connection = (more: Partial<Connection> = {}): Connection => ({
  id: 'c',
  input: 'all',
  output: 'out',
  active: true,
  settings: {},
  filters: {},
  rules: [],
  ...more,
});

/** The connection that let it through, or the step and the reason that kept it. */
function became(connections: readonly Connection[], message: Message): string {
  const connected = connect(connections, message);
  return 'kept' in connected
    ? `${connected.step}: ${connected.kept}`
    : `through ${connected.connection?.id ?? 'nothing'}`;
}

describe('[O13] which connection decides', () => {
  const inputs = ['all', 'mparticle', 'mparticle:public'].map((input) => connection({ id: input, input }));
  it.each([
    ['none: everything is taken', [], event(), 'through nothing'],
    ['the narrowest', inputs, mparticle('custom_event'), 'through mparticle:public'],
    ['a wire', inputs, event('E', {}, {}, 'mparticle', 'server'), 'through mparticle'],
    ['all', inputs, event(), 'through all'],
    [
      'the narrowest also when it is off',
      [inputs[0]!, connection({ input: 'native', active: false })],
      event(),
      'connection: the connection is switched off',
    ],
    [
      'none covers it',
      [connection({ input: 'xo' })],
      event(),
      'connection: no connection of this output takes what comes by native with a server key',
    ],
    [
      'a correction is the output’s: its first active one',
      [connection({ input: 'xo', active: false }), connection({ id: 'spid', input: 'spid' })],
      moved('device=d'),
      'through spid',
    ],
    [
      'a correction where all are off',
      [connection({ input: 'xo', active: false })],
      moved('device=d'),
      'connection: the connection is switched off',
    ],
  ])('%s', (_, connections, message, expected) => expect(became(connections, message)).toBe(expected));
});

describe('the switches of a connection', () => {
  const on = connection();
  it.each([
    ['custom_event', 'customEvents'],
    ['screen_view', 'screenViews'],
    ['commerce_event', 'commerce'],
    ['crash_report', 'crash'],
    ['session_start', 'lifecycle'],
    ['push_message', 'push'],
    ['network_performance', 'network'],
  ])('%s goes by %s, which is on until it is off', (type, name) => {
    expect(became([on], mparticle(type))).toBe('through c');
    expect(became([connection({ settings: { [name]: false } })], mparticle(type))).toBe(
      `settings: the connection’s switch ${name} is off`,
    );
  });

  it.each([
    ['userAttributeChange', mparticle('user_attribute_change', {}, { hidden: true })],
    ['userIdentityChange', mparticle('user_identity_change', {}, { hidden: true })],
    ['userIdentityChange', event('$merge', {}, { hidden: true }, 'mixpanel')],
  ])('%s is off until it is on', (name, message) => {
    for (const connections of [[], [on]])
      expect(became(connections, message)).toBe(`settings: the connection’s switch ${name} is off`);
    expect(became([connection({ settings: { [name]: true } })], message)).toBe('through c');
  });

  it('what is kept for diagnosis goes nowhere', () => {
    const all = connection({ settings: { userAttributeChange: true, userIdentityChange: true } });
    for (const connections of [[], [all]])
      expect(became(connections, event('Signature', {}, { hidden: true }))).toBe(
        'settings: it is kept for diagnosis only',
      );
  });

  it('location and metadata are taken out of events; people go by batchesWithoutEvents', () => {
    const message = mparticle('custom_event', { location: { latitude: 1 }, device_info: {}, a: 1 });
    const left = (settings: Connection['settings']) => {
      const connected = connect([connection({ settings })], message);
      return 'kept' in connected || connected.message.kind !== 'event'
        ? undefined
        : Object.keys(connected.message.event.properties);
    };
    expect(left({})).toEqual(['event_type', 'location', 'device_info', 'a']);
    expect(left({ location: false })).toEqual(['event_type', 'device_info', 'a']);
    expect(left({ metadata: false })).toEqual(['event_type', 'location', 'a']);
    expect(became([on], person)).toBe('through c');
    expect(became([connection({ settings: { batchesWithoutEvents: false } })], person)).toContain(
      'batchesWithoutEvents',
    );
  });
});

describe('[O14] the filters of a connection', () => {
  const through = (filters: Connection['filters'], message: Message) => {
    const connected = connect([connection({ filters })], message);
    return 'kept' in connected ? connected.kept : connected.message;
  };

  it('events, properties, traits and segments by name', () => {
    expect(through({ events: ['Bought'] }, event())).toBe('the connection’s filter events names it');
    expect(through({ properties: ['card'] }, event('E', { card: 1, a: 2 }))).toMatchObject({
      event: { properties: { a: 2 } },
    });
    expect(through({ traits: ['plan', 'old'] }, person)).toMatchObject({
      traits: { set: { contact: ' Ann@Example.com' }, unset: [] },
      all: { contact: 'ann@example.com' },
    });
    expect(through({ traits: ['plan', 'old', 'contact'], segments: ['vip'] }, person)).toBe(
      'the connection’s filter traits names it',
    );
  });

  it('kinds of identifiers, with every place that repeats their value', () => {
    const filters = { identities: ['email', 'device'] };
    const sent = mparticle(
      'custom_event',
      {
        user_identities: { email: 'other@example.com' },
        mp_deviceid: 'd1',
        mail: 'ann@example.com',
        deep: [{ to: 'ANN@example.com ', ok: 1 }, 'ann@example.com', '$device:d1'],
        plan: 'pro',
      },
      { anchor: id('device=d1'), ids: [id('device=d1'), id('user=ann')] },
    );
    expect(through(filters, sent)).toMatchObject({
      person: { identifiers: [id('user=ann')] },
      event: {
        anchor: null,
        ids: [id('user=ann')],
        properties: { event_type: 'custom_event', deep: [{ ok: 1 }], plan: 'pro' },
      },
    });
    expect(JSON.stringify(through(filters, sent))).not.toMatch(/example\.com|d1/i);
    expect(through(filters, person)).toMatchObject({ traits: { set: { plan: 'pro' } }, all: { plan: 'pro' } });
    expect(through(filters, moved('device=d1'))).toBe('the connection’s filter identities names it');
    expect(JSON.stringify(through(filters, moved('user=ann')))).not.toContain('example.com');
  });
});

it('[O16] what takes an event back goes as the event went, and says as little of it', () => {
  const retracted = (name: string, properties = {}): Message => ({
    ...event(name, properties, {}, 'native', 'public'),
    kind: 'retracted',
    place: { position: 9, part: 0 },
    of: 1,
    stands: true,
  });
  const one = connection({
    input: 'native:public',
    filters: { properties: ['card'], identities: ['email'] },
    rules: [
      { do: 'drop', when: { event: 'Debug' } },
      { do: 'rename', when: { event: 'Bought' }, to: 'Paid' },
    ],
  });
  expect(became([one], retracted('Debug'))).toBe('rules: rule 1 drops it');
  const connected = connect([one], retracted('Bought', { card: 1, mail: 'ann@example.com', price: 9 }));
  expect(connected).toMatchObject({
    message: {
      kind: 'retracted',
      place: { position: 9 },
      of: 1,
      person: { identifiers: [id('user=ann')] },
      event: { name: 'Paid', properties: { price: 9 } },
    },
  });
  expect(JSON.stringify(connected)).not.toMatch(/ann@example|card":/);
});

it('the rules of the connection come before the output’s own, and both say who kept it', () => {
  const rename = connection({ rules: [{ do: 'rename', to: 'Paid' }] });
  const own = [{ do: 'drop', when: { event: 'Paid' } }] as const;
  expect(connect([rename], event(), own)).toEqual({
    kept: 'the output’s rule 1 drops it',
    step: 'rules',
    connection: rename,
  });
  expect(became([connection({ rules: [{ do: 'drop', when: { event: 'Bought' } }] })], event())).toBe(
    'rules: rule 1 drops it',
  );
});

it('an input is everything, a wire, or one of its keys', () => {
  expect(['all', 'spid', 'spid:server', 'spid:other', 'Spid', ''].map(readInput)).toEqual([
    {},
    { wire: 'spid' },
    { wire: 'spid', key: 'server' },
    undefined,
    undefined,
    undefined,
  ]);
});
