import type { Condition, EventFilter } from '../api/shapes.ts';

/**
 * Questions in the address, so that a link shows what its sender saw.
 * Events stand in order under one name (`step=Page view&step=Purchase`); their conditions beside them as
 * `<name>.if=<index>:<property>:<op>:<value>`, each part percent-encoded, the value as JSON.
 */

const ops = new Set(['eq', 'ne', 'contains', 'gt', 'gte', 'lt', 'lte', 'set', 'not-set']);

/** Reads the events under `name`. What is not of our form is left out: addresses come from anywhere. */
export function readFilters(query: URLSearchParams, name: string): readonly EventFilter[] {
  const conditions = new Map<number, Condition[]>();
  for (const text of query.getAll(`${name}.if`)) {
    const [index, property, op, value] = text.split(':').map(decoded);
    if (!index || !/^\d+$/.test(index) || property === undefined || op === undefined || !ops.has(op)) continue;
    const list = conditions.get(Number(index)) ?? [];
    conditions.set(Number(index), list);
    list.push({
      property,
      op: op as Condition['op'],
      ...(value === undefined || value === '' ? {} : { value: parsed(value) }),
    });
  }
  return query.getAll(name).map((event, index) => {
    const where = conditions.get(index);
    return where === undefined ? { event } : { event, where };
  });
}

/** Puts events under `name` in place of those that stand there. */
export function writeFilters(query: URLSearchParams, name: string, filters: readonly EventFilter[]): URLSearchParams {
  const next = new URLSearchParams(query);
  next.delete(name);
  next.delete(`${name}.if`);
  filters.forEach(({ event, where = [] }, index) => {
    next.append(name, event);
    for (const { property, op, value } of where) {
      const parts = [String(index), property, op, ...(value === undefined ? [] : [JSON.stringify(value)])];
      next.append(`${name}.if`, parts.map(encodeURIComponent).join(':'));
    }
  });
  return next;
}

/** Puts one value in, or takes it out when it is undefined. */
export function write(query: URLSearchParams, name: string, value: string | undefined): URLSearchParams {
  const next = new URLSearchParams(query);
  if (value === undefined || value === '') next.delete(name);
  else next.set(name, value);
  return next;
}

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
