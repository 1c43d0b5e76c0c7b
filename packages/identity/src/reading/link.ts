import type { Claim } from '../evidence/graph.ts';
import type { IdentifierKey, Instant } from '../words/ids.ts';

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
