/** One event with its truth, and what a question needs of it. */
export interface Seen {
  /** Who did it; only the truth knows. */
  readonly human: string;
  /** ms */
  readonly time: number;
  /** The login the event itself names, as `kind:value`: then it is that login's, whoever did it. */
  readonly login: string | undefined;
  /** The identifier it hangs on, as `kind:value`, where nobody was ever named with that ({@link Unnamed}). */
  readonly unnamed: string | undefined;
  readonly campaign: string | undefined;
  readonly revenue: number;
}

/** Whom a policy gives an event to. */
export interface Given {
  /** Undefined: nobody, an event on its own. */
  readonly person: string | undefined;
  /** The login that person is named after, as `kind:value`; undefined for an anonymous one. */
  readonly login: string | undefined;
}
