import type { ProjectId } from '@selfsame/identity';
import type { FunnelAnswer, FunnelPeopleQuestion, FunnelQuestion, FunnelStep, PeopleBehind } from '@selfsame/store';
import { isValueSql, peopleBehind } from './behind.ts';
import { MOST_VALUES, traitSql } from './breakdown.ts';
import type { Lane } from './columns-file.ts';
import { doersOf, personEvents, whichEvents } from './events-of.ts';
import type { Parameters } from './parameters.ts';
import { propertySql } from './property-text.ts';
import { rowsOf } from './rows-of.ts';

const MONTH = 30 * 86_400_000;
const MOST_STEPS = 20;

interface LevelRow {
  /** Row of the whole (true) or of one value. */
  readonly whole: boolean;
  readonly value: string | null;
  readonly level: number;
  readonly people: number;
  readonly median: number;
  readonly average: number;
}

/** @throws RangeError when there are no steps, or more than twenty. */
export async function funnel(lane: Lane, project: ProjectId, question: FunnelQuestion): Promise<FunnelAnswer> {
  const { steps, breakdown } = question;
  if (steps.length === 0 || steps.length > MOST_STEPS) throw new RangeError(`a funnel has 1 to ${MOST_STEPS} steps`);
  const rows = await lane.rows<LevelRow>((parameters) => funnelSql(parameters, project, question));
  const stepsOf = (levels: readonly LevelRow[]): FunnelStep[] => {
    const people = (level: number) => levels.find((row) => row.level === level)?.people ?? 0;
    return steps.map(({ event }, i) => {
      const row = levels.find((one) => one.level === i + 1);
      return {
        event,
        people: people(i + 1),
        conversion: share(people(i + 1), people(1)),
        fromPrevious: share(people(i + 1), people(Math.max(i, 1))),
        medianTime: row?.median ?? null,
        averageTime: row?.average ?? null,
      };
    });
  };
  const values = rows.filter((row) => !row.whole && row.level === 1);
  return {
    steps: stepsOf(rows.filter((row) => row.whole)),
    ...(breakdown === undefined
      ? {}
      : {
          breakdown: values.map(({ value }) => ({
            value,
            steps: stepsOf(rows.filter((row) => !row.whole && row.value === value)),
          })),
        }),
  };
}

/** @throws RangeError when there is no such step. */
export function funnelPeople(
  lane: Lane,
  project: ProjectId,
  { step, part, limit, split, ...question }: FunnelPeopleQuestion,
): Promise<PeopleBehind> {
  const { steps } = question;
  if (steps.length > MOST_STEPS || !(step >= 1 && step <= steps.length))
    throw new RangeError('there is no such step in this funnel');
  return peopleBehind(lane, project, limit, (parameters) => {
    const asked = { ...question, ...(split && { breakdown: split.by }) };
    const here = `here AS (SELECT person, min(key) AS key FROM a${step} GROUP BY person)`;
    const parts = [
      ...stepsSql(parameters, project, asked),
      ...(split ? reachedSql(parameters, project, asked) : []),
      here,
    ];
    const among =
      split && `JOIN value_of v ON v.person = r.person AND ${isValueSql(parameters, 'v.value', split.value)}`;
    const dropped = part === 'dropped' && step < steps.length && `ANTI JOIN a${step + 1} n ON n.person = r.person`;
    return { parts, last: `SELECT r.* FROM here r ${among ?? ''} ${dropped || ''}` };
  });
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/**
 * Each step keeps the events at which it is reached, with the latest first step that leads there: the last event of
 * the step before is the one with the latest such start, so an ASOF join finds it.
 */
function stepsSql(parameters: Parameters, project: ProjectId, question: FunnelQuestion): readonly string[] {
  const { steps, window = MONTH, breakdown, from, to } = question;
  const property = breakdown !== undefined && 'property' in breakdown ? breakdown.property : undefined;
  const doers = doersOf(parameters, project, question);
  return steps.flatMap((step, i) => {
    const level = i + 1;
    if (level === 1) {
      const where = whichEvents(parameters, project, step, question);
      const value = property === undefined ? [] : [`${propertySql(parameters, 'e', property)} AS value`];
      return [
        `a1 AS MATERIALIZED (SELECT *, time AS start FROM (${personEvents(value, where, doers)}))`,
        `r1 AS (SELECT person, 1 AS level, 0 AS took, ${property === undefined ? 'NULL' : 'arg_min_null(value, key)'} AS value FROM a1 GROUP BY person)`,
      ];
    }
    const range = {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to: to + window }),
    };
    const where = whichEvents(parameters, project, step, range);
    const value = property === undefined ? '' : ', p.value';
    return [
      `a${level} AS MATERIALIZED (SELECT n.person, n.time, n.key, p.start${value}
        FROM (${personEvents([], where, doers)}) n ASOF JOIN a${level - 1} p ON n.person = p.person AND n.key > p.key
        WHERE n.time - p.start <= ${parameters.integer(window)})`,
      `r${level} AS (SELECT person, ${level} AS level, arg_min(time - start, key) AS took,
        ${property === undefined ? 'NULL' : 'arg_min_null(value, key)'} AS value FROM a${level} GROUP BY person)`,
    ];
  });
}

/** `reached`: who got how far; with a breakdown also the one value each person counts under. */
function reachedSql(parameters: Parameters, project: ProjectId, question: FunnelQuestion): readonly string[] {
  const { steps, breakdown, perIdentifier = false } = question;
  const reached = `reached AS MATERIALIZED (${steps.map((_, i) => `SELECT * FROM r${i + 1}`).join(' UNION ALL ')})`;
  if (breakdown === undefined) return [reached];
  // That of the start that led furthest, or their own trait.
  const values =
    'property' in breakdown
      ? 'SELECT person, arg_max_null(value, level) AS value FROM reached GROUP BY person'
      : `SELECT r.person, ${traitSql(parameters, breakdown.trait)} AS value FROM r1 r LEFT JOIN ${rowsOf(parameters, project, 'people')} p ON p.node = ${perIdentifier ? 'NULL' : 'r.person'}`;
  return [reached, `value_of AS (${values})`];
}

function funnelSql(parameters: Parameters, project: ProjectId, question: FunnelQuestion): string {
  const parts = [...stepsSql(parameters, project, question), ...reachedSql(parameters, project, question)].join(',\n');
  const figures = 'count(*)::DOUBLE AS people, median(took)::DOUBLE AS median, avg(took)::DOUBLE AS average';
  const whole = `SELECT true AS whole, NULL::VARCHAR AS value, level, ${figures} FROM reached GROUP BY level`;
  if (question.breakdown === undefined) return `WITH ${parts} ${whole}`;
  return `WITH ${parts},
    valued AS MATERIALIZED (SELECT v.value, r.level, r.took FROM reached r JOIN value_of v ON v.person = r.person),
    top AS (SELECT value, count(*) AS size FROM valued WHERE level = 1 GROUP BY value ORDER BY size DESC, value NULLS LAST LIMIT ${MOST_VALUES}),
    split_rows AS (SELECT false AS whole, v.value, v.level, ${figures}, any_value(t.size) AS size
      FROM valued v JOIN top t ON t.value IS NOT DISTINCT FROM v.value GROUP BY v.value, v.level)
    SELECT whole, value, level, people, median, average FROM (SELECT *, 0 AS size FROM (${whole}) UNION ALL SELECT * FROM split_rows)
    ORDER BY whole DESC, size DESC, value NULLS LAST, level`;
}
