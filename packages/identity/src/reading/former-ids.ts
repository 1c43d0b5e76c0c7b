import type { Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { IdentifierKey, PersonId } from '../words/ids.ts';
import type { Links } from './link.ts';
import { linksOf } from './links.ts';
import { ownershipOf } from './ownership.ts';
import type { Holding } from './spans.ts';

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

/** Everyone who ever was the person of an identifier, and the latest of them. */
interface Owners {
  readonly all: ReadonlyMap<IdentifierKey, Node>;
  readonly latest: Node | undefined;
}

/**
 * [P3] Whom the id of this identifier names: itself while it has time of its own, else its latest owner.
 * `found` keeps the owners of identifiers that share their links, for a reader of many.
 */
export function namedBy(graph: Graph, policy: Policy, node: Node, found = new Map<Links, Owners>()): Node {
  const links = linksOf(graph, policy, node);
  let owners = found.get(links);
  if (owners === undefined) {
    const stretches = ownershipOf(graph, policy, node);
    const all = new Map(stretches.map(({ person }) => [person.key, person]));
    found.set(links, (owners = { all, latest: stretches.at(-1)?.person }));
  }
  return owners.all.get(node.key) ?? owners.latest ?? node;
}
