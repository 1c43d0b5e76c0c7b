import { momentIn } from '@selfsame/protocols';

/**
 * The moment at which clocks in a zone showed a wall time.
 * Mixpanel's events before 2023 were kept as if the project's wall clock showed UTC.
 * @param wall seconds or ms since 1970 of the wall clock read as UTC; the answer is in the same unit
 * @param zone IANA name
 * @throws RangeError when there is no such zone
 */
export function fromZone(wall: number, zone: string): number {
  const unit = Math.abs(wall) < 1e11 ? 1000 : 1;
  const moment = momentIn(zone, wall * unit);
  if (moment === undefined) throw new RangeError('there is no such time zone');
  return moment / unit;
}
