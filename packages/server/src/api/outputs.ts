import type { Rule } from '@selfsame/outputs';

/** `GET /v1/outputs/{id}` and what changes one; `secret` in the answer that made it, and never again. */
export interface OutputView {
  readonly id: string;
  readonly type: string;
  /** Where it sends, without a query. */
  readonly url: string;
  readonly state: 'running' | 'halted' | 'paused';
  /** Why it is halted; of one that runs, why what waits for a retry was not taken. */
  readonly reason: string | null;
  readonly lag: { readonly positions: number; readonly seconds: number };
  /** Messages that arrived. */
  readonly sent: number;
  /** Messages that were given up. */
  readonly dead: number;
  /** Messages that wait for a retry, for one of the same person, or to be gathered. */
  readonly held: number;
  /** Replays under way. */
  readonly replaying: number;
  /** About how much of the log it is yet to be told, bytes. */
  readonly heldBytes: number;
  /** The connections that lead to it; without one it takes everything. */
  readonly connections: readonly string[];
  /** Messages that went no further and why, since the server started. */
  readonly kept: readonly KeptView[];
  /** Its receiver works out by itself who is who, and so may say otherwise than we do. */
  readonly stitches?: true;
  /** What comes waits so long before it is sent, to be of whoever it belongs to by then; `lag` counts it. */
  readonly settleSeconds?: number;
  /** Most messages that it sends a second, replays included; absent: as many as its receiver takes. */
  readonly perSecond?: number;
  /** That limit is what holds it back. */
  readonly limited?: true;
  readonly secret?: string;
}

/** Messages that went no further, where they were kept, and why. */
export interface KeptView {
  readonly step: string;
  readonly why: string;
  readonly messages: number;
}

/** `GET /v1/connections/{id}` and what changes one. */
export interface ConnectionView {
  readonly id: string;
  /** `all`, a wire, or one of its keys: `mparticle:public`, `mparticle:server`. */
  readonly input: string;
  readonly output: string;
  readonly active: boolean;
  /** Every switch as it stands. */
  readonly settings: Readonly<Record<string, boolean>>;
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly rules: readonly Rule[];
  /** Since the server started: messages that arrived through it, attempts that failed, and what was kept back. */
  readonly sent: number;
  readonly failed: number;
  readonly kept: readonly KeptView[];
}

/** `GET /v1/connections`: the map from inputs to outputs. */
export interface ConnectionsAnswer {
  readonly connections: readonly ConnectionView[];
  /** Items that came by each input since the server started. */
  readonly inputs: readonly { readonly input: string; readonly received: number }[];
}

/** `GET /v1/outputs` */
export interface OutputsAnswer {
  readonly outputs: readonly OutputView[];
}

/** `POST /v1/outputs/{id}/test` */
export interface OutputTestAnswer {
  readonly ok: boolean;
  readonly reason: string | null;
}

/** `POST /v1/outputs/{id}/replay`: how many dead letters are sent again; null: everything since a position. */
export interface ReplayAnswer {
  readonly replaying: number | null;
}

/** `GET /v1/outputs/{id}/dead` */
export interface DeadLettersAnswer {
  readonly total: number;
  readonly dead: readonly {
    readonly id: string;
    readonly type: string;
    readonly position: number;
    readonly sequence: number;
    readonly reason: string;
    readonly status: number | null;
    readonly at: string;
  }[];
  readonly next: string | null;
}
