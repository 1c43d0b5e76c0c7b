import type { Because, OwnedEvent } from './events.ts';

/** `GET /v1/explain?a=kind:value[&b=kind:value][&at=][&asOf=]`, or of an event, `?event=<insert id>&a=kind:value[&asOf=]` */
export interface ExplainAnswer {
  /** Of `a` alone: whether it is somebody's. Of an event: whether it is of the person who has `a`. */
  readonly same: boolean;
  /**
   * From `a` to `b`, one entry a link; empty when they are the same identifier. Of `a` alone: to the identifier its person
   * is named after. Of an event: from the identifier it hangs on to `a`.
   */
  readonly chain?: readonly {
    readonly claim: string;
    readonly rule: string;
    readonly time: string;
    readonly source: string;
    readonly trust: 0 | 1 | 2 | 3;
    readonly from: string;
    readonly to: string;
    readonly because: string;
    readonly item?: ToldItem;
  }[];
  /** What keeps them apart. */
  readonly refusal?: {
    readonly rule: string;
    readonly reason: string;
    readonly claim?: string;
    readonly time?: string;
    readonly source?: string;
    readonly trust?: 0 | 1 | 2 | 3;
    readonly item?: ToldItem;
    /** What would change it: in words, and what to try. `trust` is the least that is believed. */
    readonly would: {
      readonly says: string;
      readonly how: 'tell' | 'merge' | 'trust' | 'policy';
      readonly one?: string;
      readonly other?: string;
      readonly trust?: 0 | 1 | 2 | 3;
      /** Fields as PUT /v1/policy takes them. */
      readonly policy?: Readonly<Record<string, unknown>>;
    };
    /** Those of the two that nobody ever named: they are not two people, we do not know. */
    readonly unseen?: readonly ('a' | 'b' | 'event')[];
  };
  /** Of `a` alone: whose it is, and the identifier they are named after. */
  readonly person?: { readonly id: string; readonly identifier: string };
  /** Of `a` alone, where it is somebody's: what would make it another's. Of a refusal it stands there. */
  readonly would?: { readonly says: string };
  /** Of `a` alone, at a moment or where no link leads on: why. */
  readonly because?: Because;
  /** The event that was asked about; of several with one insert id the one that is theirs, or the last. */
  readonly event?: OwnedEvent;
  /** The policy by which it was read; `version` is its number in `GET /v1/policy/history`. */
  readonly policy?: { readonly preset: string; readonly version?: number };
}

/** The item of the log behind a claim: what it was (`track`, `identify`, `merge` …), an event's name, and the sender's id for it. */
export interface ToldItem {
  readonly type: string;
  readonly name?: string;
  readonly insertId?: string;
}
