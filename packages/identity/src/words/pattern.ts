/**
 * Regular expressions of a project's block list ([V5]), matched in time that grows with pattern × value and nothing else
 * (S22): all ways through the pattern are followed at once, none is tried again. It knows literals, `.`, classes, `\d
 * \w \s` and their opposites, `^ $ \b`, groups, `|`, `* + ? {m,n}` and a leading `(?i)`; what cannot be matched so, a
 * look around or a back reference, is refused.
 */
export interface Pattern {
  test(text: string): boolean;
}

const LONGEST = 512;
const MOST_STEPS = 2_000;

type Range = readonly [from: number, to: number];
type Step =
  | { readonly type: 'one'; readonly ranges: readonly Range[]; readonly not: boolean }
  | { readonly type: 'split'; a: number; b: number }
  | { readonly type: 'at'; readonly where: '^' | '$' | 'b' | 'B' };

/** A part of a pattern, which writes its steps each time it is asked. */
type Part = (steps: Step[]) => void;

class PatternError extends Error {}

/** Why a pattern cannot be used, without quoting it; undefined when it can. */
export function whyNotPattern(source: string): string | undefined {
  try {
    patternOf(source);
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
}

/** Makes a pattern that is looked for anywhere in a text. @throws when {@link whyNotPattern} says why. */
export function patternOf(source: string): Pattern {
  if (source.length > LONGEST) throw new PatternError(`a pattern has at most ${LONGEST} characters`);
  const isLoose = source.startsWith('(?i)');
  const steps: Step[] = [];
  new Reader([...(isLoose ? source.slice(4) : source)], isLoose).whole()(steps);
  return { test: (text) => runs(steps, [...text].map(codeOf)) };
}

const codeOf = (character: string): number => character.codePointAt(0) as number;
const digits: readonly Range[] = [[48, 57]];
const wordly: readonly Range[] = [...digits, [65, 90], [95, 95], [97, 122]];
const spaces: readonly Range[] = [
  [9, 13],
  [32, 32],
  [160, 160],
];
const classes: Readonly<Record<string, readonly Range[]>> = { d: digits, w: wordly, s: spaces };
const escapes: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11 };
const isIn = (code: number, ranges: readonly Range[]) => ranges.some(([from, to]) => code >= from && code <= to);

class Reader {
  readonly #text: readonly string[];
  readonly #isLoose: boolean;
  #at = 0;
  #depth = 0;

  constructor(text: readonly string[], isLoose: boolean) {
    this.#text = text;
    this.#isLoose = isLoose;
  }

  whole(): Part {
    const part = this.#choice();
    if (this.#at < this.#text.length) throw new PatternError('a pattern closes a group that it does not open');
    return part;
  }

  #choice(): Part {
    let part = this.#row();
    while (this.#takes('|')) {
      const [one, other] = [part, this.#row()];
      part = (steps) => {
        const split = add(steps, { type: 'split', a: 0, b: 0 });
        split.a = steps.length;
        one(steps);
        const past = add(steps, { type: 'split', a: 0, b: 0 });
        split.b = steps.length;
        other(steps);
        past.a = past.b = steps.length;
      };
    }
    return part;
  }

  #row(): Part {
    const parts: Part[] = [];
    while (this.#at < this.#text.length && this.#here !== '|' && this.#here !== ')') parts.push(this.#repeated());
    return (steps) => {
      for (const part of parts) part(steps);
    };
  }

  #repeated(): Part {
    let part = this.#atom();
    for (let times = this.#times(); times !== undefined; times = this.#times()) part = repeat(part, times);
    return part;
  }

  #times(): Range | undefined {
    const times = this.#takes('*')
      ? ([0, Infinity] as const)
      : this.#takes('+')
        ? ([1, Infinity] as const)
        : this.#takes('?')
          ? ([0, 1] as const)
          : this.#braces();
    // Of how much a part takes only the end matters here: lazy or greedy is the same.
    if (times !== undefined) this.#takes('?');
    return times;
  }

  #braces(): Range | undefined {
    const [all, least = '', comma, most = ''] =
      /^\{(\d{1,3})(,(\d{0,3}))?\}/.exec(this.#text.slice(this.#at, this.#at + 10).join('')) ?? [];
    if (all === undefined) return undefined;
    this.#at += all.length;
    const from = Number(least);
    const upTo = /^\{\d+,(\d+)\}$/.exec(all)?.[1];
    const to = comma === undefined ? from : upTo === undefined || most === '' ? Infinity : Number(upTo);
    if (to < from) throw new PatternError('a pattern repeats at most less often than at least');
    return [from, to];
  }

  #atom(): Part {
    const character = this.#next();
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return this.#class();
      case '.':
        return one([[10, 10]], true);
      case '^':
      case '$':
        return (steps) => void add(steps, { type: 'at', where: character });
      case '*':
      case '+':
      case '?':
        throw new PatternError('a pattern repeats nothing');
      case '\\':
        return this.#escape();
      default:
        return this.#literal(codeOf(character));
    }
  }

  #group(): Part {
    if (this.#takes('?') && !this.#takes(':'))
      throw new PatternError('a pattern looks around or names a group, which cannot be matched in linear time');
    if (++this.#depth > 50) throw new PatternError('a pattern nests its groups more than 50 deep');
    const part = this.#choice();
    this.#depth -= 1;
    if (!this.#takes(')')) throw new PatternError('a pattern opens a group that it does not close');
    return part;
  }

  #escape(): Part {
    const name = this.#next();
    if (name === 'b' || name === 'B') return (steps) => void add(steps, { type: 'at', where: name });
    const known = classes[name.toLowerCase()];
    if (known !== undefined) return one(known, name !== name.toLowerCase());
    return this.#literal(this.#escaped(name));
  }

  #escaped(name: string): number {
    if (/[0-9]/.test(name)) throw new PatternError('a pattern refers back, which cannot be matched in linear time');
    const code = escapes[name];
    if (code === undefined && /[A-Za-z]/.test(name))
      throw new PatternError('a pattern has an escape that is not known');
    return code ?? codeOf(name);
  }

  #class(): Part {
    const not = this.#takes('^');
    const ranges: Range[] = [];
    for (let isFirst = true; isFirst || this.#here !== ']'; isFirst = false) {
      const character = this.#next();
      const name = character === '\\' ? this.#next() : undefined;
      const known = name === undefined ? undefined : classes[name];
      if (known !== undefined) {
        ranges.push(...known);
        continue;
      }
      const from = name === undefined ? codeOf(character) : this.#escaped(name);
      let to = from;
      if (this.#here === '-' && this.#text[this.#at + 1] !== ']') {
        this.#at += 1;
        const end = this.#next();
        to = end === '\\' ? this.#escaped(this.#next()) : codeOf(end);
      }
      if (to < from) throw new PatternError('a pattern has a range that ends before it begins');
      ranges.push(...this.#bothCases(from, to));
    }
    this.#at += 1;
    return one(ranges, not);
  }

  #literal(code: number): Part {
    return one(this.#bothCases(code, code), false);
  }

  /** Letters of ASCII in the other case too, where case does not matter. */
  #bothCases(from: number, to: number): readonly Range[] {
    if (!this.#isLoose) return [[from, to]];
    const shifted = (first: number, last: number, by: number): Range[] => {
      const [a, b] = [Math.max(from, first), Math.min(to, last)];
      return a <= b ? [[a + by, b + by]] : [];
    };
    return [[from, to], ...shifted(65, 90, 32), ...shifted(97, 122, -32)];
  }

  get #here(): string | undefined {
    return this.#text[this.#at];
  }

  #takes(character: string): boolean {
    if (this.#here !== character) return false;
    this.#at += 1;
    return true;
  }

  #next(): string {
    const character = this.#text[this.#at++];
    if (character === undefined) throw new PatternError('a pattern ends in the middle');
    return character;
  }
}

function add<S extends Step>(steps: Step[], step: S): S {
  if (steps.length >= MOST_STEPS) throw new PatternError('a pattern is too large: repeat less');
  steps.push(step);
  return step;
}

const one =
  (ranges: readonly Range[], not: boolean): Part =>
  (steps) =>
    void add(steps, { type: 'one', ranges, not });

const repeat =
  (part: Part, [least, most]: Range): Part =>
  (steps) => {
    for (let i = 0; i < least; i++) {
      const before = steps.length;
      part(steps);
      // Nothing, however often.
      if (steps.length === before) return;
    }
    if (most === Infinity) {
      const split = add(steps, { type: 'split', a: 0, b: 0 });
      const begin = steps.length - 1;
      split.a = steps.length;
      part(steps);
      add(steps, { type: 'split', a: begin, b: begin });
      split.b = steps.length;
      return;
    }
    const splits: Extract<Step, { type: 'split' }>[] = [];
    for (let i = least; i < most; i++) {
      const split = add(steps, { type: 'split', a: 0, b: 0 });
      split.a = steps.length;
      splits.push(split);
      part(steps);
    }
    for (const split of splits) split.b = steps.length;
  };

/** Follows every way at once; a step is entered once a character. */
function runs(steps: readonly Step[], text: readonly number[]): boolean {
  let here: number[] = [];
  for (let at = 0; at <= text.length; at++) {
    const entered = new Uint8Array(steps.length + 1);
    const now: number[] = [];
    if ([...here, 0].some((step) => enter(steps, step, text, at, entered, now))) return true;
    const code = text[at];
    here = [];
    for (const place of now) {
      const step = steps[place] as Extract<Step, { type: 'one' }>;
      if (code !== undefined && isIn(code, step.ranges) !== step.not) here.push(place + 1);
    }
  }
  return false;
}

/** Goes on from a step as far as no character is needed; true at the end of the pattern. */
function enter(
  steps: readonly Step[],
  first: number,
  text: readonly number[],
  at: number,
  entered: Uint8Array,
  now: number[],
): boolean {
  const open = [first];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (entered[place] === 1) continue;
    entered[place] = 1;
    const step = steps[place];
    if (step === undefined) return true;
    if (step.type === 'one') now.push(place);
    else if (step.type === 'split') open.push(step.b, step.a);
    else if (holds(step.where, text, at)) open.push(place + 1);
  }
  return false;
}

function holds(where: '^' | '$' | 'b' | 'B', text: readonly number[], at: number): boolean {
  if (where === '^') return at === 0;
  if (where === '$') return at === text.length;
  const isWord = (code: number | undefined) => code !== undefined && isIn(code, wordly);
  return (isWord(text[at - 1]) !== isWord(text[at])) === (where === 'b');
}
