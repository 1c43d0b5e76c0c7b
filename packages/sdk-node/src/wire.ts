/** Kind → value: `{ device: 'a cookie', user: '42' }`. Null is none. */
export type Ids = Readonly<Record<string, string | number | null>>;

/** Anything that JSON can say. */
export type Properties = Readonly<Record<string, unknown>>;

/** What a traits item does with its values; `set` (default) unsets with null. */
export type TraitOp = 'set' | 'set-once' | 'add' | 'append' | 'union' | 'remove' | 'replace';

/** What became of an item. */
export interface Result {
  readonly status: 'applied' | 'duplicate' | 'rejected' | 'quarantined' | 'suppressed';
  readonly reason?: string;
  /** Whose it is now, for the server key; null for nobody's. */
  readonly personId?: string | null;
}
