import type { Json, Policy, ProjectId, Statement, Trust, Verdict } from '@selfsame/identity';

/** An HTTP request with everything a wire may look at. The body is whole, unzipped and within its limit. */
export interface WireRequest {
  readonly method: string;
  /** The path after the wire's prefix, as sent: `/track/`, `//track/`. */
  readonly path: string;
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What a key opens: a project, how far its bearer is trusted, and the settings a wire translates by. */
export interface Access {
  readonly project: ProjectId;
  readonly trust: Trust;
  readonly policy: Policy;
}

/** Looks keys up; handed in by the server, which compares them in constant time. */
export interface Keyring {
  publicKey(wire: string, key: string): Access | undefined;
  serverKey(wire: string, key: string): Access | undefined;
}

/** One item as a wire understood it: a statement, or why it is none. `project` is absent when its key opens nothing. */
export type Item =
  | { readonly type: 'statement'; readonly statement: Statement }
  | { readonly type: 'refused'; readonly project?: ProjectId; readonly reason: string };

/** What a wire made of a request: an answer that needs no log, or items and how to answer once they are judged. */
export type Reading =
  | { readonly type: 'answer'; readonly reply: WireReply }
  | {
      readonly type: 'items';
      readonly items: readonly Item[];
      /** Verdicts in the order of `items`, a refused one as `rejected`. Called after the commit is on disk (G1). */
      readonly reply: (verdicts: readonly Verdict[]) => WireReply;
    };

/**
 * A vendor's protocol: bytes in, items out; our verdicts in the vendor's words.
 * No clock, no I/O, no identity rule.
 */
export interface Protocol {
  readonly name: string;
  read(request: WireRequest, keys: Keyring): Reading;
  /** Headers that every answer carries, errors included, so that browsers let the page see it. */
  headers(request: WireRequest): Readonly<Record<string, string>>;
  /** An answer in the vendor's dialect to a request the server itself turns away (overload, size, time-out). */
  refuse(request: WireRequest, status: number, message: string): WireReply;
  /** The vendor's properties of a stored event that only show at reading time (Mixpanel: `distinct_id` after identity). */
  present?(event: StoredEvent): StoredEvent['properties'];
}

/** An event as it is read back. */
export interface StoredEvent {
  readonly name: string;
  readonly time: number;
  readonly insertId: string | null;
  readonly anchor: { readonly kind: string; readonly value: string } | null;
  readonly wire: string;
  readonly properties: Readonly<Record<string, Json>>;
}
