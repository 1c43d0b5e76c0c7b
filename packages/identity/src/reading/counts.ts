import type { Claim, Graph, Node, Sight } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { IdentifierKey, PersonId } from '../words/ids.ts';

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
 * for it, and to look whether they do costs a fifth of counting. What was set aside of a node changes only with what it
 * lists.
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
    const watched = new Watched(graph);
    const counted = count(watched);
    this.#keep(whom, { policy, nodes: watched.nodes, counted });
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

/** A graph that notes which nodes are read. */
class Watched implements Graph {
  readonly nodes = new Map<IdentifierKey, Node | undefined>();
  readonly memories: Graph['memories'];
  readonly #graph: Graph;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.memories = graph.memories;
  }

  node(key: IdentifierKey): Node | undefined {
    const node = this.#graph.node(key);
    this.nodes.set(key, node);
    return node;
  }

  ghost(key: IdentifierKey): Node | undefined {
    return this.#graph.ghost(key);
  }

  founder(person: PersonId): Node | undefined {
    return this.#graph.founder(person);
  }

  evidence(key: IdentifierKey, after: Sight, before: Sight): readonly Claim[] {
    return this.#graph.evidence(key, after, before);
  }

  beside(key: IdentifierKey, like: Claim, at: Claim): readonly Claim[] {
    return this.#graph.beside(key, like, at);
  }
}
