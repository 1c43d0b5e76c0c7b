import { midnight } from '../../time/zone.ts';

/** Spans of when somebody was last active. */
export const actives = [
  ['', 'Any time'],
  ['today', 'Today'],
  ['7d', 'In 7 days'],
  ['30d', 'In 30 days'],
  ['not-30d', 'Not for 30 days'],
] as const;

type Active = { readonly active?: { readonly from?: number; readonly to?: number } };

/** The span as a question asks it, ms, by whole days of the zone. */
export function activeRange(value: string, zone: string, now: number = Date.now()): Active {
  const since = (days: number) => midnight(zone, now, 1 - days);
  switch (value) {
    case 'today':
      return { active: { from: since(1) } };
    case '7d':
      return { active: { from: since(7) } };
    case '30d':
      return { active: { from: since(30) } };
    case 'not-30d':
      return { active: { to: since(30) } };
    default:
      return {};
  }
}
