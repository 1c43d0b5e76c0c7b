import type { Status } from './batch.ts';

/** `GET /v1/quarantine`: items that the rules failed on ([Q1]), oldest first. */
export interface QuarantineAnswer {
  readonly items: readonly QuarantinedItem[];
  /** All that wait, and all that were replayed. */
  readonly waiting: number;
  readonly replayed: number;
  /** The `after` of the next page. */
  readonly next: number | null;
}

export interface QuarantinedItem {
  /** In the log. */
  readonly position: number;
  readonly at: string;
  readonly time: string;
  readonly wire: string;
  readonly trust: 0 | 1 | 2 | 3;
  readonly type: string;
  /** Of an event. */
  readonly name: string | null;
  readonly insertId: string | null;
  readonly rule: string;
  readonly reason: string;
  /** What the rules failed with, and where in our code: `TypeError at deciding/merge.ts:41`. */
  readonly failure: string | null;
}

/** `POST /v1/quarantine/replay`: how many had their effect, and why others stay ([Q2]). */
export interface ReplayedAnswer {
  readonly replayed: number;
  readonly stay: readonly {
    readonly position: number;
    readonly status: Status;
    readonly rule: string | null;
    readonly reason: string | null;
    readonly failure: string | null;
  }[];
  readonly waiting: number;
}
