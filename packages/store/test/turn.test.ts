import type { Rules } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { testRules } from '../src/conformance/traffic.ts';
import { createIngest, createMemoryStore, type Item, Line, Turn } from '../src/index.ts';

describe('turns of the event loop', () => {
  it('one is over after its time, and the next begins anew', async () => {
    let now = 0;
    const turn = new Turn(new Line(() => now), 5);
    now = 4;
    expect(turn.isOver).toBe(false);
    now = 5;
    expect(turn.isOver).toBe(true);
    await turn.next();
    expect(turn.isOver).toBe(false);
  });

  it('many works have a turn each, one after the other, and none of them is passed over', async () => {
    let now = 0;
    const line = new Line(() => now);
    const done = Array<number>(12).fill(0);
    const turns: number[] = [];
    let inThisTurn = 0;
    const count = () => {
      turns.push(inThisTurn);
      inThisTurn = 0;
      if (done.some((steps) => steps < 9)) setImmediate(count);
    };
    const work = async (i: number) => {
      const turn = new Turn(line, 6);
      for (let step = 0; step < 9; step++) {
        now += 2;
        inThisTurn += 2;
        done[i] = step + 1;
        if (turn.isOver) await turn.next();
      }
    };
    setImmediate(count);
    await Promise.all(done.map((_, i) => work(i)));
    await new Promise((resolve) => setImmediate(resolve));
    // Each has done one step where it began: that it cannot be told.
    console.log(
      `12 works of 18 ms each: turns of ${Math.max(...turns.slice(1))} ms at most, of ${turns[0]} where all began`,
    );
    expect(turns[0]).toBeLessThanOrEqual(6 + 2 * 12);
    expect(Math.max(...turns.slice(1))).toBeLessThanOrEqual(6);
    expect(done).toEqual(done.map(() => 9));
  });

  it('a group whose rules take long lets others have their turn meanwhile', async () => {
    const slow = (project: string): Rules => ({
      ...testRules(project),
      derive(...founder) {
        const until = performance.now() + 2;
        while (performance.now() < until);
        return testRules(project).derive(...founder);
      },
    });
    const ingest = createIngest({ store: createMemoryStore(slow), rules: slow, clock: () => 1e12 });
    const items = Array.from(
      { length: 60 },
      (_, i): Item => ({
        type: 'statement',
        statement: {
          project: 'p',
          wire: 'native',
          trust: 2,
          command: { type: 'Identify', ids: [{ kind: 'user', value: `u${i}` }] },
        },
      }),
    );
    let turns = 0;
    let done = false;
    const count = () => {
      turns += 1;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    await ingest.submit('native', items);
    done = true;
    // 60 items of at least 2 ms in turns that end after 8.
    expect(turns).toBeGreaterThan(10);
  });

  it('projects take turns: a storm in one holds up another by a group, however many wait (G13)', async () => {
    const ingest = createIngest({
      store: createMemoryStore(testRules),
      rules: testRules,
      clock: () => 1e12,
      maxGroup: 10,
    });
    const answered: string[] = [];
    const send = (project: string, i: number) => {
      const ids = [{ kind: 'user', value: `u${i}` }];
      const statement = { project, wire: 'native', trust: 2, command: { type: 'Identify', ids } } as const;
      return ingest.submit('native', [{ type: 'statement', statement }]).then(() => answered.push(`${project}${i}`));
    };
    const storm = Array.from({ length: 1_000 }, (_, i) => send('storm', i));
    const steady = send('steady', 0);
    await Promise.all([...storm, steady]);
    // Its own turn in the first group, and the storm's in their order.
    console.log(
      `G13: a storm of 1,000 requests, groups of 10: its neighbour's is answered as number ${answered.indexOf('steady0') + 1}`,
    );
    expect(answered.indexOf('steady0')).toBeLessThan(10);
    expect(answered.filter((one) => one !== 'steady0')).toEqual(storm.map((_, i) => `storm${i}`));
  });
});
