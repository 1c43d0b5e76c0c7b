import { isPlaceholder, type Json, type JsonObject } from '@selfsame/identity';

/** A member that is really there: names come from outside (S20). */
export const own = (object: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const empty: JsonObject = {};

/** A member that must be an object; undefined when it is none. `[]` is an empty one: PHP has one empty array for both. */
export const asObject = (value: Json | undefined): JsonObject | undefined =>
  isObject(value) ? value : Array.isArray(value) && value.length === 0 ? empty : undefined;

/** A member that may be an object: absent and null are an empty one. Undefined when it is something else. */
export const objectOf = (value: Json | undefined): JsonObject | undefined =>
  value === undefined || value === null ? empty : asObject(value);

/**
 * A member that must be a list; undefined when it is none. PHP writes a list with gaps, from which something was taken,
 * as an object with the places for names, and an empty one as `{}` where it is told to write objects.
 */
export function listOf(value: Json | undefined): readonly Json[] | undefined {
  if (Array.isArray(value)) return value;
  return isObject(value) && Object.keys(value).every((name) => /^\d{1,9}$/.test(name))
    ? Object.values(value)
    : undefined;
}

/** A list of items, which an empty object is not: what holds nothing is told so. */
export const itemsOf = (value: Json | undefined): readonly Json[] | undefined => {
  const list = listOf(value);
  return list?.length === 0 && !Array.isArray(value) ? undefined : list;
};

/**
 * An id as programs print it. A whole number is its digits. Absent, null, true, false, an empty text, list or object say
 * that there is none: undefined. Null for what can be no id: a fraction, a list, an object.
 */
export function idOf(value: Json | undefined): string | undefined | null {
  if (value === undefined || value === null || typeof value === 'boolean' || value === '') return undefined;
  // Half a character, where a text was cut, is U+FFFD as in bytes.
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  return Object.keys(value).length === 0 ? undefined : null;
}

/**
 * What makes an item the same when it comes again, as programs print it; undefined when they had none: two items that
 * say `undefined` are two. Null for what cannot be kept as one.
 */
export function insertIdOf(value: Json | undefined): string | undefined | null {
  const id = idOf(value);
  if (typeof id !== 'string') return id;
  if (isPlaceholder(id)) return undefined;
  return /^[\x20-\x7e]{1,128}$/.test(id) ? id : null;
}
