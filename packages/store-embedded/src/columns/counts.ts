import type { ProjectId } from '@selfsame/identity';
import type { CountsAnswer, CountsQuestion } from '@selfsame/store';
import { MOST_VALUES, traitSql } from './breakdown.ts';
import type { Lane } from './columns-file.ts';
import { doersOf, PERSON, whichEvents } from './events-of.ts';
import { calendarOf } from './interval.ts';
import { propertySql } from './property-text.ts';

const MOST_FILTERS = 20;

interface CountRow {
  readonly start: number;
  readonly filter: number;
  readonly value: string | null;
  readonly events: number;
  readonly people: number;
}

/** @throws RangeError when the interval is unknown, or there are no events to count, or more than twenty. */
export async function counts(lane: Lane, project: ProjectId, question: CountsQuestion): Promise<CountsAnswer> {
  const { events, interval, breakdown, perIdentifier = false, timeZone } = question;
  if (events.length === 0 || events.length > MOST_FILTERS)
    throw new RangeError(`1 to ${MOST_FILTERS} events can be counted at once`);
  const rows = await lane.rows<CountRow>((parameters) => {
    const byTrait = breakdown !== undefined && 'trait' in breakdown;
    const value =
      breakdown === undefined
        ? 'NULL::VARCHAR'
        : 'trait' in breakdown
          ? traitSql(parameters, breakdown.trait)
          : propertySql(parameters, 'e', breakdown.property);
    const { person, from, only } = doersOf(parameters, project, question, { unowned: true });
    const calendar = calendarOf(parameters, interval, timeZone);
    const matching = events.map(
      (
        filter,
        i,
      ) => `SELECT ${i} AS filter, ${calendar.start('e.time')} AS start, ${value} AS value, ${person} AS person
        FROM ${from} ${byTrait ? `LEFT JOIN people p ON p.node = ${perIdentifier ? 'NULL' : PERSON}` : ''}
        WHERE ${whichEvents(parameters, project, filter, question)} AND ${only}`,
    );
    return `WITH matching AS MATERIALIZED (${matching.join(' UNION ALL ')}),
      top AS (SELECT value FROM matching GROUP BY value ORDER BY count(*) DESC, value NULLS LAST LIMIT ${MOST_VALUES})
      SELECT m.start::DOUBLE AS start, m.filter, m.value, count(*)::DOUBLE AS events, count(DISTINCT m.person)::DOUBLE AS people
      FROM matching m JOIN top t ON t.value IS NOT DISTINCT FROM m.value
      GROUP BY m.start, m.filter, m.value ORDER BY m.start, m.filter, events DESC, m.value NULLS LAST`;
  });
  return {
    rows: rows.map(({ start, filter, value, ...figures }) => ({
      start,
      event: events[filter]?.event ?? '',
      ...(breakdown === undefined ? {} : { value }),
      ...figures,
    })),
  };
}
