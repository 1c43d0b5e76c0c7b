import type { Memories } from '../reading/remembered.ts';
import type { TraitChange } from '../words/command.ts';
import type { Identifier, IdentifierKey, Instant, PersonId, Position, Trust } from '../words/ids.ts';
import type { Gap } from './gaps.ts';

/** All that is known of one identifier. Facts stay where they were said; who owns them is looked up. Immutable. */
export interface Node {
  /** Nobody names it any more, since what did was retracted: it is read as if it had never been, and keeps its number ([U3]). */
  readonly gone?: true;
  readonly key: IdentifierKey;
  readonly id: Identifier;
  /** A small integer, unique in its store, given once. */
  readonly number: number;
  /** The person this identifier founds. Any former id of a merged person is one of these ([P3]). */
  readonly person: PersonId;
  /** The earliest evidence of it, and its trust. */
  readonly met: Sight;
  /** The most trusted sender that ever named it, whenever that was: what less trusted ones say of it counts less ([S10]). */
  readonly trust: Trust;
  readonly lastSeen: Instant;
  /** What the most trusted alone say of the two, where somebody less trusted named it too and a rule may ask ([D1], [P3]). */
  readonly told: BestTold | undefined;
  /** Of an anonymous identifier: when it was not seen for longer than the policy's reach, oldest first ([L7c]). */
  readonly gaps: readonly Gap[];
  /** Who it was said to belong to, in evidence order. */
  readonly claims: readonly Claim[];
  /** Identifiers that claim to belong to this one. */
  readonly below: readonly IdentifierKey[];
  /** Explicit merges with identifiers of its own rank, and refused ones. */
  readonly edges: readonly Edge[];
  readonly writes: readonly Write[];
  readonly consents: readonly ConsentWord[];
  /** Of a profile: its identity record, in the order the entries were added ([R1]). */
  readonly record: readonly RecordEntry[];
  /** Of an identifier: the profiles it is found by, whose record holds it now, in the order they took it ([R1]). */
  readonly holders: readonly Holder[];
  /** Of a profile: the alias requests it was part of ([R11]). */
  readonly aliases: readonly AliasWord[];
}

/** One identifier in a profile's record. */
export interface RecordEntry {
  readonly key: IdentifierKey;
  readonly since: Instant;
  /** Of the most trusted who put it there or said it again ([K2]). */
  readonly trust: Trust;
}

/** When those named an identifier who are trusted most of all that ever did. */
export interface BestTold {
  /** The first time they did, in the log. */
  readonly first: Position;
  readonly lastSeen: Instant;
}

/** A profile whose record holds an identifier. */
export interface Holder {
  readonly profile: IdentifierKey;
  /** Of the most trusted who put the identifier there or said it again ([R1]). */
  readonly trust: Trust;
}

/** One alias request, kept at both profiles. ms; `to` exclusive. */
export interface AliasWord {
  readonly trust: Trust;
  readonly part: 'source' | 'destination';
  readonly other: IdentifierKey;
  readonly from: Instant;
  readonly to: Instant;
  readonly shownFrom: Instant;
  readonly position: Position;
}

/** A moment of evidence. Two are ordered by `time`, then `tie`; under `order: 'arrival'` by `position` ([O1]). */
export interface Sight {
  readonly time: Instant;
  /** The insert id, or nothing where there is none. */
  readonly tie: string;
  readonly position: Position;
  readonly trust: Trust;
}

/** "This identifier is used by `owner` from now on": the evidence behind a link. `owner` null: by nobody (logout). */
export interface Claim extends Sight {
  readonly owner: IdentifierKey | null;
  readonly wire: string;
  /** Kept, but believed only once something trusted says it too (identity mode `enforce`). */
  readonly unverified?: true;
  /** Said by the directory, which follows the order of the log ([R6]). */
  readonly directory?: true;
  /** Of a listed claim: between this moment and its own the same was said again and again ([L4]). ms */
  readonly since?: Instant;
  /** Refused when it arrived, by this rule (a cap). */
  readonly refused?: string;
  /** Of one that is set aside under `order: 'arrival'`: it lies by its place in the log ([L4]). */
  readonly byArrival?: true;
  /** Of one that was set aside: as the log is read now nobody says it, so it is not shown ([U3]). */
  readonly gone?: true;
  /** Where it is read for another identifier, which a merge made one with its own: its own ([M6]). */
  readonly of?: IdentifierKey;
}

/** An explicit merge between two identifiers. Each end keeps its own copy. */
export interface Edge extends Sight {
  readonly other: IdentifierKey;
  /** `together`: one item named both, which joins nobody. */
  readonly how: 'merge' | 'identify' | 'alias' | 'together';
  readonly wire: string;
  /** True at the end that was named as the identified one. */
  readonly identified?: true;
  /** The rule that refused it; a refused edge joins nothing. */
  readonly refused?: string;
}

/** What one item said of traits, segments and purposes of consent. */
export interface Write extends Sight {
  readonly wire: string;
  readonly changes: readonly TraitChange[];
}

export interface ConsentWord extends Sight {
  readonly consent: 'granted' | 'denied';
  /** The word speaks of forwarding alone ([G5]). */
  readonly scope?: 'forwarding';
}

/** Looks nodes up. */
export interface Graph {
  /** What was found of merged identifiers before; none of a graph that may lack what it is asked for. */
  readonly memories?: Memories | undefined;
  /** Nodes list all they are told and nothing is set aside: what a node that lists less is compared with. */
  readonly listsAll?: boolean;
  node(key: IdentifierKey): Node | undefined;
  /** What is left of an identifier that nobody names any more ([U3]). */
  ghost(key: IdentifierKey): Node | undefined;
  /** The identifier that founds this person id, if any. */
  founder(person: PersonId): Node | undefined;
  /** Claims of an identifier that were set aside and are not retracted, between two moments (exclusive), in order of time ([L4]). */
  evidence(key: IdentifierKey, after: Sight, before: Sight): readonly Claim[];
  /**
   * Of the same those of a sort with `like` (its owner and trust, and how it is believed) next to a moment: the last
   * before it and the first after it, as far as there are any. What it costs does not grow with how many were set aside.
   */
  beside(key: IdentifierKey, like: Claim, at: Claim): readonly Claim[];
}

/** A graph that can take new versions of nodes. */
export interface Draft extends Graph {
  put(node: Node): void;
  /** Keeps claims that a node has stopped listing. */
  keep(key: IdentifierKey, claims: readonly Claim[]): void;
  /** The number for a node that is new. */
  nextNumber(): number;
}
