import { cut, type Text } from './long-text.ts';
import { STEP, type Steps } from './steps.ts';

/** A piece of a text. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The elements of the array that a JSON text is, without parsing them: a batch in which one thing is too deep, too large
 * or no JSON at all is judged element by element, and its neighbours are not lost. Undefined when it is no array, when
 * brackets or commas are out of place, or when it has more than `most` elements. One pass, no recursion.
 */
export function* elementTexts(text: Text, most: number): Steps<readonly Text[] | undefined> {
  const found: Text[] = [];
  const whole = yield* walk(text, OPEN_ARRAY, ({ from, to }) => {
    found.push(cut(text, from, to));
    return found.length <= most;
  });
  for (const one of found) if (yield* isBlank(one)) return undefined;
  return whole ? found : undefined;
}

/** Where the value of a member of the object that a JSON text is stands; the first of that name. */
export function* memberSpan(text: Text, name: string): Steps<Span | undefined> {
  let found: Span | undefined;
  yield* walk(text, OPEN_OBJECT, ({ from, to }) => {
    const member = memberOf(text, from, to);
    if (member?.name !== name) return true;
    found = member;
    return false;
  });
  return found;
}

/** The members of the object that a JSON text is, without parsing their values; undefined when it is none, or cut. */
export function* memberSpans(text: Text): Steps<readonly (Span & { readonly name: string })[] | undefined> {
  const found: (Span & { readonly name: string })[] = [];
  let isWhole = true;
  const walked = yield* walk(text, OPEN_OBJECT, ({ from, to }) => {
    const member = memberOf(text, from, to);
    if (member === undefined) isWhole = false;
    else found.push(member);
    return isWhole;
  });
  return walked && isWhole ? found : undefined;
}

/** The lines of a text that are not blank, at most `most` of them. */
export function* lineTexts(text: Text, most: number): Steps<readonly Text[]> {
  const found: Text[] = [];
  let rested = 0;
  for (let at = 0; at < text.length && found.length < most; ) {
    if (at - rested > STEP) {
      rested = at;
      yield;
    }
    const sign = text.charCodeAt(at);
    if (sign <= SPACE || sign === MARK) {
      at += 1;
      continue;
    }
    const end = text.indexOf('\n', at);
    found.push(cut(text, at, end < 0 ? text.length : end));
    at = end < 0 ? text.length : end + 1;
  }
  return found;
}

const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const MARK = 0xfeff;

/** Is there nothing between two places? */
function* isBlank(text: Text, from = 0, to = text.length): Steps<boolean> {
  for (let at = from; at < to; at += STEP) {
    if (/\S/.test(text.slice(at, Math.min(at + STEP, to)))) return false;
    if (to - from > STEP) yield;
  }
  return true;
}

/** Where the string that opens here ends; the end of the text if it never does, or not before a place. */
export function closingQuote(text: Text, open: number, to = text.length): number {
  for (let close = text.indexOf('"', open + 1, to); close >= 0; close = text.indexOf('"', close + 1, to)) {
    let slashes = 0;
    while (text.charCodeAt(close - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return close;
  }
  return text.length;
}

/**
 * Calls back with each comma-separated piece of the one container that a text is, until the callback says false. True
 * when the container was walked to its end and nothing follows it.
 */
function* walk(text: Text, opening: number, each: (piece: Span) => boolean): Steps<boolean> {
  const start = text.search(/[^\s\uFEFF]/);
  if (text.charCodeAt(start) !== opening) return false;
  let depth = 0;
  let from = start + 1;
  let any = false;
  let isInText = false;
  let rested = start;
  for (let at = start; at < text.length; at++) {
    if (at - rested > STEP) {
      rested = at;
      yield;
    }
    const sign = text.charCodeAt(at);
    if (isInText && sign === BACKSLASH) at += 1;
    if (sign === QUOTE) isInText = !isInText;
    if (isInText) continue;
    if (sign === OPEN_ARRAY || sign === OPEN_OBJECT) depth += 1;
    else if (sign === CLOSE_ARRAY || sign === CLOSE_OBJECT) depth -= 1;
    if (!(sign === COMMA && depth === 1) && depth !== 0) continue;
    const isEmpty = depth === 0 && !any && (yield* isBlank(text, from, at));
    if (!isEmpty && !each({ from, to: at })) return false;
    any = true;
    from = at + 1;
    if (depth === 0) return yield* isBlank(text, from);
  }
  return false;
}

function memberOf(text: Text, from: number, to: number): (Span & { readonly name: string }) | undefined {
  const quote = placeOf('"', text, from, to);
  if (quote === undefined) return undefined;
  const close = closingQuote(text, quote, quote + STEP);
  // Nobody asks for a name that long.
  if (close - quote > STEP) return undefined;
  const colon = placeOf(':', text, close, to);
  if (colon === undefined) return undefined;
  try {
    return { name: JSON.parse(text.slice(quote, close + 1)) as string, from: colon + 1, to };
  } catch {
    return undefined;
  }
}

/** Where a sign stands between two places: to look for it up to the end of the text, for each piece, takes the square. */
function placeOf(sign: string, text: Text, from: number, to: number): number | undefined {
  const at = cut(text, from, to).indexOf(sign, 0);
  return at < 0 ? undefined : from + at;
}
