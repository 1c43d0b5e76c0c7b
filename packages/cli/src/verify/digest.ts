import { createHash, createHmac } from 'node:crypto';
import {
  type DerivePersonId,
  digestText,
  type Entry,
  entryOf,
  fold,
  type Graph,
  type MemoryGraph,
  type Node,
  type Policy,
  type Statement,
} from '@selfsame/identity';
import { type RepeatKey, repeatKey } from '@selfsame/store';

/** Long after everything that happens in any file, ms: when an item arrived must not matter here. */
export const ARRIVAL = Date.UTC(3000, 0, 1);

/** After the last item that has no time of its own, ms. */
export const LAST = Date.UTC(3001, 0, 1);

/** A key that everybody has, so that everybody gets the same hash. */
export const derive: DerivePersonId = (project, founder, attempt) =>
  createHmac('sha256', 'selfsame verify')
    .update(JSON.stringify([project, founder.kind, founder.value, attempt]))
    .digest('base64url')
    .slice(0, 22) as ReturnType<DerivePersonId>;

/** A hash of who is who after these statements, told in this order; a repeated insert id counts once ([D1]). */
export function digestOf(statements: readonly Statement[], policy: Policy): string {
  const graph = graphOf(statements, policy);
  return digestOfGraph(graph, policy, graph.nodes.values());
}

/** A hash of who is who in a graph. */
export const digestOfGraph = (graph: Graph, policy: Policy, nodes: Iterable<Node>): string =>
  createHash('sha256')
    .update(digestText(graph, policy, nodes))
    .digest('hex');

/** Who is who after these statements. */
export function graphOf(statements: readonly Statement[], policy: Policy): MemoryGraph {
  const first = new Map<RepeatKey, number>();
  const entries = statements.map((statement, i): Entry => {
    const position = i + 1;
    const key = repeatKey(statement);
    const repeats = key === undefined ? undefined : first.get(key);
    if (key !== undefined && repeats === undefined) first.set(key, position);
    return entryOf(statement, policy, { position, at: LAST, repeats });
  });
  return fold(entries, { policy, derive }).graph;
}
