import type { Claim, Graph } from '../evidence/graph.ts';
import { compareKept } from '../evidence/order.ts';
import { alone } from '../evidence/runs.ts';
import type { IdentifierKey } from '../words/ids.ts';
import type { Said } from './together.ts';

/** Two words of one sort that follow one another in a run of one identifier: it may have said the same between them ([L4]). */
export interface Open {
  readonly from: Said;
  readonly to: Said;
}

/** For whom merged identifiers are read: whose words count as a public key's, which [K4] limits, and which of the rest matter. */
export interface Ears {
  readonly isPublic: (said: Said) => boolean;
  readonly isHeard: (said: Said) => boolean;
}

type WordOf = (like: Said, claim: Claim) => Said;
type Compare = (a: Said, b: Said) => number;

/** What was found between words, all in order, and where something may lie still. */
interface Found {
  readonly words: readonly Said[];
  readonly open: readonly Open[];
}

/**
 * Of what merged identifiers have set aside what is read beside the words that they list: where they change hands among
 * the words of one for one owner, the last before and the first after. Looked for from both ends, from one change to the
 * next, up to as many of public keys as count ([K4]): so what is read does not grow with what was said.
 *
 * @param words in order
 * @param changes as many changes of owner count from either end
 */
export function wordsBetween(
  graph: Graph,
  compare: Compare,
  words: readonly Said[],
  open: readonly Open[],
  ears: readonly Ears[],
  changes: number,
  wordOf: WordOf,
): Found {
  let now: Found = { words, open };
  for (const some of ears)
    for (const way of [1, -1] as const) {
      if (!isAnyParted(now)) return now;
      now = new Walk(graph, compare, now, way, wordOf).go(some, changes);
    }
  return now;
}

/** Does one word for somebody else lie where something may lie still? */
function isAnyParted({ words, open }: Found): boolean {
  if (open.length === 0) return false;
  const runs = new Map<Said, number>();
  let run = 0;
  for (const [i, word] of words.entries()) {
    if (i > 0 && words[i - 1]?.claim.owner !== word.claim.owner) run += 1;
    runs.set(word, run);
  }
  return open.some(({ from, to }) => runs.get(from) !== runs.get(to));
}

/** An open place that a walk is in. */
interface Entered {
  /** The last word known on this side, and the first on the other. */
  near: Said;
  readonly far: Said;
  /** The next word of it; undefined where no other owner's lies between. */
  next: Said | undefined;
}

/** One way through the words, from the first to the last (1) or back (-1). */
class Walk {
  readonly #graph: Graph;
  readonly #compare: Compare;
  readonly #way: 1 | -1;
  readonly #wordOf: WordOf;
  readonly #words: readonly Said[];
  readonly #entrances = new Map<Said, Said>();
  readonly #exits = new Map<Said, Entered>();
  readonly #entered = new Set<Entered>();
  readonly #found: Said[] = [];
  readonly #passed: Open[] = [];
  #next: Entered | undefined;

  constructor(graph: Graph, compare: Compare, { words, open }: Found, way: 1 | -1, wordOf: WordOf) {
    this.#graph = graph;
    this.#compare = compare;
    this.#way = way;
    this.#wordOf = wordOf;
    this.#words = words;
    for (const { from, to } of open) this.#entrances.set(way === 1 ? from : to, way === 1 ? to : from);
  }

  go({ isPublic, isHeard }: Ears, changes: number): Found {
    let [left, isOver] = [changes, false];
    let owner: IdentifierKey | null | undefined;
    let ofPublic: IdentifierKey | null | undefined;
    for (let i = 0; ; ) {
      const listed = this.#words.at(this.#way === 1 ? i : -1 - i);
      const ahead = this.#next?.next;
      const isAhead = ahead !== undefined && (i >= this.#words.length || this.#order(ahead, listed as Said) < 0);
      if (!isAhead && i >= this.#words.length) break;
      const word = (isAhead ? ahead : listed) as Said;
      if (!isAhead) i += 1;
      const isOfPublic = isPublic(word);
      if (isOver && (isOfPublic || !isHeard(word))) continue;
      if (isAhead) this.#take(this.#next as Entered);
      else this.#leave(word);
      if (word.claim.owner !== owner) this.#turn(word);
      owner = word.claim.owner;
      if (!isAhead) this.#enter(word);
      if (!isOfPublic || owner === ofPublic) continue;
      ofPublic = owner;
      left -= 1;
      if (left >= 0) continue;
      // What public keys say further on is not read.
      isOver = true;
      this.#stay((one) => !isPublic(one) && isHeard(one));
      if (this.#entered.size === 0 && ![...this.#entrances.keys()].some((one) => !isPublic(one) && isHeard(one))) break;
    }
    this.#stay(() => false);
    for (const [near, far] of this.#entrances) this.#pass(near, far);
    const words = [...this.#words, ...this.#found].sort(this.#compare);
    return { words: this.#found.length === 0 ? this.#words : words, open: this.#passed };
  }

  #order(a: Said, b: Said): number {
    return this.#way * this.#compare(a, b);
  }

  #enter(word: Said): void {
    const far = this.#entrances.get(word);
    if (far === undefined) return;
    this.#entrances.delete(word);
    const entered = { near: word, far, next: undefined };
    this.#entered.add(entered);
    this.#exits.set(far, entered);
  }

  #leave(word: Said): void {
    const entered = this.#exits.get(word);
    if (entered === undefined) return;
    this.#pass(entered.near, word);
    this.#forget(entered);
  }

  #forget(entered: Entered): void {
    this.#entered.delete(entered);
    this.#exits.delete(entered.far);
    if (this.#next === entered) this.#seek();
  }

  /** Leaves every place but those of some. */
  #stay(isSome: (said: Said) => boolean): void {
    for (const entered of this.#entered) {
      if (isSome(entered.near)) continue;
      this.#pass(entered.near, entered.far);
      this.#entered.delete(entered);
      this.#exits.delete(entered.far);
    }
    this.#seek();
  }

  #pass(near: Said, far: Said): void {
    if (near !== far) this.#passed.push(this.#way === 1 ? { from: near, to: far } : { from: far, to: near });
  }

  #take(entered: Entered): void {
    entered.next = undefined;
    this.#seek();
  }

  /** Somebody else has them from a word on: where did those before say it last, and where do they go on? */
  #turn(word: Said): void {
    for (const entered of this.#entered) {
      const { near, far, next } = entered;
      if (next !== undefined || near.claim.owner === word.claim.owner) continue;
      let [last, first]: [Said | undefined, Said | undefined] = [undefined, undefined];
      for (const claim of this.#graph.beside(near.member, near.claim, word.claim)) {
        const isInside = compareKept(claim, near.claim) * compareKept(claim, far.claim) < 0;
        if (!isInside) continue;
        const isFirst = this.#way * compareKept(claim, word.claim) > 0;
        const found = this.#wordOf(far, sinceOf(this.#way === 1 ? far.claim : near.claim, claim));
        this.#found.push(found);
        if (isFirst) first = found;
        else last = found;
      }
      if (last !== undefined) this.#pass(near, last);
      if (first === undefined) {
        this.#entered.delete(entered);
        this.#exits.delete(far);
        continue;
      }
      entered.near = first;
      entered.next = first;
    }
    this.#seek();
  }

  #seek(): void {
    this.#next = undefined;
    for (const one of this.#entered) {
      if (one.next === undefined) continue;
      const best = this.#next?.next;
      if (best === undefined || this.#order(one.next, best) < 0) this.#next = one;
    }
  }
}

/** A claim as one of the part of a run that the later end began with ([L4]). */
const sinceOf = ({ since }: Claim, claim: Claim): Claim =>
  since === undefined ? alone(claim) : { ...alone(claim), since };
