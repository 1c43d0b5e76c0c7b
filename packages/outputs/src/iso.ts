const DAY = 86_400_000;
/** Days from 0000-03-01, where the calendar repeats every 400 years, to 1970-01-01. */
const EPOCH = 719_468;
const ERA = 146_097;

/** A moment, ms, as ISO 8601 in UTC: this package has no clock and so no `Date`. Years 0 to 9999. */
export function iso(time: number): string {
  const days = Math.floor(time / DAY) + EPOCH;
  const era = Math.floor(days / ERA);
  const ofEra = days - era * ERA;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const ms = Math.floor(time - Math.floor(time / DAY) * DAY);
  const two = (n: number) => String(n).padStart(2, '0');
  const clock = `${two(Math.floor(ms / 3_600_000))}:${two(Math.floor(ms / 60_000) % 60)}:${two(Math.floor(ms / 1_000) % 60)}`;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${clock}.${String(ms % 1_000).padStart(3, '0')}Z`;
}
