import {
  type Graph,
  type IdentifierKey,
  identifierHoldings,
  identifiersOf,
  type Node,
  ownershipOf,
  type Person,
  type Policy,
  personOf,
} from '@selfsame/identity';
import { MOST_IDENTIFIERS, type PersonRef, type Profile } from './message.ts';
import type { ToldGraph } from './told-graph.ts';

/** People whose description is kept for their next message. */
const MOST_KEPT = 50_000;

/** Somebody, as messages say who. */
export interface Described {
  readonly person: PersonRef;
  readonly profile?: Profile;
}

/** People as messages describe them, kept for as long as nothing about them has changed. */
export class Descriptions {
  readonly #graph: ToldGraph;
  readonly #policy: Policy;
  readonly #withProfiles: boolean;
  readonly #kept = new Map<IdentifierKey, Described>();

  constructor(graph: ToldGraph, policy: Policy, withProfiles: boolean) {
    this.#graph = graph;
    this.#policy = policy;
    this.#withProfiles = withProfiles;
  }

  /** Somebody as of now, or as an earlier graph has them. */
  of(founder: Node, graph: Graph): Described {
    if (graph !== this.#graph) return this.describe(personOf(graph, this.#policy, founder));
    let described = this.#kept.get(founder.key);
    if (described === undefined) {
      described = this.describe(personOf(this.#graph, this.#policy, founder));
      this.#kept.set(founder.key, described);
    }
    return described;
  }

  describe(person: Person): Described {
    return { person: refOf(person), ...(this.#withProfiles ? { profile: profileOf(person) } : {}) };
  }

  /** Whoever has or had one of these identifiers may be another way than they were described. In steps. */
  *forget(moved: ReadonlySet<IdentifierKey>): Generator<void, void> {
    if (this.#kept.size > MOST_KEPT) this.#kept.clear();
    if (this.#kept.size === 0) return;
    const earlier = this.#graph.earlier();
    for (const key of moved) {
      yield;
      for (const graph of [earlier, this.#graph]) {
        const node = graph.node(key);
        if (node === undefined) continue;
        for (const { person } of ownershipOf(graph, this.#policy, node)) this.#kept.delete(person.key);
      }
    }
  }
}

function refOf(person: Person): PersonRef {
  const identifiers = identifiersOf(person)
    .slice(0, MOST_IDENTIFIERS)
    .map(({ id }) => id);
  return { id: person.id, known: person.known, identifiers };
}

function profileOf(person: Person): Profile {
  const identities = new Map<IdentifierKey, Profile['identities'][number]>();
  for (const { node, stretches } of identifierHoldings(person)) {
    const from = stretches[0]?.from ?? Number.NEGATIVE_INFINITY;
    if (!identities.has(node.key))
      identities.set(node.key, { id: node.id, since: Number.isFinite(from) ? from : null });
    if (identities.size >= MOST_IDENTIFIERS) break;
  }
  return {
    traits: Object.fromEntries(person.traits),
    purposes: Object.fromEntries(person.purposes),
    firstSeen: person.firstSeen,
    identities: [...identities.values()],
  };
}
