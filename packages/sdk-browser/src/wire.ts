/**
 * What the client sends to `POST /v1/batch`. The server's own types say the same at more length; a test holds the two
 * together, so that this package needs none of the server's.
 */
export type Item =
  | { readonly type: 'track' | 'page'; readonly name: string; readonly ids: Ids; readonly properties: Properties }
  | { readonly type: 'identify' | 'login' | 'modify' | 'logout'; readonly ids: Ids; readonly signed?: string }
  | { readonly type: 'traits'; readonly ids: Ids; readonly traits: Properties; readonly op?: TraitOp }
  | { readonly type: 'traits'; readonly ids: Ids; readonly signed: string }
  | { readonly type: 'segments'; readonly ids: Ids; readonly segments: readonly string[]; readonly op?: SegmentOp }
  | { readonly type: 'consent'; readonly ids: Ids; readonly consent: 'granted' | 'denied' };

/** What a traits item does with each of its values; absent: `set`, where null unsets. */
export type TraitOp = 'set' | 'set-once' | 'add' | 'append' | 'union' | 'remove' | 'replace';

export type SegmentOp = 'set' | 'add' | 'remove';

/** Kind → value: `{ user: '42', email: 'ann@example.com' }`. Null takes an identifier away. */
export type Ids = Readonly<Record<string, string | number | null>>;

/** Anything that JSON can say. */
export type Properties = Readonly<Record<string, unknown>>;

/** What the server made of an item. */
export interface ItemAnswer {
  readonly status: 'applied' | 'duplicate' | 'rejected' | 'quarantined' | 'suppressed';
  readonly reason?: string;
}
