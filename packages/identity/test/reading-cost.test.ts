import { expect, it } from 'vitest';
import {
  type Claim,
  type Command,
  decide,
  type Entry,
  explain,
  type Graph,
  type IdentifierKey,
  identifiersOf,
  keyOf,
  MemoryGraph,
  type Node,
  ownerAt,
  type Person,
  type Policy,
  personAt,
  personOf,
  presets,
  type Statement,
  step,
} from '../src/index.ts';
import { derive, entriesOf } from './history.ts';

/** A graph that counts how often a node is looked up and how often somebody reads when a claim was made. */
function counting(graph: MemoryGraph): Graph & { looks: number; reads: number } {
  const nodes = new Map<IdentifierKey, Node>();
  for (const [key, node] of graph.nodes) nodes.set(key, { ...node, claims: node.claims.map(counted) });
  function counted(claim: Claim): Claim {
    return {
      ...claim,
      get time() {
        result.reads += 1;
        return claim.time;
      },
    };
  }
  const result = {
    looks: 0,
    reads: 0,
    node(key: IdentifierKey) {
      result.looks += 1;
      return nodes.get(key);
    },
    ghost: (key: IdentifierKey) => graph.ghost(key),
    founder: (person: Parameters<Graph['founder']>[0]) => graph.founder(person),
    evidence: (...args: Parameters<Graph['evidence']>) => graph.evidence(...args),
    beside: (...args: Parameters<Graph['beside']>) => graph.beside(...args),
  };
  return result;
}

const say = (command: Command): Statement => ({ project: 'p', wire: 'native', trust: 2, command });
const handle = (n: number) => ({ kind: 'distinct_id', value: n === 0 ? 'user' : `${n}-1-1-1-1` });
const device = (n: number) => ({ kind: 'device', value: `d${n}` });
const ann = { kind: 'user', value: 'ann' };

/** People of `size` identifiers, each put together in another way. */
const ways: readonly (readonly [string, string, (n: number) => Command])[] = [
  [
    'a cluster of the original merge, a star',
    'mixpanel-original',
    (n) => ({ type: 'Join', how: 'identify', one: handle(0), other: handle(n) }),
  ],
  [
    'a cluster of the original merge, a chain',
    'mixpanel-original',
    (n) => ({ type: 'Join', how: 'merge', one: handle(n - 1), other: handle(n) }),
  ],
  ['a user’s devices', 'selfsame', (n) => ({ type: 'Identify', ids: [ann, device(n)] })],
  [
    'merged devices, and their logins',
    'selfsame',
    (n) =>
      n % 2 === 1
        ? { type: 'Merge', one: device(n - 1), other: device(n + 1) }
        : { type: 'Identify', ids: [ann, device(n)] },
  ],
  [
    'merged users',
    'selfsame',
    (n) => ({ type: 'Merge', one: { kind: 'user', value: `u${n - 1}` }, other: { kind: 'user', value: `u${n}` } }),
  ],
];

it.each(ways)('reading %s costs in step with its size', (_way, preset, command) => {
  const policy = presets[preset] as Policy;
  const looks = (size: number): number => {
    const graph = new MemoryGraph();
    const statements = Array.from({ length: size }, (_, i) => say(command(i + 1)));
    for (const entry of entriesOf(statements, policy)) step(graph, { policy, derive }, entry);
    const counted = counting(graph);
    const [first, last] = [graph.nodes.keys().next().value, [...graph.nodes.keys()].at(-1)] as IdentifierKey[];
    const founder = ownerAt(counted, policy, first as IdentifierKey, Number.POSITIVE_INFINITY);
    expect(personOf(counted, policy, founder as never).formerIds.length).toBe(graph.nodes.size - 1);
    expect(explain(counted, policy, first as IdentifierKey, last as IdentifierKey).same).toBe(true);
    return counted.looks;
  };
  const [small, large] = [looks(100), looks(400)];
  console.log(`looks at nodes: ${small} for 100 identifiers, ${large} for 400`);
  expect(large / small).toBeLessThan(5);
});

it.each(['selfsame', 'by-interval', 'mixpanel-simplified', 'segment', 'mparticle-default'])(
  'devices made one that two users had in turn are read once for all of them (%s)',
  (preset) => {
    const policy = presets[preset] as Policy;
    const read = (size: number) => {
      const graph = new MemoryGraph();
      const statements = Array.from({ length: size }, (_, i) => [
        ...(i === 0 ? [] : [say({ type: 'Merge', one: device(i - 1), other: device(i) })]),
        say({ type: 'Identify', ids: [{ kind: 'user', value: i % 2 === 0 ? 'ann' : 'bob' }, device(i)] }),
      ]);
      for (const entry of entriesOf(statements.flat(), policy)) step(graph, { policy, derive }, entry);
      const counted = counting(graph);
      const person = personAt(counted, policy, keyOf({ kind: 'device', value: 'd0' }), Number.POSITIVE_INFINITY);
      expect(identifiersOf(person as Person)).toHaveLength(size + 1);
      // Devices times stretches would be their product.
      expect(new Set(person?.holdings.map(({ stretches }) => stretches)).size).toBeLessThan(5);
      expect(counted.reads).toBeGreaterThanOrEqual(size);
      return { looks: counted.looks, reads: counted.reads };
    };
    const [small, large] = [read(50), read(200)];
    console.log(
      `for 50 merged devices ${small.looks} looks at nodes and ${small.reads} at claims, for 200 ${large.looks} and ${large.reads}`,
    );
    expect(large.looks / small.looks).toBeLessThan(5);
    expect(large.reads / small.reads).toBeLessThan(6);
  },
);

it('a link to somebody with many merged devices weighs them once', () => {
  const policy = presets['segment'] as Policy;
  const looks = (size: number) => {
    const graph = new MemoryGraph();
    const statements = Array.from({ length: size }, (_, i) => [
      ...(i === 0 ? [] : [say({ type: 'Merge', one: device(i - 1), other: device(i) })]),
      say({ type: 'Identify', ids: [ann, device(i)] }),
    ]);
    for (const entry of entriesOf(statements.flat(), policy)) step(graph, { policy, derive }, entry);
    const counted = counting(graph);
    const next = say({ type: 'Identify', ids: [ann, { kind: 'device', value: 'next' }] });
    decide(counted, { policy, derive }, entriesOf([next], policy)[0] as Entry);
    return counted.looks;
  };
  const [small, large] = [looks(50), looks(200)];
  console.log(`looks at nodes for one login: ${small} beside 50 devices, ${large} beside 200`);
  expect(large / small).toBeLessThan(5);
});

it.each([
  ['selfsame', 2],
  ['selfsame', 0],
  ['by-interval', 2],
  ['by-interval', 0],
  ['spid', 0],
  ['xo', 0],
  ['segment', 0],
] as const)('a login on a device that many had in turn weighs the claims around it (%s, trust %i)', (preset, trust) => {
  const policy = presets[preset] as Policy;
  const reads = (size: number) => {
    const graph = new MemoryGraph();
    const inTurn = (i: number): Statement => ({
      ...say({ type: 'Identify', ids: [{ kind: 'user', value: `u${i % 7}` }, device(0)] }),
      time: i * 3_600_000,
      trust,
    });
    const told = entriesOf(
      Array.from({ length: size + 1 }, (_, i) => inTurn(i)),
      policy,
    );
    for (const entry of told.slice(0, size)) step(graph, { policy, derive }, entry);
    const { changes } = policy.caps;
    expect(graph.node(keyOf(device(0)))?.claims.length).toBeGreaterThanOrEqual(
      trust === 0 ? Math.min(size, 2 * changes) : size,
    );
    const counted = counting(graph);
    const login = () => decide(counted, { policy, derive }, told[size] as Entry);
    // What a device of so long a history says is summed up once.
    login();
    counted.reads = 0;
    expect(login().facts.map(({ type }) => type)).toContain('claimed');
    return counted.reads;
  };
  const [few, many] = [reads(250), reads(800)];
  console.log(`claims read for one login: ${few} beside 250 logins, ${many} beside 800`);
  expect(few).toBeGreaterThan(0);
  expect(many).toBeLessThan(2 * few + 20);
});

it.each([
  ['selfsame', 0],
  ['selfsame', 2],
  ['by-interval', 0],
  ['spid', 0],
  ['xo', 0],
  ['segment', 0],
] as const)(
  'a login that does not hold at its moment is refused by the claims around it (%s, the first said with trust %i)',
  (preset, first) => {
    const policy = presets[preset] as Policy;
    const reads = (size: number) => {
      const graph = new MemoryGraph();
      const login = (i: number, insertId: string): Statement => ({
        ...say({ type: 'Identify', ids: [{ kind: 'user', value: `u${i % 7}` }, device(0)] }),
        time: Math.min(i, size - 1) * 1_000_000,
        trust: i < 2 ? first : 0,
        insertId,
      });
      const told = entriesOf(
        Array.from({ length: size + 1 }, (_, i) => login(i, i === size ? 'a' : `z${i}`)),
        policy,
      );
      for (const entry of told.slice(0, size)) step(graph, { policy, derive }, entry);
      const counted = counting(graph);
      // Somebody else logs in at the same moment, and comes before by the insert id.
      const last = () => decide(counted, { policy, derive }, told[size] as Entry);
      last();
      counted.reads = 0;
      expect(last().verdict.notes).toMatchObject([{ effect: 'refused', code: 'errAnonDistinctIdAssignedAlready' }]);
      return counted.reads;
    };
    const [few, many] = [reads(250), reads(800)];
    console.log(`claims read for one login: ${few} beside 250 logins, ${many} beside 800`);
    expect(Math.max(few, many)).toBeLessThan(200);
  },
);
