import type { ProjectId } from '@selfsame/identity';
import type { Condition, Who } from '@selfsame/store';
import { traitSql } from './breakdown.ts';
import type { Parameters } from './parameters.ts';
import { holdsSql } from './property-text.ts';
import { rowsOf } from './rows-of.ts';

/** The person of each identifier of a project, whole or in stretches: `o` and `s`. */
export function ownersSql(parameters: Parameters, project: ProjectId): string {
  const here = (table: 'owner' | 'split') => rowsOf(parameters, project, table);
  return `${here('owner')} o LEFT JOIN ${here('split')} s ON s.node = o.node`;
}

/** Everybody of a project who has, or had, an identifier for which `where` holds of `o` and `s`. */
export const ownersWhere = (parameters: Parameters, project: ProjectId, where: string): string =>
  `(SELECT person FROM (SELECT coalesce(o.person, s.person) AS person FROM ${ownersSql(parameters, project)} WHERE ${where}) WHERE person IS NOT NULL)`;

/**
 * Conditions on a number of a person, as SQL for a WHERE; true when everybody is meant. A visit has no row among the
 * people: it has no traits and is in no segment.
 */
export function whoSql(parameters: Parameters, project: ProjectId, person: string, who: Who = {}): string {
  const { known, traits = [], segments = [], kinds = [] } = who;
  const among = (where: string) => `(SELECT p.node FROM ${rowsOf(parameters, project, 'people')} p WHERE ${where})`;
  return [
    ...(known === undefined ? [] : [`${person} ${known ? '' : 'NOT '}IN ${among('p.known')}`]),
    ...traits.map((condition) => {
      const holds = holdsSql(parameters, traitSql(parameters, condition.property), condition);
      return holdsOfNobody(condition) ? `${person} NOT IN ${among(`NOT ${holds}`)}` : `${person} IN ${among(holds)}`;
    }),
    ...segments.map(
      (one) => `${person} IN ${among(`json_contains(p.segments, ${parameters.text(JSON.stringify(one))})`)}`,
    ),
    ...kinds.map(
      (kind) =>
        `${person} IN ${ownersWhere(parameters, project, `starts_with(o.key, ${parameters.text(`${kind}:`)})`)}`,
    ),
    'true',
  ].join(' AND ');
}

/** Does it hold where there is no such trait? */
const holdsOfNobody = ({ op }: Condition): boolean => op === 'ne' || op === 'not-set';
