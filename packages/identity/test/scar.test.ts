import { describe, expect, it } from 'vitest';
import {
  cluster,
  type Entry,
  type Erased,
  foldWithout,
  type Identifier,
  type IdentifierKey,
  identifierOf,
  isPlaceholder,
  isVisit,
  keyOf,
  MemoryGraph,
  namedBy,
  ownerAt,
  type Person,
  type PersonId,
  type Policy,
  peopleIn,
  personText,
  presets,
  type Rules,
  type Said,
  type Statement,
  scarOf,
  spansOf,
  speaksOf,
  standInsFor,
  step,
  type Told,
  Undone,
  undoIn,
} from '../src/index.ts';
import { roleOf } from '../src/policy/policy.ts';
import { isStandIn, standInFor } from '../src/words/stand-in.ts';
import { derive, entriesOf } from './history.ts';
import { Dice, randomHistory, randomPolicy } from './random-history.ts';

const long = process.env['SELFSAME_LONG'] === '1';
// The same histories each time, but in the long run.
const seed = Number(process.env['SELFSAME_SEED'] ?? (long ? Date.now() % 2 ** 31 : 1));
console.log(`scar laws: SELFSAME_SEED=${seed}`);

/** [E2] One item, and so one moment: a device is somebody's, and not verified to be somebody else's. */
const saysTwoThings = ({ identityMode }: Policy, { trust, command }: Statement): boolean =>
  identityMode === 'enforce' && trust === 0 && 'ids' in command && command.ids.length > 2;

/** Everything that can be said, no two things at one moment, and sometimes something taken back at the end. */
function someLog(dice: Dice, rules: Rules): readonly Said[] {
  const { policy } = rules;
  const graph = new MemoryGraph();
  const history = randomHistory(dice, 30)
    .filter((one) => !saysTwoThings(policy, one))
    .map((one, i) => ({ ...one, time: (one.time as number) + i }));
  const log = entriesOf(history, policy).map((entry): Said => ({ entry, verdict: step(graph, rules, entry) }));
  if (!dice.oneIn(3)) return log;
  const told = [dice.of(log), dice.of(log)].map((said): Told => {
    const ids = namedBy(policy, said);
    return { entry: said.entry.position, ...(ids.length > 0 && dice.oneIn(2) ? { ids: [dice.of(ids)] } : {}) };
  });
  const undo: Statement = {
    project: 'p',
    wire: 'native',
    trust: 3,
    command: { type: 'Retract', told, reason: 'a test', by: 'tester' },
  };
  const [entry] = entriesOf([...history, undo], policy).slice(-1);
  return entry === undefined ? log : [...log, { entry, verdict: step(graph, rules, entry) }];
}

const undoneIn = (log: readonly Said[]) => new Undone(log.flatMap((said) => undoIn(said) ?? []));
const foldOf = (rules: Rules, log: readonly Said[]) => foldWithout(rules, log, undoneIn(log));

const isSame = (one: Person, other: Person) =>
  one.founder.key === other.founder.key && isVisit(one.founder) === isVisit(other.founder);

/**
 * What a person has for themselves alone, and the ids of that: an identifier that others have too, or had, is not
 * theirs to have forgotten. Undefined where they are named after such a one.
 */
function erasedOf(graph: MemoryGraph, policy: Policy, log: readonly Said[], person: Person, others: readonly Person[]) {
  const theirs = new Set(
    others.flatMap(({ founder, holdings }) => [founder.key, ...holdings.map(({ node }) => node.key)]),
  );
  const members = cluster(graph, person.founder);
  if (isVisit(person.founder) || members.some(({ key }) => theirs.has(key))) return undefined;
  const own = [
    ...members,
    ...spansOf(person.holdings)
      .map(({ node }) => node)
      .filter(({ key }) => !theirs.has(key)),
  ];
  const people = new Set<PersonId>(own.map((node) => node.person));
  return { standIns: standInsFor(policy, new Set(own.map(({ key }) => key)), log), people } satisfies Erased;
}

/** What each entry hangs on as it is read now, by its position. */
function anchorsIn(rules: Rules, log: readonly Said[]): ReadonlyMap<number, Identifier | undefined> {
  const [graph, undone] = [new MemoryGraph(), undoneIn(log)];
  graph.undone = undone;
  return new Map(
    log.map(({ entry, verdict }) => {
      const read = undone.read(entry, verdict);
      return [entry.position, (read === undefined ? verdict : step(graph, rules, read)).anchor];
    }),
  );
}

/** Has this person what was said there and then, and nobody else? */
function isOf(
  graph: MemoryGraph,
  policy: Policy,
  anchor: Identifier | undefined,
  time: number,
  person: Person,
  others: readonly Person[],
) {
  if (anchor === undefined) return false;
  const key = keyOf(anchor);
  const owner = ownerAt(graph, policy, key, time);
  if (owner === undefined || owner.key !== person.founder.key || isVisit(owner)) return false;
  // Under an order of arrival a moment may be two people's.
  return !others.some(({ holdings }) =>
    spansOf(holdings).some(({ node, from, to }) => node.key === key && from <= time && time < to),
  );
}

/** A person as they are seen, with what stands now for identifiers that were erased. */
function lineOf(person: Person, standIns: ReadonlyMap<IdentifierKey, IdentifierKey>): string {
  const [id, known, spans, ...rest] = JSON.parse(personText(person)) as [string, boolean, string[], ...unknown[]];
  const renamed = spans.map((span) => {
    const at = span.lastIndexOf('[');
    const key = span.slice(0, at) as IdentifierKey;
    return `${standIns.get(key) ?? key}${span.slice(at)}`;
  });
  return JSON.stringify([id, known, renamed.sort(), ...rest]);
}

/** Every text in some data, with the kind it stands beside where it is an identifier's value. */
function* textsIn(data: unknown): Generator<string> {
  if (typeof data === 'string') yield data;
  else if (Array.isArray(data)) for (const one of data) yield* textsIn(one);
  else if (typeof data === 'object' && data !== null) {
    const { kind, value } = data as { kind?: unknown; value?: unknown };
    if (typeof kind === 'string' && typeof value === 'string') yield `${kind}:${value}`;
    for (const one of Object.values(data)) yield* textsIn(one);
  }
}

/**
 * [M6] Does an item name merged devices, or contacts, together with another, of whom one side is forgotten and one is not?
 * Which of them is the stronger is told by their names.
 */
const namesDecide = (graph: MemoryGraph, policy: Policy, { standIns }: Erased): boolean =>
  [...graph.nodes.values()].some((node) => {
    const merged = node.edges.length === 0 ? [] : cluster(graph, node);
    const role = roleOf(policy, node.id.kind);
    return merged
      .flatMap(({ key, claims }) => [...claims, ...graph.keptOf(key)])
      .some(
        ({ owner }) =>
          owner !== null &&
          roleOf(policy, identifierOf(owner).kind) === role &&
          merged.some(({ key }) => standIns.has(key) !== standIns.has(owner)),
      );
  });

/** Somebody forgotten at random: the log that is left; undefined where nobody could be. @throws where anything else changed. */
function forgetOne(dice: Dice, rules: Rules, log: readonly Said[], at: string): readonly Said[] | undefined {
  const { policy } = rules;
  const [graph, anchors] = [foldOf(rules, log), anchorsIn(rules, log)];
  const people = [...peopleIn(graph, policy, graph.nodes.values())];
  const remembered = people.filter(({ founder }) => !isStandIn(founder.id.value));
  if (remembered.length === 0) return undefined;
  const person = dice.of(remembered);
  const others = people.filter((other) => !isSame(other, person));
  const erased = erasedOf(graph, policy, log, person, others);
  if (erased === undefined || namesDecide(graph, policy, erased)) return undefined;
  const left = log.map((said) => {
    if (!speaksOf(policy, said, erased)) return said;
    const { position, time } = said.entry;
    const isTheirs = isOf(graph, policy, anchors.get(position), time, person, others);
    return scarOf(policy, said, erased, isTheirs ? 'whole' : 'names', anchors.get(position));
  });
  const after = foldOf(rules, left);

  const standIns = new Map(
    [...erased.standIns].map(([key, value]) => [key, keyOf({ kind: identifierOf(key).kind, value })]),
  );
  const forgotten = new Set(standIns.values());
  const now = [...peopleIn(after, policy, after.nodes.values())].filter(
    ({ founder }) => !forgotten.has(founder.key) || isVisit(founder),
  );
  const lines = (some: readonly Person[]) => some.map((one) => lineOf(one, standIns)).sort();
  expect(lines(now), at).toEqual(lines(others));

  const names = new Set<string>([
    ...erased.people,
    ...[...standIns.keys()].flatMap((key) => [key, identifierOf(key).value]),
  ]);
  const dump = [left, [...after.nodes.values()], [...after.nodes.keys()].map((key) => after.keptOf(key))];
  // Two letters may be a rule, or somebody's trait.
  expect(
    [...textsIn(dump)].filter((text) => text.length > 2 && names.has(text)),
    at,
  ).toEqual([]);
  for (const { entry, verdict } of left.filter((said) => said.entry.scar === 'whole')) {
    expect(verdict.person, at).toBeUndefined();
    expect(entry.command, at).not.toMatchObject({ name: 'View' });
    if (entry.command.type === 'Describe') expect(entry.command.changes, at).toEqual([]);
  }
  return left;
}

const login = (user: string, time: number): Statement => ({
  project: 'p',
  wire: 'native',
  trust: 2,
  time,
  insertId: `${user}-${time}`,
  command: {
    type: 'Identify',
    ids: [
      { kind: 'user', value: user },
      { kind: 'device', value: 'tablet' },
    ],
  },
});

describe('[F1] [F2] scars', () => {
  it(
    'everybody else stays as they were, and nothing of the person is left in the log or in the graph',
    () => {
      let forgotten = 0;
      for (let i = 0; i < (long ? 20_000 : 300); i++) {
        const dice = new Dice(seed + i);
        const rules = { policy: randomPolicy(dice), derive };
        const at = `SELFSAME_SEED=${seed + i}`;
        let log: readonly Said[] | undefined = someLog(dice, rules);
        // One after the other: what was left of the first says nothing of the second.
        for (let one = 0; one < 2 && log !== undefined; one++) {
          log = forgetOne(dice, rules, log, at);
          if (log !== undefined) forgotten += 1;
        }
      }
      expect(forgotten).toBeGreaterThan(150);
    },
    long ? 3_600_000 : 600_000,
  );

  it('without what is left of her, her hours on the tablet would be his', () => {
    const policy = presets['by-interval'] as Policy;
    const rules = { policy, derive };
    const graph = new MemoryGraph();
    const log = entriesOf([login('ann', 1_000), login('bob', 5_000)], policy).map(
      (entry): Said => ({ entry, verdict: step(graph, rules, entry) }),
    );
    const ann = keyOf({ kind: 'user', value: 'ann' });
    const erased = { standIns: standInsFor(policy, new Set([ann]), log), people: new Set<PersonId>() };
    const left = [scarOf(policy, log[0] as Said, erased, 'whole'), log[1] as Said];
    const ownerIn = (told: readonly Said[]) =>
      ownerAt(foldOf(rules, told), policy, keyOf({ kind: 'device', value: 'tablet' }), 2_000)?.key;
    expect(ownerIn(log)).toBe(ann);
    expect(ownerIn(log.slice(1))).toBe(keyOf({ kind: 'user', value: 'bob' }));
    expect(ownerIn(left)).toBe(keyOf({ kind: 'user', value: '{{1x0}}' }));
  });

  it('of two words of one millisecond the order by insert id is not kept, as the rule says', () => {
    const policy = presets['by-interval'] as Policy;
    const rules = { policy, derive };
    const graph = new MemoryGraph();
    const first = { ...login('ann', 1_000), insertId: 'a' };
    const log = entriesOf([first, { ...login('bob', 1_000), insertId: 'b' }], policy).map(
      (entry): Said => ({ entry, verdict: step(graph, rules, entry) }),
    );
    const ann = keyOf({ kind: 'user', value: 'ann' });
    const erased = { standIns: standInsFor(policy, new Set([ann]), log), people: new Set<PersonId>() };
    const left = [scarOf(policy, log[0] as Said, erased, 'whole'), log[1] as Said];
    const ownerIn = (told: readonly Said[]) =>
      ownerAt(foldOf(rules, told), policy, keyOf({ kind: 'device', value: 'tablet' }), 2_000)?.key;
    expect(ownerIn(log)).toBe(keyOf({ kind: 'user', value: 'bob' }));
    expect(ownerIn(left)).toBe(keyOf({ kind: 'user', value: '{{1x0}}' }));
  });

  it('[V3] nobody else can name what stands for her', () => {
    const names = ['ann', '$device:a1', 'a-b-c-d-e', '$device:a-b-c-d-e'].map((value) =>
      standInFor({ kind: 'distinct_id', value }, 12, 3),
    );
    expect(names).toEqual(['{{12x3}}', '{{$device:12x3}}', '{{12x3-0-0-0-0}}', '{{$device:12x3-0-0-0-0}}']);
    for (const name of names) expect(isPlaceholder(name)).toBe(true);
  });
});

it('[F1] what a backend signed beside an item names nobody who is forgotten either', () => {
  const policy = presets['selfsame'] as Policy;
  const ids = [{ kind: 'user', value: 'ann' }];
  const vouched = ['user:ann', 'user:bob'] as IdentifierKey[];
  const statement: Statement = {
    ...{ project: 'p', wire: 'mixpanel', trust: 0, vouched },
    command: { type: 'Track', ids, name: 'Seen', properties: {} },
  };
  const [entry] = entriesOf([statement], policy);
  const erased = { standIns: new Map([[vouched[0] as IdentifierKey, 'stand-in']]), people: new Set<PersonId>() };
  const said = { entry: entry as Entry, verdict: { status: 'applied', notes: [] } } as Said;
  for (const scar of ['whole', 'names'] as const)
    expect(scarOf(policy, said, erased, scar).entry.vouched).toEqual(['user:stand-in', 'user:bob']);
});

describe('[F3] [P2] an item that drew the MPID of somebody who is forgotten', () => {
  const policy = presets['selfsame'] as Policy;
  const rules = { policy, derive };
  const from = { project: 'p', wire: 'mparticle', trust: 2 } as const;
  const view = (device: string): Statement => ({
    ...from,
    command: {
      type: 'Track',
      ids: [{ kind: 'device', value: device }],
      ...{ name: 'View', properties: {}, resolve: { mint: '118' } },
    },
  });
  const no = (device: string): Statement => ({
    ...from,
    command: { type: 'Consent', ids: [{ kind: 'device', value: device }], consent: 'denied' },
  });
  const retract: Statement = {
    ...from,
    trust: 3,
    command: { type: 'Retract', told: [{ entry: 2 }, { entry: 3 }], reason: 'a test', by: 'tester' },
  };
  const bob: Statement = {
    ...from,
    command: { type: 'Resolve', call: 'login', ids: [{ kind: 'user', value: 'bob' }], mint: '118' },
  };

  /** Nobody counts the two views until the denials are taken back: then each makes a profile, and 118 is taken. */
  function told() {
    const graph = new MemoryGraph();
    const history = [bob, no('d1'), no('d2'), view('d1'), view('d2'), retract];
    return entriesOf(history, policy).map((entry): Said => ({ entry, verdict: step(graph, rules, entry) }));
  }

  const profilesIn = (log: readonly Said[]) =>
    [...foldOf(rules, log).nodes.values()].filter(({ id }) => id.kind === 'mpid').map(({ id }) => id.value);

  /** Bob is forgotten; `told` as far as it was read then. */
  function withoutBob(log: readonly Said[], read: readonly Said[]) {
    const erased = {
      standIns: standInsFor(policy, new Set(['user:bob', 'mpid:118'] as IdentifierKey[]), log),
      people: new Set<PersonId>(),
    };
    const on = anchorsIn(rules, read);
    return log.map((said) => {
      if (!speaksOf(policy, said, erased)) return said;
      const { position } = said.entry;
      return scarOf(policy, said, erased, position === 1 ? 'whole' : 'names', on.get(position));
    });
  }

  it('keeps the MPID it took in its place', () => {
    expect(told().map(({ verdict }) => verdict.status)).toContain('suppressed');
    expect(profilesIn(told())).toEqual(['118', '119', '120']);
    const left = withoutBob(told(), told());
    expect(profilesIn(left)).toEqual(['{{1x1}}', '119', '120']);
    expect(JSON.stringify(left)).not.toContain('118');
  });

  it('and where it counts only afterwards it takes a number, of which nothing tells the forgotten one', () => {
    const left = withoutBob(told(), told().slice(0, -1));
    expect(profilesIn(left)).toEqual(['{{1x1}}', '12', '13']);
    expect(JSON.stringify(left)).not.toContain('118');
  });
});
