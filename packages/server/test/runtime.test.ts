import { expect, test } from 'vitest';
import { runtimeProblem } from '../src/runtime.ts';

test.each([
  ['20.20.2', false],
  ['22.22.1', false],
  ['22.22.2', true],
  ['22.23.0', true],
  ['23.11.0', false],
  ['24.14.0', false],
  ['24.14.1', true],
  ['24.21.0', true],
  ['25.0.0', true],
])('Node %s may run the server: %s (S21)', (version, fine) => {
  expect(runtimeProblem(version) === undefined).toBe(fine);
});
