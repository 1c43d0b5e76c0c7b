import { dice, digestOfLog, digestOfStore, logOf, testRules } from '@selfsame/store/traffic';
import { describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../src/index.ts';
import { run } from './process.ts';
import { temporary } from './temporary.ts';

const isLong = process.env['SELFSAME_LONG'] === '1';
const CYCLES = isLong ? 500 : 25;
const seed = Number(process.env['SELFSAME_SEED']);

describe('kill -9 under load (G1, G4, G5, G7)', () => {
  it(`${CYCLES} times: nothing acknowledged is lost, nothing is doubled, the graph is the fold of the log`, async () => {
    console.log(`kill -9: SELFSAME_SEED=${seed}`);
    const directory = temporary();
    const roll = dice(seed);
    const acked = new Set<string>();
    let resent = 0;
    let undos = 0;
    let from = 0;
    for (let life = 0; life < CYCLES; life++) {
      // Killed while it opens, at its first requests, or in the middle of its work.
      const end = Math.floor(roll() * 120);
      const told = {
        directory,
        life,
        from,
        count: 6000,
        size: 1 + Math.floor(roll() * (isLong ? 50 : 12)),
        lanes: 8,
        undos: 0.01,
      };
      const { acked: now, undone } = await run(told, (child, lines, word) => {
        // In some lives the last that was answered is an undo.
        if (lines >= end && (life % 3 > 0 || word === 'undone' || lines >= 160)) child.kill('SIGKILL');
      });
      for (const id of undone) acked.add(id);
      undos += undone.length;
      const own = now.filter((id) => id.startsWith(`L${life}-`));
      resent += now.length - own.length;
      for (const id of now) acked.add(id);
      from = own.reduce((most, id) => Math.max(most, Number(id.slice(id.indexOf('-') + 1)) - 50), 0);
      // Most lives begin where a crash left off; now and then a healthy process looks at everything.
      if ((life < 50 ? life % 8 : life % 100) === 7 || life === CYCLES - 1) await check(directory, acked);
    }
    console.log(
      `kill -9: ${CYCLES} cycles, ${acked.size} items acknowledged, ${resent} told again after a crash, ${undos} taken back or put back, 0 lost, 0 doubled`,
    );
  }, 3_600_000);
});

async function check(directory: string, acked: ReadonlySet<string>): Promise<void> {
  const store = await openEmbeddedStore({ directory, rules: testRules });
  const log = await logOf(store);
  const kept = log.map(({ entry }) => entry.insertId as string);
  const once = new Set(kept);
  expect(once.size, 'doubled').toBe(kept.length);
  expect([...acked].filter((id) => !once.has(id))).toEqual([]);
  expect(digestOfStore(store, log)).toBe(digestOfLog(log));
  // Each commit is whole: what it counted is what it logged.
  const counted = (await store.counts()).reduce((sum, one) => sum + one.applied + one.quarantined, 0);
  expect(counted).toBe(log.filter(({ verdict }) => ['applied', 'quarantined'].includes(verdict.status)).length);
  await store.close();
}
