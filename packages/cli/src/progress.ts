import { Presets, SingleBar } from 'cli-progress';

/** A progress bar on a terminal; a line now and then where standard error is not one. */
export interface Progress {
  /** `position` of the total, `items` for the rate. */
  show(position: number, items: number): void;
  stop(): void;
}

/** Between two lines where there is no terminal, ms. */
const QUIET = 10_000;

/** Starts a bar. `total` in any unit (bytes of a file, say); the rate is of items a second. */
export function startProgress(total: number): Progress {
  const start = performance.now();
  const bar = new SingleBar(
    {
      format: '{bar} {percentage} % | {items} items | {rate}/s | {eta_formatted} left',
      stream: process.stderr,
      hideCursor: true,
      etaBuffer: 50,
      noTTYOutput: true,
      notTTYSchedule: QUIET,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { items: 0, rate: 0 });
  return {
    show(position, items) {
      const seconds = (performance.now() - start) / 1000;
      bar.update(position, {
        items: items.toLocaleString('en'),
        rate: Math.round(items / Math.max(seconds, 0.001)).toLocaleString('en'),
      });
    },
    stop: () => bar.stop(),
  };
}
