import type { Identifier, IdentifierKey, PersonId, Position } from './ids.ts';

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
  /** What the directory answered ([R1]). */
  readonly answer?: DirectoryAnswer;
  /** For a duplicate: the position of the item it repeats. */
  readonly repeats?: Position;
  /** [Q1] For the operator: the kind of error the rules failed with, and where in our code. Never the error's words (S40). */
  readonly failure?: string;
}

/** A directory's answer, with everything that led to it: no result without a reason. */
export interface DirectoryAnswer {
  /** The profile's MPID. */
  readonly mpid: string;
  /** Identifiers of the request that the profile's record held before the call. */
  readonly matched: readonly Identifier[];
  /** The profile holds a login identifier of this workspace. */
  readonly known: boolean;
  /** D9: not a logout, and the profile holds a login identifier that the request carried. */
  readonly loggedIn: boolean;
  /** `found` by lookup · `previous` kept · `made` new. */
  readonly how: 'found' | 'previous' | 'made';
  /** Profiles that were looked at, with why each was taken or passed over. */
  readonly candidates: readonly {
    readonly mpid: string;
    readonly rule: string;
    readonly verdict: 'taken' | 'passed';
    readonly reason: string;
  }[];
  /** Changes to records, of this profile and of those that lost a value ([R10]). */
  readonly changed: readonly { readonly mpid: string; readonly kind: string }[];
}

/** A verdict of a certain status. */
export type Judged<S extends Status> = Verdict & { readonly status: S };

export const rejected = (rule: string, reason: string): Judged<'rejected'> => ({
  status: 'rejected',
  rule,
  reason,
  notes: [],
});

/** [G3] Nothing is stored of somebody who said no; the item leaves a count. */
export const suppressed = (): Judged<'suppressed'> => ({
  status: 'suppressed',
  rule: 'G3',
  reason: 'consent was denied',
  notes: [],
});

/** A rejection that a vendor has a name for. */
export const refusal = (rule: string, reason: string, code: string): Judged<'rejected'> => ({
  ...rejected(rule, reason),
  notes: [{ effect: 'refused', rule, reason, code }],
});
