/** The time a question speaks of: one of a few spans up to now, or two days, in the reader's zone. */

export const spans = [
  ['7d', '7 days'],
  ['30d', '30 days'],
  ['90d', '90 days'],
  ['365d', '12 months'],
  ['all', 'All time'],
] as const;

const day = 86_400_000;

export interface Range {
  readonly from?: number;
  readonly to?: number;
}

/**
 * The range named in the address (`range=30d`, or `from=2026-01-01&to=2026-01-31`, the last day included), ms.
 * Spans begin at a midnight, so that the same question stays the same all day. Default 30 days.
 */
export function readRange(query: URLSearchParams, now: number): Range {
  const from = midnight(query.get('from'));
  const to = midnight(query.get('to'));
  if (from !== undefined || to !== undefined)
    return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to: nextMidnight(to) }) };
  const span = query.get('range') ?? '30d';
  if (span === 'all') return {};
  const days = Number(/^(\d{1,4})d$/.exec(span)?.[1] ?? 30);
  const today = new Date(now);
  today.setHours(0, 0, 0, 0);
  return { from: today.getTime() - (days - 1) * day };
}

function midnight(text: string | null): number | undefined {
  if (text === null || !/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const time = new Date(`${text}T00:00:00`).getTime();
  return Number.isNaN(time) ? undefined : time;
}

function nextMidnight(time: number): number {
  const date = new Date(time);
  date.setDate(date.getDate() + 1);
  return date.getTime();
}
