import type { ProjectId } from '@selfsame/identity';
import type { NodeNumber, Suspects } from '@selfsame/store';
import type { Lane } from './columns-file.ts';
import { rowsOf } from './rows-of.ts';

const DAY = 86_400_000;
/** A life of its own shorter than this is no history. */
const LONG_ALONE = DAY;
/** Identifiers a person gets on one day before that is much. */
const MANY_A_DAY = 10;

/**
 * Identifiers and people whose joins may be mistakes, the worst of each sort first. Reads the small columns of what was
 * ever claimed, and never an event.
 */
export async function suspects(lane: Lane, project: ProjectId, limit: number): Promise<Suspects> {
  const [shared, weak, grown] = await Promise.all([
    lane.rows<Suspects['shared'][number]>(
      (parameters) => `SELECT key, claimed, peak, peak_day::DOUBLE AS "peakDay", merged, quarantined AS "isQuarantined"
        FROM suspicion WHERE project = ${parameters.text(project)} AND (claimed > 1 OR merged > 1 OR quarantined)
        ORDER BY quarantined DESC, greatest(claimed, merged) DESC, key LIMIT ${parameters.integer(limit)}`,
    ),
    lane.rows<Suspects['weak'][number]>(
      (parameters) => `SELECT key, node, linked::DOUBLE AS linked, alone::DOUBLE AS alone
        FROM suspicion WHERE project = ${parameters.text(project)} AND weak AND alone >= ${LONG_ALONE}
        ORDER BY alone DESC, key LIMIT ${parameters.integer(limit)}`,
    ),
    lane.rows<Suspects['grown'][number]>(
      (parameters) => `WITH grown AS (
          SELECT o.person, s.linked // ${DAY} AS day, count(*) AS identifiers
          FROM suspicion s JOIN ${rowsOf(parameters, project, 'owner')} o ON o.node = s.node
          WHERE s.project = ${parameters.text(project)} AND s.linked IS NOT NULL AND o.person IS NOT NULL
          GROUP BY 1, 2 HAVING count(*) >= ${MANY_A_DAY}
          QUALIFY row_number() OVER (PARTITION BY o.person ORDER BY count(*) DESC, day) = 1
          ORDER BY 3 DESC, 1 LIMIT ${parameters.integer(limit)})
        SELECT p.key, (g.day * ${DAY})::DOUBLE AS day, g.identifiers::INTEGER AS identifiers
        FROM ${rowsOf(parameters, project, 'owner')} p JOIN grown g ON g.person = p.node ORDER BY identifiers DESC, p.key`,
    ),
  ]);
  return { shared, weak, grown };
}

/** How many visible events hang on each of some identifiers. */
export async function eventCounts(
  lane: Lane,
  project: ProjectId,
  nodes: readonly NodeNumber[],
): Promise<ReadonlyMap<NodeNumber, number>> {
  if (nodes.length === 0) return new Map();
  const rows = await lane.rows<{ node: NodeNumber; n: number }>(
    (parameters) => `SELECT e.node, count(*)::DOUBLE AS n FROM events e
      WHERE e.project = ${parameters.text(project)} AND NOT e.hidden AND e.node IN (SELECT unnest(${parameters.integers(nodes)}))
      GROUP BY 1`,
  );
  return new Map(rows.map(({ node, n }) => [node, n]));
}
