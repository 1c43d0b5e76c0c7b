import type { Json, TraitChange } from '@selfsame/identity';
import { parseIsoTime } from '../time/text.ts';

/** A day of the calendar, `YYYY-MM-DD`, in a year after 0: the platform's own default is `0000-00-00`. */
export const isBirthday = (value: Json | undefined): value is string =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\d$/.test(value) &&
  !value.startsWith('0000') &&
  parseIsoTime(value) !== undefined;

/**
 * What the platform says of a user, as it is told on: a birthday that is none is `undisclosed`, and a login that never
 * was, which is false in the user's record, is left out.
 */
export function profileChange(change: TraitChange): TraitChange {
  if (change.op !== 'set') return change;
  const { name, value } = change;
  if (name === 'Birthday' && !isBirthday(value)) return { ...change, value: 'undisclosed' };
  if ((name === 'Last authenticated' || name === 'Last login') && value === false) return { op: 'unset', name };
  return change;
}
