import type { Identifier, Instant, Json, PersonId, Position, ProjectId } from '@selfsame/identity';

/** Where a message stands: its entry of the log and which of that entry's messages it is. Names it for ever ([O1]). */
export interface Place {
  readonly position: Position;
  readonly part: number;
}

/** A person as a message names one: as the log stood at the message's place. */
export interface PersonRef {
  readonly id: PersonId;
  readonly known: boolean;
  /** The person's own first; at most {@link MOST_IDENTIFIERS}. */
  readonly identifiers: readonly Identifier[];
}

/** Identifiers that a message lists of one person; who has more is asked for by id. */
export const MOST_IDENTIFIERS = 100;

/** How the entry behind a message came: by which wire, with which of the project's keys. */
export interface Via {
  readonly wire: string;
  /** `public` stands in pages and apps; `server` is a backend's, or what it vouched for. */
  readonly key: 'public' | 'server';
}

interface Said {
  readonly place: Place;
  readonly project: ProjectId;
  readonly via: Via;
  /** When the entry behind it arrived, ms. */
  readonly at: Instant;
  /** Whose message it is: its sequence is that person's. */
  readonly person: PersonRef | null;
  /** All there is to say of that person, for an output that asks for it. */
  readonly profile?: Profile;
}

/** A person as the log stood at the message's place. Times in ms. */
export interface Profile {
  readonly traits: Readonly<Record<string, Json>>;
  /** What was said of consent for each purpose: `gdpr.analytics`. */
  readonly purposes: Readonly<Record<string, Json>>;
  readonly firstSeen: Instant;
  /** At most {@link MOST_IDENTIFIERS}; `since` null: for as long as there is anything of it. */
  readonly identities: readonly { readonly id: Identifier; readonly since: Instant | null }[];
}

/** What an output is told, in log order a person. */
export type Message = EventMessage | PersonMessage | MovedMessage | ErasedMessage | MetMessage | RetractedMessage;

/** Something happened. */
export interface EventMessage extends Said {
  readonly kind: 'event';
  readonly event: {
    readonly name: string;
    /** ms */
    readonly time: Instant;
    readonly insertId: string | null;
    readonly wire: string;
    readonly anchor: Identifier | null;
    /** Everything the item named, strongest first. */
    readonly ids: readonly Identifier[];
    /** What it was done on, where its wire says so beside the names. */
    readonly device?: Identifier;
    readonly properties: Readonly<Record<string, Json>>;
    /** The sender's own word of an identity or an attribute that changed: only a connection that asks for it takes it. */
    readonly hidden?: true;
  };
  /** The entry it takes the place of ([D2]), or that a correction speaks of. */
  readonly replaces?: Position;
  /** Told once more, of whoever a correction gave it to: `replaces` is the event's own entry ([O17]). */
  readonly again?: true;
}

/** What is said of a person changed: traits, or the segments they are in. */
export interface PersonMessage extends Said {
  readonly kind: 'person';
  readonly person: PersonRef;
  readonly traits: { readonly set: Readonly<Record<string, Json>>; readonly unset: readonly string[] };
  /** All there is of traits now. */
  readonly all: Readonly<Record<string, Json>>;
  readonly segments: { readonly entered: readonly string[]; readonly left: readonly string[] };
  /** Where profiles are told: what was said of consent for a purpose that was not said before; null where nothing was. */
  readonly purposes?: readonly { readonly purpose: string; readonly old: Json; readonly current: Json }[];
}

/**
 * A correction: everything that hangs on `anchor` within `stretch` belonged to `from` and now belongs to `to`. One a
 * stretch, however many events it holds ([O5]).
 */
export interface MovedMessage extends Said {
  readonly kind: 'moved';
  readonly anchor: Identifier;
  /** ms; `to` exclusive; null is open. */
  readonly stretch: { readonly from: Instant | null; readonly to: Instant | null };
  readonly from: PersonRef | null;
  readonly to: PersonRef | null;
  readonly because: { readonly claim: string; readonly rule: string; readonly undone?: true };
}

/** A person's data are gone, and are to go at the receiver as well. */
export interface ErasedMessage extends Said {
  readonly kind: 'erased';
  readonly person: PersonRef;
  readonly request: string;
}

/**
 * An identifier that nobody had named before, and whose its time is; what changes that later is `moved`. Only for an
 * output that keeps whose everything is: of no webhook.
 */
export interface MetMessage extends Said {
  readonly kind: 'met';
  readonly person: null;
  readonly identifier: Identifier;
  /** Without a gap, oldest first; times as those of `moved`. */
  readonly stretches: readonly {
    readonly from: Instant | null;
    readonly to: Instant | null;
    readonly person: PersonRef;
  }[];
}

/**
 * An event was taken back: it counts as if it had never come. Or, with `stands`, it was put back. Its `via` and `person`
 * are the event's, so that what decided about the event decides about this; only for an output that asks for it.
 */
export interface RetractedMessage extends Said {
  readonly kind: 'retracted';
  readonly event: EventMessage['event'];
  /** The entry of the event. */
  readonly of: Position;
  readonly stands: boolean;
  /** When it arrived, ms, where nothing was told of it so far: another copy of it counted when it came ([D3]). */
  readonly untold?: Instant;
}

export type MessageKind = Message['kind'];

/** The people whose order a message is part of: a correction both people's, anything else its own ([O4]). */
export function peopleOf(message: Message): readonly PersonId[] {
  if (message.kind !== 'moved') return message.person === null ? [] : [message.person.id];
  return [...new Set([message.from?.id, message.to?.id].filter((id) => id !== undefined))].sort();
}
