import type { Graph, Node } from '../evidence/graph.ts';
import { NotedGraph } from '../evidence/reading-set.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { IdentifierKey } from '../words/ids.ts';

/** What a person has: so many identifiers, themselves included, and besides these so many of each kind ([K1], [K2]). */
export interface Counted {
  readonly size: number;
  readonly kinds: ReadonlyMap<string, number>;
}

/** So many counts are remembered, and of all that they were read from so many nodes. */
const MOST = 16;
const MOST_NODES = 5_000;

type Nodes = ReadonlyMap<IdentifierKey, Node | undefined>;

interface Count {
  readonly policy: Policy;
  readonly nodes: Nodes;
  readonly counted: Counted;
}

/**
 * What people near a limit have, as long as all nodes by which it was counted read as they did: at a limit each word asks
 * for it, and to look whether they do costs a fifth of counting.
 */
export class Counts {
  /** By whom they are of and how they are counted, the latest last. */
  readonly #known = new Map<string, Count>();
  #nodes = 0;

  /** @param count reads nothing but the nodes of the graph that it is given, and what was set aside of them */
  of(whom: string, policy: Policy, graph: Graph, count: (graph: Graph) => Counted): Counted {
    const known = this.#known.get(whom);
    if (known !== undefined) this.#forget(whom, known);
    if (known?.policy === policy && areAsRead(policy, known.nodes, graph)) {
      this.#keep(whom, known);
      return known.counted;
    }
    const noted = new NotedGraph(graph);
    const counted = count(noted);
    const nodes = new Map(Array.from(noted.keys, (key) => [key, graph.node(key)]));
    this.#keep(whom, { policy, nodes, counted });
    return counted;
  }

  #keep(whom: string, count: Count): void {
    this.#known.set(whom, count);
    this.#nodes += count.nodes.size;
    for (const [oldest, one] of this.#known) {
      if (this.#known.size <= MOST && this.#nodes <= MOST_NODES) break;
      this.#forget(oldest, one);
    }
  }

  #forget(whom: string, { nodes }: Count): void {
    this.#known.delete(whom);
    this.#nodes -= nodes.size;
  }
}

function areAsRead(policy: Policy, nodes: Nodes, graph: Graph): boolean {
  for (const [key, was] of nodes) {
    const now = graph.node(key);
    if (now !== was && (now === undefined || was === undefined || !readsAs(policy, now, was))) return false;
  }
  return true;
}

/** When somebody known was seen last says nothing of what is theirs, nor do traits and consent. */
const readsAs = (policy: Policy, now: Node, was: Node): boolean =>
  roleOf(policy, now.id.kind) !== 'anonymous' &&
  now.claims === was.claims &&
  now.edges === was.edges &&
  now.below === was.below &&
  now.record === was.record &&
  now.holders === was.holders &&
  now.trust === was.trust &&
  now.met === was.met &&
  now.told?.first === was.told?.first;
