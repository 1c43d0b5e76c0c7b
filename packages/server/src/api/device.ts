/** `GET /v1/devices?kind=&value=[&asOf=]`: one identifier through time, the latest of each list, oldest first. */
export interface DeviceView {
  readonly kind: string;
  readonly value: string;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** How many people had it, visits left out. */
  readonly owners: number;
  readonly stretches: readonly {
    readonly from: string | null;
    readonly to: string | null;
    readonly person: { readonly id: string; readonly name: string; readonly known: boolean };
    /** Nobody’s login reaches it: a visit, which is a person of its own ([L7c]). */
    readonly isVisit: boolean;
    readonly claim: string | null;
    readonly rule: string;
    /** Why its beginning is whose it is: `theirs, because they logged in four minutes later`. */
    readonly because: string;
  }[];
  readonly stretchCount: number;
  /** What was said of whose it is. */
  readonly words: readonly {
    readonly what: 'login' | 'logout' | 'merge';
    readonly claim: string;
    readonly time: string;
    /** The same was said again and again since then. */
    readonly since: string | null;
    /** Whom it was said to belong to, or be merged with; null: it was left. */
    readonly with: { readonly kind: string; readonly value: string } | null;
    readonly source: string;
    readonly trust: 0 | 1 | 2 | 3;
    readonly stands: boolean;
    /** The rule that refused it, and why; null where it stands. */
    readonly rule: string | null;
    readonly reason: string | null;
  }[];
  readonly wordCount: number;
  /** When it was not seen for longer than a login reaches. */
  readonly silences: readonly { readonly from: string | null; readonly to: string | null }[];
}
