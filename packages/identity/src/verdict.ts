import type { Identifier, IdentifierKey, PersonId } from './ids.ts';

/** What we decided about one item; `received` is always their sum (G5). */
export type Status = 'applied' | 'duplicate' | 'rejected' | 'quarantined' | 'suppressed';

/** Something the decision made or refused to make of the claims in an item. */
export interface Note {
  readonly effect: 'linked' | 'joined' | 'left' | 'refused' | 'unverified' | 'ignored';
  /** The rule of SPEC.md that decided. */
  readonly rule: string;
  /** One sentence for the operator; names no identifier (S40). */
  readonly reason: string;
  readonly one?: IdentifierKey;
  readonly other?: IdentifierKey;
  /** A vendor's own name for it, such as `errAnonDistinctIdAssignedAlready`. */
  readonly code?: string;
  /** A vendor's own sentence for it. */
  readonly text?: string;
}

export interface Verdict {
  readonly status: Status;
  /** The rule that made it anything but plainly applied. */
  readonly rule?: string;
  readonly reason?: string;
  /** The identifier the item hangs on: the strongest one it came with, or none ([A1]). */
  readonly anchor?: Identifier;
  /** Who owns the anchor at the item's time, as known now. */
  readonly person?: PersonId;
  readonly notes: readonly Note[];
}

export const rejected = (rule: string, reason: string): Verdict => ({ status: 'rejected', rule, reason, notes: [] });
