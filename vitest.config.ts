import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import LongestFirst from './scripts/longest-first.ts';
import { seedOfTests } from './scripts/seed.ts';

export default defineConfig({
  test: {
    include: [
      'packages/*/{src,test}/**/*.test.ts',
      'scripts/**/*.test.ts',
      'e2e/**/*.test.ts',
      'examples/*/**/*.test.ts',
      // Clients that are installed for them alone.
      ...(process.env['SELFSAME_CLIENTS'] === undefined ? [] : ['e2e/*.clients.ts']),
    ],
    env: { SELFSAME_SEED: seedOfTests() },
    // By itself vitest leaves one to the machine, which of two is half.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    // How soon what hangs is ended, and no bar for anything: on a machine that does ten things at once all takes long.
    testTimeout: 180_000,
    // Where a browser starts while others do, too.
    hookTimeout: 120_000,
    // A second, which is what there is otherwise, is not enough for a page on a machine that does ten things at once.
    expect: { poll: { timeout: 60_000 } },
  },
});
