import type { ProjectId } from '@selfsame/identity';
import type { CountsAnswer, CountsPeopleQuestion, CountsQuestion, PeopleBehind } from '@selfsame/store';
import { peopleBehind, splitSql } from './behind.ts';
import { MOST_VALUES, traitSql } from './breakdown.ts';
import type { Lane } from './columns-file.ts';
import { doersOf, PERSON, personEvents, whichEvents } from './events-of.ts';
import { calendarOf } from './interval.ts';
import { propertySql } from './property-text.ts';
import { rowsOf } from './rows-of.ts';

const MOST_FILTERS = 20;

interface CountRow {
  /** Null: over the whole range. */
  readonly start: number | null;
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
        FROM ${from} ${byTrait ? `LEFT JOIN ${rowsOf(parameters, project, 'people')} p ON p.node = ${perIdentifier ? 'NULL' : PERSON}` : ''}
        WHERE ${whichEvents(parameters, project, filter, question)} AND ${only}`,
    );
    return `WITH matching AS MATERIALIZED (${matching.join(' UNION ALL ')}),
      top AS (SELECT value FROM matching GROUP BY value ORDER BY count(*) DESC, value NULLS LAST LIMIT ${MOST_VALUES})
      SELECT m.start::DOUBLE AS start, m.filter, m.value, count(*)::DOUBLE AS events, count(DISTINCT m.person)::DOUBLE AS people
      FROM matching m JOIN top t ON t.value IS NOT DISTINCT FROM m.value
      GROUP BY m.start, m.filter, m.value UNION ALL
      SELECT NULL, filter, NULL, count(*)::DOUBLE, count(DISTINCT person)::DOUBLE FROM matching GROUP BY filter
      ORDER BY 1 NULLS LAST, 2, events DESC, 3 NULLS LAST`;
  });
  return {
    rows: rows.flatMap(({ start, filter, value, ...figures }) =>
      start === null
        ? []
        : [{ start, event: events[filter]?.event ?? '', ...(breakdown === undefined ? {} : { value }), ...figures }],
    ),
    totals: events.map(({ event }, i) => {
      const total = rows.find((row) => row.start === null && row.filter === i);
      return { event, events: total?.events ?? 0, people: total?.people ?? 0 };
    }),
  };
}

/** Who did it in the range. */
export const countsPeople = (
  lane: Lane,
  project: ProjectId,
  { event, split, limit, ...question }: CountsPeopleQuestion,
): Promise<PeopleBehind> =>
  peopleBehind(lane, project, limit, (parameters) => {
    const value =
      split !== undefined && 'property' in split.by
        ? [`${propertySql(parameters, 'e', split.by.property)} AS value`]
        : [];
    const where = whichEvents(parameters, project, event, question);
    const did = `did AS (${personEvents(value, where, doersOf(parameters, project, question))})`;
    return {
      parts: [did],
      last: `SELECT person, max(key) AS key FROM (${splitSql(parameters, project, 'did', split)}) GROUP BY person`,
    };
  });
