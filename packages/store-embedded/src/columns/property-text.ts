import type { Condition } from '@selfsame/store';
import type { Parameters } from './parameters.ts';
import { touchProperties } from './schema.ts';

/**
 * SQL for a property of the event `alias` as text, which is how properties are compared and reported: a string as it
 * is, a number, a boolean, a list or an object as JSON writes it; null when it is absent or null.
 */
export const propertySql = (parameters: Parameters, alias: string, name: string): string =>
  jsonSql(parameters, `${alias}.${touchProperties.has(name) ? 'touches' : 'properties'}`, name);

/** A member of a JSON object as text. The name goes in as a JSON pointer, which has no wildcards. */
export const jsonSql = (parameters: Parameters, json: string, name: string): string =>
  `json_extract_string(${json}, ${parameters.text(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)})`;

/** What reads as a number: JSON's way of writing one, in a number or in a string. */
const NUMBER = '-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?';

/** A text as a number; null when it does not read as one. */
export const numberSql = (text: string): string =>
  `CASE WHEN regexp_full_match(${text}, '${NUMBER}') THEN TRY_CAST(${text} AS DOUBLE) END`;

const readsAsNumber = (text: string): boolean => new RegExp(`^(?:${NUMBER})$`).test(text);

const comparisons = new Map([
  ['gt', '>'],
  ['gte', '>='],
  ['lt', '<'],
  ['lte', '<='],
]);

/** A condition on a property of the event `alias`. @throws RangeError as `holdsSql` does. */
export const conditionSql = (parameters: Parameters, alias: string, condition: Condition): string =>
  holdsSql(parameters, propertySql(parameters, alias, condition.property), condition);

/**
 * A condition on a text in SQL; never null.
 * @throws RangeError when it lacks the value it compares with, or has an operator that is none.
 */
export function holdsSql(parameters: Parameters, text: string, { op, value }: Condition): string {
  if (op === 'set') return `${text} IS NOT NULL`;
  if (op === 'not-set') return `${text} IS NULL`;
  if (value === undefined) throw new RangeError(`a condition with "${op}" needs a value`);
  const wanted = String(value);
  if (op === 'contains') return `coalesce(contains(${text}, ${parameters.text(wanted)}), false)`;
  const numeric = readsAsNumber(wanted);
  if (op === 'eq' || op === 'ne') {
    const same = numeric
      ? `(${text} = ${parameters.text(wanted)} OR ${numberSql(text)} = ${parameters.number(Number(wanted))})`
      : `${text} = ${parameters.text(wanted)}`;
    return `${op === 'ne' ? 'NOT ' : ''}coalesce(${same}, false)`;
  }
  const comparison = comparisons.get(op);
  if (comparison === undefined) throw new RangeError('a condition has an unknown operator');
  return numeric
    ? `coalesce(${numberSql(text)} ${comparison} ${parameters.number(Number(wanted))}, false)`
    : `coalesce(${text} ${comparison} ${parameters.text(wanted)}, false)`;
}
