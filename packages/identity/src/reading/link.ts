import type { Claim } from '../evidence/graph.ts';
import type { IdentifierKey, Instant, Trust } from '../words/ids.ts';

/** A stretch of an identifier's time and the identifier it then belonged to; `owner` null: to itself. `to` is exclusive. */
export interface Link {
  readonly from: Instant;
  readonly to: Instant;
  readonly owner: IdentifierKey | null;
  readonly claim: Claim | null;
  /** The rule that made it. */
  readonly rule: string;
}

export const always = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY } as const;

/** Its own, at any time ([P1]). */
export const own: Link = { ...always, owner: null, claim: null, rule: 'P1' };

/**
 * The stretch that a word from `time` on leaves standing before it, cut there. Where words go by arrival [O2] [R6] a later
 * one may be of an earlier moment: what was said of the time after it is gone.
 * @param stretches oldest first, the first from the beginning of time; shortened
 */
export function cutAt<S extends { readonly from: Instant; to: Instant }>(stretches: S[], time: Instant): S | undefined {
  while (stretches.length > 1 && (stretches.at(-1) as S).from > time) stretches.pop();
  const last = stretches.at(-1);
  if (last !== undefined) last.to = time;
  return last;
}

/**
 * Whose an identifier is at one moment, and how much those are trusted who say so, at least. Where it is nobody's, `from`
 * and `to` are the ends of that stretch; else they may lie inside it.
 */
export interface Moment extends Pick<Link, 'from' | 'to' | 'owner' | 'rule'> {
  readonly trust: Trust;
  /** Public keys name too many owners to be believed ([K3]). */
  readonly isCrowd?: true;
}

/** A claim that made no link, and the rule that refused it. */
export interface Refusal {
  readonly claim: Claim;
  readonly rule: string;
  readonly reason: string;
}

export interface Links {
  /** Without gaps, oldest first. */
  readonly stretches: readonly Link[];
  readonly refusals: readonly Refusal[];
}

/** Notes a claim as refused, and is false: the end of a filter. */
export type Refuse = (claim: Claim, rule: string, reason: string) => boolean;
