import { Component, type Graph, type IdentifierKey, type Node, namedBy } from '@selfsame/identity';
import type { Decided, Store, StoreAtHand } from './store.ts';
import type { Reading } from './undo.ts';

/**
 * The graph that a search looks at: the store's own where it is at hand; else what was read of it, which must be before
 * the search begins and before it looks at an entry.
 */
export interface NearGraph {
  readonly graph: Pick<Graph, 'node'>;
  beforeStart?(keys: Iterable<IdentifierKey>): Promise<void>;
  beforeLookAt?(decided: Decided): Promise<void>;
}

export function graphNear({ store, project, rules }: Reading): NearGraph {
  if (isAtHand(store)) return { graph: store.graph(project) };
  const known = new Map<IdentifierKey, Node | undefined>();
  /** With all that hangs together with them. */
  async function beforeStart(keys: Iterable<IdentifierKey>): Promise<void> {
    const unknown = [...keys].filter((key) => !known.has(key));
    if (unknown.length === 0) return;
    const found = await store.ask(project, (graph) =>
      [...new Component(graph, rules.policy, unknown).keys].map((key) => [key, graph.node(key)] as const),
    );
    for (const [key, node] of found) known.set(key, node);
  }
  return {
    graph: { node: (key) => known.get(key) },
    beforeStart,
    beforeLookAt: (decided) => beforeStart(namedBy(rules.policy, decided)),
  };
}

const isAtHand = (store: Store): store is StoreAtHand => 'graph' in store;
