import type { ProjectId } from '@selfsame/identity';
import type { PeopleBehind, RetentionAnswer, RetentionPeopleQuestion, RetentionQuestion } from '@selfsame/store';
import { peopleBehind, splitSql } from './behind.ts';
import { MOST_VALUES, traitSql } from './breakdown.ts';
import type { Lane } from './columns-file.ts';
import { doersOf, personEvents, whichEvents } from './events-of.ts';
import { calendarOf } from './interval.ts';
import type { Parameters } from './parameters.ts';
import { propertySql } from './property-text.ts';
import { rowsOf } from './rows-of.ts';

const MOST_INTERVALS = 366;

interface CohortRow {
  /** Of everybody, or of one value of the breakdown. */
  readonly whole: boolean;
  readonly value: string | null;
  readonly cohort: number;
  /** −1: who began. */
  readonly n: number;
  readonly people: number;
}

/** @throws RangeError when the interval is unknown, or more intervals are asked for than a year has days. */
export async function retention(lane: Lane, project: ProjectId, question: RetentionQuestion): Promise<RetentionAnswer> {
  const { intervals = 8, breakdown } = question;
  if (!Number.isInteger(intervals) || intervals < 1 || intervals > MOST_INTERVALS)
    throw new RangeError(`a retention follows 1 to ${MOST_INTERVALS} intervals`);
  const rows = await lane.rows<CohortRow>((parameters) => retentionSql(parameters, project, question, intervals));
  const of = (some: readonly CohortRow[]) => ({
    rows: some
      .filter((row) => row.n === -1)
      .map(({ cohort, people }) => ({
        cohort,
        people,
        returned: Array.from(
          { length: intervals },
          (_, n) => some.find((row) => row.cohort === cohort && row.n === n)?.people ?? 0,
        ),
      })),
  });
  const split = Map.groupBy(
    rows.filter(({ whole }) => !whole),
    ({ value }) => value,
  );
  return {
    ...of(rows.filter(({ whole }) => whole)),
    ...(breakdown === undefined ? {} : { breakdown: [...split].map(([value, some]) => ({ value, ...of(some) })) }),
  };
}

/** `firsts`: who began when, with their value of the breakdown; `returns`: who came back, and how many intervals later. */
function cohortsSql(parameters: Parameters, project: ProjectId, question: RetentionQuestion): readonly string[] {
  const { first, returning, interval, from, breakdown, timeZone, perIdentifier = false } = question;
  const calendar = calendarOf(parameters, interval, timeZone);
  const doers = doersOf(parameters, project, question);
  const property = breakdown !== undefined && 'property' in breakdown ? breakdown.property : undefined;
  const firsts = personEvents(
    property === undefined ? [] : [`${propertySql(parameters, 'e', property)} AS value`],
    whichEvents(parameters, project, first, question),
    doers,
  );
  const returns = personEvents(
    [],
    whichEvents(parameters, project, returning, from === undefined ? {} : { from }),
    doers,
  );
  const began = `SELECT person, min(key) AS key, ${calendar.start('min(time)')} AS cohort,
    ${property === undefined ? 'NULL::VARCHAR' : 'arg_min_null(value, key)'} AS value FROM (${firsts}) GROUP BY person`;
  return [
    `firsts AS MATERIALIZED (${
      breakdown !== undefined && 'trait' in breakdown
        ? `SELECT f.* REPLACE (${traitSql(parameters, breakdown.trait)} AS value) FROM (${began}) f
            LEFT JOIN ${rowsOf(parameters, project, 'people')} p ON p.node = ${perIdentifier ? 'NULL' : 'f.person'}`
        : began
    })`,
    `returns AS ${breakdown === undefined ? '' : 'MATERIALIZED'} (SELECT f.person, f.cohort, f.value, ${calendar.distance('f.cohort', calendar.start('r.time'))} AS n
      FROM (${returns}) r JOIN firsts f ON f.person = r.person AND r.key > f.key)`,
  ];
}

function retentionSql(
  parameters: Parameters,
  project: ProjectId,
  question: RetentionQuestion,
  intervals: number,
): string {
  const parts = cohortsSql(parameters, project, question);
  const people = 'count(DISTINCT person)::DOUBLE AS people';
  const followed = `n < ${parameters.integer(intervals)}`;
  const whole = `SELECT true AS whole, NULL::VARCHAR AS value, cohort, -1 AS n, ${people}, 0 AS size FROM firsts GROUP BY cohort
    UNION ALL SELECT true, NULL::VARCHAR, cohort, n, ${people}, 0 FROM returns WHERE ${followed} GROUP BY cohort, n`;
  const top = `top AS (SELECT value, count(*) AS size FROM firsts GROUP BY value ORDER BY size DESC, value NULLS LAST LIMIT ${MOST_VALUES})`;
  const of = (table: string) => `${table} c JOIN top t ON t.value IS NOT DISTINCT FROM c.value`;
  const split = `SELECT false, c.value, cohort, -1, ${people}, any_value(t.size) FROM ${of('firsts')} GROUP BY c.value, cohort
    UNION ALL SELECT false, c.value, cohort, n, ${people}, any_value(t.size) FROM ${of('returns')} WHERE ${followed} GROUP BY c.value, cohort, n`;
  const isSplit = question.breakdown !== undefined;
  return `WITH ${[...parts, ...(isSplit ? [top] : [])].join(',\n')}
    SELECT whole, value, cohort::DOUBLE AS cohort, n::DOUBLE AS n, people FROM (${whole} ${isSplit ? `UNION ALL ${split}` : ''})
    ORDER BY whole DESC, size DESC, value NULLS LAST, cohort, n`;
}

/** @throws RangeError when the interval is unknown. */
export const retentionPeople = (
  lane: Lane,
  project: ProjectId,
  { cohort, part, n = 0, split, limit, ...question }: RetentionPeopleQuestion,
): Promise<PeopleBehind> =>
  peopleBehind(lane, project, limit, (parameters) => {
    const parts = cohortsSql(parameters, project, { ...question, ...(split && { breakdown: split.by }) });
    const here = `(SELECT * FROM firsts WHERE cohort = ${parameters.integer(cohort)})`;
    const chosen = splitSql(parameters, project, here, split);
    if (part === 'began') return { parts, last: chosen };
    const came = `(SELECT DISTINCT person FROM returns WHERE n = ${parameters.integer(n)})`;
    const join = part === 'returned' ? 'SEMI JOIN' : 'ANTI JOIN';
    return { parts, last: `SELECT r.* FROM (${chosen}) r ${join} ${came} b ON b.person = r.person` };
  });
