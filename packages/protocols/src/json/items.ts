import type { Json, JsonObject } from '@selfsame/identity';
import { parseInSteps } from './large.ts';
import { cut, joinedTexts, type Text } from './long-text.ts';
import { elementTexts, memberSpan, memberSpans, type Span } from './parts.ts';
import { notJson, type Parsed, type ParseOptions, type Problem, parseJson, shapeLimits } from './shape.ts';
import { atOnce, type Steps } from './steps.ts';
import { decodeInSteps, decodeText, withoutMark } from './text.ts';
import { isObject } from './values.ts';

/** Where the items of a request stand: in a member of this name, or in the elements of a list. */
export type Step = string | typeof EACH;
export const EACH = Symbol('each element');

export interface ItemOptions extends ParseOptions {
  /** Members by which an item that cannot be kept is still known, one in another with a dot: `properties.$insert_id`. */
  readonly names: readonly string[];
}

export interface ItemsOptions extends ItemOptions {
  /** The way to the list of items from the outside: `[]` when the document itself is that list. */
  readonly way: readonly Step[];
}

/** A document, and why some of its items cannot be kept. Of such an item the value holds its names and nothing else. */
export interface ParsedItems {
  readonly value: Json;
  readonly bad: ReadonlyMap<Json, string>;
  /** Where every item is bad: what is wrong with the first of them. */
  readonly allBad?: Problem;
  /** Members beside the list of items that cannot be kept, and so are not there; their names and why. */
  readonly lost: readonly string[];
}

const none: ReadonlyMap<Json, string> = new Map();

/**
 * Reads a request whose items are judged one by one: what is wrong with one of them, or with a member beside their list,
 * costs the others nothing. Brackets or commas out of place, and a member given twice, refuse it whole.
 */
export function parseItems(input: Uint8Array | string, options: ItemsOptions): ParsedItems | Problem {
  const text = typeof input === 'string' ? input : decodeText(input);
  const whole = parseJson(text, options);
  return 'value' in whole
    ? { value: whole.value, bad: none, lost: [] }
    : atOnce(eachItem(withoutMark(text), options, whole));
}

/** As {@link parseItems}, in steps. */
export function* parseItemsInSteps(input: Uint8Array | Text, options: ItemsOptions): Steps<ParsedItems | Problem> {
  const text = input instanceof Uint8Array ? yield* decodeInSteps(input) : withoutMark(input);
  const whole = yield* parseInSteps(text, options);
  return 'value' in whole ? { value: whole.value, bad: none, lost: [] } : yield* eachItem(text, options, whole);
}

function* eachItem(text: Text, options: ItemsOptions, whole: Problem): Steps<ParsedItems | Problem> {
  const found: Found = { bad: new Map(), lost: [] };
  const read = yield* part(text, options.way, options, found, whole);
  if ('problem' in read) return read;
  const parsed = { value: read.value, ...found };
  if (!isAllBad(read.value, options.way, found.bad)) return parsed;
  // Where nothing of a text can be read it is no JSON at all, rather than so many bad items.
  return whole.problem === 'syntax' ? whole : { ...parsed, allBad: whole };
}

interface Found {
  readonly bad: Map<Json, string>;
  readonly lost: string[];
}

function* part(
  text: Text,
  way: readonly Step[],
  options: ItemOptions,
  found: Found,
  whole: Problem,
): Steps<{ readonly value: Json } | Problem> {
  const [step, ...rest] = way;
  if (step === undefined || step === EACH) {
    const elements = yield* elementTexts(text, (options.elements ?? shapeLimits.elements) + 1);
    if (elements === undefined) return whole;
    const values: Json[] = [];
    for (const one of elements) {
      const read = step === EACH ? yield* deeper(one, rest, options, found) : yield* parseInSteps(one, options);
      if ('value' in read) values.push(read.value);
      else {
        const { stub, message } = yield* unkept(one, read, options);
        found.bad.set(stub, message);
        values.push(stub);
      }
      yield;
    }
    return values.length > (options.elements ?? shapeLimits.elements) ? whole : { value: values };
  }
  const span = yield* memberSpan(text, step);
  if (span === undefined) return whole;
  const around = yield* membersBeside(joinedTexts(cut(text, 0, span.from), '[]', cut(text, span.to)), options, found);
  if ('problem' in around) return around;
  const inside = yield* part(cut(text, span.from, span.to), rest, options, found, whole);
  return 'problem' in inside ? inside : { value: { ...around.value, [step]: inside.value } };
}

/** An object without its members that cannot be kept. */
function* membersBeside(
  text: Text,
  options: ItemOptions,
  { lost }: Found,
): Steps<{ readonly value: JsonObject } | Problem> {
  const parsed = yield* parseInSteps(text, options);
  if ('value' in parsed) return isObject(parsed.value) ? { value: parsed.value } : notJson;
  const members = yield* memberSpans(text);
  if (members === undefined || members.length > shapeLimits.keys) return parsed;
  if (new Set(members.map(({ name }) => name)).size < members.length) return parsed;
  const kept: [string, Json][] = [];
  const within = { ...options, depth: (options.depth ?? shapeLimits.depth) - 1 };
  for (const { name, from, to } of members) {
    const read = yield* parseInSteps(cut(text, from, to), within);
    if ('value' in read) kept.push([name, read.value]);
    else lost.push(`${name.slice(0, LONGEST_SHOWN)}: ${read.message.replace('the body', 'it')}`);
  }
  return { value: Object.fromEntries(kept) };
}

/** Of a member's name, characters. */
const LONGEST_SHOWN = 40;

/** An element that holds items itself. */
function* deeper(
  text: Text,
  way: readonly Step[],
  options: ItemOptions,
  found: Found,
): Steps<{ readonly value: Json } | Problem> {
  const read = yield* parseInSteps(text, options);
  return 'value' in read ? read : yield* part(text, way, options, found, read);
}

/** One item, or why it cannot be kept and what it is known by. */
export function* parseItem(text: Text, options: ItemOptions): Steps<Parsed & { readonly stub?: Json }> {
  const read = yield* parseInSteps(text, options);
  return 'value' in read ? read : yield* unkept(text, read, options);
}

function* unkept(text: Text, { problem, message }: Problem, options: ItemOptions) {
  return { problem, message: message.replace('the body', 'it'), stub: yield* stubOf(text, options) };
}

/** What an item that cannot be kept is known by. */
function* stubOf(text: Text, { names, ...limits }: ItemOptions): Steps<JsonObject> {
  const stub: Record<string, Json> = {};
  for (const name of names) {
    let inside = text;
    const steps = name.split('.');
    for (const step of steps) {
      const span: Span | undefined = yield* memberSpan(inside, step);
      inside = span === undefined ? '' : cut(inside, span.from, span.to);
    }
    const read = inside.length > LONGEST_NAME ? undefined : parseJson(String(inside), limits);
    if (read === undefined || 'problem' in read || typeof read.value === 'object') continue;
    const [outer = '', inner] = steps;
    if (inner === undefined) stub[outer] = read.value;
    else stub[outer] = { ...(stub[outer] as JsonObject | undefined), [inner]: read.value };
  }
  return stub;
}

const LONGEST_NAME = 1_024;

/** Is there no item but bad ones? */
function isAllBad(value: Json, way: readonly Step[], bad: ReadonlyMap<Json, string>): boolean {
  const [step, ...rest] = way;
  if (bad.has(value)) return true;
  if (typeof step === 'string') return isObject(value) && isAllBad(value[step] as Json, rest, bad);
  const all = Array.isArray(value) ? (value as readonly Json[]) : [];
  return all.length > 0 && all.every((one) => (step === EACH ? isAllBad(one, rest, bad) : bad.has(one)));
}
