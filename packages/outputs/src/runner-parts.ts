import type { Instant, Position } from '@selfsame/identity';
import type { Books, FlowState } from './books.ts';
import type { Connected, KeptBy } from './connection/connection.ts';
import type { Message, Place } from './message.ts';
import type { Delivery, Link, Output, Sent } from './output.ts';
import type { Rate } from './rate.ts';
import type { Teller } from './source.ts';

/** What happened to one message, for whoever watches. `kept`: it went no further, by this step. */
export type Told =
  /** `nth`: of those that went together, from 0. */
  | { readonly type: 'sent'; readonly delivery: Delivery; readonly outcome: Sent; readonly nth: number }
  | ({ readonly type: 'kept'; readonly message: Message } & KeptBy);

export interface RunnerParts {
  /** The output's name in the books. */
  readonly name: string;
  readonly output: Output;
  readonly books: Books;
  /** A fresh telling of the log from its beginning. */
  readonly source: () => Teller;
  readonly link: Link;
  /** Messages a second, of an output and its replays together; absent: as many as the receiver takes. */
  readonly rate?: Rate;
  readonly idOf: (place: Place) => string;
  /** What the connections make of a message, or why it is kept. Asked when it is read, and again when it is sent. */
  readonly connect: (message: Message) => Connected | KeptBy;
  /** When it may go on: whatever is more urgent goes first; undefined: now. Asked of every message ([O12]). */
  readonly turn?: () => Promise<void> | undefined;
  /** Where what is allowed is read elsewhere than it is decided: brings it up to this moment, before it is asked. */
  readonly catchUp?: () => Promise<void>;
  /** May this be sent now? Asked at the moment of sending (G20). */
  readonly isAllowed: (message: Message) => boolean;
  readonly clock: () => Instant;
  /** Runs something after so many ms; answers how to call it off. */
  readonly timer: (run: () => void, ms: number) => () => void;
  readonly onTold?: (told: Told) => void;
  readonly onState?: (state: FlowState, reason: string | null) => void;
  readonly onError: (error: unknown) => void;
  /** A replay: these places only, or everything up to `until`, marked as sent again. */
  readonly replay?: Replay;
}

/** Messages that are sent again because somebody asked for it. */
export interface Replay {
  /** Positions after `from`, up to and with `until`. */
  readonly from: Position;
  readonly until: Position;
  /** These places only, with the sequences they had. */
  readonly places?: ReadonlyMap<string, number>;
  readonly done: () => void;
}

/** What an operator sees of an output that runs. */
export interface RunnerView {
  readonly state: FlowState;
  /** Why it does not run, or cannot begin; of one that runs, why what waits for a retry was not taken. */
  readonly reason: string | null;
  readonly cursor: Position;
  readonly sent: number;
  readonly held: number;
  /** Of these, what was not tried yet. */
  readonly waiting: number;
  /** Its limit of messages a second is what holds it back. */
  readonly limited: boolean;
  /** Arrival of the oldest message that is not settled, ms; null when nothing waits. */
  readonly oldest: Instant | null;
}
