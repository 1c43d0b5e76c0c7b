import type { ProjectId } from '@selfsame/identity';
import type { PeopleBehind, Split } from '@selfsame/store';
import { traitSql } from './breakdown.ts';
import type { Lane } from './columns-file.ts';
import { POSITIONS } from './events-of.ts';
import type { Parameters } from './parameters.ts';
import { rowsOf } from './rows-of.ts';

/** Reads who stands behind a figure: `person` and `key`, the order of an event of theirs, from the last table of `parts`. */
export async function peopleBehind(
  lane: Lane,
  project: ProjectId,
  limit: number,
  build: (parameters: Parameters) => { readonly parts: readonly string[]; readonly last: string },
): Promise<PeopleBehind> {
  const rows = await lane.rows<PeopleBehind['rows'][number]>((parameters) => {
    const { parts, last } = build(parameters);
    // The event, not only its moment: two may be of one.
    return `WITH ${parts.join(',\n')}, chosen AS (SELECT key FROM (${last}) ORDER BY key DESC LIMIT ${parameters.integer(limit)})
      SELECT e.anchor, e.time::DOUBLE AS time FROM chosen c
        JOIN events e ON e.position = (c.key % ${POSITIONS})::BIGINT AND e.project = ${parameters.text(project)} ORDER BY c.key DESC`;
  });
  return { rows };
}

/** Is this text the value of a row of a breakdown? */
export const isValueSql = (parameters: Parameters, text: string, value: string | null): string =>
  value === null ? `${text} IS NULL` : `coalesce(${text} = ${parameters.text(value)}, false)`;

/** Those rows of `from` (with a `person`, and where the split is by a property its `value`) that belong to one row of a breakdown. */
export function splitSql(parameters: Parameters, project: ProjectId, from: string, split: Split | undefined): string {
  if (split === undefined) return `SELECT r.* FROM ${from} r`;
  if ('property' in split.by)
    return `SELECT r.* FROM ${from} r WHERE ${isValueSql(parameters, 'r.value', split.value)}`;
  const trait = traitSql(parameters, split.by.trait);
  return `SELECT r.* FROM ${from} r LEFT JOIN ${rowsOf(parameters, project, 'people')} p ON p.node = r.person WHERE ${isValueSql(parameters, trait, split.value)}`;
}
