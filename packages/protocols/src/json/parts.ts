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
export function* elementTexts(text: string, most: number): Steps<readonly string[] | undefined> {
  const found: string[] = [];
  const whole = yield* walk(text, '[', ({ from, to }) => {
    found.push(text.slice(from, to));
    return found.length <= most;
  });
  return whole && found.every((one) => one.trim() !== '') ? found : undefined;
}

/** Where the value of a member of the object that a JSON text is stands; the first of that name. */
export function* memberSpan(text: string, name: string): Steps<Span | undefined> {
  let found: Span | undefined;
  yield* walk(text, '{', ({ from, to }) => {
    const member = memberOf(text, from, to);
    if (member?.name !== name) return true;
    found = member;
    return false;
  });
  return found;
}

/** The members of the object that a JSON text is, without parsing their values; undefined when it is none, or cut. */
export function* memberSpans(text: string): Steps<readonly (Span & { readonly name: string })[] | undefined> {
  const found: (Span & { readonly name: string })[] = [];
  let isWhole = true;
  const walked = yield* walk(text, '{', ({ from, to }) => {
    const member = memberOf(text, from, to);
    if (member === undefined) isWhole = false;
    else found.push(member);
    return isWhole;
  });
  return walked && isWhole ? found : undefined;
}

/** The lines of a text that are not blank, at most `most` of them. */
export function lineTexts(text: string, most: number): readonly string[] {
  const found: string[] = [];
  for (let at = 0; found.length < most; ) {
    while (text.charCodeAt(at) <= SPACE || text.charCodeAt(at) === MARK) at += 1;
    if (at >= text.length) break;
    const end = text.indexOf('\n', at);
    found.push(text.slice(at, end < 0 ? text.length : end));
    at = end < 0 ? text.length : end + 1;
  }
  return found;
}

const SPACE = 32;
const BACKSLASH = 92;
const MARK = 0xfeff;

/** Where the string that opens here ends; the end of the text if it never does. */
export function closingQuote(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close >= 0; close = text.indexOf('"', close + 1)) {
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
function* walk(text: string, opening: '[' | '{', each: (piece: Span) => boolean): Steps<boolean> {
  const start = text.search(/[^\s\uFEFF]/);
  if (text[start] !== opening) return false;
  let depth = 0;
  let from = start + 1;
  let any = false;
  let rested = start;
  for (let at = start; at < text.length; at++) {
    if (at - rested > STEP) {
      rested = at;
      yield;
    }
    const sign = text[at];
    if (sign === '"') at = closingQuote(text, at);
    else if (sign === '[' || sign === '{') depth += 1;
    else if (sign === ']' || sign === '}') depth -= 1;
    if (!(sign === ',' && depth === 1) && depth !== 0) continue;
    const isEmpty = depth === 0 && !any && text.slice(from, at).trim() === '';
    if (!isEmpty && !each({ from, to: at })) return false;
    any = true;
    from = at + 1;
    if (depth === 0) return text.slice(from).trim() === '';
  }
  return false;
}

function memberOf(text: string, from: number, to: number): (Span & { readonly name: string }) | undefined {
  const quote = text.indexOf('"', from);
  if (quote < 0 || quote >= to) return undefined;
  const close = closingQuote(text, quote);
  const colon = text.indexOf(':', close);
  if (colon < 0 || colon >= to) return undefined;
  try {
    return { name: JSON.parse(text.slice(quote, close + 1)) as string, from: colon + 1, to };
  } catch {
    return undefined;
  }
}
