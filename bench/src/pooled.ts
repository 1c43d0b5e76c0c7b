import { quantile } from './figure.ts';

/** Latencies of one window, ms. */
export type Window = readonly number[];

/** Two windows that followed one another. */
export interface Pair {
  readonly measured: Window;
  readonly floor: Window;
}

/** A ratio, and between which values nine tenths of the ratios lie where the pairs are drawn again from those there were. */
export interface Ratio {
  readonly ratio: number;
  readonly between: readonly [number, number];
}

/** What the p99 of one kind of window is to that of another, in two figures. */
export interface Compared {
  /** The middle one of the ratios of neighbours: what the machine did for a minute both of them felt. */
  readonly middle: Ratio;
  /** Of all that the windows saw as if they were one: a few in which the disk stood still decide it. */
  readonly pooled: Ratio & { readonly value: number; readonly floor: number };
}

/** Times that pairs are drawn. */
const DRAWINGS = 1_000;

/** Compares windows by pairs of neighbours. */
export function compare(pairs: readonly Pair[]): Compared {
  const ratios = pairs.map(({ measured, floor }) => p99Of([measured]) / p99Of([floor]));
  const pooled = (of: readonly Pair[]) => {
    const value = p99Of(of.map((one) => one.measured));
    const floor = p99Of(of.map((one) => one.floor));
    return { value, floor, ratio: value / floor };
  };
  return {
    middle: { ratio: middleOf(ratios), between: between(ratios, middleOf) },
    pooled: { ...pooled(pairs), between: between(pairs, (drawn) => pooled(drawn).ratio) },
  };
}

/**
 * Whether the nth pair is turned: by this sequence, + − − + − + + −, whatever rises or falls steadily meanwhile adds
 * nothing to either side.
 */
export function isTurned(nth: number): boolean {
  let ones = 0;
  for (let rest = nth; rest > 0; rest >>= 1) ones += rest & 1;
  return ones % 2 === 1;
}

/** Makes pairs of windows of one kind, in the order in which they came: what these differ by is chance. */
export function pairsOfOne(windows: readonly Window[]): readonly Pair[] {
  return Array.from({ length: Math.floor(windows.length / 2) }, (_, i) => {
    const two = [windows[2 * i], windows[2 * i + 1]] as [Window, Window];
    const [measured, floor] = isTurned(i) ? two : two.toReversed();
    return { measured, floor } as Pair;
  });
}

/** Of an even number of ratios what lies between the two in the middle. */
function middleOf(ratios: readonly number[]): number {
  const sorted = ratios.toSorted((one, other) => one - other);
  const at = (sorted.length - 1) / 2;
  return Math.sqrt((sorted[Math.floor(at)] ?? Number.NaN) * (sorted[Math.ceil(at)] ?? Number.NaN));
}

/** A drawing of large windows pooled sorts all their latencies, so that few are drawn of those. */
function between<T>(all: readonly T[], figureOf: (drawn: readonly T[]) => number): readonly [number, number] {
  if (all.length < 2) return [Number.NaN, Number.NaN];
  const random = evenly(7);
  const times = typeof all[0] === 'number' ? DRAWINGS : DRAWINGS / 5;
  const figures = Array.from({ length: times }, () =>
    figureOf(all.map(() => all[Math.floor(random() * all.length)] as T)),
  );
  return [quantile(figures, 0.05), quantile(figures, 0.95)];
}

const p99Of = (windows: readonly Window[]): number => quantile(windows.flat(), 0.99);

/** Numbers from 0 to 1 that look like chance and are the same in every run. */
function evenly(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
