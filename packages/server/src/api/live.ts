import type { Json } from '@selfsame/identity';
import type { Status } from './batch.ts';

/** `GET /v1/live`: server-sent events of type `item`, `data` being this; `?after=` replays the last items kept in memory. */
export interface LiveItem {
  /** Where it stands in the stream, for `after`: grows with every item, also over a restart. */
  readonly position: number;
  /** Position in the log; null for an item that left only a count (a repeat, a refusal). */
  readonly logPosition: number | null;
  readonly at: string;
  readonly time: string;
  readonly wire: string;
  /** `unreadable`: the wire could make no item of it · `turned-away`: the server took no look at it. */
  readonly type:
    | 'track'
    | 'identify'
    | 'login'
    | 'logout'
    | 'traits'
    | 'merge'
    | 'join'
    | 'consent'
    | 'modify'
    | 'alias'
    | 'unreadable'
    | 'retract'
    | 'restore'
    | 'turned-away';
  /** Event name for a track. */
  readonly name: string | null;
  readonly hidden: boolean;
  readonly status: Status;
  readonly rule: string | null;
  readonly reason: string | null;
  readonly ids: readonly LiveId[];
  readonly personId: string | null;
  readonly known: boolean;
  readonly notes: readonly { readonly effect: string; readonly rule: string; readonly reason: string }[];
  readonly properties: Readonly<Record<string, Json>>;
  /** What the directory was asked and answered (mParticle's identify, login, logout, modify). */
  readonly directory?: DirectoryView;
  /** How what was refused began: for an operator as it was sent without secrets, for a server key its form alone (S40). */
  readonly sent?: { readonly path: string; readonly body: string };
  /** Requests refused whole by the server itself: the status they were answered, and how many since the last notice. */
  readonly turnedAway?: { readonly status: number; readonly requests: number };
}

/** `GET /v1/live?direction=out`, event `outgoing`: what became of a message at an output. */
export interface OutgoingItem {
  /** Where it stands in the stream, among what comes in. */
  readonly position: number;
  readonly at: string;
  readonly output: string;
  /** The connection it came to; null where the output has none. */
  readonly connection: string | null;
  /** `kept`: it was not sent. `retry`: it is tried again. `dead`: it was given up. `halted`: the receiver wants no more. */
  readonly outcome: 'sent' | 'retry' | 'dead' | 'halted' | 'kept';
  /** Where it was kept: connection, settings, filters, rules, consent, output. */
  readonly step: string | null;
  readonly reason: string | null;
  readonly type: 'event' | 'person' | 'moved' | 'erased' | 'met' | 'retracted';
  /** The event's name as it was sent. */
  readonly name: string | null;
  /** Its name at the receiver; null for what was kept. */
  readonly messageId: string | null;
  readonly logPosition: number;
  readonly wire: string;
  readonly replay: boolean;
  readonly personId: string | null;
  readonly known: boolean;
  readonly ids: readonly LiveId[];
}

/** An identifier of an item; `as`: the caller's name of the kind, where it is another than ours (mParticle: `customerid`). */
export interface LiveId {
  readonly kind: string;
  readonly value: string;
  readonly as?: string;
}

/** A question to the directory with its answer, and everybody who was looked at. */
export interface DirectoryView {
  readonly call: 'identify' | 'login' | 'logout' | 'modify';
  readonly mpid: string;
  /** `found` by lookup · `previous` kept · `made` new. */
  readonly how: 'found' | 'previous' | 'made';
  readonly known: boolean;
  readonly loggedIn: boolean;
  /** Identifiers of the request that the profile's record held before. */
  readonly matched: readonly LiveId[];
  readonly candidates: readonly {
    readonly mpid: string;
    readonly rule: string;
    readonly verdict: 'taken' | 'passed';
    readonly reason: string;
  }[];
}
