import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { digestOfLog, digestOfStore, logOf, testRules } from '@selfsame/store/traffic';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { backupData, checkStore, type Manifest, openBooks, openEmbeddedStore, restoreData } from '../src/index.ts';
import { run } from './process.ts';
import { temporary } from './temporary.ts';

const deriveIn = () => testRules('p').derive;
const rulesIn = () => testRules;
const quiet = () => {};
/** Requests answered before a backup begins; each acknowledged an item at least. */
const BEFORE = 800;

/** Makes a backup in a process of its own; `during` is told of each of its lines and may kill it. */
async function backupBeside(
  from: string,
  to: string,
  during: (child: ChildProcess, line: string) => void = () => {},
): Promise<Manifest | undefined> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'backup-child.ts'), from, to], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = '';
  for await (const line of createInterface({ input: child.stdout })) during(child, (last = line));
  return last.startsWith('{') ? (JSON.parse(last) as Manifest) : undefined;
}

/** A store that took `count` statements and ended well. */
async function filled(count: number): Promise<string> {
  const directory = temporary();
  await run({ directory, life: 0, count, size: 50, lanes: 4 });
  return directory;
}

describe('a backup (G23)', () => {
  it('made while items come in holds all that was acknowledged before, and is a beginning of the log', async () => {
    const directory = temporary();
    const to = join(temporary(), 'backup');
    let making: Promise<Manifest | undefined> | undefined;
    let after: number | undefined;
    const life = await run({ directory, life: 0, count: 40_000, size: 4, lanes: 8 }, (child, lines) => {
      if (lines === BEFORE)
        making = backupBeside(directory, to).finally(() => {
          after = 0;
        });
      // The load goes on for a while after it.
      if (after !== undefined && ++after === 50) child.kill('SIGKILL');
    });
    const manifest = await making;
    expect(life).toMatchObject({ errors: [], done: false });

    const restored = join(temporary(), 'data');
    const { position, folds } = await restoreData({ from: to, to: restored, deriveIn, onStep: quiet });
    const [original, copy] = [
      await openEmbeddedStore({ directory, rules: testRules }),
      await openEmbeddedStore({ directory: restored, rules: testRules }),
    ];
    const log = await logOf(original);
    const beginning = log.slice(0, position);
    expect(await logOf(copy)).toEqual(beginning);
    expect(position).toBe(manifest?.position);
    // It was made in the middle: of more than was there when it began, and not of all.
    expect(position).toBeLessThan(log.length);
    const kept = new Set(beginning.map(({ entry }) => entry.insertId as string));
    const before = life.acked.slice(0, BEFORE);
    const lost = before.filter((id) => !kept.has(id));
    console.log(
      `G23: a backup amid load: ${position} of ${log.length} entries, of ${before.length} acknowledged before it ${lost.length} lost`,
    );
    expect(lost).toEqual([]);
    expect(digestOfStore(copy, beginning)).toBe(digestOfLog(beginning));
    expect(folds?.reduce((sum, one) => sum + one.people, 0)).toBeGreaterThan(0);
    const counted = (await copy.counts()).reduce((sum, one) => sum + one.applied + one.quarantined, 0);
    expect(counted).toBe(beginning.filter(({ verdict }) => ['applied', 'quarantined'].includes(verdict.status)).length);
    await Promise.all([original.close(), copy.close()]);
    expect((await checkStore(restored)).damages).toEqual([]);
  });

  it('is for its owner only, names the hash of each file, and leaves out what is made again', async () => {
    const from = await filled(500);
    writeFileSync(join(from, 'secrets.json'), '{"a":1}');
    writeFileSync(join(from, 'columns.duckdb'), 'made again');
    openBooks(join(from, 'outputs.db')).close();
    const to = join(temporary(), 'b');
    await backupData({ from, to, rulesIn, now: Date.UTC(2026, 0, 1), onStep: quiet });
    expect(readdirSync(to).sort()).toEqual(['backup.json', 'outputs.db', 'secrets.json', 'selfsame.db']);
    for (const name of readdirSync(to)) expect(statSync(join(to, name)).mode & 0o777).toBe(0o600);
    expect(statSync(to).mode & 0o777).toBe(0o700);
    const manifest = JSON.parse(readFileSync(join(to, 'backup.json'), 'utf8'));
    expect(manifest).toMatchObject({ format: 1, madeAt: '2026-01-01T00:00:00.000Z' });
    expect(Object.keys(manifest.files)).toEqual(['outputs.db', 'secrets.json', 'selfsame.db']);
  });

  it('is refused where something is already, of no store, and of a damaged log; no half of it stays', async () => {
    const from = await filled(500);
    const parent = temporary();
    const make = (to: string, of = from) =>
      backupData({ from: of, to: join(parent, to), rulesIn, now: 0, onStep: quiet });
    await expect(make('x', temporary())).rejects.toThrow('there is no selfsame.db');
    await make('one');
    await expect(make('one')).rejects.toThrow('is there already');
    const db = new Database(join(from, 'selfsame.db'));
    db.exec("UPDATE log SET body = replace(body, 'p', 'q') WHERE position = 100");
    db.close();
    await expect(make('two')).rejects.toThrow('log record 100 does not match its checksum');
    expect(readdirSync(parent)).toEqual(['one']);
  });

  it.each(['copy', 'fold'])(
    'that is killed while it does its %s has no name, and the next one takes its place',
    async (step) => {
      const from = await filled(4_000);
      const to = join(temporary(), 'b');
      const told = await backupBeside(from, to, (child, line) => void (line.startsWith(step) && child.kill('SIGKILL')));
      expect(told).toBeUndefined();
      expect(existsSync(to)).toBe(false);
      expect(existsSync(`${to}.part`)).toBe(true);
      await backupData({ from, to, rulesIn, now: 0, onStep: quiet });
      expect(existsSync(`${to}.part`)).toBe(false);
      await restoreData({ from: to, to: join(temporary(), 'r'), deriveIn, onStep: quiet });
    },
  );
});

describe('a restore (G23)', () => {
  it('refuses a directory that is not empty, and a backup that is not as it was made', async () => {
    const from = await filled(500);
    const to = join(temporary(), 'b');
    const manifest = await backupData({ from, to, rulesIn, now: 0, onStep: quiet });
    const full = temporary();
    writeFileSync(join(full, 'something'), '');
    await expect(restoreData({ from: to, to: full, deriveIn, onStep: quiet })).rejects.toThrow('is not empty');
    await expect(restoreData({ from: full, to: temporary(), deriveIn, onStep: quiet })).rejects.toThrow('is no backup');

    const [fold] = manifest.folds ?? [];
    const told = JSON.stringify({ ...manifest, folds: [{ ...fold, digest: '00' }] });
    writeFileSync(join(to, 'backup.json'), told);
    const target = temporary();
    await expect(restoreData({ from: to, to: target, deriveIn, onStep: quiet })).rejects.toThrow('gives other people');
    expect(readdirSync(target).filter((name) => name !== 'selfsame.lock')).toEqual([]);

    writeFileSync(join(to, 'selfsame.db'), 'x', { flag: 'a' });
    await expect(restoreData({ from: to, to: target, deriveIn, onStep: quiet })).rejects.toThrow(
      'selfsame.db of the backup is not as it was made',
    );
  });

  it('goes to any position of it: the log ends there, folds and counts as it then did, and outputs go on from there', async () => {
    const from = await filled(500);
    const books = openBooks(join(from, 'outputs.db'));
    const change = {
      state: 'running',
      reason: null,
      nextAt: 0,
      sent: 9,
      list: [],
      unlist: [],
      marks: new Map(),
    } as const;
    const letter = { part: 0, id: 'm', kind: 'event', sequence: 1, why: 'x', status: 400, at: 0 } as const;
    books.save('p/ahead', {
      ...change,
      cursor: 400,
      dead: [
        { ...letter, position: 200 },
        { ...letter, position: 399 },
      ],
    });
    books.save('p/behind', { ...change, cursor: 100, dead: [] });
    books.close();
    const to = join(temporary(), 'b');
    await backupData({ from, to, rulesIn, now: 0, onStep: quiet });
    const target = join(temporary(), 'r');
    await restoreData({ from: to, to: target, deriveIn, through: 300, onStep: quiet });

    const original = await openEmbeddedStore({ directory: from, rules: testRules });
    const copy = await openEmbeddedStore({ directory: target, rules: testRules });
    const beginning = (await logOf(original)).slice(0, 300);
    expect(await logOf(copy)).toEqual(beginning);
    expect(digestOfStore(copy, beginning)).toBe(digestOfLog(beginning));
    const counted = (await copy.counts()).reduce((sum, one) => sum + one.applied, 0);
    expect(counted).toBe(beginning.filter(({ verdict }) => verdict.status === 'applied').length);
    await Promise.all([original.close(), copy.close()]);
    const after = openBooks(join(target, 'outputs.db'));
    expect([after.open('p/ahead')?.cursor, after.open('p/behind')?.cursor]).toEqual([300, 100]);
    expect(after.dead('p/ahead', { position: 0, part: 0 }, 10).letters.map(({ position }) => position)).toEqual([200]);
    after.close();
    await expect(restoreData({ from: to, to: temporary(), deriveIn, through: 501, onStep: quiet })).rejects.toThrow(
      /the backup ends at position \d+/,
    );
  });
});
