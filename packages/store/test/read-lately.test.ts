import type { Entry } from '@selfsame/identity';
import { expect, it } from 'vitest';
import type { Decided } from '../src/index.ts';
import { bytesOf, ReadLately } from '../src/read-lately.ts';

const decided = (position: number): Decided => ({
  entry: { position, project: 'p', at: 0 } as unknown as Entry,
  verdict: { status: 'applied', notes: [] },
});

it('what was read lately is held, what was asked for again longest, and never more than there is memory for', () => {
  const each = bytesOf(decided(10));
  const lately = new ReadLately(20 * each);
  for (let position = 10; position < 15; position++) lately.put(decided(position));
  expect(lately.get(12)).toEqual(decided(12));
  expect(lately.get(99)).toBeUndefined();
  for (let position = 20; position < 30; position++) lately.put(decided(position));
  expect(lately.get(12)).toEqual(decided(12));
  for (let position = 30; position < 90; position++) {
    lately.put(decided(position));
    lately.get(12);
  }
  const held = Array.from({ length: 100 }, (_, position) => lately.get(position)).filter((one) => one !== undefined);
  expect(held).toContainEqual(decided(12));
  expect(held.length).toBeLessThanOrEqual(20);
});
