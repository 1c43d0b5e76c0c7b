import type { TraitChange } from './command.ts';
import type { Identifier, IdentifierKey, Instant, PersonId, Position } from './ids.ts';
import type { Judged } from './verdict.ts';

/**
 * What becomes known by an entry: all that a graph is made of. When, by whom and with how much trust is the entry's own,
 * so a fact says only what is known. Facts are data; whoever applies them needs no rule about who is who.
 */
export type Fact =
  | Founded
  | Met
  | Claimed
  | Unverified
  | Left
  | Assigned
  | Merged
  | Conflict
  | Parted
  | Said
  | Consented
  | Recorded
  | Struck
  | Aliased;

/** An identifier that nobody had named; it founds a person of this id ([P1], [P2]). */
export interface Founded {
  readonly type: 'founded';
  readonly id: Identifier;
  readonly person: PersonId;
}

/** An identifier was named again. */
export interface Met {
  readonly type: 'met';
  readonly key: IdentifierKey;
}

/** An identifier was named, new or again, and said to be used by `owner` from now on ([S1]). */
export interface Claimed {
  readonly type: 'claimed';
  readonly key: IdentifierKey;
  readonly owner: IdentifierKey;
  /** Kept, and links nothing: the limit that was reached. */
  readonly but?: 'K1' | 'K2';
}

/** The same, said by a public key of a known person: kept, and links nothing ([E2]). */
export interface Unverified {
  readonly type: 'unverified';
  readonly key: IdentifierKey;
  readonly owner: IdentifierKey;
}

/** Whoever used this identifier has left it ([L6c]). */
export interface Left {
  readonly type: 'left';
  readonly key: IdentifierKey;
}

/** The directory gave this identifier to a profile, or to nobody; its words have an order of their own ([R6]). ms */
export interface Assigned {
  readonly type: 'assigned';
  readonly key: IdentifierKey;
  readonly owner: IdentifierKey | null;
  readonly time: Instant;
  readonly tie: string;
}

/** Two identifiers were made one by a merge that stands ([M2]). `one` is the identified side, where there is one. */
export interface Merged {
  readonly type: 'merged';
  readonly one: IdentifierKey;
  readonly other: IdentifierKey;
  readonly how: 'merge' | 'identify' | 'alias';
}

/** Something tried to make two identifiers one and was refused by this rule: kept for "why not" ([S11]). */
export interface Conflict {
  readonly type: 'conflict';
  readonly one: IdentifierKey;
  readonly other: IdentifierKey;
  readonly how: Merged['how'] | 'together';
  readonly rule: string;
}

/** A merge that stood joins nobody any more, by this rule ([K6]): what came since says that it was a mistake. */
export interface Parted {
  readonly type: 'parted';
  readonly one: IdentifierKey;
  readonly other: IdentifierKey;
  /** The position of the merge in the log. */
  readonly merge: Position;
  readonly rule: string;
}

/** Something was said of an identifier: traits, segments, purposes ([W1]). */
export interface Said {
  readonly type: 'said';
  readonly key: IdentifierKey;
  readonly changes: readonly TraitChange[];
}

/** A word of consent stands at this identifier ([G1]). */
export interface Consented {
  readonly type: 'consented';
  readonly key: IdentifierKey;
  readonly consent: 'granted' | 'denied';
  readonly scope?: 'forwarding';
}

/** An identifier joined the record of a profile, or somebody more trusted said of one there that it belongs in it ([R5]). */
export interface Recorded {
  readonly type: 'recorded';
  readonly profile: IdentifierKey;
  readonly key: IdentifierKey;
}

/** An identifier was taken out of the record of a profile ([R10]). */
export interface Struck {
  readonly type: 'struck';
  readonly profile: IdentifierKey;
  readonly key: IdentifierKey;
}

/** The source's events of a window show under the destination too ([R11]). ms; `to` exclusive. */
export interface Aliased {
  readonly type: 'aliased';
  readonly source: IdentifierKey;
  readonly destination: IdentifierKey;
  readonly from: Instant;
  readonly to: Instant;
  readonly shownFrom: Instant;
}

/** A verdict by which nothing becomes known: the item was suppressed, repeated, or refused outright. */
export interface Unchanged {
  readonly verdict: Judged<'rejected' | 'suppressed' | 'duplicate'>;
  readonly facts: readonly [];
}

/** What the rules make of an entry: their verdict, and what becomes known by it. */
export type Decision =
  | Unchanged
  | { readonly verdict: Judged<'applied' | 'quarantined'>; readonly facts: readonly Fact[] }
  /** A copy is no event; what it says of who is who counts ([D2], [D3]). */
  | { readonly verdict: Judged<'duplicate'> & { readonly rule: 'D2' | 'D3' }; readonly facts: readonly Fact[] }
  /** A merge that its sender may not make is kept as a conflict ([M1]). */
  | {
      readonly verdict: Judged<'rejected'> & { readonly rule: 'S11' };
      readonly facts: readonly (Founded | Met | Conflict)[];
    };

export const unchanged = (verdict: Unchanged['verdict']): Unchanged => ({ verdict, facts: [] });
