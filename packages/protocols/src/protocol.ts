import type {
  Entry,
  Graph,
  Instant,
  Json,
  JsonObject,
  Policy,
  Position,
  ProjectId,
  Statement,
  Trust,
  Verdict,
} from '@selfsame/identity';
import type { Steps } from './json/steps.ts';

/** An HTTP request with everything a wire may look at. The body is whole, unzipped and within its limit. */
export interface WireRequest {
  readonly method: string;
  /** The path after the wire's prefix, as sent: `/track/`, `//track/`. */
  readonly path: string;
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** The query as sent, with its `?`, or nothing. */
  readonly search: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** `https://host` by which the request came. */
  readonly origin: string;
  /** The client's address, by way of configured proxies only. */
  readonly ip: string;
  /** The server's name for this request, for answers that say it. */
  readonly id?: string;
}

export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array;
}

/** What a key opens: a project, how far its bearer is trusted, and the settings a wire translates by. */
export interface Access {
  readonly project: ProjectId;
  /** The project's name for people. */
  readonly name: string;
  readonly publicKey: string;
  readonly trust: Trust;
  readonly policy: Policy;
  /** The project's `wires.<wire>` of the settings file, checked when the server started. */
  readonly settings: JsonObject;
  /** On our own wire: of the other wires a project has keys for, those that its items mean something to. */
  readonly beside?: readonly Beside[];
  /** Of a server key that was made beside the settings file's. */
  readonly keyId?: string;
}

/** Looks keys up; handed in by the server, which compares them in constant time. */
export interface Keyring {
  publicKey(wire: string, key: string): Access | undefined;
  serverKey(wire: string, key: string): Access | undefined;
  /** Does the server key of this id, or without one the settings file's, open the project still? */
  holdsKey(project: ProjectId, id?: string): boolean;
}

/** A project's signing secret, or the one whose place it takes. */
export type SigningSecret = 'signing' | 'previousSigning';

/** What the server lends a wire, which has no clock, no chance, no secret and no database of its own. */
export interface Host extends Keyring {
  readonly now: Instant;
  /** Random characters of `[0-9A-Za-z]`. */
  randomText(length: number): string;
  /** A random whole number in 1…2^53−1, as text. */
  randomInteger(): string;
  /** A random UUID, version 4. */
  randomUuid(): string;
  /** HMAC-SHA256 under one of the project's secrets, which stay with the server. Text counts as its UTF-8 bytes. */
  hmac(project: ProjectId, secret: SigningSecret | 'server', input: string | Uint8Array): Uint8Array;
  /** The secrets whose signatures a project takes: its own and the one before it, without those revoked (S3). */
  signingSecrets(project: ProjectId): readonly SigningSecret[];
  /** Compares in constant time (S4). */
  sameBytes(a: Uint8Array, b: Uint8Array): boolean;
  /** Is an IP address one of these, or in one of these networks (`192.0.2.0/24`)? */
  isAddressIn(address: string, networks: readonly string[]): boolean;
  /**
   * How often `what` was counted in this window, after adding `more`. Windows are numbered by the caller; a new one
   * starts at nothing. Each server process counts for itself.
   */
  tally(what: string, window: number, more?: number): number;
  /**
   * The answer to a question about who is who now: every item answered so far is in the graph (G10). To be a pure function
   * of it: it is asked again where something had to be fetched.
   */
  ask<T>(project: ProjectId, question: (graph: Graph) => T): Promise<T>;
  /**
   * A file of an npm package, such as a vendor's published browser SDK, unchanged, for pages that load it from us; undefined
   * when it is not installed.
   */
  script(file: string): string | undefined;
  /** An entry of a project's log with its verdict. */
  logged(
    project: ProjectId,
    position: Position,
  ): Promise<{ readonly entry: Entry; readonly verdict: Verdict } | undefined>;
}

/** One item as a wire understood it: a statement, or why it is none. `project` is absent when its key opens nothing. */
export type Item =
  | {
      readonly type: 'statement';
      readonly statement: Statement;
      /**
       * What becomes of the statement at its place in the log, where it carries what is known of somebody then; undefined:
       * nothing, and it is not counted. Its project and its insert id stay. Pure: it may run more than once.
       */
      readonly complete?: (graph: Graph) => Statement | undefined;
    }
  | {
      readonly type: 'refused';
      readonly project?: ProjectId;
      /** Of the key it came with; absent: a page's. */
      readonly trust?: Trust;
      readonly reason: string;
    };

/** An item of our own wire as it was sent and as it was read. */
export interface Told {
  readonly sent: Json;
  readonly item: Item;
}

/** What one item of our own wire makes: itself, and what comes before and after it. */
export interface Made {
  readonly before: readonly Item[];
  readonly item: Item;
  readonly after: readonly Item[];
}

/** What items of our own wire mean to another, for each that was given, in their order. */
export type Beside = (told: readonly Told[], access: Access, host: Host) => readonly Made[];

/** What a wire made of a request: an answer that needs no log, or items and how to answer once they are judged. */
export type Reading =
  | {
      readonly type: 'answer';
      readonly reply: WireReply;
      /** Why nothing of the request was looked at: counted, and told the project whose key its head shows. */
      readonly astray?: string;
    }
  | {
      readonly type: 'items';
      readonly items: readonly Item[];
      /** Of the key that the request shows, where its items say what somebody else knows; absent: that of its items. */
      readonly trust?: Trust;
      /** Verdicts in the order of `items`, a refused one as `rejected`. Called after the commit is on disk (G1). */
      readonly reply: (verdicts: readonly Verdict[]) => WireReply | Promise<WireReply>;
    };

/**
 * A vendor's protocol: bytes in, items out; our verdicts in the vendor's words.
 * No clock, no I/O, no identity rule. `Read`: a wire some of whose answers say who is who must ask first, and then
 * promises a reading.
 */
export interface Protocol<Read extends Reading | Promise<Reading> = Reading | Promise<Reading>> {
  readonly name: string;
  /** The largest body this path takes, bytes, as sent and unzipped; absent: the server's default. */
  limit?(path: string): number | undefined;
  read(request: WireRequest, host: Host): Read;
  /** As `read`, in steps between which others have their turn; absent: no body of this wire is large. */
  readInSteps?(request: WireRequest, host: Host): Steps<Reading>;
  /** Headers that every answer carries, errors included, so that browsers let the page see it. */
  headers(request: WireRequest): Readonly<Record<string, string>>;
  /** An answer in the vendor's dialect to a request the server itself turns away (overload, size, time-out). */
  refuse(request: WireRequest, status: number, message: string): WireReply;
  /**
   * The project whose key the head of a request shows (headers, path, query), for a request the server turned away: its
   * live stream then says so. Only tells, so a public key will do; undefined when the key stands in the body or opens
   * nothing.
   */
  projectOf(request: WireRequest, host: Host): ProjectId | undefined;
  /** The vendor's headers about rates; absent: it has none beside Retry-After. */
  readonly rates?: RateHeaders;
  /** The vendor's names in what an operator is told of its calls; absent: ours are shown. */
  readonly words?: VendorWords;
  /** The vendor's properties of a stored event that only show at reading time (Mixpanel: `distinct_id` after identity). */
  present?(event: StoredEvent): StoredEvent['properties'];
}

/** Whose limit a request met: that of its address, of the public or server key, or of the whole project. */
export type RateLimited = 'address' | 'public-key' | 'server-key' | 'project';

/** What a vendor tells its callers of rates, so that they slow down in time. */
export interface RateHeaders {
  /** With 429. */
  exceeded(whose: RateLimited): Readonly<Record<string, string>>;
  /** With what is taken: how much of the caller's limit is used up, 0 to 1. */
  used(part: number): Readonly<Record<string, string>>;
}

/** How a vendor's customers say what the rules say in our kinds. */
export interface VendorWords {
  /** The vendor's name of a kind. */
  kind(kind: string): string;
  /** A sentence of the rules with the vendor's names of kinds in it. */
  reason(reason: string): string;
}

/** An event as it is read back. */
export interface StoredEvent {
  readonly name: string;
  readonly time: number;
  readonly insertId: string | null;
  readonly anchor: { readonly kind: string; readonly value: string } | null;
  /** Who owns it now, by the identifier that person is named after; null for nobody. */
  readonly owner: { readonly kind: string; readonly value: string } | null;
  readonly wire: string;
  readonly properties: Readonly<Record<string, Json>>;
  /** The vendor's codes and words for links that were refused when it came ({@link Verdict.notes}). */
  readonly refusals: readonly { readonly code: string; readonly text?: string }[];
}
