import type { Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { IdentifierKey } from '../words/ids.ts';
import type { Together } from './shared-claims.ts';

/** Of fewer words what is common is found as quickly as it is looked up. */
const FEW_WORDS = 64;
/** Words of all that is remembered of a graph. */
const MOST_WORDS = 50_000;
const MOST_CLUSTERS = 16;

interface Memory {
  readonly policy: Policy;
  readonly together: Together;
  readonly members: readonly Pick<Node, 'key' | 'edges' | 'claims'>[];
}

/**
 * What was found of merged identifiers when they were last asked for, as long as none of them was merged or spoken of: an
 * event of one of two hundred devices says nothing new of whose they are. Nodes never change, so the same lists say the
 * same; what was set aside of a node changes only with its claims. A graph has memories only if it lacks nothing that it
 * is asked for.
 */
export class Memories {
  /** The latest last. */
  readonly #all: Memory[] = [];

  togetherWith(graph: Graph, policy: Policy, node: Node, find: () => Together): Together {
    const nodeOf = (key: IdentifierKey) => (key === node.key ? node : graph.node(key));
    const isSo = ({ key, edges, claims }: Memory['members'][number]): boolean => {
      const now = nodeOf(key);
      return now !== undefined && now.edges === edges && now.claims === claims;
    };
    const at = this.#all.findLastIndex((one) => one.policy === policy && one.together.members.has(node.key));
    const memory = this.#all[at];
    if (memory?.members.every(isSo)) return memory.together;
    const together = find();
    if (at >= 0) this.#all.splice(at, 1);
    if (together.said.length < FEW_WORDS || together.said.length > MOST_WORDS) return together;
    const members = [...together.members].map((key): Memory['members'][number] => nodeOf(key) as Node);
    this.#all.push({ policy, together, members: members.map(({ key, edges, claims }) => ({ key, edges, claims })) });
    let words = 0;
    const forgotten = this.#all.findLastIndex((one) => (words += one.together.said.length) > MOST_WORDS);
    this.#all.splice(0, Math.max(forgotten + 1, this.#all.length - MOST_CLUSTERS));
    return together;
  }
}
