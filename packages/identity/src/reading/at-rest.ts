import type { Claim, Graph, Node, Sight } from '../evidence/graph.ts';
import type { IdentifierKey, PersonId } from '../words/ids.ts';
import type { Links } from './link.ts';
import type { Ownership } from './ownership.ts';
import type { Held } from './spans.ts';
import type { Together } from './together.ts';

interface HeldThrough {
  readonly owner: IdentifierKey;
  readonly during: readonly Held[];
  readonly stretches: readonly Held[];
}

/** For several readings of one moment: what merged identifiers have in common is found once for all of them. */
export const atRest = (graph: Graph): GraphAtRest => (graph instanceof GraphAtRest ? graph : new GraphAtRest(graph));

/**
 * A graph that nobody changes while one question is answered, so that what merged identifiers have in common, and whom
 * each belongs to, is found out once for all of them. To be forgotten with the question, which asks under one policy.
 */
export class GraphAtRest implements Graph {
  readonly links = new Map<Node, Links>();
  readonly together = new Map<IdentifierKey, Together>();
  /** Links of merged identifiers of which the same was said: by those claims, one list for all of them. */
  readonly shared = new Map<readonly Claim[], Links>();
  /** By such links: whose the time was, and what of it an owner's owner had. */
  readonly owned = new Map<Links, readonly Ownership[]>();
  readonly held = new Map<Links, readonly HeldThrough[]>();
  readonly survivors = new Map<IdentifierKey, Node>();
  readonly memories: Graph['memories'];
  readonly #graph: Graph;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.memories = graph.memories;
  }
  node(key: IdentifierKey): Node | undefined {
    return this.#graph.node(key);
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
