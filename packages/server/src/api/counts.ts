export interface StatusCounts {
  readonly received: number;
  readonly applied: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly quarantined: number;
  readonly suppressed: number;
}

/** `GET /v1/stats` */
export interface StatsAnswer extends StatusCounts {
  readonly events: number;
  readonly people: number;
  /** Entries of the log that `events` and `people` do not hold yet: they are being counted. 0 but for a minute after much has come. */
  readonly behind: number;
  /** Items whose key belongs to no project, of all projects: they have no owner to report to. */
  readonly unknownKey: number;
  /** Requests turned away whole since the server started, by cause: `too-large`, `overloaded`, `rate-of-project` … */
  readonly turnedAway: Readonly<Record<string, number>>;
  /** Items kept as of their arrival though they said another time, since the server started ([T1], [T3]). */
  readonly untimed: number;
  /** Items without effect, since the server started, that said something else than the item whose insert id they carry. */
  readonly conflicts: number;
  readonly wires: Readonly<Record<string, StatusCounts>>;
}

/** `GET /v1/refusals`: what was not applied since the server started, and why; the most frequent first. */
export interface RefusalsAnswer {
  readonly since: string;
  readonly refusals: readonly {
    readonly wire: string;
    readonly status: 'rejected' | 'quarantined' | 'suppressed' | 'turned-away';
    readonly rule: string | null;
    readonly reason: string;
    /** Items; requests where they were turned away whole. */
    readonly items: number;
    readonly last: string;
  }[];
}
