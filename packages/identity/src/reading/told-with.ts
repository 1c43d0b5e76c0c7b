import type { Claim, Graph, Node, Sight } from '../evidence/graph.ts';
import type { IdentifierKey, PersonId, Trust } from '../words/ids.ts';

/** A graph as senders of at least some trust tell it: what others claim and merge is left out ([S10]). For one question. */
export class ToldWith implements Graph {
  readonly #trust: Trust;
  readonly #graph: Graph;
  readonly #nodes = new Map<Node, Node>();
  /**
   * What was found before is found by the lists of the nodes, and those of which nothing is left out are the same here:
   * of a sort that was set aside a node lists some ([L4]), so nothing of that is left out either.
   */
  readonly memories: Graph['memories'];

  constructor(trust: Trust, graph: Graph) {
    this.#trust = trust;
    this.#graph = graph;
    this.memories = graph.memories;
  }

  node(key: IdentifierKey): Node | undefined {
    return this.#told(this.#graph.node(key));
  }

  ghost(key: IdentifierKey): Node | undefined {
    return this.#graph.ghost(key);
  }

  founder(person: PersonId): Node | undefined {
    return this.#told(this.#graph.founder(person));
  }

  evidence(key: IdentifierKey, after: Sight, before: Sight): readonly Claim[] {
    return this.#graph.evidence(key, after, before).filter(this.#isTold);
  }

  beside(key: IdentifierKey, like: Claim, at: Claim): readonly Claim[] {
    return this.#isTold(like) ? this.#graph.beside(key, like, at) : [];
  }

  readonly #isTold = ({ trust }: { readonly trust: Trust }): boolean => trust >= this.#trust;

  /** The same object for the same node: links are remembered by it. */
  #told(node: Node | undefined): Node | undefined {
    if (node === undefined || (node.claims.every(this.#isTold) && node.edges.every(this.#isTold))) return node;
    let told = this.#nodes.get(node);
    if (told === undefined) {
      told = { ...node, claims: node.claims.filter(this.#isTold), edges: node.edges.filter(this.#isTold) };
      this.#nodes.set(node, told);
    }
    return told;
  }
}
