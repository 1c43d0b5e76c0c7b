import { expect, it } from 'vitest';
import {
  type Claim,
  claimId,
  cluster,
  type Identifier,
  type IdentifierKey,
  isVisit,
  linksOf,
  MemoryGraph,
  type Node,
  ownershipOf,
  type Policy,
  peopleIn,
  type Statement,
  spansOf,
  step,
  survivor,
} from '../src/index.ts';
import { GraphAtRest } from '../src/reading/at-rest.ts';
import { belowOf } from '../src/reading/cluster.ts';
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
  let heard = 0;
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
          owned: ownershipOf(of, policy, node).map(({ person, claim, ...one }) => ({
            ...one,
            person: person.key,
            claim: claim && named(claim, node),
          })),
        };
      };
      expect(told(rest), `history ${seed + number}`).toEqual(told(graph));
    }
    for (const node of nodes) {
      const { stretches, refusals } = linksOf(rest, policy, node);
      for (const { claim } of [...stretches, ...refusals]) {
        if (claim?.of === undefined || claim.of === node.key) continue;
        const said = graph
          .node(claim.of)
          ?.claims.find((one) => claimId(one, claim.of as IdentifierKey) === claimId(claim, node.key));
        if (said === undefined) continue;
        heard += 1;
        const way = [3, 2, 1].find((trust) => isWay(graph, claim.of as IdentifierKey, node.key, trust)) ?? 0;
        expect(claim.trust, `history ${seed + number}`).toBe(Math.min(said.trust, way));
      }
    }
    for (const person of peopleIn(rest, policy, nodes)) {
      if (isVisit(person.founder)) continue;
      const had = spansOf(person.holdings.filter(({ only }) => only === undefined));
      const each = cluster(graph, person.founder).flatMap((member) =>
        linksOf(graph, policy, member).stretches.flatMap(({ owner, from, to }) =>
          owner === null ? hadBelow(graph, policy, member, { from, to }) : [],
        ),
      );
      const told = had.map(({ node, from, to }) => `${node.key} ${from} ${to}`);
      expect(told.sort(), `history ${seed + number}`).toEqual(each.sort());
    }
    shared += nodes.length - new Set(nodes.map((node) => linksOf(rest, policy, node))).size;
  }
  console.log(`${HISTORIES} histories: ${shared} identifiers shared the links of another`);
  expect(shared).toBeGreaterThan(HISTORIES / 30);
  expect(heard).toBeGreaterThan(HISTORIES / 30);
});

/** [M6] Do merges of at least a trust lead from one identifier to another? */
function isWay(graph: MemoryGraph, from: IdentifierKey, to: IdentifierKey, trust: number): boolean {
  const found = new Set([from]);
  for (const key of found)
    for (const edge of graph.node(key)?.edges ?? [])
      if (edge.refused === undefined && edge.trust >= trust) found.add(edge.other);
  return found.has(to);
}

/** What a person has of an identifier and of all below it in one stretch, found for each stretch by itself. */
function hadBelow(
  graph: MemoryGraph,
  policy: Policy,
  node: Node,
  { from, to }: { readonly from: number; readonly to: number },
): readonly string[] {
  const below = belowOf(graph, node).flatMap((one) =>
    linksOf(graph, policy, one).stretches.flatMap((link) => {
      const both = { from: Math.max(from, link.from), to: Math.min(to, link.to) };
      return link.owner === node.key && both.from < both.to ? hadBelow(graph, policy, one, both) : [];
    }),
  );
  return [`${node.key} ${from} ${to}`, ...below];
}

/** A claim as answers name it, and what it says. */
const named = (claim: Claim, node: Node) => ({ ...claim, of: claimId(claim, node.key) });
