import type { Instant } from '@selfsame/identity';
import type { Item } from './item.ts';
import type { Place } from './message.ts';
import type { Order, Sent } from './output.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** After how much time from its first failure an item is given up, ms (G17). */
export const BUDGET = 72 * HOUR;
/** The longest wait a receiver may ask for, ms. */
const LONGEST_ASKED = HOUR;

/** Is it time for something that waits `most` ms at most? A longer wait means that the clock was set back (G25). */
export const isTime = (due: Instant, now: Instant, most: number): boolean => due <= now || due - now > most;

/** How long to wait after each failure, ms; the last is repeated until the budget is used up. */
const waits = [
  ...[5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR],
];

/** How long a lane rests after each failure of a batch, ms: what fails there is the receiver, and no item is given up. */
const laneWait = (failures: number, asked = 0): number =>
  Math.max(Math.min(2 * SECOND * 2 ** (failures - 1), MINUTE), Math.min(asked, LONGEST_ASKED));

/** A halted output is tried with one item after so long, ms: each time twice as long. */
const FIRST_PROBE = 30 * SECOND;
const LONGEST_PROBE = 10 * MINUTE;

/** How long to wait after the `failures`th failure of an item, ms; the receiver's word counts, up to an hour. */
function waitAfter(failures: number, place: Place, asked = 0): number {
  const wait = waits[Math.min(failures, waits.length) - 1] ?? 0;
  return Math.max(Math.round(wait * jitter(place, failures)), Math.min(asked, LONGEST_ASKED));
}

/** How long a halted output rests before the `n`th probe, ms. */
export const probeAfter = (n: number): number => Math.min(FIRST_PROBE * 2 ** n, LONGEST_PROBE);

/**
 * When an item that has failed is tried again; undefined where it is given up.
 * @param retries how long to wait after each failure, ms, where the output says so itself
 * @param place whose failure it is: those of one batch come back together
 */
export function nextTry(
  { failures, since }: Pick<Item, 'failures' | 'since'>,
  { order, retries }: { readonly order: Order; readonly retries?: readonly number[] },
  { after }: Extract<Sent, { type: 'retry' }>,
  place: Place,
  now: Instant,
): Instant | undefined {
  if (retries !== undefined) {
    const wait = retries[failures - 1];
    return wait === undefined ? undefined : now + wait;
  }
  if (order === 'lane') return now + laneWait(failures, after);
  const end = (since ?? now) + BUDGET;
  return now >= end ? undefined : Math.min(now + waitAfter(failures, place, after), end);
}

/** 0.8 … 1.2, another for each item and attempt, the same whenever it is asked: many do not come back at one moment. */
function jitter({ position, part }: Place, failures: number): number {
  let mixed = (position * 0x9e3779b1 + part * 0x85ebca6b + failures * 0xc2b2ae35) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 0;
  mixed = (mixed ^ (mixed >>> 12)) >>> 0;
  return 0.8 + (0.4 * mixed) / 0xffffffff;
}
