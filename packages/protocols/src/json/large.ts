import type { Json, JsonObject } from '@selfsame/identity';
import { closingQuote } from './parts.ts';
import {
  measure,
  notJson,
  type Parsed,
  type ParseOptions,
  type Problem,
  parseJson,
  parseText,
  repeatedKey,
  repeats,
  type ShapeLimits,
  shapeLimits,
  tooDeep,
  tooManyElements,
  tooManyKeys,
} from './shape.ts';
import { STEP, type Steps } from './steps.ts';
import { withoutMark } from './text.ts';

/**
 * As {@link parseJson}, in steps: a large text is gone through once, and what lies between two commas is parsed as soon
 * as it is a step long (characters). Only a single text value of more than a step is one step.
 */
export function* parseInSteps(input: string, options: ParseOptions = {}, step = STEP): Steps<Parsed> {
  if (input.length <= step) return parseJson(input, options);
  const text = withoutMark(input);
  if (!text.isWellFormed()) return { problem: 'utf-8', message: 'the body is not UTF-8' };
  yield;
  const reader = new Reader(text, { ...shapeLimits, ...options }, step);
  while (reader.at < text.length) {
    const problem = reader.goOn(reader.at + step);
    if (problem !== undefined) return problem;
    yield;
  }
  const read = reader.end();
  if ('problem' in read) return read;
  const { unique = 'all' } = options;
  if (reader.spelled !== read.keys && (unique === 'all' || (yield* repeats(text, unique)))) return repeatedKey;
  return { value: read.value };
}

/** A container that is open: what was parsed of it, and where that begins which was not. */
interface Open {
  readonly isArray: boolean;
  readonly from: number;
  /** Its keys, or its commas where it is an array. */
  size: number;
  /** Where the pieces begin that are still to be parsed, and the last of them. */
  rest: number;
  piece: number;
  readonly values: Json[];
  readonly members: [string, Json][];
  /** A large container in the last piece. */
  child: { readonly value: Json; readonly from: number; readonly to: number } | undefined;
}

class Reader {
  at = 0;
  /** Keys that the text spells out. */
  spelled = 0;
  /** Keys of what was parsed. */
  #keys = 0;
  readonly #open: Open[] = [];
  #root: Open['child'];
  #fault: Problem | undefined;
  readonly #text: string;
  readonly #limits: ShapeLimits;
  readonly #step: number;

  constructor(text: string, limits: ShapeLimits, step: number) {
    this.#text = text;
    this.#limits = limits;
    this.#step = step;
  }

  /** Reads on until a place, or a little further; answers the limit that the text breaks. */
  goOn(until: number): Problem | undefined {
    const text = this.#text;
    const limits = this.#limits;
    const end = Math.min(until, text.length);
    let at = this.at;
    for (; at < end; at++) {
      switch (text.charCodeAt(at)) {
        case COLON: {
          this.spelled += 1;
          const container = this.#open.at(-1);
          if (container !== undefined && !container.isArray && ++container.size > limits.keys)
            return tooManyKeys(limits);
          break;
        }
        case COMMA: {
          const container = this.#open.at(-1);
          if (container === undefined) break;
          if (container.isArray && ++container.size >= limits.elements) return tooManyElements(limits);
          this.#comma(container, at);
          break;
        }
        case QUOTE:
          at = closingQuote(text, at);
          break;
        case OPEN_OBJECT:
        case OPEN_ARRAY:
          this.#open.push(opened(text.charCodeAt(at) === OPEN_ARRAY, at));
          if (this.#open.length > limits.depth) return tooDeep(limits);
          break;
        case CLOSE_OBJECT:
        case CLOSE_ARRAY:
          this.#close(at);
          break;
      }
    }
    this.at = at;
    return undefined;
  }

  /** What the whole text says, and how many keys that has. */
  end(): { readonly value: Json; readonly keys: number } | Problem {
    const text = this.#text;
    const root = this.#root;
    const around = root === undefined ? null : parseText(`${text.slice(0, root.from)}null${text.slice(root.to)}`);
    if (this.#open.length > 0 || around !== null) this.#fail(notJson);
    if (this.#fault !== undefined) return this.#fault;
    if (root !== undefined) return { value: root.value, keys: this.#keys };
    // One long text or number, or blanks around something small.
    const value = parseText(text);
    if (value === undefined) return notJson;
    const size = measure(value, this.#limits);
    return 'problem' in size ? size : { value, keys: size.keys };
  }

  #comma(container: Open, at: number): void {
    if (container.child === undefined && at - container.rest <= this.#step) container.piece = at + 1;
    else this.#take(container, at);
  }

  #close(at: number): void {
    const container = this.#open.pop();
    if (container === undefined) {
      this.#fail(notJson);
      return;
    }
    const isLarge = at - container.from > this.#step || container.values.length > 0 || container.members.length > 0;
    if (!isLarge && container.child === undefined) return;
    const isRight = this.#text.charCodeAt(at) === (container.isArray ? CLOSE_ARRAY : CLOSE_OBJECT);
    if (!isRight) this.#fail(notJson);
    const isEmpty = container.rest === container.from + 1 && container.child === undefined;
    // An empty one may hold blanks, of which there may be many.
    if (!(isEmpty && isBlank(this.#text, container.rest, at))) this.#take(container, at);
    if (!container.isArray) this.#keys += new Set(container.members.map(([name]) => name)).size;
    const value = container.isArray ? container.values : Object.fromEntries(container.members);
    const child = { value, from: container.from, to: at + 1 };
    const around = this.#open.at(-1);
    if ((around === undefined ? this.#root : around.child) !== undefined) this.#fail(notJson);
    else if (around === undefined) this.#root = child;
    else around.child = child;
  }

  /** Parses the pieces of a container up to a place. */
  #take(container: Open, to: number): void {
    const { rest, piece, child } = container;
    if (this.#fault?.problem !== 'syntax') {
      if (child === undefined) this.#parse(container, this.#text.slice(rest, to));
      else {
        if (piece > rest) this.#parse(container, this.#text.slice(rest, piece - 1));
        const [before, after] = [this.#text.slice(piece, child.from), this.#text.slice(child.to, to)];
        this.#parse(container, `${before}null${after}`, child.value);
      }
    }
    container.rest = container.piece = to + 1;
    container.child = undefined;
  }

  /** @param instead the value of the one piece there is */
  #parse({ isArray, values, members }: Open, pieces: string, instead?: Json): void {
    const parsed = parseText(isArray ? `[${pieces}]` : `{${pieces}}`);
    const size = parsed === undefined ? notJson : measure(parsed, this.#limits);
    if ('problem' in size) {
      this.#fail(size);
      return;
    }
    const own = isArray ? (parsed as readonly Json[]) : Object.entries(parsed as JsonObject);
    // Blank pieces say nothing, and a piece beside a large container says one thing.
    if (own.length === 0 || (instead !== undefined && own.length !== 1)) this.#fail(notJson);
    this.#keys += size.keys - (isArray ? 0 : own.length);
    for (const one of own) {
      if (isArray) values.push(instead ?? (one as Json));
      else members.push([(one as [string, Json])[0], instead ?? (one as [string, Json])[1]]);
    }
  }

  /** Of several faults the grammar's comes first, as where all is parsed at once. */
  #fail(problem: Problem): void {
    if (this.#fault === undefined || problem.problem === 'syntax') this.#fault = problem;
  }
}

const opened = (isArray: boolean, from: number): Open => ({
  isArray,
  from,
  size: 0,
  rest: from + 1,
  piece: from + 1,
  values: [],
  members: [],
  child: undefined,
});

const isBlank = (text: string, from: number, to: number): boolean => /^[ \t\n\r]*$/.test(text.slice(from, to));

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
