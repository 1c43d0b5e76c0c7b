import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { LARGE_PAGE, pageReader, SMALL_PAGE } from './log-pages.ts';

/** A log of records of so many characters each. */
function logOf(sizes: readonly number[]): Database.Database {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE log (position INTEGER PRIMARY KEY, crc INTEGER NOT NULL, body TEXT NOT NULL)');
  const append = db.prepare('INSERT INTO log VALUES (?, 0, ?)');
  for (const [i, size] of sizes.entries()) append.run(i + 1, 'x'.repeat(size));
  return db;
}

it.each([SMALL_PAGE, LARGE_PAGE])(
  'a page holds no more than %i characters, unless its first record does (G12)',
  (most) => {
    const sizes = Array.from({ length: 60 }, (_, i) => (i % 7 === 0 ? 1_500_000 : i % 3 === 0 ? 30_000 : 400));
    const page = pageReader(logOf(sizes), most);
    const read: number[] = [];
    let pages = 0;
    for (let after = 0; ; pages++) {
      const records = page(after, 1_000);
      if (records.length === 0) break;
      const size = records.reduce((sum, { body }) => sum + body.length, 0);
      expect(records.length === 1 || size <= most).toBe(true);
      read.push(...records.map(({ position }) => position));
      after = read.at(-1) as number;
    }
    expect(read).toEqual(sizes.map((_, i) => i + 1));
    // Nor is it cut before it has to be.
    expect(pages).toBeLessThan(2 + (2 * sizes.reduce((sum, one) => sum + one, 0)) / most);
  },
);

it('a page has at most as many records as were asked for', () => {
  const page = pageReader(logOf(Array(50).fill(10)), SMALL_PAGE);
  expect([page(0, 20).length, page(40, 20).length, page(50, 20)]).toEqual([20, 10, []]);
});
