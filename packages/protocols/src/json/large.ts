import type { Json, JsonObject } from '@selfsame/identity';
import { LongText, type Text } from './long-text.ts';
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
 * as it is a step long (characters), and so are the pieces of a text value that is longer.
 */
export function* parseInSteps(input: Text, options: ParseOptions = {}, step = STEP): Steps<Parsed> {
  if (input.length <= step) return parseJson(String(input), options);
  const unmarked = withoutMark(input);
  const text = typeof unmarked === 'string' ? new LongText([unmarked]) : unmarked;
  for (const part of text.parts()) {
    if (!part.isWellFormed()) return { problem: 'utf-8', message: 'the body is not UTF-8' };
    yield;
  }
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
  /** Is what comes next a value, and no name? */
  isNamed: boolean;
  /** Its keys, or its commas where it is an array. */
  size: number;
  /** Where the pieces begin that are still to be parsed, and the last of them. */
  rest: number;
  piece: number;
  readonly values: Json[];
  readonly members: [string, Json][];
  /** A large container or a long text in the last piece. */
  child: { readonly value: Json; readonly from: number; readonly to: number } | undefined;
}

/** A text that is longer than a step and was not read to its end. */
interface OpenText {
  readonly from: number;
  /** A name is parsed with what stands around it. */
  readonly isName: boolean;
  value: string;
}

class Reader {
  at = 0;
  /** Keys that the text spells out. */
  spelled = 0;
  /** Keys of what was parsed. */
  #keys = 0;
  readonly #open: Open[] = [];
  #root: Open['child'];
  #openText: OpenText | undefined;
  /** Stretches of a step that are blank, outside of texts. */
  readonly #blanks: { readonly from: number; readonly to: number }[] = [];
  #fault: Problem | undefined;
  readonly #text: LongText;
  readonly #limits: ShapeLimits;
  readonly #step: number;

  constructor(text: LongText, limits: ShapeLimits, step: number) {
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
    if (this.#openText !== undefined) {
      this.#goOnInText(this.#openText, end);
      return undefined;
    }
    if (isBlank(text.slice(at, end))) {
      this.#blanks.push({ from: at, to: end });
      this.at = end;
      return undefined;
    }
    for (; at < end; at++) {
      switch (text.charCodeAt(at)) {
        case COLON: {
          this.spelled += 1;
          const container = this.#open.at(-1);
          if (container === undefined || container.isArray) break;
          container.isNamed = true;
          if (++container.size > limits.keys) return tooManyKeys(limits);
          break;
        }
        case COMMA: {
          const container = this.#open.at(-1);
          if (container === undefined) break;
          container.isNamed = container.isArray;
          if (container.isArray && ++container.size >= limits.elements) return tooManyElements(limits);
          this.#comma(container, at);
          break;
        }
        case QUOTE: {
          const close = closingQuote(text, at, at + this.#step);
          if (close - at > this.#step) {
            this.#openText = { from: at, isName: this.#open.at(-1)?.isNamed === false, value: '' };
            this.at = at + 1;
            return undefined;
          }
          at = close;
          break;
        }
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

  /** Reads on in a long text, up to a place between two of its signs. */
  #goOnInText(open: OpenText, until: number): void {
    const text = this.#text;
    const from = this.at;
    let at = from;
    // Two signs may spell one, or six.
    let spelledTo = from;
    let isOver = false;
    for (; at < text.length && (at < until || at < spelledTo); at++) {
      const sign = text.charCodeAt(at);
      isOver = sign === QUOTE;
      if (isOver) break;
      if (sign !== BACKSLASH) continue;
      spelledTo = at + (text.charCodeAt(at + 1) === SMALL_U ? SPELLED : 2);
      at += 1;
    }
    if (!open.isName && this.#fault?.problem !== 'syntax') {
      const said = parseText(`"${text.slice(from, at)}"`);
      if (said === undefined) this.#fail(notJson);
      else open.value += said as string;
    }
    this.at = at;
    if (!isOver) return;
    this.#openText = undefined;
    this.at += 1;
    if (!open.isName) this.#child({ value: open.value, from: open.from, to: at + 1 });
  }

  /** Something that was parsed by itself. */
  #child(child: NonNullable<Open['child']>): void {
    const around = this.#open.at(-1);
    if ((around === undefined ? this.#root : around.child) !== undefined) this.#fail(notJson);
    else if (around === undefined) this.#root = child;
    else around.child = child;
  }

  /** What the whole text says, and how many keys that has. */
  end(): { readonly value: Json; readonly keys: number } | Problem {
    const text = this.#text;
    const root = this.#root;
    const isAlone = root === undefined || isBlank(this.#slice(0, root.from) + this.#slice(root.to, text.length));
    if (this.#open.length > 0 || this.#openText !== undefined || !isAlone) this.#fail(notJson);
    if (this.#fault !== undefined) return this.#fault;
    if (root !== undefined) return { value: root.value, keys: this.#keys };
    // A long number, or blanks around something small.
    const value = parseText(this.#slice(0, text.length));
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
    if (!(isEmpty && isBlank(this.#slice(container.rest, at)))) this.#take(container, at);
    if (!container.isArray) this.#keys += new Set(container.members.map(([name]) => name)).size;
    const value = container.isArray ? container.values : Object.fromEntries(container.members);
    this.#child({ value, from: container.from, to: at + 1 });
  }

  /** What stands between two places, of long blanks one. What no number and no name is as long as comes as no JSON. */
  #slice(from: number, to: number): string {
    const text = this.#text;
    if (to - from <= 2 * this.#step) return text.slice(from, to);
    const between = this.#blanks.filter((blank) => blank.from >= from && blank.to <= to);
    if (to - from - between.reduce((sum, blank) => sum + blank.to - blank.from, 0) > LONGEST) return '?';
    let said = '';
    let at = from;
    for (const blank of between) {
      said += `${text.slice(at, blank.from)} `;
      at = blank.to;
    }
    return said + text.slice(at, to);
  }

  /** Parses the pieces of a container up to a place. */
  #take(container: Open, to: number): void {
    const { rest, piece, child } = container;
    if (this.#fault?.problem !== 'syntax') {
      if (child === undefined) this.#parse(container, this.#slice(rest, to));
      else {
        if (piece > rest) this.#parse(container, this.#slice(rest, piece - 1));
        const [before, after] = [this.#slice(piece, child.from), this.#slice(child.to, to)];
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
  isNamed: isArray,
  size: 0,
  rest: from + 1,
  piece: from + 1,
  values: [],
  members: [],
  child: undefined,
});

const isBlank = (text: string): boolean => /^[ \t\n\r]*$/.test(text);

/** A number, or a name with what stands around it, characters. */
const LONGEST = 1_048_576;
/** Characters of `\u0041`. */
const SPELLED = 6;

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const SMALL_U = 117;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
