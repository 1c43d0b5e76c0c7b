import type { JsonObject } from '@selfsame/identity';

/**
 * The native wire: what a caller sends to `POST /v1/batch` and what it is answered. Types only, so that clients share
 * the wire and no bytes.
 */
export interface Batch {
  /** The public key, for callers that cannot set a header (a beacon). The server key goes in `Authorization` only. */
  readonly key?: string;
  /** When the caller sent it by its own clock; a clock over a minute ahead is put right in the items' times ([T2]). */
  readonly sentAt?: Time;
  /** 1–2,000. */
  readonly items: readonly NativeItem[];
}

/** ISO 8601, or milliseconds since 1970. */
export type Time = string | number;

/** Kind → value. Null is "none"; a number must be a whole one, and one beyond 2^53 keeps its digits. */
export type Ids = Readonly<Record<string, string | number | null>>;

/** What every item may carry. */
interface Circumstances {
  /** 1–128 printable ASCII characters; equal ones have one effect ([D1]). */
  readonly insertId?: string;
  /** When it happened; absent: now. */
  readonly time?: Time;
}

export type NativeItem = Circumstances &
  (
    | { readonly type: 'track'; readonly name: string; readonly ids?: Ids; readonly properties?: JsonObject }
    /** An event named `page`, unless it is given a name. */
    | { readonly type: 'page'; readonly name?: string; readonly ids?: Ids; readonly properties?: JsonObject }
    /** These identifiers are one person's. */
    | { readonly type: 'identify' | 'login' | 'modify'; readonly ids: Ids }
    /** What a backend signed, `<signature>.<payload>`: who the visitor is, or traits. `ids` are the page's word on whom. In it, optional: `$audience`, the one project; `$nonce`, one effect. */
    | { readonly type: 'identify' | 'login' | 'modify' | 'traits'; readonly ids: Ids; readonly signed: string }
    /** Whoever used these devices or sessions has left them. */
    | { readonly type: 'logout'; readonly ids: Ids }
    /**
     * Null unsets a trait; `set-once` leaves what is there; `replace` forgets what was said here of the person with no
     * more trust, and sets these; the others count and keep lists.
     */
    | {
        readonly type: 'traits';
        readonly ids: Ids;
        readonly traits: JsonObject;
        readonly op?: 'set' | 'set-once' | 'add' | 'append' | 'union' | 'remove' | 'replace';
      }
    /** `set` (default) replaces all segments. */
    | {
        readonly type: 'segments';
        readonly ids: Ids;
        readonly segments: readonly string[];
        readonly op?: 'set' | 'add' | 'remove';
      }
    /** Two people are one; each side names one identifier. */
    | { readonly type: 'merge'; readonly ids: readonly [Ids, Ids] }
    | { readonly type: 'consent'; readonly ids: Ids; readonly consent: 'granted' | 'denied' }
  );

/** One for each item, in order. */
export interface Result {
  readonly status: 'applied' | 'duplicate' | 'rejected' | 'quarantined' | 'suppressed';
  /** Why it is anything but plainly applied. */
  readonly reason?: string;
  /** Of a rejected item: as it was sent. */
  readonly insertId?: string;
  /** Whose it is now, null for nobody's; for the server key only (S12). */
  readonly personId?: string | null;
}

/** 200, whatever the items' fates. */
export interface BatchAnswer {
  readonly results: readonly Result[];
}

/** Any other status: nothing of the request was taken. */
export interface ErrorAnswer {
  readonly error: { readonly code: string; readonly message: string; readonly requestId: string };
}
