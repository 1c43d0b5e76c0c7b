import type { Instant } from '@selfsame/identity';
import { type Message, peopleOf } from './message.ts';
import type { Order } from './output.ts';

/** A message in a flow. */
export interface Item {
  readonly message: Message;
  readonly id: string;
  readonly sequence: number;
  readonly keys: readonly string[];
  /** The identifier that an event or a correction hangs on, where people keep their order. */
  readonly anchor: string | undefined;
  /** Grows from item to item. */
  readonly nth: number;
  failures: number;
  due: Instant;
  since: Instant | null;
  /** Written down, so that the cursor may pass it. */
  listed: boolean;
  flying: boolean;
}

const ANYONE = '';

/** What keeps a message in order with others: its people, all of a lane, or nothing. */
export function orderOf(message: Message, order: Order): Pick<Item, 'keys' | 'anchor'> {
  if (order === 'lane') return { keys: [ANYONE], anchor: undefined };
  if (order === 'none') return { keys: [], anchor: undefined };
  return { keys: peopleOf(message), anchor: anchorOf(message) };
}

function anchorOf(message: Message): string | undefined {
  const isOfEvent = message.kind === 'event' || message.kind === 'retracted';
  const anchor = isOfEvent ? message.event.anchor : message.kind === 'moved' ? message.anchor : null;
  return anchor === null ? undefined : `${anchor.kind}:${anchor.value}`;
}
