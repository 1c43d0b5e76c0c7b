import { type Progress, startProgress } from './progress.ts';

/** Progress of work in several steps, a bar each. */
export function showSteps(names: Readonly<Record<string, string>>): {
  readonly onStep: (step: string, done: number, total: number) => void;
  stop(): void;
} {
  let running: { readonly step: string; readonly bar: Progress } | undefined;
  return {
    onStep(step, done, total) {
      if (running?.step !== step) {
        running?.bar.stop();
        process.stderr.write(`${names[step] ?? step}\n`);
        running = { step, bar: startProgress(1) };
      }
      running.bar.show(done / Math.max(total, 1), done);
    },
    stop: () => running?.bar.stop(),
  };
}
