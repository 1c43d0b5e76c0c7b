import { expect, it } from 'vitest';
import { Pace } from '../src/delivery/outputs/pace.ts';

interface Work {
  readonly others: number;
  readonly isBusy: boolean;
  readonly costs: Record<string, number>;
  readonly uses?: number;
  readonly isWaitedFor?: boolean;
  /** What a message of these makes of work once the turn it is sent in is over, ms. */
  readonly after?: Record<string, number>;
}

/**
 * Outputs that always have work, on a thread whose clock only they and the waits between them move. Answers how often
 * each worked, for how long the longest stretch of all kept the thread, and which part of the time they had.
 * @param others the part of the thread that all else takes
 * @param uses what work here uses of that which is shared, a millisecond
 */
async function work({ others, isBusy, costs, uses = 1, isWaitedFor = true, after = {} }: Work) {
  let now = 0;
  let own = 0;
  let left = 0;
  let asked = { now: 0, own: 0 };
  const due: { readonly at: number; readonly run: () => void }[] = [];
  const pace = new Pace({
    most: 0.75,
    isWaitedFor,
    now: () => now,
    later: (run, ms) => void due.push({ at: now + ms, run }),
    after: (run) => queueMicrotask(() => process.nextTick(run)),
    worked() {
      const active = own - asked.own + others * (now - asked.now);
      asked = { now, own };
      return { active, used: active * uses };
    },
  });
  const turns: Record<string, number> = {};
  for (const [name, cost] of Object.entries(costs)) {
    turns[name] = 0;
    void (async () => {
      for (;;) {
        await pace.turn(name);
        now += cost;
        own += cost;
        if (after[name] !== undefined) {
          pace.sends(name);
          left += after[name];
        }
        turns[name] = (turns[name] ?? 0) + 1;
      }
    })();
  }
  let longest = 0;
  while (now < 2_000) {
    if (isBusy) pace.intake();
    const next = due.shift();
    if (next === undefined) throw new Error('the outputs stand still');
    now = Math.max(now, next.at);
    const began = now;
    next.run();
    await new Promise((resolve) => setImmediate(resolve));
    longest = Math.max(longest, now - began);
    now += left;
    own += left;
    left = 0;
    // Whatever else was ready has had its turn.
    if (isBusy) now += 0.01;
  }
  return { turns, longest, share: own / now };
}

it('O12: beside intake outputs work a quarter of a millisecond at a time, by turns, in the time that it leaves', async () => {
  const { turns, longest, share } = await work({ others: 0.25, isBusy: true, costs: { hook: 0.1, files: 0.01 } });
  expect(longest).toBeLessThan(0.25 + 0.1 + 0.001);
  expect(share).toBeGreaterThan(0.4);
  expect(share).toBeLessThan(0.51);
  // By time and not by messages.
  const [hook, files] = [(turns['hook'] ?? 0) * 0.1, (turns['files'] ?? 0) * 0.01];
  expect(hook / files).toBeGreaterThan(0.8);
  expect(hook / files).toBeLessThan(1.25);
});

it('O12: where no request waits for them they work two milliseconds at a time, and still have no more than they may', async () => {
  const { longest, share } = await work({ others: 0.25, isBusy: true, costs: { hook: 0.1 }, isWaitedFor: false });
  expect(longest).toBeGreaterThan(1.9);
  expect(longest).toBeLessThan(2.2);
  expect(share).toBeGreaterThan(0.4);
  expect(share).toBeLessThan(0.51);
});

it('O12: in a process of their own, what sending makes of work outside the turns counts as work of whoever sent', async () => {
  const costs = { hook: 0.1, batches: 0.1 };
  const { turns } = await work({ others: 0, isBusy: true, costs, isWaitedFor: false, after: { hook: 0.2 } });
  const [hook, batches] = [(turns['hook'] ?? 0) * 0.3, (turns['batches'] ?? 0) * 0.1];
  expect(hook / batches).toBeGreaterThan(0.8);
  expect(hook / batches).toBeLessThan(1.25);
  // In the server what is outside is intake’s as well: nobody is charged for that.
  const inServer = await work({ others: 0.25, isBusy: true, costs, after: { hook: 0.2 } });
  expect(inServer.turns['hook']).toBeGreaterThan(0.8 * (inServer.turns['batches'] ?? 0));
});

it('O12: an output that had nothing to do for a while does not hold the others up with what it left', async () => {
  let now = 0;
  const order: string[] = [];
  const pace = new Pace({
    most: 1,
    isWaitedFor: true,
    now: () => now,
    later: (run) => void setImmediate(run),
    after: (run) => queueMicrotask(() => process.nextTick(run)),
    worked: () => ({ active: 0, used: 0 }),
  });
  const go = async (name: string, messages: number) => {
    for (let n = 0; n < messages; n++) {
      await pace.turn(name);
      now += 1;
      order.push(name);
    }
  };
  await go('hook', 1_000);
  await Promise.all([go('hook', 200), go('files', 200)]);
  // Half of them but for the fifty milliseconds that are made good.
  const mine = order.slice(1_000, 1_200).filter((name) => name === 'hook').length;
  expect(mine).toBeGreaterThan(65);
  expect(mine).toBeLessThan(85);
});

it('O12: they have a twentieth of the time however busy intake is', async () => {
  const { share } = await work({ others: 1, isBusy: true, costs: { hook: 0.1 } });
  expect(share).toBeGreaterThan(0.04);
  expect(share).toBeLessThan(0.06);
});

it('alone they have all of it', async () => {
  const { share, longest } = await work({ others: 0, isBusy: false, costs: { hook: 0.1, files: 0.01 } });
  expect(share).toBeGreaterThan(0.99);
  expect(longest).toBeLessThan(2.2);
});

it('O12: of a processor they have what they may, also where half of their work is waiting for it', async () => {
  // Of a core 0.65 for them, at 0.5 a millisecond: more than all of the time, were it not for what else is at work.
  const waiting = await work({ others: 0.2, isBusy: true, costs: { hook: 0.1 }, uses: 0.5 });
  expect(waiting.share).toBeGreaterThan(0.9);
  // With helpers on other threads it uses more than its own time: 0.75 of a core are half of that.
  const helped = await work({ others: 0, isBusy: true, costs: { hook: 0.1 }, uses: 1.5 });
  expect(helped.share).toBeGreaterThan(0.45);
  expect(helped.share).toBeLessThan(0.52);
});
