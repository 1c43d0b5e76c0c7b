import type { Json, JsonObject } from '@selfsame/identity';
import type { Fault } from './understood.ts';

/** The vendor's own shape limits, which strict `/import` holds events to: "under 255", and three levels. */
const MOST = 254;
const LEVELS = 3;

/** What in these properties is too large, too deep, or no text; undefined when nothing is. */
export function strictShapeFault(properties: JsonObject): Fault | undefined {
  const names = Object.keys(properties);
  if (names.length > MOST)
    return { field: 'properties', message: `'properties' is invalid: must have fewer than ${MOST + 1} properties` };
  for (const name of names) {
    const problem = problemOf(properties[name] as Json, LEVELS);
    // A name that no sender of ours would recognise is left out.
    const field = name.isWellFormed() ? `properties.${name.slice(0, 255)}` : 'properties';
    if (problem !== undefined) return { field, message: `${field} is invalid: ${problem}` };
  }
  return undefined;
}

function problemOf(value: Json, levels: number): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : 'string should be valid utf8';
  if (typeof value !== 'object' || value === null) return undefined;
  if (levels === 0) return `must not nest deeper than ${LEVELS} levels`;
  const children = Object.values(value) as readonly Json[];
  if (children.length > MOST)
    return Array.isArray(value)
      ? `array must have fewer than ${MOST + 1} elements`
      : `object must have fewer than ${MOST + 1} keys`;
  for (const child of children) {
    const problem = problemOf(child, levels - 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
