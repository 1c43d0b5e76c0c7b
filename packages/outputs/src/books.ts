import type { Instant, PersonId, Position } from '@selfsame/identity';
import type { MessageKind, Place } from './message.ts';

/** Why an output does not run. `halted`: its receiver does not take anything; `stopped`: and said it never will (410). */
export type FlowState = 'running' | 'halted' | 'stopped' | 'paused';

/** An item that waits for its turn while others of its output have passed it. */
export interface Listed extends Place {
  /** Failures so far; 0: it waits for one of the same person. */
  readonly failures: number;
  /** When it may be tried, ms. */
  readonly due: Instant;
  /** When it first failed, ms; null where it has not. */
  readonly since: Instant | null;
  readonly sequence: number;
}

/** An item that was given up. Holds nothing of what it said: it is told again from the log when it is replayed. */
export interface DeadLetter extends Place {
  readonly id: string;
  readonly kind: MessageKind;
  readonly sequence: number;
  readonly why: string;
  /** The receiver's last answer, where it gave one. */
  readonly status: number | null;
  readonly at: Instant;
}

/** How many messages of a person an output was given, and the last that was not delivered, 0 for none. */
export interface Mark {
  readonly sequence: number;
  readonly gap: number;
}

/** What an output's books say when it starts. */
export interface Account {
  /** Where its first cursor stood: nothing up to there was ever for it, unless by a replay. */
  readonly begun: Position;
  /** Everything up to here is settled, or listed. */
  readonly cursor: Position;
  readonly state: FlowState;
  readonly reason: string | null;
  /** When a new batch may begin at the earliest, ms; 0 for an output that may always. */
  readonly nextAt: Instant;
  readonly sent: number;
  readonly listed: readonly Listed[];
}

/** What is to be kept, all of it or nothing. */
export interface Change {
  readonly cursor: Position;
  readonly state: FlowState;
  readonly reason: string | null;
  readonly nextAt: Instant;
  /** Delivered since the change before. */
  readonly sent: number;
  readonly list: readonly Listed[];
  readonly unlist: readonly Place[];
  readonly dead: readonly DeadLetter[];
  readonly marks: ReadonlyMap<PersonId, Mark>;
}

/** What must outlive a crash, of every output. `output` is a name the server gives: one a project and output. */
export interface Books {
  /** Undefined for an output that has none yet. */
  open(output: string): Account | undefined;
  /** Outlives this process when it returns; what says more than how far the output is, a power failure as well. */
  save(output: string, change: Change): void;
  mark(output: string, person: PersonId): Mark | undefined;
  /** Dead letters, oldest first, after a place; `total` counts all. */
  dead(
    output: string,
    after: Place,
    limit: number,
  ): { readonly letters: readonly DeadLetter[]; readonly total: number };
  /** Takes dead letters out: they were delivered after all, or are to be forgotten. */
  bury(output: string, places: readonly Place[]): void;
  /** Forgets an output whole. */
  drop(output: string): void;
  close(): void;
}
