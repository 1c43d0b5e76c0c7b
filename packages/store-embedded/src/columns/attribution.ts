import type { ProjectId } from '@selfsame/identity';
import type {
  AttributionAnswer,
  AttributionModel,
  AttributionPeopleQuestion,
  AttributionQuestion,
  PeopleBehind,
} from '@selfsame/store';
import { isValueSql, peopleBehind, splitSql } from './behind.ts';
import { MOST_VALUES, traitSql } from './breakdown.ts';
import type { Lane } from './columns-file.ts';
import { doersOf, personEvents, whichEvents } from './events-of.ts';
import type { Parameters } from './parameters.ts';
import { numberSql, propertySql } from './property-text.ts';
import { rowsOf } from './rows-of.ts';

const MONTH = 30 * 86_400_000;
/** Touches in an answer, those with most conversions first. */
const MOST_ROWS = 1000;

/** How each conversion is shared out over its touches (`t`, of conversion `key`). */
const models = new Map<AttributionModel, string>([
  ['first-touch', 'SELECT key, arg_min(value, touched) AS value, 1.0 AS share FROM pairs GROUP BY key'],
  ['last-touch', 'SELECT key, arg_max(value, touched) AS value, 1.0 AS share FROM pairs GROUP BY key'],
  ['linear', 'SELECT key, value, 1.0::DOUBLE / count(*) OVER (PARTITION BY key) AS share FROM pairs'],
]);

interface ShareRow {
  /** Of the whole, or of one value of the breakdown. */
  readonly whole: boolean;
  /** Of all touches together, or of one. */
  readonly total: boolean;
  readonly value: string | null;
  readonly touch: string | null;
  readonly conversions: number;
  readonly revenue: number;
  readonly people: number;
}

/** @throws RangeError when the model is none of ours. */
export async function attribution(
  lane: Lane,
  project: ProjectId,
  question: AttributionQuestion,
): Promise<AttributionAnswer> {
  const rows = await lane.rows<ShareRow>((parameters) => attributionSql(parameters, project, question));
  const of = (some: readonly ShareRow[]) => {
    const total = some.find((row) => row.total);
    return {
      rows: some
        .filter((row) => !row.total)
        .map(({ touch, conversions, revenue, people }) => ({ touch, conversions, revenue, people })),
      total: {
        conversions: total?.conversions ?? 0,
        revenue: total?.revenue ?? 0,
        people: total?.people ?? 0,
      },
    };
  };
  const split = Map.groupBy(
    rows.filter(({ whole }) => !whole),
    ({ value }) => value,
  );
  return {
    ...of(rows.filter(({ whole }) => whole)),
    ...(question.breakdown === undefined
      ? {}
      : { breakdown: [...split].map(([value, some]) => ({ value, ...of(some) })) }),
  };
}

/** `conversions` with their `value` of the breakdown, `touches`, and what each conversion is `credited` to. */
function creditsSql(
  parameters: Parameters,
  project: ProjectId,
  question: AttributionQuestion,
): { readonly parts: readonly string[]; readonly touches: string } {
  const { conversion, revenueProperty, model, lookBack = MONTH, by = 'utm_campaign', breakdown, from, to } = question;
  const shares = models.get(model);
  if (shares === undefined) throw new RangeError('a model is first-touch, last-touch or linear');
  const doers = doersOf(parameters, project, question);
  const amount =
    revenueProperty === undefined
      ? '0::DOUBLE'
      : `coalesce(${numberSql(propertySql(parameters, 'e', revenueProperty))}, 0)`;
  const property =
    breakdown !== undefined && 'property' in breakdown
      ? propertySql(parameters, 'e', breakdown.property)
      : 'NULL::VARCHAR';
  const converted = personEvents(
    [`${amount} AS revenue`, `${property} AS value`],
    whichEvents(parameters, project, conversion, question),
    doers,
  );
  const conversions =
    breakdown !== undefined && 'trait' in breakdown
      ? `SELECT c.* REPLACE (${traitSql(parameters, breakdown.trait)} AS value) FROM (${converted}) c
          LEFT JOIN ${rowsOf(parameters, project, 'people')} p ON p.node = ${question.perIdentifier === true ? 'NULL' : 'c.person'}`
      : converted;
  const value = propertySql(parameters, 'e', by);
  const touches = personEvents(
    [`${value} AS value`],
    `${whichEvents(parameters, project, undefined, {
      ...(from === undefined ? {} : { from: from - lookBack }),
      ...(to === undefined ? {} : { to }),
    })} AND ${value} IS NOT NULL`,
    doers,
  );
  return {
    touches,
    parts: [
      `conversions AS MATERIALIZED (${conversions})`,
      `pairs AS (SELECT c.key, t.value, t.key AS touched FROM (${touches}) t JOIN conversions c
        ON c.person = t.person AND t.key <= c.key AND t.time >= c.time - ${parameters.integer(lookBack)})`,
      `shares AS (${shares})`,
      `credited AS ${breakdown === undefined ? '' : 'MATERIALIZED'} (SELECT c.person, c.key, c.value, s.value AS touch, coalesce(s.share, 1) AS share, c.revenue
        FROM conversions c LEFT JOIN shares s ON s.key = c.key)`,
    ],
  };
}

function attributionSql(parameters: Parameters, project: ProjectId, question: AttributionQuestion): string {
  const { parts } = creditsSql(parameters, project, question);
  const people = 'count(DISTINCT person)::DOUBLE AS people';
  const earned = `sum(share)::DOUBLE AS conversions, sum(share * revenue)::DOUBLE AS revenue, ${people}`;
  const all = `count(*)::DOUBLE AS conversions, coalesce(sum(revenue), 0)::DOUBLE AS revenue, ${people}`;
  const byTouch = `by_touch AS (SELECT true AS whole, false AS total, NULL::VARCHAR AS value, touch, ${earned}, 0 AS size
    FROM credited GROUP BY touch ORDER BY conversions DESC, touch NULLS LAST LIMIT ${MOST_ROWS})`;
  const whole = `SELECT * FROM by_touch UNION ALL SELECT true, true, NULL::VARCHAR, NULL::VARCHAR, ${all}, 0 FROM conversions`;
  const top = `top AS (SELECT value, count(*) AS size FROM conversions GROUP BY value ORDER BY size DESC, value NULLS LAST LIMIT ${MOST_VALUES})`;
  const of = (table: string) => `${table} c JOIN top t ON t.value IS NOT DISTINCT FROM c.value`;
  const split = `SELECT false, false, c.value, c.touch, ${earned}, any_value(t.size) FROM ${of('credited')} GROUP BY c.value, c.touch
    UNION ALL SELECT false, true, c.value, NULL::VARCHAR, ${all}, any_value(t.size) FROM ${of('conversions')} GROUP BY c.value`;
  const isSplit = question.breakdown !== undefined;
  return `WITH ${[...parts, byTouch, ...(isSplit ? [top] : [])].join(',\n')}
    SELECT whole, total, value, touch, conversions, revenue, people FROM (${whole} ${isSplit ? `UNION ALL ${split}` : ''})
    ORDER BY whole DESC, size DESC, value NULLS LAST, conversions DESC, touch NULLS LAST`;
}

/** @throws RangeError when the model is none of ours. */
export const attributionPeople = (
  lane: Lane,
  project: ProjectId,
  { touch, part, split, limit, ...question }: AttributionPeopleQuestion,
): Promise<PeopleBehind> =>
  peopleBehind(lane, project, limit, (parameters) => {
    const asked = { ...question, ...(split && { breakdown: split.by }) };
    const { parts, touches } = creditsSql(parameters, project, asked);
    const isTouch = (of: string) => isValueSql(parameters, of, touch);
    if (part === 'converted') {
      const among = split === undefined ? '' : `AND ${isValueSql(parameters, 'value', split.value)}`;
      const last = `SELECT person, max(key) AS key FROM credited WHERE ${isTouch('touch')} ${among} GROUP BY person`;
      return { parts, last };
    }
    const since = question.from === undefined ? '' : `AND t.time >= ${parameters.integer(Math.ceil(question.from))}`;
    const came = `SELECT t.person, max(t.key) AS key, any_value(t.value) AS value FROM (${touches}) t
      ANTI JOIN conversions c ON c.person = t.person WHERE ${isTouch('t.value')} ${since} GROUP BY t.person`;
    // Who did not convert has no value of a property of the conversion.
    return {
      parts,
      last: splitSql(parameters, project, `(${came})`, split && 'trait' in split.by ? split : undefined),
    };
  });
