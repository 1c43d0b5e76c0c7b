import { expect } from 'vitest';
import type { Flaky } from './flaky.ts';
import { until } from './until.ts';

/**
 * A page on a bad day: one request is answered 503, the answer of a later one is lost. Each event must count once.
 * @param track says an event on a page where the user is known
 * @param events the names of the user's events, sorted, once there are so many
 */
export async function badDay(
  flaky: Flaky,
  track: (name: string) => Promise<void>,
  events: (count: number) => Promise<readonly string[]>,
): Promise<void> {
  await track('Before');
  expect(await events(1)).toEqual(['Before']);
  flaky.fail(1);
  await track('During');
  expect(await events(2)).toEqual(['Before', 'During']);
  const { lost } = flaky.broken;
  flaky.lose(1);
  await track('After');
  await until(
    async () => flaky.broken.lost,
    (count) => count > lost,
  );
  await track('Last');
  expect(await events(4)).toEqual(['After', 'Before', 'During', 'Last']);
}
