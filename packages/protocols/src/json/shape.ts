import type { Json } from '@selfsame/identity';
import type { Text } from './long-text.ts';
import { closingQuote } from './parts.ts';
import { atOnce, STEP, type Steps } from './steps.ts';
import { decodeText, withoutMark } from './text.ts';

/** How large the shape of a document may be. Bytes are counted before, by the server. */
export interface ShapeLimits {
  /** Containers inside one another; a flat object has depth 1. */
  readonly depth: number;
  /** Keys of one object. */
  readonly keys: number;
  /** Elements of one array. */
  readonly elements: number;
}

/** The table's defaults (guarantees.md, "Default limits"). */
export const shapeLimits: ShapeLimits = { depth: 32, keys: 1_000, elements: 10_000 };

export interface ParseOptions extends Partial<ShapeLimits> {
  /**
   * Keys that may not be repeated in one object, since they decide who speaks or of whom (S24): `all` of them (default),
   * or these names, at any depth.
   */
  readonly unique?: 'all' | ReadonlySet<string>;
}

export type ShapeProblem = 'utf-8' | 'syntax' | 'depth' | 'keys' | 'elements' | 'number' | 'repeated-key';

export type Parsed = { readonly value: Json } | { readonly problem: ShapeProblem; readonly message: string };

/**
 * Reads JSON from outside. Everything accepted is shallow and small enough for recursive code, holds no infinite number
 * and no repeated key, and serialises to the same value again (S19, S23, S24). A whole number beyond ±2^53 comes as its
 * digits, a text: as a number its last ones would change. Messages quote nothing of the input (S40).
 *
 * Objects are plain: a key such as `__proto__` is an own property and nothing else (S20). Read them with `Object.hasOwn`
 * or `Object.entries`, and do not copy them by assignment.
 */
export function parseJson(input: Uint8Array | string, options: ParseOptions = {}): Parsed {
  const text = typeof input === 'string' ? withoutMark(input) : decodeText(input);
  if (!text.isWellFormed()) return { problem: 'utf-8', message: 'the body is not UTF-8' };
  const limits = { ...shapeLimits, ...options };
  // Before JSON.parse: V8 survives a million levels or keys, and takes seconds for them.
  const outline = scan(text, limits);
  if ('problem' in outline) return outline;
  const value = parseText(text);
  if (value === undefined) return notJson;
  const size = measure(value, limits);
  if ('problem' in size) return size;
  // Every key in the text is a key of the value, unless one hid another.
  const { unique = 'all' } = options;
  if (outline.keys !== size.keys && (unique === 'all' || atOnce(repeats(text, unique)))) return repeatedKey;
  return { value };
}

export type Problem = Extract<Parsed, { problem: ShapeProblem }>;

/** How many keys a text spells out, or the limit it breaks. Leaps over strings, so long values cost little. */
function scan(text: string, limits: ShapeLimits): { readonly keys: number } | Problem {
  let keys = 0;
  // Of each open container, from the outermost: its keys, or its commas where it is an array.
  const open: { readonly isArray: boolean; size: number }[] = [];
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case COLON: {
        keys += 1;
        const container = open.at(-1);
        if (container !== undefined && !container.isArray && ++container.size > limits.keys) return tooManyKeys(limits);
        break;
      }
      case COMMA: {
        const container = open.at(-1);
        if (container?.isArray && ++container.size >= limits.elements) return tooManyElements(limits);
        break;
      }
      case QUOTE:
        at = closingQuote(text, at);
        break;
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        open.push({ isArray: text.charCodeAt(at) === OPEN_ARRAY, size: 0 });
        if (open.length > limits.depth) return tooDeep(limits);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        open.pop();
        break;
    }
  }
  return { keys };
}

export const notJson: Problem = { problem: 'syntax', message: 'the body is not JSON' };
export const repeatedKey: Problem = { problem: 'repeated-key', message: 'an object holds the same key twice' };
export const tooDeep = ({ depth }: ShapeLimits): Problem => ({
  problem: 'depth',
  message: `the body nests deeper than ${depth} levels`,
});
export const tooManyKeys = ({ keys }: ShapeLimits): Problem => ({
  problem: 'keys',
  message: `an object holds more than ${keys} keys`,
});
export const tooManyElements = ({ elements }: ShapeLimits): Problem => ({
  problem: 'elements',
  message: `an array holds more than ${elements} elements`,
});

const numberTooLarge: Problem = { problem: 'number', message: 'a number is too large' };
const isTooLarge = (value: Json): boolean => typeof value === 'number' && !Number.isFinite(value);

/** Counts all keys, level by level, and stops at the first limit. */
export function measure(
  root: Json,
  limits: ShapeLimits,
): { readonly keys: number } | Extract<Parsed, { problem: ShapeProblem }> {
  let keys = 0;
  if (isTooLarge(root)) return numberTooLarge;
  let level: readonly Json[] = [root];
  while (level.length > 0) {
    const next: Json[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      const values: readonly Json[] = Array.isArray(one) ? one : Object.values(one);
      if (Array.isArray(one)) {
        if (values.length > limits.elements) return tooManyElements(limits);
      } else {
        if (values.length > limits.keys) return tooManyKeys(limits);
        keys += values.length;
      }
      for (const child of values) {
        // Of a long list of numbers to note each takes more than to parse it.
        if (isTooLarge(child)) return numberTooLarge;
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    level = next;
  }
  return { keys };
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** Does one object of a valid JSON text hold one of these keys twice, however it is escaped? */
export function* repeats(text: Text, names: ReadonlySet<string>): Steps<boolean> {
  const open: Set<string>[] = [];
  let last = '';
  let rested = 0;
  for (let at = 0; at < text.length; at++) {
    if (at - rested > STEP) {
      rested = at;
      yield;
    }
    switch (text.charCodeAt(at)) {
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        open.push(new Set());
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        open.pop();
        break;
      case QUOTE: {
        const close = closingQuote(text, at);
        last = text.slice(at, close + 1);
        at = close;
        break;
      }
      case COLON: {
        const name = JSON.parse(last) as string;
        const seen = open.at(-1) as Set<string>;
        if (names.has(name) && seen.has(name)) return true;
        seen.add(name);
      }
    }
  }
  return false;
}

/** Where a number of sixteen digits may begin: only then is it worth an eye on how numbers were spelled. */
const longNumber = /(?:^|[\s:,[])-?\d{16}/;

type WithSource = (text: string, reviver: (key: string, value: Json, context: { source?: string }) => Json) => Json;

/**
 * What a text says, of which the depth was checked: reading numbers is recursive. Undefined when it is no JSON. Whole
 * numbers that a double would change come as their digits.
 */
export function parseText(text: string): Json | undefined {
  try {
    return longNumber.test(text) ? withDigits(text) : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

const withDigits = (text: string): Json =>
  (JSON.parse as WithSource)(text, (_key, value, { source }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
      ? source
      : value,
  );
