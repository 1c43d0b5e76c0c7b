import type { ProjectId } from '@selfsame/identity';
import type { Asked, EventFilter, Range } from '@selfsame/store';
import type { Parameters } from './parameters.ts';
import { conditionSql } from './property-text.ts';

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

/** The owner of each event at its time ([A2]) as `person`; null when nobody owns it. Small sides stand second. */
export const PERSON = 'coalesce(o.person, s.person)';
export const OWNED = `events e JOIN owner o ON o.node = e.node
  LEFT JOIN split s ON s.node = e.node AND e.time >= s.since AND e.time < s.until`;
export const OWNED_OR_NOT = OWNED.replace('JOIN owner', 'LEFT JOIN owner');

/**
 * A sub-query over events that somebody owns: `person`, `time` and `key` (their order), and the columns asked for.
 * `perIdentifier` takes what each event was done on for a person of its own, also where nobody owns the event.
 */
export function personEvents(
  columns: readonly string[],
  where: string,
  { perIdentifier = false }: Pick<Asked, 'perIdentifier'> = {},
): string {
  const person = perIdentifier ? 'e.own' : PERSON;
  const list = [`${person} AS person`, 'e.time', `${ORDER} AS key`, ...columns].join(', ');
  return `SELECT ${list} FROM ${perIdentifier ? 'events e' : OWNED} WHERE ${where} AND ${person} IS NOT NULL`;
}
