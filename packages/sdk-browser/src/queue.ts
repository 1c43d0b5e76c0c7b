import type { ItemAnswer } from './wire.ts';

/** Items of one request. */
const BATCH_ITEMS = 50;
/** UTF-8 bytes of one request: a browser lets 64 KiB outlive a page. */
export const BATCH_BYTES = 60_000;
/** ms; another page that made an item has had that long to send it. */
const ADOPT_AFTER = 5_000;
/** ms; the longest wait after a failure. The first is a second. */
const LONGEST_WAIT = 300_000;
/** ms; a server that asks for longer is asked again after this. */
export const LONGEST_RETRY_AFTER = 3_600_000;

/** An item that waits: `name` is its insert id and sorts by the time it was made. */
export interface Waiting {
  readonly name: string;
  readonly json: string;
}

/** A name that sorts by time and is nobody else's. `now` ms, `count` of the page, `random` characters. */
export const nameOf = (now: number, count: number, random: string): string => `${now}-${1e5 + count}-${random}`;

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** What goes into the next request: the oldest items, at least one, as many as it may hold. */
export function nextBatch(waiting: readonly Waiting[], limit = BATCH_ITEMS): readonly Waiting[] {
  let bytes = 200;
  const fitting = waiting.slice(0, limit).findIndex(({ json }) => (bytes += bytesOf(json) + 1) > BATCH_BYTES);
  return waiting.slice(0, fitting < 0 ? limit : Math.max(1, fitting));
}

/** May this page send an item? Its own at once, another page's when that page has had its time. */
export function maySend(name: string, isMine: boolean, now: number): boolean {
  // Either way: a clock that was set back must not strand what was made before.
  return isMine || Math.abs(now - Number.parseInt(name, 10)) > ADOPT_AFTER;
}

/** The item to give up when there are too many: the oldest event, since who somebody is matters longer. */
export const leastWanted = (waiting: readonly Waiting[]): Waiting | undefined =>
  waiting.find(({ json }) => /^{"type":"(track|page)"/.test(json)) ?? waiting[0];

/** What a request came to. `status` 0: no answer. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The header, seconds or a date. */
  readonly retryAfter?: string | null;
}

export type Outcome =
  | { readonly type: 'taken'; readonly results: readonly ItemAnswer[] }
  /** The server will never take this: try fewer at a time, and give one alone up. */
  | { readonly type: 'refused'; readonly reason: string }
  | {
      readonly type: 'later';
      readonly reason: string /** ms since 1970; 0 when the server did not say. */;
      readonly notBefore: number;
    };

/** What an answer means for the `count` items of a request. `now` in ms. */
export function outcomeOf({ status, text, retryAfter }: Answer, count: number, now: number): Outcome {
  if (status === 200)
    try {
      const { results } = JSON.parse(text) as { results: ItemAnswer[] };
      if (results.length === count) return { type: 'taken', results };
    } catch {}
  // A hotel's login page also says 200.
  const reason = status ? `answer ${status}` : 'no answer';
  if ([400, 413, 415].includes(status)) return { type: 'refused', reason };
  const seconds = Number(retryAfter ?? Number.NaN);
  const asked = Number.isNaN(seconds) ? Date.parse(retryAfter ?? '') - now : seconds * 1_000;
  return { type: 'later', reason, notBefore: asked > 0 ? now + Math.min(asked, LONGEST_RETRY_AFTER) : 0 };
}

/** How long to wait after the `failures`th failure in a row, ms; `random` in 0…1 keeps clients from coming back together. */
export const backoff = (failures: number, random: number): number =>
  Math.min(LONGEST_WAIT, 500 * 2 ** failures) * (0.5 + random / 2);
