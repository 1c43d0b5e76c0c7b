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
  const rate = (items: number) => Math.round((1000 * items) / Math.max(performance.now() - start, 1));
  return process.stderr.isTTY ? bar(total, rate) : lines(total, rate);
}

function bar(total: number, rate: (items: number) => number): Progress {
  const shown = new SingleBar(
    {
      format: '{bar} {percentage} % | {items} items | {rate}/s | {eta_formatted} left',
      stream: process.stderr,
      hideCursor: true,
      etaBuffer: 50,
    },
    Presets.shades_classic,
  );
  shown.start(total, 0, { items: 0, rate: 0 });
  return {
    show: (position, items) =>
      shown.update(position, { items: items.toLocaleString('en'), rate: rate(items).toLocaleString('en') }),
    stop: () => shown.stop(),
  };
}

/** For logs of jobs and of continuous integration; the last line stands when it stops. */
function lines(total: number, rate: (items: number) => number): Progress {
  let last = '';
  let next = performance.now() + QUIET;
  const write = () => {
    if (last !== '') process.stderr.write(last);
    last = '';
  };
  return {
    show(position, items) {
      const percent = Math.floor((100 * position) / Math.max(total, 1));
      last = `${percent} % | ${items.toLocaleString('en')} items | ${rate(items).toLocaleString('en')}/s\n`;
      if (performance.now() < next) return;
      next = performance.now() + QUIET;
      write();
    },
    stop: write,
  };
}
