import type { Identifier, Position } from './ids.ts';

/** [J2] The shape of an anonymous id: five groups, perhaps after {@link OWN_DEVICE}. */
const guid = /^(\$device:)?[0-9a-z]+(-[0-9a-z]+){4}$/i;

/** What the vendor's SDKs put before an id that is a device's and nobody's name ([J6]). */
const OWN_DEVICE = '$device:';

/**
 * [F2] The value that stands for an erased identifier. It is a template nobody filled in, so it is nobody's where anybody
 * else sends it ([V3]), and says nothing of the value but what a rule reads of its shape. `entry` is the first that named
 * it, `place` which of those it names: no two identifiers have one.
 */
export function standInFor({ value }: Identifier, entry: Position, place: number): string {
  const number = `${entry}x${place}`;
  return `{{${value.startsWith(OWN_DEVICE) ? OWN_DEVICE : ''}${number}${guid.test(value) ? '-0-0-0-0' : ''}}}`;
}

export const isStandIn = (value: string): boolean => /^\{\{(\$device:)?\d+x\d+(-0){0,4}\}\}$/.test(value);

/** [J2] Has an id the shape of an anonymous one? */
export const isAnonymousShape = (value: string): boolean => guid.test(shapeOf(value));

/** [J6] Is an id marked as a device's? */
export const isOwnDevice = (value: string): boolean => shapeOf(value).startsWith(OWN_DEVICE);

const shapeOf = (value: string): string => (value.startsWith('{{') && isStandIn(value) ? value.slice(2, -2) : value);
