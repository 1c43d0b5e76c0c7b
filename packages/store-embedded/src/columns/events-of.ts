import type { ProjectId } from '@selfsame/identity';
import type { Asked, EventFilter, Range } from '@selfsame/store';
import type { Parameters } from './parameters.ts';
import { conditionSql } from './property-text.ts';
import { rowsOf } from './rows-of.ts';
import { whoSql } from './who.ts';

/**
 * One number to order events by: time, then position. 2^40 positions are a trillion events.
 * (A ROW of the two sorts and joins half as fast.)
 */
export const ORDER = '(e.time::HUGEINT * 1099511627776 + e.position)';

/** The remainder of an order by this is the position. */
export const POSITIONS = 1_099_511_627_776;

/** The visible events of a project that pass a filter, in words for a WHERE on `e`. */
export function whichEvents(
  parameters: Parameters,
  project: ProjectId,
  filter: EventFilter | undefined,
  range: Range = {},
): string {
  return [
    `e.project = ${parameters.text(project)}`,
    'NOT e.hidden',
    ...(filter === undefined ? [] : [`e.name = ${parameters.text(filter.event)}`]),
    ...(range.from === undefined ? [] : [`e.time >= ${parameters.integer(Math.ceil(range.from))}`]),
    ...(range.to === undefined ? [] : [`e.time < ${parameters.integer(Math.ceil(range.to))}`]),
    ...(filter?.where ?? []).map((condition) => conditionSql(parameters, 'e', condition)),
  ].join(' AND ');
}

/** The owner of each event at its time ([A2]), in `ownedSql`; null when nobody owns it. */
export const PERSON = 'coalesce(o.person, s.person)';

/** Events of a project with who owned them; the WHERE names the project too. `unowned` keeps those of nobody. Small sides stand second. */
export function ownedSql(parameters: Parameters, project: ProjectId, { unowned = false } = {}): string {
  const here = (table: 'owner' | 'split') => rowsOf(parameters, project, table);
  return `events e ${unowned ? 'LEFT ' : ''}JOIN ${here('owner')} o ON o.node = e.node
    LEFT JOIN ${here('split')} s ON s.node = e.node AND e.time >= s.since AND e.time < s.until`;
}

/** Whose events a question takes, from which tables, and who did them. */
export interface Doers {
  readonly person: string;
  readonly from: string;
  /** For the WHERE; `true` when everybody is meant. */
  readonly only: string;
}

/**
 * `perIdentifier` takes what each event was done on for a person of its own, also where nobody owns the event.
 * @param unowned keep events of nobody, where no people are chosen
 */
export function doersOf(
  parameters: Parameters,
  project: ProjectId,
  { perIdentifier = false, who }: Pick<Asked, 'perIdentifier' | 'who'>,
  { unowned = false } = {},
): Doers {
  return {
    person: perIdentifier ? 'e.own' : PERSON,
    from:
      perIdentifier && who === undefined
        ? 'events e'
        : ownedSql(parameters, project, { unowned: unowned && who === undefined }),
    only: whoSql(parameters, project, PERSON, who),
  };
}

/** A sub-query over events that somebody did: `person`, `time` and `key` (their order), and the columns asked for. */
export function personEvents(columns: readonly string[], where: string, { person, from, only }: Doers): string {
  const list = [`${person} AS person`, 'e.time', `${ORDER} AS key`, ...columns].join(', ');
  return `SELECT ${list} FROM ${from} WHERE ${where} AND ${only} AND ${person} IS NOT NULL`;
}
