import type { Entry, Statement } from './command.ts';
import type { Instant } from './ids.ts';
import type { Note, Verdict } from './verdict.ts';

/** A clock that is off by less than this, ms, is taken at its word. */
const TOLERATED_SKEW = 60_000;
const DAY = 24 * 3600 * 1000;
/** Nothing waits longer than this to be sent, ms. */
const LONGEST_WAIT = 366 * DAY;

type Said = Pick<Statement, 'time' | 'sentAt' | 'untimed'>;

/**
 * When an item happened by our clock, ms.
 * [T1] An item without a time happened when it arrived.
 * [T2] A sender whose clock is ahead of its own request is put right by the difference.
 * [T3] Nothing happens after it arrived.
 */
export function eventTime(said: Said, arrived: Instant): Instant {
  return Math.min(said.time === undefined ? arrived : said.time - aheadOf(said, arrived), arrived);
}

/**
 * [T2] By how much, ms, a clock is ahead that says a request was sent after it arrived. One that says it was sent long
 * before may be slow or the request may have waited somewhere: nobody can tell, so its word stands. What contradicts the
 * item, being sent before it happened or a year after, is a field that was never filled.
 */
function aheadOf({ time = 0, sentAt }: Said, arrived: Instant): number {
  if (sentAt === undefined || sentAt <= arrived + TOLERATED_SKEW) return 0;
  return sentAt >= time - TOLERATED_SKEW && sentAt - time <= LONGEST_WAIT ? sentAt - arrived : 0;
}

/** Why an item that said a time counts as of its arrival, where an operator should hear of it ([T1], [T3]). */
export function untimedOf(said: Said, arrived: Instant): Entry['untimed'] {
  if (said.untimed !== undefined || said.time === undefined) return said.untimed;
  return said.time - aheadOf(said, arrived) > arrived + DAY ? 'ahead' : undefined;
}

const notes: Readonly<Record<NonNullable<Entry['untimed']>, Note>> = {
  unreadable: { effect: 'ignored', rule: 'T1', reason: 'its time cannot be read; it counts as of its arrival' },
  unfilled: { effect: 'ignored', rule: 'T1', reason: 'its time was never filled; it counts as of its arrival' },
  ahead: { effect: 'ignored', rule: 'T3', reason: 'its time lies days after its arrival, as of which it counts' },
};

/** A verdict with the note that the item's time was not believed, if it was not and the item is kept. */
export function withTimeNote<V extends Verdict>(verdict: V, { untimed }: Entry): V {
  if (untimed === undefined || (verdict.status !== 'applied' && verdict.status !== 'quarantined')) return verdict;
  return { ...verdict, notes: [...verdict.notes, notes[untimed]] };
}
