import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Statement } from '@selfsame/identity';
import { createIngest } from '@selfsame/store';
import { dice, digestOfLog, digestOfStore, itemOf, logOf, testRules, traffic } from '@selfsame/store/traffic';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openColumns, openEmbeddedStore } from '../src/index.ts';
import { forgotten, scarsOf } from './scars.ts';
import { temporary } from './temporary.ts';

const seed = Number(process.env['SELFSAME_SEED'] ?? 1);
const { user, email, device, name, insertId } = forgotten;
const ids = [
  { kind: 'user', value: user },
  { kind: 'email', value: email },
  { kind: 'device', value: device },
];
const say = (command: Statement['command'], more: Partial<Statement> = {}): Statement => ({
  project: 'p',
  wire: 'native',
  trust: 2,
  time: 1_000,
  command,
  ...more,
});

/** A store in which somebody is at home among others. */
async function filled(): Promise<string> {
  const directory = temporary();
  // Small checkpoints: the tables hold what the log says.
  const pace = { entries: 20, bytes: 5_000, atOnce: 0, held: 5_000 };
  const store = await openEmbeddedStore({ directory, rules: testRules, pace });
  let now = 1e6;
  const ingest = createIngest({ store, rules: testRules, clock: () => ++now });
  const others = traffic(seed, 60).map(itemOf);
  await ingest.submit('native', others.slice(0, 30));
  await ingest.submit('native', [
    itemOf(say({ type: 'Identify', ids })),
    itemOf(say({ type: 'Describe', ids, changes: [{ op: 'set', name: 'name', value: name }] })),
    itemOf(say({ type: 'Track', ids, name: 'Order', properties: { to: name } }, { insertId })),
    itemOf(say({ type: 'Identify', ids: [ids[0] as (typeof ids)[0], { kind: 'device', value: 'd1' }] })),
    itemOf(say({ type: 'Logout', ids: [ids[2] as (typeof ids)[0]] })),
  ]);
  await ingest.submit('native', others.slice(30));
  await ingest.stop();
  const columns = await openColumns({ directory, feed: store.feed });
  await columns.catchUp('p');
  await columns.close();
  await store.close();
  return directory;
}

/** Which of somebody's words the files of a directory hold, in any case, as they are or as JSON has them. */
function wordsIn(directory: string): readonly string[] {
  const texts = readdirSync(directory).map((file) => readFileSync(join(directory, file), 'latin1').toLowerCase());
  return [...Object.values(forgotten), `p-user-${user}`].filter((word) =>
    texts.some((text) => text.includes(word.toLowerCase())),
  );
}

const lengthsIn = (directory: string) => {
  const db = new Database(join(directory, 'selfsame.db'), { readonly: true });
  const rows = db.prepare('SELECT position, octet_length(body) AS bytes FROM log ORDER BY position').all();
  db.close();
  return rows;
};

const stored = async (directory: string) => {
  const store = await openEmbeddedStore({ directory, rules: testRules });
  const log = await logOf(store);
  const isFold = digestOfStore(store, log) === digestOfLog(log);
  return { store, log, isFold, scars: log.filter(({ entry }) => entry.scar !== undefined).length };
};

describe('[F1] [F3] scars on disk', () => {
  it('leave no byte of a value in any file, and every record where it was and as long', async () => {
    const directory = await filled();
    expect(wordsIn(directory)).toHaveLength(6);
    const before = lengthsIn(directory);
    const { store, log } = await stored(directory);
    const scars = scarsOf(log);
    expect(scars.length).toBeGreaterThanOrEqual(5);
    await store.scar(scars);
    // Also while it is open, and after more was told.
    expect(wordsIn(directory)).toEqual([]);
    const columns = await openColumns({ directory, feed: store.feed });
    await columns.catchUp('p');
    expect(await columns.eventsByInsertId('p', insertId)).toEqual([]);
    await columns.close();
    await store.close();
    expect(wordsIn(directory)).toEqual([]);
    expect(lengthsIn(directory)).toEqual(before);

    const again = await stored(directory);
    expect(again).toMatchObject({ isFold: true, scars: scars.length });
    await again.store.close();
  });

  it('are all there or none, wherever the process is killed', async () => {
    console.log(`scars, kill -9: SELFSAME_SEED=${seed}`);
    const roll = dice(seed);
    for (let life = 0; life < 3; life++) {
      const directory = await filled();
      const before = await stored(directory);
      const all = scarsOf(before.log).length;
      await before.store.close();
      const child = spawn(process.execPath, [join(import.meta.dirname, 'scar-child.ts'), directory], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let isDone = false;
      // Somewhere between the first thing that goes and the last that comes: any outcome but half is right.
      for await (const line of createInterface({ input: child.stdout })) {
        if (line === 'ready') setTimeout(() => child.kill('SIGKILL'), roll() * 60);
        if (line === 'done') isDone = true;
      }
      const { store, log, isFold, scars } = await stored(directory);
      expect(isFold).toBe(true);
      expect([0, all]).toContain(scars);
      if (isDone) expect(scars).toBe(all);
      if (scars === 0) await store.scar(scarsOf(log));
      await store.close();
      expect(wordsIn(directory)).toEqual([]);
    }
  });
});
