import type { Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { IdentifierKey, PersonId } from '../words/ids.ts';
import { atRest } from './at-rest.ts';
import { cluster, survivor } from './cluster.ts';
import type { Links } from './link.ts';
import { linksOf } from './links.ts';
import { type Ownership, ownershipOf } from './ownership.ts';
import type { Holding } from './spans.ts';
import { isEmptyVisit } from './visit.ts';

/** Ids of identifiers that found nobody any more and lead here. */
export function formerIds(
  graph: Graph,
  policy: Policy,
  founder: Node,
  holdings: readonly Holding[],
): readonly PersonId[] {
  const nodes = new Set(holdings.map(({ node }) => node));
  nodes.delete(founder);
  const found = new Map<Links, Owners>();
  const ids: PersonId[] = [];
  for (const node of nodes) if (namedBy(graph, policy, node, found).key === founder.key) ids.push(node.person);
  return ids;
}

/** Everyone who ever was the person of an identifier, and the latest of them; a visit in which nothing was seen is nobody. */
interface Owners {
  readonly all: ReadonlyMap<IdentifierKey, Node>;
  readonly latest: Node | undefined;
}

/**
 * [P3] Whom the id of this identifier names: itself while a person is named after it, else its latest owner.
 * `found` keeps the owners of identifiers that share their links, for a reader of many.
 */
export function namedBy(graph: Graph, policy: Policy, node: Node, found = new Map<Links, Owners>()): Node {
  const links = linksOf(graph, policy, node);
  let owners = found.get(links);
  if (owners === undefined) {
    const stretches = ownershipOf(graph, policy, node);
    const all = new Map(stretches.map(({ person }) => [person.key, person]));
    const latest = (stretches.findLast(({ person }) => !isEmptyVisit(person)) ?? stretches.at(-1))?.person;
    found.set(links, (owners = { all, latest }));
  }
  return owners.all.get(node.key) ?? (namesMerged(graph, policy, node) ? node : (owners.latest ?? node));
}

/** Is a person named after an identifier of these stretches: has it time of its own, or has one that it is merged with? */
export const isNamesake = (graph: Graph, policy: Policy, node: Node, stretches: readonly Ownership[]): boolean =>
  hasTimeOf(node, stretches) || namesMerged(graph, policy, node);

/** [M6] What trusted words give to two people stays with these: of merged ones the survivor may be another's, and the rest not. */
function namesMerged(given: Graph, policy: Policy, node: Node): boolean {
  if (node.edges.length === 0) return false;
  const graph = atRest(given);
  if (survivor(graph, policy, node).key !== node.key) return false;
  // Most of them have the same links, and so the same owners.
  const each = new Map(cluster(graph, node).map((one) => [linksOf(graph, policy, one), one]));
  return [...each.values()].some((one) => hasTimeOf(node, ownershipOf(graph, policy, one)));
}

const hasTimeOf = (node: Node, stretches: readonly Ownership[]): boolean =>
  stretches.some(({ person }) => person.key === node.key);
