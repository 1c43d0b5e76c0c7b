import type { ProjectId } from '@selfsame/identity';
import type { AttributionAnswer, AttributionModel, AttributionQuestion } from '@selfsame/store';
import type { Lane } from './columns-file.ts';
import { doersOf, personEvents, whichEvents } from './events-of.ts';
import { numberSql, propertySql } from './property-text.ts';

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
  readonly whole: boolean;
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
  const { conversion, revenueProperty, model, lookBack = MONTH, by = 'utm_campaign', from, to } = question;
  const shares = models.get(model);
  if (shares === undefined) throw new RangeError('a model is first-touch, last-touch or linear');
  const rows = await lane.rows<ShareRow>((parameters) => {
    const doers = doersOf(parameters, project, question);
    const amount =
      revenueProperty === undefined
        ? '0::DOUBLE'
        : `coalesce(${numberSql(propertySql(parameters, 'e', revenueProperty))}, 0)`;
    const conversions = personEvents(
      [`${amount} AS revenue`],
      whichEvents(parameters, project, conversion, question),
      doers,
    );
    const value = propertySql(parameters, 'e', by);
    const touches = personEvents(
      [`${value} AS value`],
      `${whichEvents(parameters, project, undefined, {
        ...(from === undefined ? {} : { from: from - lookBack }),
        ...(to === undefined ? {} : { to }),
      })} AND ${value} IS NOT NULL`,
      doers,
    );
    const figures = 'count(DISTINCT person)::DOUBLE AS people';
    return `WITH conversions AS MATERIALIZED (${conversions}),
      pairs AS (SELECT c.key, t.value, t.key AS touched FROM (${touches}) t JOIN conversions c
        ON c.person = t.person AND t.key <= c.key AND t.time >= c.time - ${parameters.integer(lookBack)}),
      shares AS (${shares}),
      credited AS (SELECT c.person, s.value AS touch, coalesce(s.share, 1) AS share, c.revenue FROM conversions c LEFT JOIN shares s ON s.key = c.key),
      by_touch AS (SELECT false AS whole, touch, sum(share)::DOUBLE AS conversions, sum(share * revenue)::DOUBLE AS revenue, ${figures}
        FROM credited GROUP BY touch ORDER BY conversions DESC, touch NULLS LAST LIMIT ${MOST_ROWS})
      SELECT * FROM by_touch UNION ALL
      SELECT true, NULL, count(*)::DOUBLE, coalesce(sum(revenue), 0)::DOUBLE, ${figures} FROM conversions
      ORDER BY whole, conversions DESC, touch NULLS LAST`;
  });
  const without = ({ whole: _, ...row }: ShareRow) => row;
  const { touch: _, ...total } = without(rows.at(-1) as ShareRow);
  return { rows: rows.slice(0, -1).map(without), total };
}
