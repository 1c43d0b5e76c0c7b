import type { Instant, Position } from '@selfsame/identity';
import type { Connection } from './connection/connection.ts';
import type { Message, MessageKind } from './message.ts';

/** A message on its way to one output. */
export interface Delivery {
  readonly message: Message;
  /** The message's name at this receiver, the same on every attempt and replay ([O1]). */
  readonly id: string;
  /** Its number among the messages of its person that this output takes; 0 for a message of nobody, and where there is no order ([O3]). */
  readonly sequence: number;
  /** The sequence of the last message of this person that was not delivered, if one was not since the last that was. */
  readonly gap?: number;
  /** Sent again because somebody asked for it. */
  readonly replay?: true;
  /** The connection that let it through, where its output has any. */
  readonly connection?: Connection;
}

/** A delivery in the receiver's words. */
export interface Rendered {
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Which of the output's addresses it is for; those of one batch go to one. */
  readonly to?: string;
}

/** What became of one item of a batch. `why` names no person and nothing that was sent (S40). */
export type Sent =
  | { readonly type: 'done' }
  /** The receiver could not; after so many ms at the earliest, when it said so. */
  | {
      readonly type: 'retry';
      readonly why: string;
      readonly after?: number;
      readonly status?: number;
      /** Of a failure without an answer: why in a word, to count by. */
      readonly code?: string;
    }
  /** This item is wrong, and would be again. */
  | { readonly type: 'dead'; readonly why: string; readonly status?: number; readonly code?: string }
  /** The receiver wants nothing more: the output halts until somebody resumes it. */
  | { readonly type: 'halt'; readonly why: string; readonly status?: number };

/** A receiver's answer, or why there is none. */
export type Reply =
  | {
      readonly status: number;
      /** At most 64 KiB of it (S29). */
      readonly body: string;
      /** How long it asks to wait, ms. */
      readonly retryAfter?: number;
    }
  /** `code`: the same in a word, to count by. */
  | { readonly failure: string; readonly code?: string };

/** The only way out, lent by the server: the address is checked, pinned, and asked within its time (S27, S29). */
export interface Link {
  post(
    url: string,
    message: { readonly headers: Readonly<Record<string, string>>; readonly body: string; readonly timeoutMs: number },
  ): Promise<Reply>;
  readonly now: () => Instant;
  /** HMAC-SHA256, base64. */
  hmac(secret: Uint8Array, text: string): string;
}

/** What a message goes together with, and when. */
export interface Held {
  readonly key: string;
  readonly until: Instant;
}

/** How far an output keeps messages in order: those of each person, all of them, or none. */
export type Order = 'person' | 'lane' | 'none';

/** A receiver of messages. It translates and sends; when, how often and in which order is the flow's. */
export interface Output {
  /** What it takes; the rest costs nothing. */
  readonly takes: ReadonlySet<MessageKind>;
  readonly order: Order;
  /** Its messages say of their person all there is. */
  readonly profiles?: true;
  /** A correction is followed by every event it concerns, told again ([O17]). */
  readonly expands?: true;
  /** Most items and characters of one batch. */
  readonly batch: { readonly items: number; readonly bytes: number };
  /** Batches under way at once. */
  readonly atOnce: number;
  /**
   * Pure. `skip`: there is nothing to tell this receiver.
   * @throws Unrenderable which makes it a dead letter with the reason, never a loss.
   */
  render(delivery: Delivery): Rendered | 'skip';
  /** One outcome an item, in order. Never rejects for what a receiver can cause. */
  send(batch: readonly Rendered[], link: Link): Promise<readonly Sent[]>;
  /** Sends one marked test item. */
  probe(link: Link): Promise<Sent>;
  /** Every message waits so long, ms, and is told of whoever it belongs to by then ([O19]). */
  readonly settles?: number;
  /** From the start of one batch to that of the next, ms; a retry has its own time. */
  readonly apart?: number;
  /** How long the first item of a batch waits for others, ms. */
  readonly gather?: number;
  /** Of a lane: how long to wait after each failure of a batch, ms; after the last it is given up. Absent: nothing is. */
  readonly retries?: readonly number[];
  /** Pure: messages of one key wait until their moment, ms, and go together. Absent: none waits for others. */
  holds?(message: Message): Held;
  /** Pure: has it words for this message? Without it every message of a kind that it takes is held until it is sent. */
  wants?(message: Message): boolean;
  /**
   * Where to begin: at the books' cursor, or before it where the receiver lacks what came there.
   * @throws Error with a sentence for people when the receiver cannot be looked at
   */
  begin?(cursor: Position): Promise<Position>;
  /** For one that gathers what it is sent: when it would close what it holds, ms; undefined when it holds nothing. */
  closesAt?(): Instant | undefined;
  /** Closes it, if it is time and all is in that the log says up to its end: everything up to `through` was sent. */
  close?(now: Instant, through: Position): Promise<void>;
}

/** A message that this output has no words for. */
export class Unrenderable extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'Unrenderable';
  }
}
