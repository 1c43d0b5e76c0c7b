/** What backends and pages say about the same customers, as laws of security are tried with. */
import fc from 'fast-check';
import { type Command, type Identifier, type Policy, presets, type Statement, type Trust } from '../src/index.ts';
import { directoryCommand } from './history.ts';

const ann: Identifier = { kind: 'user', value: 'ann' };

/** What a backend tells of one customer, beginning with her id, of which her profile is made, and after what pages do. */
export function aboutAnn(told: readonly Statement[]): readonly Statement[] {
  const first: Command = { type: 'Resolve', call: 'identify', ids: [ann], mint: '100' };
  const commands = [first, ...told.flatMap(({ command }) => ofAnn(command))];
  return commands.map(
    (command, i): Statement => ({
      project: 'p',
      wire: 'mparticle',
      trust: 2,
      time: 100_000 + 2_000 * i,
      insertId: `s${i}`,
      command,
    }),
  );
}

function ofAnn(command: Command): readonly Command[] {
  if (command.type === 'Modify') {
    const changes = command.changes.filter(({ kind }) => kind !== 'user');
    return [{ ...command, profile: '100', changes }];
  }
  if (command.type === 'Merge' || command.type === 'Logout' || !('ids' in command)) return [];
  const ids = [ann, ...command.ids.filter(({ kind }) => kind !== 'user')];
  return [
    command.type === 'Resolve' ? { type: 'Resolve', call: 'identify', ids, mint: command.mint } : { ...command, ids },
  ];
}

/** MPIDs are drawn at random, so a page cannot have the next one. */
export function otherMint(command: Command): Command {
  if (command.type === 'Resolve') return { ...command, mint: `9${command.mint}` };
  return command.type === 'Track' && command.resolve !== undefined
    ? { ...command, resolve: { mint: `9${command.resolve.mint}` } }
    : command;
}

/** What a public key says beside what others do, under insert ids of its own. */
export const evilOf = (attack: readonly Statement[]): readonly Statement[] =>
  attack.map(({ vouched: _, ...one }, i) => ({ ...one, command: otherMint(one.command), insertId: `a${i}` }));

export const users = ['ann', 'bob', 'cyd'].map((value): Identifier => ({ kind: 'user', value }));

/** What a backend tells by the directory's calls alone, after one that makes the profile of each user. */
export function onProfiles(told: readonly Statement[]): readonly Statement[] {
  const resolve = (ids: readonly Identifier[], mint: string): Command => ({
    type: 'Resolve',
    call: 'login',
    ids,
    mint,
  });
  const first = users.map(
    (user, i): Statement => ({
      project: 'p',
      wire: 'mparticle',
      trust: 2,
      time: 1 + i,
      command: resolve([user], `${100 + i}`),
    }),
  );
  const calls = told.flatMap((one, i) => {
    const { command } = one;
    const ids = 'ids' in command ? command.ids : [];
    const user = ids.find(({ kind }) => kind === 'user');
    const devices = ids.filter(({ kind }) => kind === 'device');
    if (user === undefined || devices.length === 0) return [];
    return { ...one, wire: 'mparticle', command: resolve([user, ...devices], `${200 + i}`) };
  });
  return [...first, ...calls];
}

const profile = fc.constantFrom('100', '101', '102').map((value): Identifier => ({ kind: 'mpid', value }));
const told = fc.constantFrom('t', 'u').chain((name) =>
  fc.oneof(
    fc.record({
      op: fc.constantFrom('set', 'set-once', 'append', 'union', 'remove'),
      name: fc.constant(name),
      value: fc.nat(3),
    }),
    fc.record({ op: fc.constant('add'), name: fc.constant(name), value: fc.nat(3) }),
    fc.constantFrom({ op: 'unset', name }, { op: 'clear' }, { op: 'set', name: 'ads', value: 1, on: 'purposes' }),
    fc.constant({ op: 'set', name: 'segments', value: ['vip'], on: 'segments' }),
  ),
) as fc.Arbitrary<Extract<Command, { type: 'Describe' }>['changes'][number]>;
const described = (who: fc.Arbitrary<readonly Identifier[]>): fc.Arbitrary<Command> =>
  fc
    .tuple(who, fc.array(told, { minLength: 1, maxLength: 3 }))
    .map(([ids, changes]): Command => ({ type: 'Describe', ids, changes }));
export const consented = (who: fc.Arbitrary<readonly Identifier[]>): fc.Arbitrary<Command> =>
  fc
    .tuple(who, fc.constantFrom('granted', 'denied'), fc.constantFrom(undefined, 'forwarding'))
    .map(
      ([ids, consent, scope]) =>
        ({ type: 'Consent', ids, consent, ...(scope === undefined ? {} : { scope }) }) as Command,
    );
export const contactOf = fc.constantFrom<Identifier>(
  { kind: 'email', value: 'x@example.com' },
  { kind: 'email', value: 'y@example.com' },
  { kind: 'phone', value: '1' },
);
export const customer = fc.constantFrom(...users);
export const thing = fc.constantFrom(...['d1', 'd2', 'd3'].map((value): Identifier => ({ kind: 'device', value })));
export const someOf = (
  list: fc.Arbitrary<Command>,
  trust: Trust,
  maxLength: number,
): fc.Arbitrary<readonly Statement[]> =>
  fc.array(fc.tuple(list, fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength }).map((all) =>
    all.map(
      ([command, time], i): Statement => ({
        project: 'p',
        wire: 'mparticle',
        trust,
        time: time * 1_000,
        insertId: `s${i}`,
        command,
      }),
    ),
  );

/** A device of the page's own. */
export const own: Identifier = { kind: 'device', value: 'd9' };

/**
 * What a backend tells of its customers, each by name, after it made the profile of each.
 * @param device by which somebody may ask it to note their consent
 */
export const backendOnProfiles = (device: fc.Arbitrary<Identifier>) =>
  someOf(
    fc.oneof(
      fc
        .tuple(customer, fc.oneof(thing, contactOf), fc.integer({ min: 200, max: 250 }))
        .map(
          ([user, other, mint]): Command => ({ type: 'Resolve', call: 'login', ids: [user, other], mint: `${mint}` }),
        ),
      described(fc.oneof(customer, profile).map((one) => [one])),
      { weight: 2, arbitrary: consented(fc.oneof(customer, profile).map((one) => [one])) },
      // What somebody asked a backend for who had nothing but a device, or an address, to show.
      { weight: 2, arbitrary: consented(fc.oneof(device, contactOf).map((one) => [one])) },
      fc.tuple(profile, fc.oneof(contactOf, thing)).map(
        ([{ value }, { kind, value: now }]): Command => ({
          type: 'Modify',
          profile: value,
          changes: [{ kind, before: null, now }],
        }),
      ),
      fc.tuple(customer, thing).map((ids): Command => ({ type: 'Track', ids, name: 'View', properties: {} })),
    ),
    2,
    8,
  ).map((all) => [...onProfiles([]), ...all]);

/** What a page may say beside that, of whomever; often last that its own device is a customer's, and says no there. */
export const attackOnProfiles = fc
  .tuple(
    someOf(
      fc.oneof(
        { weight: 3, arbitrary: directoryCommand },
        { weight: 2, arbitrary: described(fc.tuple(fc.oneof(customer, profile, contactOf), thing)) },
        { weight: 2, arbitrary: described(fc.oneof(customer, profile, contactOf, thing).map((one) => [one])) },
        { weight: 1, arbitrary: consented(fc.oneof(customer, profile, contactOf).map((one) => [one])) },
        // A no of a device that a backend names too is the device's ([G3], [G4]).
        { weight: 1, arbitrary: consented(fc.tuple(fc.oneof(customer, profile, contactOf), fc.constant(own))) },
        {
          weight: 1,
          arbitrary: fc.tuple(customer, fc.constant(own)).map((ids): Command => ({ type: 'Identify', ids })),
        },
      ),
      0,
      10,
    ),
    someOf(
      customer.map((one): Command => ({ type: 'Identify', ids: [one, own] })),
      0,
      1,
    ),
    someOf(consented(fc.constant([own])), 0, 2),
    fc.boolean(),
  )
  .map(([said, link, word, isLast]) => (isLast ? [...said, ...link, ...word] : said));

export const strategiesOf = (...names: readonly string[]): readonly Policy[] =>
  names.map((name) => presets[`mparticle-${name}`] as Policy);
