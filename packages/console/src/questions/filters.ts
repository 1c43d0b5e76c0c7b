import type { Condition, EventFilter } from '../api/shapes.ts';

/**
 * Events and their conditions as texts of an address, so that a link shows what its sender saw. Events stand in order
 * under one name (`step=Page view&step=Purchase`); their conditions beside them as
 * `<name>.if=<index>:<property>:<op>:<value>`, each part percent-encoded, the value as JSON.
 */
export interface FilterTexts {
  readonly events: readonly string[];
  readonly conditions: readonly string[];
}

const ops = new Set(['eq', 'ne', 'contains', 'gt', 'gte', 'lt', 'lte', 'set', 'not-set']);

/** Reads events and conditions. What is not of our form is left out: addresses come from anywhere. */
export function readFilters(events: readonly string[], conditions: readonly string[]): readonly EventFilter[] {
  const where = new Map<number, Condition[]>();
  for (const text of conditions) {
    const [index, ...rest] = text.split(':');
    const condition = readCondition(rest.join(':'));
    if (!index || !/^\d{1,3}$/.test(index) || Number(index) >= events.length || condition === undefined) continue;
    const list = where.get(Number(index)) ?? [];
    where.set(Number(index), list);
    list.push(condition);
  }
  return events.map((event, index) => {
    const list = where.get(index);
    return list === undefined ? { event } : { event, where: list };
  });
}

/** The texts that read back as these filters. */
export const textsOf = (filters: readonly EventFilter[]): FilterTexts => ({
  events: filters.map(({ event }) => event),
  conditions: filters.flatMap(({ where = [] }, index) =>
    where.map((condition) => `${index}:${writeCondition(condition)}`),
  ),
});

/** `<property>:<op>:<value>`; undefined when it is none. */
export function readCondition(text: string): Condition | undefined {
  const [property, op, value, ...more] = text.split(':').map(decoded);
  if (property === undefined || op === undefined || !ops.has(op) || more.length > 0) return undefined;
  return {
    property,
    op: op as Condition['op'],
    ...(value === undefined || value === '' ? {} : { value: parsed(value) }),
  };
}

export const writeCondition = ({ property, op, value }: Condition): string =>
  [property, op, ...(value === undefined ? [] : [JSON.stringify(value)])].map(encodeURIComponent).join(':');

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function parsed(text: string): string | number | boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : text;
  } catch {
    return text;
  }
}

/** Conditions that name a property; half-made ones are not asked yet. */
export const completeConditions = (where: readonly Condition[]): readonly Condition[] =>
  where
    .filter(({ property }) => property !== '')
    .map(({ property, op, value }) =>
      op === 'set' || op === 'not-set' ? { property, op } : { property, op, value: value ?? '' },
    );

/** Filters as they can be asked. */
export const complete = (filters: readonly EventFilter[]): readonly EventFilter[] =>
  filters
    .filter((filter) => filter.event !== '')
    .map(({ event, where = [] }) => {
      const whole = completeConditions(where);
      return whole.length === 0 ? { event } : { event, where: whole };
    });
