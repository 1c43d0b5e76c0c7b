import type { DirectoryPolicy } from '../directory/settings.ts';
import type { Identifier, IdentifierKey, Instant, PersonId, Position, ProjectId, Trust } from './ids.ts';
import type { Json, JsonObject } from './json.ts';

/**
 * Everything a vendor can mean, in our few words. A wire translates into these and into nothing else;
 * SPEC.md owns the list. `ids` are what the sender called the person: the rules, not the wire, decide who that is.
 */
export type Command = Track | Identify | Logout | Describe | Merge | Join | Consent | Resolve | Modify | Alias | Undo;

/** Something happened. Naming a login and a device together is evidence that they are one person ([S1]). */
export interface Track {
  readonly type: 'Track';
  readonly ids: readonly Identifier[];
  readonly name: string;
  readonly properties: JsonObject;
  /** Kept for diagnosis, left out of timelines and questions (a vendor's own identity events). */
  readonly hidden?: true;
  /** What it was done on, where its wire says so without meaning it as evidence ([A4]). */
  readonly device?: Identifier;
  /** Look the ids up in the directory, as an identify without a previous profile would, and hang the item on that profile ([R12]). */
  readonly resolve?: Mint;
}

/** These identifiers are used by one person from this moment (identify, login, addIdentity …). */
export interface Identify {
  readonly type: 'Identify';
  readonly ids: readonly Identifier[];
  readonly pin?: Pin;
}

/** Who pinned an identifier, and why ([U5]); no rule reads it. */
export interface Pin {
  readonly reason: string;
  readonly by: string;
}

/** Whoever used these devices or sessions has left them. */
export interface Logout {
  readonly type: 'Logout';
  readonly ids: readonly Identifier[];
  readonly pin?: Pin;
}

/** What is said of a person: traits and segments. */
export interface Describe {
  readonly type: 'Describe';
  readonly ids: readonly Identifier[];
  readonly changes: readonly TraitChange[];
  /** As in {@link Track}. */
  readonly resolve?: Mint;
}

/** A trusted word that two identifiers are one person; the only thing that joins two known people ([M1]). */
export interface Merge {
  readonly type: 'Merge';
  readonly one: Identifier;
  readonly other: Identifier;
}

/** Mixpanel's original merge: an edit of a cluster of equal ids, guarded as the vendor does ([J1]–[J6]). */
export interface Join {
  readonly type: 'Join';
  readonly how: 'identify' | 'alias' | 'merge';
  /** The identified id, or the existing one for an alias. */
  readonly one: Identifier;
  /** The anonymous id, or the new alias. */
  readonly other: Identifier;
  /** The vendor's event that asked for it: kept hidden, as other identity events are. */
  readonly event?: { readonly name: string; readonly properties: JsonObject };
}

/** Whether this person (or, from a public key, this device) may be recorded. */
export interface Consent {
  readonly type: 'Consent';
  readonly ids: readonly Identifier[];
  readonly consent: 'granted' | 'denied';
  /** `forwarding`: what we are told is still kept, and goes nowhere else ([G5]). Absent: nothing is kept. */
  readonly scope?: 'forwarding';
}

/** A directory's question "who is this?" (mParticle IDSync), answered at once and recorded with its answer ([R1]–[R9]). */
export interface Resolve extends Mint {
  readonly type: 'Resolve';
  readonly call: 'identify' | 'login' | 'logout';
  readonly ids: readonly Identifier[];
  /** The profile the client had before, its MPID. */
  readonly previous?: string;
}

/** Changes to the identity record of one profile; all or none ([R10]). */
export interface Modify {
  readonly type: 'Modify';
  /** The MPID. */
  readonly profile: string;
  readonly changes: readonly RecordChange[];
}

/** `now` null removes. `before` is what the sender believes stood there; it counts for kinds that may have several values. */
export interface RecordChange {
  readonly kind: string;
  readonly before: string | null;
  readonly now: string | null;
}

/** Shows a profile's events of some time under another profile as well ([R11]). MPIDs; ms; `to` inclusive. */
export interface Alias {
  readonly type: 'Alias';
  readonly source: string;
  readonly destination: string;
  readonly from: Instant;
  readonly to: Instant;
  /** Not shown before this moment, ms (the vendor waits for late events). */
  readonly shownFrom: Instant;
}

/** Takes back what we were told, or puts it back: nothing is deleted, the log is read without it ([U1]–[U4]). */
export interface Undo {
  readonly type: 'Retract' | 'Restore';
  readonly told: readonly Told[];
  /** Of a `Restore`: the `Retract` whose hold on these ends; absent: whoever took them back. */
  readonly of?: Position;
  /** Why, for whoever reads the history. */
  readonly reason: string;
  /** Who: the name of a key or of a signed-in person. */
  readonly by: string;
}

/** An undo at its place in the log. */
export interface PlacedUndo extends Undo {
  readonly position: Position;
}

/** One entry of the log; with `ids`, only that it named these identifiers. */
export interface Told {
  readonly entry: Position;
  readonly ids?: readonly IdentifierKey[];
}

/** The random MPID a new profile gets, should one be made: the rules have no dice. */
export interface Mint {
  readonly mint: string;
}

/**
 * One operation on one trait, or on all of them. Kept apart from traits: `segments`, the set of segments, and `purposes`,
 * what was said of consent for each purpose ([G6]).
 */
export type TraitChange =
  | {
      readonly op: 'set' | 'set-once' | 'append' | 'union' | 'remove';
      readonly name: string;
      readonly value: Json;
      readonly on?: 'segments' | 'purposes';
    }
  | { readonly op: 'add'; readonly name: string; readonly value: number }
  | { readonly op: 'unset'; readonly name: string; readonly on?: 'segments' | 'purposes' }
  /** Forget every trait said before this; `of: 'wire'`: only those that this wire said last. */
  | { readonly op: 'clear'; readonly of?: 'wire' };

/** A command with its circumstances, as a wire hands it over. */
export interface Statement {
  readonly project: ProjectId;
  readonly command: Command;
  /** The wire it came by: `mixpanel`, `native` … */
  readonly wire: string;
  readonly trust: Trust;
  /** When it happened by the sender's clock, ms; absent: when it arrives. */
  readonly time?: Instant;
  /** When the sender sent it, by the same clock, ms; lets us correct that clock ([T2]). */
  readonly sentAt?: Instant;
  /**
   * Why an item counts as of its arrival although the sender said another time: it is no time, or a field that was never
   * filled ([T1]); or, which the rules find out, days ahead ([T3]).
   */
  readonly untimed?: 'unreadable' | 'unfilled' | 'ahead';
  /** The sender's name for this item. Equal ones have one effect ([D1]). */
  readonly insertId?: string;
  /** What makes two items the same, when it is not the insert id (Mixpanel compares four things and keeps the latest copy, [D2]; mParticle goes by the batch). */
  readonly repeat?: { readonly key: string; readonly keep: 'latest' | 'first' };
  /** What a backend signed beside the item of a page: it may name these ([E1]–[E3]). */
  readonly vouched?: readonly IdentifierKey[];
  /** The quarantined entry whose item this is, told once more by an operator ([Q2]). */
  readonly replays?: Position;
}

/** A statement as the log keeps it, with all that the rules may not find out for themselves. */
export interface Entry extends Statement {
  readonly position: Position;
  /** When it arrived by the server's clock, ms. */
  readonly at: Instant;
  /** When it happened, corrected ([T1]–[T3]), ms. */
  readonly time: Instant;
  /** The entry with the same insert id that came first, if there is one ([D1]). */
  readonly repeats?: Position;
  /** Of a backend's item: a page's copy of it that came first. Of a page's: the backend's ([D3]). */
  readonly outranks?: Position;
  readonly outrankedBy?: Position;
  /** Somebody in it was forgotten: this is left of it ([F1]). */
  readonly scar?: Scar;
  /** Identifiers it is read without, because that was retracted ([U2]); never in the log. */
  readonly without?: readonly IdentifierKey[];
  /** The MPID that was answered to the client, where something in its project was retracted ([U4]), which is never in the log, or of a scar. */
  readonly answered?: string;
  /** For an item that asks the directory: the settings in force when it came ([R14]). */
  readonly directory?: DirectorySettings;
}

/** `whole`: the entry was theirs · `names`: it is somebody else's, and named them. */
export type Scar = 'whole' | 'names';

/** A strategy, and what a project changed about it. */
export type DirectorySettings = Pick<DirectoryPolicy, 'strategy'> & Partial<DirectoryPolicy>;

/** Gives the person id that an identifier founds: a keyed hash, the same on every node. `attempt` > 0 after a collision ([P2]). */
export type DerivePersonId = (project: ProjectId, founder: Identifier, attempt: number) => PersonId;
