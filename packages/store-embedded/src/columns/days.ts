import type { ProjectId } from '@selfsame/identity';
import type { DaysAnswer, DaysQuestion } from '@selfsame/store';
import type { Lane } from './columns-file.ts';
import { ownedSql, PERSON, whichEvents } from './events-of.ts';
import { calendarOf } from './interval.ts';
import { rowsOf } from './rows-of.ts';

/** How many people did anything on each day of a zone, and how many of them are known by now. */
export async function days(lane: Lane, project: ProjectId, question: DaysQuestion): Promise<DaysAnswer> {
  const rows = await lane.rows<DaysAnswer['rows'][number]>((parameters) => {
    const start = calendarOf(parameters, 'day', question.timeZone).start('e.time');
    const where = whichEvents(parameters, project, undefined, question);
    return `WITH seen AS (SELECT ${start} AS start, ${PERSON} AS person, count(*) AS events
        FROM ${ownedSql(parameters, project, { unowned: true })} WHERE ${where} GROUP BY ALL)
      SELECT s.start::DOUBLE AS start, sum(s.events)::DOUBLE AS events, count(s.person)::DOUBLE AS people,
        count(*) FILTER (p.known)::DOUBLE AS known
      FROM seen s LEFT JOIN ${rowsOf(parameters, project, 'people')} p ON p.node = s.person GROUP BY s.start ORDER BY s.start`;
  });
  return { rows };
}
