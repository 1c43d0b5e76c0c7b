import { apply } from '../evidence/apply.ts';
import type { Draft, Graph, Node } from '../evidence/graph.ts';
import { Notes } from '../evidence/notes.ts';
import { Overlay, UNNUMBERED } from '../evidence/overlay.ts';
import type { Policy } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import type { Entry } from '../words/command.ts';
import type { Fact } from '../words/fact.ts';
import { type Identifier, type IdentifierKey, keyOf, type PersonId } from '../words/ids.ts';
import { partNamed } from './part-named.ts';

/** By facts of which a rule has looked ahead: the graph that was there before, and how it will be with the first `count`, under a policy. */
const lookedAhead = new Notes<
  readonly Fact[],
  { readonly before: Graph; readonly policy: Policy; readonly graph: Overlay; readonly count: number }
>();

/**
 * Puts what became known by an entry into the graph it was decided on. What a rule has looked ahead at is put as it was
 * made then: twice the work would give equal nodes and not the same, and what is remembered of merged ones goes by these.
 */
export function put(draft: Draft, policy: Policy, entry: Entry, facts: readonly Fact[]): void {
  const ahead = lookedAhead.get(facts);
  if (ahead?.before !== draft || ahead.policy !== policy) {
    apply(draft, policy, entry, facts);
    return;
  }
  ahead.graph.applyTo(draft);
  if (ahead.count < facts.length) apply(draft, policy, entry, facts.slice(ahead.count));
}

/** What has been decided of an entry so far, and the graph as it will be with that. Nothing is written. */
export class Plan {
  readonly before: Graph;
  readonly policy: Policy;
  readonly entry: Entry;
  readonly facts: Fact[] = [];
  readonly #rules: Rules;
  #ahead: Overlay | undefined;
  /** So many of the facts are in `#ahead`. */
  #foreseen = 0;

  constructor(before: Graph, rules: Rules, entry: Entry) {
    this.before = before;
    this.policy = rules.policy;
    this.entry = entry;
    this.#rules = rules;
  }

  say(fact: Fact): void {
    this.facts.push(fact);
  }

  /** The graph with what has been said so far. Made only where a rule asks for it: most items say again what is known. */
  get graph(): Graph {
    if (this.facts.length === 0) return this.before;
    this.#ahead ??= new Overlay(this.before, () => UNNUMBERED);
    if (this.#foreseen < this.facts.length) {
      apply(this.#ahead, this.policy, this.entry, this.facts.slice(this.#foreseen));
      this.#foreseen = this.facts.length;
      const { before, facts, policy } = this;
      lookedAhead.set(facts, { before, policy, graph: this.#ahead, count: this.#foreseen });
    }
    return this.#ahead;
  }

  /** A node that was met, as it will be. */
  node(key: IdentifierKey): Node {
    return this.graph.node(key) as Node;
  }

  /** As `name`, of an identifier whose node is not at hand. */
  meet(id: Identifier): IdentifierKey {
    return this.name(id, this.graph.node(keyOf(id)));
  }

  /** Names an identifier and says whose it is. `known`: its node; `but`: the limit that keeps it from being so. */
  claim(id: Identifier, known: Node | undefined, owner: IdentifierKey, but?: 'K1' | 'K2'): IdentifierKey {
    const key = known === undefined ? this.name(id, undefined) : known.key;
    this.facts.push(but === undefined ? { type: 'claimed', key, owner } : { type: 'claimed', key, owner, but });
    return key;
  }

  /** [P1] Names an identifier: every one founds a person of its own until something links it. `known`: its node. */
  name(id: Identifier, known: Node | undefined): IdentifierKey {
    if (known !== undefined) {
      this.facts.push({ type: 'met', key: known.key });
      partNamed(this, known);
      return known.key;
    }
    const key = keyOf(id);
    this.facts.push({ type: 'founded', id, person: this.#personFor(id, key) });
    return key;
  }

  /** [P2] Of two identifiers that would found the same id the later one takes the next. */
  #personFor(id: Identifier, key: IdentifierKey): PersonId {
    const { derive } = this.#rules;
    const isTaken = (person: PersonId) => {
      const other = this.before.founder(person);
      if (other !== undefined && other.key !== key) return true;
      return this.facts.some((fact) => fact.type === 'founded' && fact.person === person && keyOf(fact.id) !== key);
    };
    let attempt = 0;
    let person = derive(this.entry.project, id, attempt);
    while (isTaken(person)) person = derive(this.entry.project, id, ++attempt);
    return person;
  }
}
