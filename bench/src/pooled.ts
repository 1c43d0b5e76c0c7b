import { quantile } from './figure.ts';

/** Latencies of one window, ms. */
export type Window = readonly number[];

/** Times that rounds are drawn. */
const DRAWINGS = 200;

/**
 * What the p99 of one kind of window is to that of another, of all that the windows saw as if they were one, for a long one
 * with few samples in its tail says little; and how far another run may well be from it.
 */
export interface Compared {
  readonly value: number;
  readonly floor: number;
  readonly ratio: number;
  /** Nine tenths of the ratios lie between, where the rounds are drawn again from those there were, some of them twice. */
  readonly between: readonly [number, number];
  /** The middle of the ratios within a round. */
  readonly paired: number;
}

/**
 * Compares windows that took turns in rounds.
 * @param rounds of each, what is measured and what it is compared with
 */
export function compare(
  rounds: readonly (readonly [measured: readonly Window[], floor: readonly Window[]])[],
): Compared {
  const p99Of = (of: readonly (typeof rounds)[number][], which: 0 | 1) =>
    quantile(
      of.flatMap((one) => one[which].flat()),
      0.99,
    );
  const ratioOf = (of: readonly (typeof rounds)[number][]) => p99Of(of, 0) / p99Of(of, 1);
  const random = evenly(7);
  const drawn = Array.from({ length: rounds.length < 2 ? 0 : DRAWINGS }, () =>
    ratioOf(rounds.map(() => rounds[Math.floor(random() * rounds.length)] as (typeof rounds)[number])),
  );
  return {
    ...{ value: p99Of(rounds, 0), floor: p99Of(rounds, 1), ratio: ratioOf(rounds) },
    between: [quantile(drawn, 0.05), quantile(drawn, 0.95)],
    paired: quantile(
      rounds.map((one) => ratioOf([one])),
      0.5,
    ),
  };
}

/** Numbers from 0 to 1 that look like chance and are the same in every run. */
function evenly(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
