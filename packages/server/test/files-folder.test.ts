import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placeOfLine } from '@selfsame/outputs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FileFolder, type FolderSettings } from '../src/delivery/files/folder.ts';

const MINUTE = 60_000;

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'selfsame-files-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const settings = (directory: string, more: Partial<FolderSettings> = {}): FolderSettings => ({
  directory,
  output: 'shop/lake',
  format: 'ndjson',
  rotateBytes: 3_000,
  rotateMs: MINUTE,
  log: 'log',
  restores: [],
  ...more,
});

/** A message of an entry that arrived so many seconds after midnight. */
function line(position: number, part = 0, second = position, text = `e${position}.${part}`): string {
  const arrived = new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString();
  const row = (more: object) => JSON.stringify({ position, part, arrived, ...more });
  if (part > 0) return `moved ${row({ id: text })}\townership ${row({ kind: 'device', value: text })}\n`;
  return `events ${row({ id: text, name: 'Seen', properties: { text } })}\n`;
}

/** 60 entries over two minutes, each with an event and every fifth with a correction. */
const LAST = 60;
const all = Array.from({ length: LAST }, (_, i) => [
  line(i + 1, 0, 2 * i),
  ...((i + 1) % 5 === 0 ? [line(i + 1, 1, 2 * i)] : []),
]).flat();
/** Where the books' cursor stands once so many messages are settled: before an entry of which some are not. */
const positionOf = (told: number): number =>
  told === all.length ? LAST : (placeOfLine(all[told] as string)?.position ?? 0) - 1;
/** The index of the first message after a position. */
function startAfter(position: number): number {
  const found = all.findIndex((text) => (placeOfLine(text)?.position ?? 0) > position);
  return found < 0 ? all.length : found;
}

const seed = Number(process.env['SELFSAME_SEED']);

/** Numbers from 0 up to 1, the same for the same seed. */
function chance(from: number): () => number {
  let state = from | 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Every file a reader sees, by name. */
function filesIn(directory: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const table of ['events', 'ownership', 'moved', 'retracted'])
    for (const name of readdirSync(join(directory, table)))
      found.set(`${table}/${name}`, readFileSync(join(directory, table, name), 'latin1'));
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const idsIn = (files: ReadonlyMap<string, string>, table: string): readonly string[] =>
  [...files].flatMap(([name, text]) =>
    name.startsWith(`${table}/`) ? text.split('\n').flatMap((row) => (row === '' ? [] : [JSON.parse(row).id])) : [],
  );

const END = Date.UTC(2026, 0, 2);

/** Everything, in one go. */
async function whole(directory: string, more: Partial<FolderSettings> = {}) {
  const made = new FileFolder(settings(directory, more));
  expect(await made.open(0)).toBe(0);
  await made.append(all);
  await made.close(END, LAST);
  return filesIn(directory);
}

describe('files', () => {
  it('hold each message once, in files that the log alone decides', async () => {
    const files = await whole(folder());
    expect(idsIn(files, 'events')).toEqual(Array.from({ length: LAST }, (_, i) => `e${i + 1}.0`));
    expect(idsIn(files, 'moved')).toHaveLength(LAST / 5);
    expect(files.size).toBeGreaterThan(8);
    for (const name of files.keys()) expect(name).toMatch(/^\w+\/\d{16}-\d{16}\.ndjson$/);
    // Told in other portions, with pauses in which files end by the clock.
    const other = folder();
    const slow = new FileFolder(settings(other));
    await slow.open(0);
    for (let i = 0; i < all.length; i += 7) {
      await slow.append(all.slice(i, i + 7));
      const at = slow.closesAt() as number;
      const place = placeOfLine(all[Math.min(i + 6, all.length - 1)] as string);
      const next = placeOfLine(all[i + 7] ?? '');
      if (next?.position !== place?.position && Date.parse(next?.arrived ?? '') >= at) await slow.close(at, 1_000);
    }
    await slow.close(END, LAST);
    expect(filesIn(other)).toEqual(files);
  });

  it('are open to the group of whoever runs the server, and to nobody else', async () => {
    const directory = join(folder(), 'shop/lake');
    await whole(directory);
    const names = ['', ...readdirSync(directory, { recursive: true }).map(String)];
    const modes = names.map((name) => [name, statSync(join(directory, name)).mode & 0o027]);
    expect(modes).toEqual(names.map((name) => [name, 0]));
    expect(names.length).toBeGreaterThan(10);
  });

  it('end with the time, but not before all is in that the log says up to there', async () => {
    const directory = folder();
    const one = new FileFolder(settings(directory));
    await one.open(0);
    await one.append([line(5)]);
    const at = one.closesAt() as number;
    expect(at).toBe(Date.UTC(2026, 0, 1) + MINUTE + 2_000);
    await one.close(at - 1, 5);
    await one.close(at, 4);
    expect(filesIn(directory).size).toBe(4);
    await one.append([line(5, 1)]);
    await one.close(at, 5);
    expect([...filesIn(directory).keys()].filter((name) => !/\/0+-0+\./.test(name))).toHaveLength(3);
    expect(one.closesAt()).toBeUndefined();
  });

  it('G17: a crash at any point doubles nothing and loses nothing: the same files, byte for byte', {
    timeout: 240_000,
  }, async () => {
    const expected = await whole(folder());
    const random = chance(seed);
    let crashes = 0;
    let told = 0;
    const directory = join(folder(), 'lake');
    const journal = join(directory, '_open.rows');
    const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    while (told < all.length) {
      const one = new FileFolder(settings(directory));
      const from = await one.open(positionOf(told));
      const next = startAfter(from);
      const before = { size: sizeOf(journal), files: filesIn(directory).size };
      const upTo = Math.min(all.length, Math.max(told, next) + 1 + Math.floor(random() * 15));
      await one.append(all.slice(next, upTo));
      crashes += 1;
      // Killed after the books were told, or before: then the disk may hold any part of what was not synced.
      if (random() < 0.4) told = upTo;
      else {
        const synced = filesIn(directory).size === before.files ? before.size : 0;
        if (sizeOf(journal) > synced) truncateSync(journal, synced + Math.floor(random() * (sizeOf(journal) - synced)));
        if (random() < 0.3) appendFileSync(journal, Buffer.alloc(100));
      }
    }
    const last = new FileFolder(settings(directory));
    await last.append(all.slice(startAfter(await last.open(LAST))));
    await last.close(END, LAST);
    expect(filesIn(directory), `SELFSAME_SEED=${seed}`).toEqual(expected);

    // While a journal becomes files: each of them may be there already, and half-written ones beside.
    for (const name of ['', ...expected.keys()].filter((file) => !/\/0+-0+\./.test(file))) {
      rmSync(directory, { recursive: true });
      const one = new FileFolder(settings(directory));
      await one.open(0);
      const span = /-(\d+)/.exec(name)?.[1];
      const upTo = span === undefined ? all.length : startAfter(Number(span));
      await one.append(all.slice(0, upTo));
      renameSync(journal, join(directory, '_closing.rows'));
      writeFileSync(join(directory, '_events.ndjson'), 'half');
      if (name !== '') writeFileSync(join(directory, name), expected.get(name) as string, 'latin1');
      const again = new FileFolder(settings(directory));
      await again.append(all.slice(startAfter(await again.open(positionOf(upTo)))));
      await again.close(END, LAST);
      expect(filesIn(directory), name).toEqual(expected);
      crashes += 1;
    }
    console.log(`G17: files: ${crashes} crashes, 0 rows doubled, 0 lost, ${expected.size} files equal in every byte`);
  });

  it('go on in the next append after one that failed', async () => {
    const directory = folder();
    const one = new FileFolder(settings(directory));
    await one.open(0);
    await one.append(all.slice(0, 5));
    const aside = `${directory}-aside`;
    renameSync(directory, aside);
    writeFileSync(directory, 'in the way');
    // The journal that is open still takes rows; making files of it fails.
    await expect(one.append(all)).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(one.probe()).rejects.toThrow();
    rmSync(directory);
    renameSync(aside, directory);
    await one.append(all);
    await one.close(END, LAST);
    expect(filesIn(directory)).toEqual(await whole(folder()));
    await one.probe();
    expect(readdirSync(directory)).not.toContain('_test');
  });

  it('are begun again where the directory is new, and refused where it is somebody else’s', async () => {
    const directory = folder();
    const one = new FileFolder(settings(directory));
    expect(await one.open(77)).toBe(0);
    await one.append(all.slice(0, 10));
    expect(await new FileFolder(settings(directory)).open(77)).toBe(placeOfLine(all[9] as string)?.position);
    for (const more of [{ output: 'shop/other' }, { format: 'parquet' as const }, { log: 'another' }])
      await expect(new FileFolder(settings(directory, more)).open(0)).rejects.toThrow('move it away');
    await one.close(END, LAST);
    rmSync(join(directory, '_selfsame.json'));
    await expect(new FileFolder(settings(directory)).open(0)).rejects.toThrow('move them away');
  });

  it('G23: after a restore what the lost history wrote is set aside, and what both share is told again', async () => {
    const directory = folder();
    await whole(directory);
    const events = readdirSync(join(directory, 'events')).sort();
    const restores = [{ after: 33, id: 'r1' }];
    const again = new FileFolder(settings(directory, { restores }));
    const from = await again.open(33);
    expect(from).toBeLessThanOrEqual(33);
    const kept = readdirSync(join(directory, 'events')).sort();
    expect(kept.length).toBeLessThan(events.length);
    expect(readdirSync(join(directory, '_before/r1/events')).sort()).toEqual(
      events.filter((name) => !kept.includes(name)),
    );
    // Another history goes on from 33.
    const other = all.map((text) => {
      const place = placeOfLine(text) as { position: number; part: number };
      return place.position <= 33 ? text : line(place.position, place.part, place.position, `x${place.position}`);
    });
    await again.append(other.slice(startAfter(from)));
    await again.close(END, LAST);
    expect(idsIn(filesIn(directory), 'events')).toEqual(
      Array.from({ length: LAST }, (_, i) => (i < 33 ? `e${i + 1}.0` : `x${i + 1}`)),
    );
    // Once is enough.
    expect(await new FileFolder(settings(directory, { restores })).open(LAST)).toBe(LAST);
  });

  it('of Parquet are the same bytes whenever they are made', async () => {
    const few = all.slice(0, 30);
    const made = await Promise.all(
      [1, 2].map(async (n) => {
        const directory = folder();
        const one = new FileFolder(settings(directory, { format: 'parquet', rotateBytes: 1_500 }));
        await one.open(0);
        for (let i = 0; i < few.length; i += n * 10) await one.append(few.slice(i, i + n * 10));
        await one.close(END, LAST);
        return filesIn(directory);
      }),
    );
    expect(made[0]?.size).toBeGreaterThan(5);
    expect(made[0]).toEqual(made[1]);
    for (const text of made[0]?.values() ?? []) expect(text.slice(0, 4)).toBe('PAR1');
  });
});
