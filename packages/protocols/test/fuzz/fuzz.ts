import { dice } from '../dice.ts';
import { startCoverage } from './coverage.ts';

/** A reader of strangers' bytes, and what must hold whatever they are. */
export interface Parser {
  readonly name: string;
  /** Where it begins: what clients send. */
  readonly corpus: readonly (string | Uint8Array)[];
  /** Words that chance alone would not spell. */
  readonly words: readonly string[];
  /** Reads them. @throws when a promise is broken; whatever it answers is well. */
  readonly read: (bytes: Uint8Array) => unknown;
}

export interface Fuzzed {
  readonly runs: number;
  /** Inputs that reached code which none before had reached. */
  readonly found: readonly Uint8Array[];
  /** Places of our sources that ran. */
  readonly reached: number;
  /** CPU of the longest read, ms. */
  readonly longest: number;
}

const LONGEST = 8_192;

/**
 * Reads bytes that are made from those which reached something new, again and again.
 * @throws what the parser throws, with the bytes in hex in front
 */
export async function fuzz(parser: Parser, runs: number, seed: number): Promise<Fuzzed> {
  const roll = dice(seed);
  const whole = (below: number) => Math.floor(roll() * below);
  const corpus = parser.corpus.map((one) => (typeof one === 'string' ? new TextEncoder().encode(one) : one));
  const words = parser.words.map((one) => new TextEncoder().encode(one));
  const found: Uint8Array[] = [];
  const coverage = startCoverage();
  let longest = 0;

  async function read(bytes: Uint8Array): Promise<void> {
    const before = process.threadCpuUsage();
    try {
      await parser.read(bytes);
    } catch (cause) {
      throw new Error(`${parser.name} of ${Buffer.from(bytes).toString('hex')} (seed ${seed}): ${cause}`, { cause });
    }
    const { user, system } = process.threadCpuUsage(before);
    longest = Math.max(longest, (user + system) / 1_000);
  }

  for (const one of corpus) await read(one);
  coverage.isNew();
  for (let done = 0; done < runs; done++) {
    const bytes = changed(corpus, words, whole);
    await read(bytes);
    if (!coverage.isNew()) continue;
    corpus.push(bytes);
    found.push(bytes);
  }
  return { runs, found, reached: coverage.reached, longest };
}

/** One of the corpus, with one to four things done to it. */
function changed(
  corpus: readonly Uint8Array[],
  words: readonly Uint8Array[],
  whole: (below: number) => number,
): Uint8Array {
  const one = (list: readonly Uint8Array[]) => list[whole(list.length)] ?? new Uint8Array();
  let bytes = one(corpus);
  for (let left = 1 + whole(4); left > 0; left--) {
    const at = whole(bytes.length + 1);
    const to = Math.min(bytes.length, at + 1 + whole(2 ** whole(7)));
    const [before, cut, after] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
    const other = one(corpus);
    const from = whole(other.length + 1);
    const middle = [
      () => new Uint8Array(),
      () => cut.map((byte) => byte ^ (1 << whole(8))),
      () => cut.map(() => whole(256)),
      () => joined(cut, cut),
      () => joined(cut, one(words)),
      () => one(words),
      () => joined(cut, other.subarray(from, from + 1 + whole(64))),
      () => joined(...Array.from({ length: 2 + whole(40) }, () => cut)),
      () => new TextEncoder().encode(String(whole(2) === 0 ? whole(300) - 2 : whole(2 ** 31) * 2 ** whole(40))),
    ][whole(9)] as () => Uint8Array;
    bytes = joined(before, middle(), after).subarray(0, LONGEST);
  }
  return bytes;
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
