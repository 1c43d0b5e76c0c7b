import type { ProjectId } from '@selfsame/identity';
import type { RetentionAnswer, RetentionQuestion } from '@selfsame/store';
import type { Lane } from './columns-file.ts';
import { doersOf, personEvents, whichEvents } from './events-of.ts';
import { calendarOf } from './interval.ts';

const MOST_INTERVALS = 366;

/** @throws RangeError when the interval is unknown, or more intervals are asked for than a year has days. */
export async function retention(lane: Lane, project: ProjectId, question: RetentionQuestion): Promise<RetentionAnswer> {
  const { first, returning, interval, intervals = 8, from, timeZone } = question;
  if (!Number.isInteger(intervals) || intervals < 1 || intervals > MOST_INTERVALS)
    throw new RangeError(`a retention follows 1 to ${MOST_INTERVALS} intervals`);
  const rows = await lane.rows<{ cohort: number; n: number; people: number }>((parameters) => {
    const calendar = calendarOf(parameters, interval, timeZone);
    const doers = doersOf(parameters, project, question);
    const firsts = personEvents([], whichEvents(parameters, project, first, question), doers);
    const returns = personEvents(
      [],
      whichEvents(parameters, project, returning, from === undefined ? {} : { from }),
      doers,
    );
    return `WITH firsts AS MATERIALIZED (SELECT person, min(key) AS key, ${calendar.start('min(time)')} AS cohort
        FROM (${firsts}) GROUP BY person),
      returns AS (SELECT f.person, f.cohort, ${calendar.distance('f.cohort', calendar.start('r.time'))} AS n
        FROM (${returns}) r JOIN firsts f ON f.person = r.person AND r.key > f.key)
      SELECT cohort::DOUBLE AS cohort, -1::DOUBLE AS n, count(*)::DOUBLE AS people FROM firsts GROUP BY cohort UNION ALL
      SELECT cohort::DOUBLE, n::DOUBLE, count(DISTINCT person)::DOUBLE FROM returns
      WHERE n < ${parameters.integer(intervals)} GROUP BY cohort, n ORDER BY cohort, n`;
  });
  return {
    rows: rows
      .filter((row) => row.n === -1)
      .map(({ cohort, people }) => ({
        cohort,
        people,
        returned: Array.from(
          { length: intervals },
          (_, n) => rows.find((row) => row.cohort === cohort && row.n === n)?.people ?? 0,
        ),
      })),
  };
}
