/** `GET /v1/suspicious`: joins that may be mistakes, the worst first. */
export interface SuspiciousAnswer {
  readonly rows: readonly SuspiciousRow[];
}

export interface SuspiciousRow {
  /**
   * `shared-value`: several known people were said to have it · `merged-value`: it was merged with several ·
   * `weak-join`: one weak word joins two rich histories · `sudden-growth`: a person who got many identifiers on one day.
   */
  readonly what: 'shared-value' | 'merged-value' | 'weak-join' | 'sudden-growth';
  /** The breaker believes it for nobody until the project trusts it ([K5], [K6]). */
  readonly isQuarantined: boolean;
  readonly identifier: { readonly kind: string; readonly value: string };
  /** Whose it is now. */
  readonly person: { readonly id: string; readonly name: string; readonly known: boolean } | null;
  /** People (or identifiers, of a growth) it reaches: the blast radius. */
  readonly reach: number;
  /** The busiest day, and how many on it. */
  readonly peak: { readonly day: string; readonly count: number } | null;
  /** Events that hang on it, and on the others of its person. */
  readonly events: { readonly own: number; readonly others: number };
  /** How bad it looks; comparable within one answer. */
  readonly score: number;
  /** The words behind it, five at most. */
  readonly evidence: readonly {
    readonly claim: string;
    readonly time: string;
    readonly source: string;
    readonly trust: 0 | 1 | 2 | 3;
    readonly with: { readonly kind: string; readonly value: string };
  }[];
  /**
   * What to take back: a claim (`POST /v1/claims/{id}/retract`); all that named the identifier (`POST /v1/retractions`); all
   * that joined a value with others; or of one that is quarantined the claims that the breaker counted. These two
   * `GET /v1/suspicious/cure` names, the former with `all`.
   */
  readonly cure:
    | { readonly claim: string }
    | { readonly identifier: string }
    | { readonly joined: string }
    | { readonly quarantined: string };
}

/** `GET /v1/suspicious/cure`: the claims of a value that joined whom they should not; `POST /v1/retractions` takes them. */
export interface CureAnswer {
  readonly identifier: { readonly kind: string; readonly value: string };
  /** In the order of the log. */
  readonly claims: readonly string[];
}
