import { midnight, midnightOf } from '../time/zone.ts';

/** The time a question speaks of: one of a few spans up to now, or two days, by the clocks of the project. */
export const spans = [
  ['today', 'Today'],
  ['7d', '7 days'],
  ['30d', '30 days'],
  ['90d', '90 days'],
  ['365d', '12 months'],
  ['all', 'All time'],
] as const;

export const standardSpan = '30d';

export interface Range {
  readonly from?: number;
  readonly to?: number;
}

/** What the address says of it. */
export interface RangeWords {
  readonly range: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

/** Is this a span: `today`, `all`, or a number of days up to today? */
export const isSpan = (text: string): boolean => /^([1-9]\d{0,3}d|today|all)$/.test(text);

/**
 * The range named in the address (`range=30d`, or `from=2026-01-01&to=2026-01-31`, the last day included), ms.
 * Spans begin at a midnight and count days of the calendar, so that one over a change of the clocks is whole days too.
 * What is no day is left out; see `problemsIn`.
 */
export function readRange({ range, from: first, to: last }: RangeWords, now: number, zone: string): Range {
  const from = first === null ? undefined : midnightOf(zone, first);
  const lastDay = last === null ? undefined : midnightOf(zone, last);
  if (from !== undefined || lastDay !== undefined)
    return {
      ...(from === undefined ? {} : { from }),
      ...(lastDay === undefined ? {} : { to: midnight(zone, lastDay, 1) }),
    };
  const span = range !== null && isSpan(range) ? range : standardSpan;
  if (span === 'all') return {};
  return { from: midnight(zone, now, span === 'today' ? 0 : 1 - Number.parseInt(span, 10)) };
}

/** The stretch of the same length just before, by the calendar; undefined when the range has no beginning. */
export function rangeBefore({ from, to }: Range, now: number, zone: string): Required<Range> | undefined {
  if (from === undefined) return undefined;
  const end = to ?? midnight(zone, now, 1);
  const days = Math.max(1, Math.round((end - from) / 86_400_000));
  return { from: midnight(zone, from, -days), to: from };
}
