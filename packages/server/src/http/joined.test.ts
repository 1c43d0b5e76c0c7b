import { expect, it } from 'vitest';
import { joined } from './joined.ts';

it('puts a body together with others in between: no turn copies more than one part of it', async () => {
  const parts = Array.from({ length: 160 }, (_, i) => Buffer.alloc(65_536, i));
  let turns = 0;
  const turn = {
    isOver: true,
    next: () => {
      turns += 1;
      return Promise.resolve();
    },
  };
  const whole = await joined(parts, turn);
  expect(turns).toBe(160);
  expect(Buffer.concat(parts).equals(whole)).toBe(true);
});

it('is in one turn where that is not over, and of nothing is empty', async () => {
  const turn = { isOver: false, next: () => Promise.reject(new Error('not over')) };
  expect([...(await joined([Uint8Array.of(1), Uint8Array.of(2, 3)], turn))]).toEqual([1, 2, 3]);
  expect((await joined([], turn)).length).toBe(0);
});

it('waits for no turn with a short one', async () => {
  const turn = { isOver: true, next: () => Promise.reject(new Error('waited')) };
  const parts = [Buffer.alloc(40_000, 1), Buffer.alloc(20_000, 2)];
  expect(Buffer.concat(parts).equals(await joined(parts, turn))).toBe(true);
});
