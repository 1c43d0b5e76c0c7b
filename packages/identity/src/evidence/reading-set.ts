import type { IdentifierKey, PersonId } from '../words/ids.ts';
import type { Claim, Graph, Node, Sight } from './graph.ts';

/**
 * All that was asked of a graph. Who decides again over a graph that has the same nodes of these, the absent ones
 * included, decides the same. What was set aside of an identifier changes only with its node.
 */
export interface ReadingSet {
  readonly keys: ReadonlySet<IdentifierKey>;
  /** Ids that somebody's identifier may found. */
  readonly people: ReadonlySet<PersonId>;
}

/** A graph that notes what it is asked. Whoever needs no reading set asks the graph itself, and pays nothing. */
export class NotedGraph implements Graph, ReadingSet {
  readonly listsAll: boolean;
  readonly memories: Graph['memories'];
  readonly keys = new Set<IdentifierKey>();
  readonly people = new Set<PersonId>();
  readonly #graph: Graph;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.listsAll = graph.listsAll ?? false;
    this.memories = graph.memories;
  }

  node(key: IdentifierKey): Node | undefined {
    this.keys.add(key);
    return this.#graph.node(key);
  }

  ghost(key: IdentifierKey): Node | undefined {
    this.keys.add(key);
    return this.#graph.ghost(key);
  }

  founder(person: PersonId): Node | undefined {
    this.people.add(person);
    const node = this.#graph.founder(person);
    if (node !== undefined) this.keys.add(node.key);
    return node;
  }

  evidence(key: IdentifierKey, after: Sight, before: Sight): readonly Claim[] {
    this.keys.add(key);
    return this.#graph.evidence(key, after, before);
  }

  beside(key: IdentifierKey, like: Claim, at: Claim): readonly Claim[] {
    this.keys.add(key);
    return this.#graph.beside(key, like, at);
  }
}
