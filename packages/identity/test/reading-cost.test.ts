import { expect, it } from 'vitest';
import {
  type Command,
  explain,
  type Graph,
  type IdentifierKey,
  MemoryGraph,
  ownerAt,
  type Policy,
  personOf,
  presets,
  type Statement,
  step,
} from '../src/index.ts';
import { derive, entriesOf } from './history.ts';

/** A graph that counts how often a node is looked up. */
function counting(graph: MemoryGraph): Graph & { looks: number } {
  const counted = {
    looks: 0,
    node(key: IdentifierKey) {
      counted.looks += 1;
      return graph.node(key);
    },
    ghost: (key: IdentifierKey) => graph.ghost(key),
    founder: (person: Parameters<Graph['founder']>[0]) => graph.founder(person),
    evidence: (...args: Parameters<Graph['evidence']>) => graph.evidence(...args),
  };
  return counted;
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
