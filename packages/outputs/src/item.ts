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
  /** It waits for others until then, ms; 0 where it waits for none. */
  readonly heldUntil: Instant;
  failures: number;
  due: Instant;
  since: Instant | null;
  /** Written down, so that the cursor may pass it. */
  listed: boolean;
  flying: boolean;
}

const ANYONE = '';

/**
 * What keeps a message in order with others: its people, all of a lane, or nothing. Where corrections are expanded, an
 * event keeps its own order as well, and being told again is no part of anybody's ([O17]).
 */
export function orderOf(message: Message, order: Order, expands = false): Pick<Item, 'keys' | 'anchor'> {
  if (order === 'lane') return { keys: [ANYONE], anchor: undefined };
  if (order === 'none') return { keys: [], anchor: undefined };
  const anchor = anchorOf(message);
  if (!expands) return { keys: peopleOf(message), anchor };
  const isAgain = message.kind === 'event' && message.again === true;
  return { keys: [...(isAgain ? [] : peopleOf(message)), ...eventsIn(message)], anchor };
}

/** The events that a message speaks of, by their entries; no person's id begins so. */
function eventsIn(message: Message): readonly string[] {
  if (message.kind === 'retracted') return [`@${message.of}`];
  if (message.kind !== 'event') return [];
  const { place, replaces, again } = message;
  const named = [...(again === true ? [] : [place.position]), ...(replaces === undefined ? [] : [replaces])];
  return [...new Set(named)].sort((one, other) => one - other).map((position) => `@${position}`);
}

function anchorOf(message: Message): string | undefined {
  const isOfEvent = message.kind === 'event' || message.kind === 'retracted';
  const anchor = isOfEvent ? message.event.anchor : message.kind === 'moved' ? message.anchor : null;
  return anchor === null ? undefined : `${anchor.kind}:${anchor.value}`;
}
