import type { IdentifierKey, PersonId } from '../words/ids.ts';
import type { Claim, Draft, Graph, Node, Sight } from './graph.ts';
import { keptAs, keptBeside, lastKept, nearest, sortNameOf } from './kept-claims.ts';
import { claimsBetween, dawn, dusk } from './order.ts';

/** The number of a node that gets one when it is taken over into another draft. */
export const UNNUMBERED = 0;

/** Changes to a graph that can be taken or thrown away as one. */
export class Overlay implements Draft {
  readonly listsAll: boolean;
  readonly memories: Graph['memories'];
  readonly changed = new Map<IdentifierKey, Node>();
  readonly kept = new Map<IdentifierKey, Claim[]>();
  readonly #base: Graph;
  readonly #founders = new Map<PersonId, Node>();
  /** Keys the base does not have: asking it again would cost a read each time. */
  readonly #absent = new Set<IdentifierKey>();
  readonly #number: () => number;

  /** `number` gives each new node the next number of the store. */
  constructor(base: Graph, number: () => number) {
    this.#base = base;
    this.listsAll = base.listsAll ?? false;
    this.memories = base.memories;
    this.#number = number;
  }

  node(key: IdentifierKey): Node | undefined {
    const mine = this.changed.get(key);
    if (mine?.gone === true) return undefined;
    if (mine !== undefined || this.#absent.has(key)) return mine;
    const theirs = this.#base.node(key);
    if (theirs === undefined) this.#absent.add(key);
    return theirs;
  }

  ghost(key: IdentifierKey): Node | undefined {
    const mine = this.changed.get(key);
    return mine === undefined ? this.#base.ghost(key) : mine.gone === true ? mine : undefined;
  }

  founder(person: PersonId): Node | undefined {
    const mine = this.#founders.get(person);
    if (mine !== undefined) return this.node(mine.key);
    const theirs = this.#base.founder(person);
    return theirs && this.node(theirs.key);
  }

  /** Is this a node the base does not have? */
  isNew(key: IdentifierKey): boolean {
    return this.#absent.has(key);
  }

  put(node: Node): void {
    const mayBeNew = node.claims.length === 0 || this.#absent.has(node.key);
    if (mayBeNew && !this.changed.has(node.key)) this.#founders.set(node.person, node);
    this.changed.set(node.key, node);
  }

  keep(key: IdentifierKey, claims: readonly Claim[]): void {
    const kept = this.kept.get(key);
    if (kept === undefined) this.kept.set(key, [...claims]);
    else kept.push(...claims);
  }

  /** Takes the changes over into another draft of the same base. */
  applyTo(draft: Draft): void {
    for (const [key, claims] of this.kept) draft.keep(key, claims);
    for (const node of this.changed.values())
      draft.put(node.number === UNNUMBERED ? { ...node, number: draft.nextNumber() } : node);
  }

  evidence(key: IdentifierKey, after: Sight, before: Sight): readonly Claim[] {
    const stored = this.#base.evidence(key, after, before);
    const mine = this.kept.get(key);
    return mine === undefined ? stored : claimsBetween(lastKept([...stored, ...mine]), after, before);
  }

  beside(key: IdentifierKey, like: Claim, at: Claim): readonly Claim[] {
    const mine = this.kept.get(key);
    if (mine === undefined) return this.#base.beside(key, like, at);
    const stored = this.#base.beside(key, like, at);
    const isHere = (claim: Claim): boolean => sortNameOf(keptAs(mine, claim) ?? claim) === sortNameOf(like);
    if (stored.every(isHere)) return nearest([...stored, ...keptBeside(mine, like, at)], at);
    // One of them is believed otherwise since ([U3]), and others lie behind it.
    return keptBeside([...this.#base.evidence(key, dawn, dusk), ...mine], like, at);
  }

  nextNumber(): number {
    return this.#number();
  }
}
