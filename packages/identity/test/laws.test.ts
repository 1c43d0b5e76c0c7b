import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Command,
  digestText,
  explain,
  fold,
  type Identifier,
  identifierOf,
  isPlaceholder,
  isVisit,
  keyOf,
  MemoryGraph,
  type Node,
  ownerAt,
  ownershipOf,
  type Person,
  type Policy,
  peopleIn,
  personAt,
  personById,
  presets,
  roleOf,
  type Statement,
  spansOf,
  step,
  survivor,
  type Trust,
  type Verdict,
} from '../src/index.ts';
import { crowdHistory, derive, digestOf, directoryCommand, directoryHistory, entriesOf, history } from './history.ts';

const long = process.env['SELFSAME_LONG'] === '1';
const seed = Number(process.env['SELFSAME_SEED']);
console.log(`identity laws: SELFSAME_SEED=${seed}`);
const runs = (normal: number, full = normal * 10) => ({ seed, numRuns: long ? full : normal });

const selfsame = presets['selfsame'] as Policy;
const rules = { policy: selfsame, derive };
/** The default with a reach as short as the times of these histories. */
const shortReach: Policy = {
  ...selfsame,
  preset: 'selfsame, short reach',
  reach: { ms: 2_000, crowd: 2, crowdedMs: 500, leftMs: 300, soleShare: 0.5, strict: false },
};
/** A breaker that these few people trip. */
const touchy: Policy = {
  ...selfsame,
  preset: 'selfsame, touchy breaker',
  breaker: { perDay: { login: 1, contact: 1, anonymous: 1 }, trusted: [] },
};
/** Limits that a few identifiers of one person meet, and a few people of one device. */
const tight = (policy: Policy): Policy => ({
  ...policy,
  preset: `${policy.preset}, tight limits`,
  caps: {
    ...policy.caps,
    perPerson: 4,
    perKind: { ...policy.caps.perKind, contact: 1, anonymous: 2 },
    peoplePerIdentifier: 2,
    changes: 4,
  },
});
const timeOrdered = [
  shortReach,
  touchy,
  ...['selfsame', 'by-interval', 'xo', 'spid'].map((name) => presets[name] as Policy),
];
const everyTimeOrdered = [
  ...timeOrdered.slice(0, 2),
  ...Object.values(presets).filter(({ order }) => order === 'time'),
];
const everyPreset = [...timeOrdered.slice(0, 2), ...Object.values(presets)];

const short = { minLength: 2, maxLength: 30 };
const shuffled = fc
  .oneof({ weight: 9, arbitrary: history(short) }, { weight: 1, arbitrary: history({ minLength: 50, maxLength: 80 }) })
  .chain((items) =>
    fc.tuple(fc.constant(items), fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length })),
  );

/** Each login and contact of some items, named by the server key. */
function namedFirst(items: readonly Statement[]): readonly Statement[] {
  const ids = items.flatMap(({ command }) =>
    command.type === 'Merge' ? [command.one, command.other] : 'ids' in command ? command.ids : [],
  );
  const people = new Map(
    ids.filter(({ kind }) => kind !== 'device' && kind !== 'session').map((id) => [keyOf(id), id]),
  );
  return [...people.values()].map(
    (id, i): Statement => ({
      project: 'p',
      wire: 'native',
      trust: 2,
      time: 1,
      insertId: `named${i}`,
      command: { type: 'Identify', ids: [id] },
    }),
  );
}

const digest = (graph: MemoryGraph, policy = selfsame) => digestText(graph, policy, graph.nodes.values());

describe('laws', () => {
  it.each(timeOrdered.map((policy) => [policy.preset, policy] as const))(
    '[O1] %s: one graph for every order of arrival (G8)',
    (name, policy) => {
      let orders = 0;
      fc.assert(
        fc.property(shuffled, ([items, other]) => {
          expect(digestOf(other, policy)).toBe(digestOf(items, policy));
          orders += 1;
        }),
        // Of all together ten thousand.
        runs(1_700, 100_000),
      );
      console.log(`G8: ${name}: ${orders} orders, 0 differences`);
    },
  );

  it.each(everyTimeOrdered.map((policy) => [policy.preset, { ...policy, identityMode: 'enforce' as const }] as const))(
    '[O1] [E2] %s, enforce: one graph for every order of arrival once a backend has named whom pages name (G8)',
    (name, policy) => {
      let orders = 0;
      fc.assert(
        fc.property(shuffled, ([items, other]) => {
          const named = namedFirst(items);
          expect(digestOf([...named, ...other], policy)).toBe(digestOf([...named, ...items], policy));
          orders += 1;
        }),
        runs(400),
      );
      console.log(`G8: ${name}, enforce: ${orders} orders, 0 differences`);
    },
  );

  it.each(timeOrdered.map((policy) => [policy.preset, policy] as const))(
    '[O3] %s: what is said at one moment without insert ids gives one graph for every order of arrival (G8)',
    (_name, policy) => {
      const said = fc
        .tuple(customer, thing, fc.integer({ min: 1, max: 2 }), fc.constantFrom<Trust>(0, 2), fc.nat({ max: 5 }))
        .map(([who, device, time, trust, what]): Statement => {
          const command: Command =
            what === 0 ? { type: 'Logout', ids: [device] } : { type: 'Identify', ids: [who, device] };
          return { project: 'p', wire: 'native', trust, time: time * 1_000, command };
        });
      const told = fc.array(said, { minLength: 2, maxLength: 8 });
      const orders = told.chain((items) =>
        fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length })),
      );
      fc.assert(
        fc.property(orders, ([items, other]) => {
          expect(digestOf(other, policy)).toBe(digestOf(items, policy));
        }),
        runs(100),
      );
    },
  );

  it('[O1] [O2] holds under every preset but those that copy a vendor who goes by arrival', () => {
    const others = Object.keys(presets).filter((name) => !everyTimeOrdered.some((policy) => policy.preset === name));
    expect(others).toEqual(['mixpanel-simplified', 'mixpanel-original', 'segment']);
  });

  it('[D1] telling an item again, anywhere, changes nothing (G8)', () => {
    fc.assert(
      fc.property(history(short), fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 10 }), (items, again) => {
        const told = [...items];
        // A copy goes somewhere after its original.
        for (const [which, where] of again) {
          const original = told[which % told.length] as Statement;
          const from = told.indexOf(original);
          told.splice(from + 1 + (where % (told.length - from)), 0, original);
        }
        expect(digestOf(told)).toBe(digestOf(items));
      }),
      runs(1_000),
    );
  });

  it.each(everyPreset.map((policy) => [policy.preset, policy] as const))(
    '%s: stopping and going on at any point gives the fold of the whole (G7)',
    (name, policy) => {
      let histories = 0;
      fc.assert(
        fc.property(history(long ? { minLength: 50, maxLength: 80 } : short), fc.nat(), (items, cut) => {
          const entries = entriesOf(items);
          const at = cut % (entries.length + 1);
          const { graph } = fold(entries.slice(0, at), { policy, derive });
          const resumed = thawed(graph);
          for (const entry of entries.slice(at)) step(resumed, { policy, derive }, entry);
          expect(digest(resumed, policy)).toBe(digest(fold(entries, { policy, derive }).graph, policy));
          histories += 1;
        }),
        // Of all presets together a hundred thousand.
        runs(200, Math.ceil(100_000 / everyPreset.length)),
      );
      console.log(`G7: ${name}: ${histories} histories, 0 differences`);
    },
  );

  it.each(everyPreset.map((policy) => [policy.preset, policy] as const))(
    '[O2] %s: an identifier has one owner at any moment, and no chain of owners closes (G9)',
    (name, policy) => {
      let identifiers = 0;
      fc.assert(
        fc.property(history(short), (items) => {
          const { graph } = fold(entriesOf(items), { policy, derive });
          for (const node of graph.nodes.values()) {
            const stretches = ownershipOf(graph, policy, node);
            expect(stretches[0]?.from).toBe(Number.NEGATIVE_INFINITY);
            expect(stretches.at(-1)?.to).toBe(Number.POSITIVE_INFINITY);
            stretches.slice(1).forEach((stretch, i) => expect(stretch.from).toBe(stretches[i]?.to));
            for (const { person } of stretches) expect(survivor(graph, policy, person).key).toBe(person.key);
            identifiers += 1;
          }
        }),
        runs(300),
      );
      console.log(`G9: ${name}: ${identifiers} identifiers with one owner at every moment`);
    },
  );

  it.each(timeOrdered.map((policy) => [policy.preset, policy] as const))(
    '[M6] %s: devices of a merge that stands are one person at every moment, where all is said with one trust',
    (_name, policy) => {
      fc.assert(
        fc.property(history(short, [2]), (items) => {
          const { graph } = fold(entriesOf(items, policy), { policy, derive });
          const whose = (key: Node['key']) =>
            ownershipOf(graph, policy, graph.node(key) as Node).map(({ from, person }) => [from, person.key]);
          for (const node of graph.nodes.values())
            for (const { other, refused } of node.edges)
              if (refused === undefined && roleOf(policy, node.id.kind) === 'anonymous')
                expect(whose(other)).toEqual(whose(node.key));
        }),
        runs(100),
      );
    },
  );

  it.each(
    everyPreset.flatMap((policy) =>
      (['open', 'enforce'] as const).map((mode) => [policy.preset, mode, { ...policy, identityMode: mode }] as const),
    ),
  )('%s, %s: a graph may read each node anew, and list what is below it in any order', (_, _mode, policy) => {
    class ReadAnew extends MemoryGraph {
      override node(key: Node['key']): Node | undefined {
        const node = super.node(key);
        return node && { ...structuredClone(node), below: node.below.toReversed() };
      }
    }
    const people = fc.tuple(customer, customer);
    const merged = fc.oneof(
      people.map(([one, other]): Command => ({ type: 'Merge', one, other })),
      people.map(([one, other]): Command => ({ type: 'Join', how: 'identify', one, other })),
    );
    const linked = fc.tuple(customer, thing).map((ids): Command => ({ type: 'Identify', ids }));
    const said = (trust: Trust) =>
      someOf(consented(fc.oneof(customer, contactOf, thing).map((one) => [one])), trust, 4);
    const words = fc
      .tuple(someOf(merged, 2, 3), someOf(linked, 2, 3), said(2), said(0), said(2))
      .map((all) => all.flat());
    fc.assert(
      fc.property(history(short), words, history(short), (before, words, after) => {
        const told = [...before, ...words, ...after].map((item, i) => ({
          ...item,
          insertId: `i${i}`,
        }));
        const { graph, verdicts } = fold(entriesOf(told, policy), { policy, derive });
        const anew = new ReadAnew();
        const found = entriesOf(told, policy).map((entry) => step(anew, { policy, derive }, entry));
        expect(found).toEqual(verdicts);
        const [is, was] = [anew, graph].map((one) => digestText(one, policy, [...graph.nodes.values()]));
        expect(is).toBe(was);
      }),
      runs(40),
    );
  });

  it('[P3] every id ever given leads to somebody', () => {
    fc.assert(
      fc.property(history(short), (items) => {
        const graph = new MemoryGraph();
        const given = new Set<string>();
        for (const entry of entriesOf(items)) {
          const { person } = step(graph, rules, entry);
          if (person !== undefined) given.add(person);
        }
        for (const id of given) expect(personById(graph, selfsame, id as never)).toBeDefined();
      }),
      runs(500),
    );
  });

  it('people share no moment of an identifier, and together have all of it', () => {
    fc.assert(
      fc.property(history(short), (items) => {
        const { graph } = fold(entriesOf(items), rules);
        const total = new Map<string, number>();
        const add = (key: string, { from, to }: { readonly from: number; readonly to: number }) =>
          total.set(key, (total.get(key) ?? 0) + Math.min(to, 1e10) - Math.max(from, -1e10));
        const shown = new Set<string>();
        for (const person of peopleIn(graph, selfsame, graph.nodes.values())) {
          shown.add(person.founder.key);
          for (const span of spansOf(person.holdings)) add(span.node.key, span);
        }
        // [L7c] A visit in which nothing was seen is nobody.
        for (const node of graph.nodes.values())
          for (const stretch of ownershipOf(graph, selfsame, node))
            if (isVisit(stretch.person) && !shown.has(stretch.person.key)) add(node.key, stretch);
        for (const node of graph.nodes.values()) expect(total.get(node.key)).toBe(2e10);
      }),
      runs(500),
    );
  });
});

describe('laws of the directory', () => {
  const strategies = ['default', 'conversion', 'link', 'isolation', 'best-match'].map(
    (name) => presets[`mparticle-${name}`] as Policy,
  );

  it.each(strategies.map((policy) => [policy.preset, policy] as const))(
    '%s: stopping and going on gives the fold of the whole; one owner at any moment (G7, G9)',
    (_name, policy) => {
      fc.assert(
        fc.property(directoryHistory(40), fc.nat(), (items, cut) => {
          const entries = entriesOf(items);
          const whole = fold(entries, { policy, derive }).graph;
          const at = cut % (entries.length + 1);
          const resumed = thawed(fold(entries.slice(0, at), { policy, derive }).graph);
          for (const entry of entries.slice(at)) step(resumed, { policy, derive }, entry);
          expect(digest(resumed, policy)).toBe(digest(whole, policy));
          for (const node of whole.nodes.values()) {
            const stretches = ownershipOf(whole, policy, node);
            expect(stretches[0]?.from).toBe(Number.NEGATIVE_INFINITY);
            expect(stretches.at(-1)?.to).toBe(Number.POSITIVE_INFINITY);
            for (const [i, stretch] of stretches.slice(1).entries()) expect(stretch.from).toBe(stretches[i]?.to);
          }
        }),
        runs(400),
      );
    },
  );

  it.each(strategies.map((policy) => [policy.preset, policy] as const))(
    '[R1] [R5] %s: records and holders agree, unique values stand in one record, single kinds once',
    (_name, policy) => {
      const { directory } = policy;
      fc.assert(
        fc.property(directoryHistory(40), (items) => {
          const { graph } = fold(entriesOf(items, policy), { policy, derive });
          for (const node of graph.nodes.values()) {
            for (const { profile } of node.holders ?? [])
              expect(graph.node(profile)?.record?.map((entry) => entry.key)).toContain(node.key);
            if (directory.uniqueIds.includes(node.id.kind)) expect(node.holders?.length ?? 0).toBeLessThanOrEqual(1);
            const kinds = (node.record ?? []).map((entry) => identifierOf(entry.key).kind);
            if (directory.strategy !== 'best_match')
              for (const kind of ['user', 'email'])
                expect(kinds.filter((one) => one === kind).length).toBeLessThanOrEqual(1);
            for (const { key } of node.record ?? [])
              expect(graph.node(key)?.holders.map(({ profile }) => profile)).toContain(node.key);
          }
        }),
        runs(400),
      );
    },
  );

  it('[S11] no directory call by a public key makes two profiles one person', () => {
    fc.assert(
      fc.property(directoryHistory(40, [0]), (items) => {
        const policy = presets['mparticle-default'] as Policy;
        const { graph } = fold(entriesOf(items, policy), { policy, derive });
        for (const person of peopleIn(graph, policy, graph.nodes.values())) {
          const profiles = new Set(
            spansOf(person.holdings)
              .filter((span) => span.only === undefined && span.node.id.kind === 'mpid')
              .map((span) => span.node.key),
          );
          expect(profiles.size).toBeLessThanOrEqual(1);
        }
      }),
      runs(400),
    );
  });
});

const ann: Identifier = { kind: 'user', value: 'ann' };

/** What a backend tells of one customer, beginning with her id, of which her profile is made, and after what pages do. */
function aboutAnn(told: readonly Statement[]): readonly Statement[] {
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
function otherMint(command: Command): Command {
  if (command.type === 'Resolve') return { ...command, mint: `9${command.mint}` };
  return command.type === 'Track' && command.resolve !== undefined
    ? { ...command, resolve: { mint: `9${command.resolve.mint}` } }
    : command;
}

/** What a public key says beside what others do, under insert ids of its own. */
const evilOf = (attack: readonly Statement[]): readonly Statement[] =>
  attack.map(({ vouched: _, ...one }, i) => ({ ...one, command: otherMint(one.command), insertId: `a${i}` }));

const users = ['ann', 'bob', 'cyd'].map((value): Identifier => ({ kind: 'user', value }));

/** What a backend tells by the directory's calls alone, after one that makes the profile of each user. */
function onProfiles(told: readonly Statement[]): readonly Statement[] {
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
const consented = (who: fc.Arbitrary<readonly Identifier[]>): fc.Arbitrary<Command> =>
  fc
    .tuple(who, fc.constantFrom('granted', 'denied'), fc.constantFrom(undefined, 'forwarding'))
    .map(
      ([ids, consent, scope]) =>
        ({ type: 'Consent', ids, consent, ...(scope === undefined ? {} : { scope }) }) as Command,
    );
const contactOf = fc.constantFrom<Identifier>(
  { kind: 'email', value: 'x@example.com' },
  { kind: 'email', value: 'y@example.com' },
  { kind: 'phone', value: '1' },
);
const customer = fc.constantFrom(...users);
const thing = fc.constantFrom(...['d1', 'd2', 'd3'].map((value): Identifier => ({ kind: 'device', value })));
const someOf = (list: fc.Arbitrary<Command>, trust: Trust, maxLength: number): fc.Arbitrary<readonly Statement[]> =>
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
const own: Identifier = { kind: 'device', value: 'd9' };

/**
 * What a backend tells of its customers, each by name, after it made the profile of each.
 * @param device by which somebody may ask it to note their consent
 */
const backendOnProfiles = (device: fc.Arbitrary<Identifier>) =>
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
const attackOnProfiles = fc
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

const strategiesOf = (...names: readonly string[]): readonly Policy[] =>
  names.map((name) => presets[`mparticle-${name}`] as Policy);

describe('security laws', () => {
  it('[S11] whatever public keys say, no two known people become one', () => {
    fc.assert(
      fc.property(history({ minLength: 2, maxLength: 40 }, [0]), (items) => {
        const { graph } = fold(entriesOf(items), rules);
        for (const person of peopleIn(graph, selfsame, graph.nodes.values())) {
          const logins = new Set(
            spansOf(person.holdings)
              .filter((span) => span.node.id.kind === 'user')
              .map((span) => span.node.key),
          );
          expect(logins.size).toBeLessThanOrEqual(1);
        }
      }),
      runs(1_000),
    );
  });

  const few = [history({ minLength: 1, maxLength: 12 }, [2]), history({ minLength: 1, maxLength: 12 }, [0])] as const;
  const many = [
    crowdHistory({ minLength: 1, maxLength: 14 }, [2]),
    crowdHistory({ minLength: 1, maxLength: 24 }, [0]),
  ] as const;
  it.each([
    ...[...timeOrdered, ...strategiesOf('default', 'link')].map((policy) => [policy.preset, policy, few] as const),
    ...timeOrdered.map(tight).map((policy) => [policy.preset, policy, many] as const),
  ])(
    '[S10] [K1] [K2] [K3] %s: public keys take nothing from what servers said, whatever time and insert id they choose',
    (_name, policy, [trusted, attack]) => {
      const at = { policy, derive };
      fc.assert(
        fc.property(trusted, attack, fc.boolean(), (server, attacker, first) => {
          const evil = attacker.map((statement, i): Statement => ({ ...statement, insertId: `a${i}` }));
          const before = fold(entriesOf(server), at).graph;
          const after = fold(entriesOf(first ? [...evil, ...server] : [...server, ...evil]), at).graph;
          for (const node of before.nodes.values())
            for (const { from, to, person, claim } of ownershipOf(before, policy, node)) {
              // What was nobody's may be somebody's by now; what a server said is whose it was.
              if (claim?.owner !== person.key || claim.trust < 2 || !person.key.startsWith('user:')) continue;
              const moment = Math.max(from, Math.min(to - 1, 1_000_000));
              expect(ownerAt(after, policy, node.key, moment)?.key).toBe(person.key);
            }
        }),
        runs(200),
      );
    },
  );

  const withDirectory = [
    ...timeOrdered.slice(0, 3),
    presets['segment'] as Policy,
    ...strategiesOf('default', 'link', 'best-match'),
  ];
  it.each(withDirectory.map((policy) => [policy.preset, policy] as const))(
    '[S10] [S11] [R6] %s: no call of the directory by a public key joins or parts whom servers named',
    (_name, policy) => {
      const at = { policy, derive };
      fc.assert(
        fc.property(directoryHistory(10, [2]), directoryHistory(10, [0]), fc.nat(), (told, attack, cut) => {
          // What pages told the directory before is there for a backend to find.
          const server = told.filter(({ command }) => command.type !== 'Modify' && command.type !== 'Alias');
          const asked = server.findLastIndex(({ command }) => command.type === 'Resolve' || 'resolve' in command) + 1;
          const place = asked + (cut % (server.length + 1 - asked));
          const before = fold(entriesOf(server, policy), at).graph;
          const after = fold(entriesOf(server.toSpliced(place, 0, ...evilOf(attack)), policy), at).graph;
          const people = [...before.nodes.values()].filter(({ id }) =>
            ['login', 'contact'].includes(roleOf(policy, id.kind)),
          );
          const owner = (graph: MemoryGraph, { key }: Node) =>
            ownerAt(graph, policy, key, Number.POSITIVE_INFINITY)?.key;
          for (const one of people)
            for (const other of people)
              expect(owner(after, one) === owner(after, other), `${one.key} ${other.key}`).toBe(
                owner(before, one) === owner(before, other),
              );
        }),
        runs(40),
      );
    },
  );

  // Where words go by arrival the first is the first, whoever says it [L3].
  it.each(withDirectory.filter(({ order }) => order === 'time').map((policy) => [policy.preset, policy] as const))(
    '[S10] [R6] %s: a public key moves no word of the directory by which a backend has a device, whatever time it says',
    (_name, policy) => {
      const at = { policy, derive };
      fc.assert(
        fc.property(
          history({ minLength: 2, maxLength: 12 }, [2]),
          directoryHistory(10, [0]),
          fc.nat(),
          (told, attack, cut) => {
            const server = onProfiles(told);
            // Pages come once a backend has made the profile of each customer.
            const place = users.length + (cut % (server.length + 1 - users.length));
            const before = fold(entriesOf(server, policy), at).graph;
            const after = fold(entriesOf(server.toSpliced(place, 0, ...evilOf(attack)), policy), at).graph;
            for (const node of before.nodes.values())
              for (const { from, to, person, claim } of ownershipOf(before, policy, node)) {
                if (claim?.owner !== person.key || claim.directory !== true) continue;
                const moment = Math.max(from, Math.min(to - 1, 1_000_000));
                expect(ownerAt(after, policy, node.key, moment)?.key).toBe(person.key);
              }
          },
        ),
        runs(40),
      );
    },
  );

  const modes = (['open', 'report', 'enforce'] as const).flatMap((identityMode) =>
    withDirectory.map((policy): Policy => ({ ...policy, identityMode, preset: `${policy.preset}, ${identityMode}` })),
  );
  it.each(modes.map((policy) => [policy.preset, policy] as const))(
    '[S10] [W2] [G2] [R3] [R5] [R10] %s: a public key changes no trait, consent, record or answer of a backend’s customers',
    (_name, policy) => {
      const at = { policy, derive };
      // Where words go by arrival the first has a device, whoever says it [L3]; so a backend hears of the page's own alone.
      const device = policy.order === 'time' ? fc.oneof(thing, fc.constant(own)) : fc.constant(own);
      fc.assert(
        fc.property(backendOnProfiles(device), attackOnProfiles, fc.nat(), (server, attack, cut) => {
          // Pages come once a backend has made the profile of each customer.
          const place = users.length + (cut % (server.length + 1 - users.length));
          const all = server.toSpliced(place, 0, ...evilOf(attack));
          const [before, after] = [fold(entriesOf(server, policy), at), fold(entriesOf(all, policy), at)];
          const asked = ({ status, rule, answer }: Verdict) => [
            status,
            rule,
            answer?.mpid,
            answer?.known,
            answer?.loggedIn,
          ];
          server.forEach((one, i) => {
            expect(asked(after.verdicts[all.indexOf(one)] as Verdict)).toEqual(asked(before.verdicts[i] as Verdict));
          });
          for (const { key, record } of before.graph.nodes.values())
            for (const one of record)
              expect(after.graph.node(key)?.record, key).toContainEqual(
                expect.objectContaining({ key: one.key, trust: one.trust }),
              );
          for (const user of users) {
            const [was, is] = [before, after].map(({ graph }) =>
              personAt(graph, policy, keyOf(user), Number.POSITIVE_INFINITY),
            ) as [Person, Person];
            expect(is.id).toBe(was.id);
            // [G2] Where a backend said something of consent, no page turns it round, by its own devices neither.
            if (was.consent !== 'not-asked') expect(is.consent).toBe(was.consent);
            for (const part of ['traits', 'purposes'] as const)
              for (const [name, value] of was[part]) expect([name, is[part].get(name)]).toEqual([name, value]);
            if (was.segments.length > 0) expect(is.segments).toEqual(was.segments);
          }
        }),
        runs(40),
      );
    },
  );

  it.each(
    Object.values(presets)
      .map(tight)
      .map((policy) => [policy.preset, policy] as const),
  )(
    '[K1] [K2] [S10] %s: no directory call by a public key has an identifier refused that a backend gives its customer',
    (_name, policy) => {
      const at = { policy, derive };
      const isOver = ({ rule, notes }: Verdict) =>
        [rule, ...notes.map((note) => (note.effect === 'refused' ? note.rule : undefined))].some(
          (one) => one === 'K1' || one === 'K2',
        );
      fc.assert(
        fc.property(directoryHistory(20, [2]), directoryHistory(30, [0]), fc.nat(), (told, attack, cut) => {
          const server = aboutAnn(told);
          const evil = attack.map(
            (one, i): Statement => ({ ...one, command: otherMint(one.command), insertId: `a${i}` }),
          );
          const at0 = 1 + (cut % server.length);
          const all = [...server.slice(0, at0), ...evil, ...server.slice(at0)];
          const before = fold(entriesOf(server, policy), at).verdicts;
          const after = fold(entriesOf(all, policy), at).verdicts;
          server.forEach((statement, i) => {
            if (isOver(after[all.indexOf(statement)] as Verdict)) expect(isOver(before[i] as Verdict)).toBe(true);
          });
        }),
        runs(30),
      );
    },
  );

  it('[S13] no two devices meet on a placeholder', () => {
    const words = [
      'null',
      'undefined',
      '0',
      '-1',
      'anonymous',
      'guest',
      'none',
      'NaN',
      '[object Object]',
      'true',
      '00000000-0000-0000-0000-000000000000',
      '',
      'unknown',
      'n/a',
      '<nil>',
      'false',
    ];
    const disguised = fc
      .tuple(fc.constantFrom(...words), fc.constantFrom('', ' ', '\t', '\n'), fc.constantFrom('', ' '), fc.boolean())
      .map(([word, before, after, upper]) => `${before}${upper ? word.toUpperCase() : word}${after}`);
    fc.assert(
      fc.property(disguised, fc.constantFrom('user', 'email', 'device', 'phone'), (value, kind) => {
        expect(isPlaceholder(value)).toBe(true);
        const track = (device: string): Statement => ({
          project: 'p',
          wire: 'native',
          trust: 0,
          time: 1,
          command: {
            type: 'Track',
            name: 'x',
            properties: {},
            ids: [
              { kind, value },
              { kind: 'session', value: device },
            ],
          },
        });
        const { graph } = fold(entriesOf([track('s1'), track('s2')]), rules);
        expect(graph.nodes.size).toBe(2);
        expect(
          explain(graph, selfsame, keyOf({ kind: 'session', value: 's1' }), keyOf({ kind: 'session', value: 's2' }))
            .same,
        ).toBe(false);
      }),
      runs(1_000),
    );
  });

  it('look-alikes stay apart (S14)', () => {
    const pairs = [
      ['Ａnn', 'Ann'],
      ['straße', 'strasse'],
      ['é', 'e\u0301'],
      ['ﬁ', 'fi'],
      ['ı', 'i'],
      ['\u212a', 'K'],
      ['ann', 'Ann'],
      ['ann ', 'ann'],
      ['001', '1'],
      ['1.0', '1'],
    ] as const;
    for (const [one, other] of pairs) {
      for (const kind of ['user', 'device', 'phone']) {
        const graph = fold(
          entriesOf(
            [one, other].map(
              (value): Statement => ({
                project: 'p',
                wire: 'native',
                trust: 0,
                time: 1,
                command: { type: 'Identify', ids: [{ kind, value }] },
              }),
            ),
          ),
          rules,
        ).graph;
        expect([...graph.nodes.keys()], `${kind} ${one}`).toHaveLength(2);
      }
    }
    const emails = (values: readonly string[]) =>
      fold(
        entriesOf(
          values.map(
            (value): Statement => ({
              project: 'p',
              wire: 'native',
              trust: 0,
              time: 1,
              command: { type: 'Identify', ids: [{ kind: 'email', value }] },
            }),
          ),
        ),
        rules,
      ).graph.nodes.size;
    expect(emails(['Ann@Example.com', ' ann@example.com\n'])).toBe(1);
    expect(
      emails([
        'İ@example.com',
        'i@example.com',
        '\u212a@example.com',
        'k@example.com',
        'ann+1@example.com',
        'ann@example.com',
        'a.nn@example.com',
      ]),
    ).toBe(7);
  });
});

/** A graph as a store would give it back: through JSON. */
function thawed(graph: MemoryGraph): MemoryGraph {
  const copy = new MemoryGraph();
  for (const node of graph.nodes.values()) {
    copy.put(JSON.parse(JSON.stringify(node)));
    const open = { tie: '', position: 0, trust: 0 as Trust };
    copy.keep(node.key, graph.evidence(node.key, { ...open, time: -1 }, { ...open, time: 1e15 }));
  }
  return copy;
}
