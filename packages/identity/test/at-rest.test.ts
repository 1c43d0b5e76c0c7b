import { expect, it } from 'vitest';
import {
  type Claim,
  claimId,
  type Identifier,
  linksOf,
  MemoryGraph,
  type Node,
  type Statement,
  step,
  survivor,
} from '../src/index.ts';
import { GraphAtRest } from '../src/reading/at-rest.ts';
import { derive, entriesOf } from './history.ts';
import { Dice, randomHistory, randomPolicy } from './random-history.ts';

const seed = Number(process.env['SELFSAME_SEED']);
const HISTORIES = process.env['SELFSAME_LONG'] === '1' ? 30_000 : 300;

const mergeable: readonly Identifier[] = [
  ...['d1', 'd2', 'd3', 'd4'].map((value) => ({ kind: 'device', value })),
  { kind: 'session', value: 's1' },
  { kind: 'email', value: 'x@example.com' },
  { kind: 'phone', value: '1' },
];

/** A history in which devices and contacts are merged often. */
const merging = (dice: Dice): readonly Statement[] =>
  randomHistory(dice, 40).map((statement) => {
    if (!dice.oneIn(3)) return statement;
    const [one, other] = [dice.of(mergeable), dice.of(mergeable)];
    return dice.oneIn(2)
      ? { ...statement, command: { type: 'Merge', one, other } }
      : { ...statement, command: { type: 'Identify', ids: [{ kind: 'user', value: dice.of(['ann', 'bob']) }, one] } };
  });

it('what is found out once for many identifiers is what each would find out for itself', () => {
  console.log(`at rest: SELFSAME_SEED=${seed}`);
  let shared = 0;
  for (let number = 0; number < HISTORIES; number++) {
    const dice = new Dice(seed + number);
    const policy = randomPolicy(dice);
    const graph = new MemoryGraph();
    for (const entry of entriesOf(merging(dice), policy)) step(graph, { policy, derive }, entry);
    const rest = new GraphAtRest(graph);
    const nodes = [...graph.nodes.values()];
    for (const node of nodes) {
      const told = (of: MemoryGraph | GraphAtRest) => {
        const { stretches, refusals } = linksOf(of, policy, node);
        return {
          stretches: stretches.map((link) => ({ ...link, claim: link.claim && named(link.claim, node) })),
          refusals: refusals.map((one) => ({ ...one, claim: named(one.claim, node) })),
          survivor: survivor(of, policy, node).key,
        };
      };
      expect(told(rest), `history ${seed + number}`).toEqual(told(graph));
    }
    shared += nodes.length - new Set(nodes.map((node) => linksOf(rest, policy, node))).size;
  }
  console.log(`${HISTORIES} histories: ${shared} identifiers shared the links of another`);
  expect(shared).toBeGreaterThan(HISTORIES / 30);
});

/** A claim as answers name it, and what it says. */
const named = (claim: Claim, node: Node) => ({ ...claim, of: claimId(claim, node.key) });
