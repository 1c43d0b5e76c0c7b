import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyOf, type Policy, presets, type Rules } from '@selfsame/identity';
import { type Columns, createIngest, createMemoryStore, type Interval, type Item } from '@selfsame/store';
import { openColumns, openEmbeddedStore } from '@selfsame/store-embedded';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openFile } from '../src/columns/columns-file.ts';
import { temporary } from './temporary.ts';

/** What breaks out of a text, a name, a JSON path or a pattern, where one is built carelessly. */
const corpus: readonly string[] = [
  `'`,
  `''`,
  `"`,
  `\\'`,
  `'; DROP TABLE events; --`,
  `' OR '1'='1`,
  `') UNION ALL SELECT 1, 2, 3 --`,
  `$p0`,
  `$1`,
  `?`,
  `:name`,
  `/* */`,
  `; ATTACH '/tmp/x.db'`,
  `' || (SELECT content FROM read_text('/etc/passwd')) || '`,
  `$.*`,
  `$[0]`,
  `/a/b`,
  `~0~1`,
  `*`,
  `**`,
  `%`,
  `_`,
  `.*`,
  `(a+)+$`,
  `\u0000`,
  `a\u0000b`,
  `\n--\n`,
  `\ud800`,
  `😀`,
  `__proto__`,
  `constructor`,
  `NULL`,
  `{"a":1}`,
  ``,
];

const rules = (): Rules => ({
  policy: presets['selfsame'] as Policy,
  derive: (project, founder, attempt) => `${project}/${keyOf(founder)}/${attempt}` as ReturnType<Rules['derive']>,
});
const directory = mkdtempSync(join(tmpdir(), 'selfsame-injection-'));
const store = createMemoryStore(rules);
let columns: Columns;

/** One event for each text, which it has as its name, a property's name, that property's value, and a trait. */
beforeAll(async () => {
  const ingest = createIngest({ store, clock: () => 2e12, rules });
  const items = corpus.flatMap((text, i): Item[] => {
    const circumstances = { project: 'shop', wire: 'native', trust: 2 as const, time: 1e12 + i };
    const ids = [{ kind: 'user', value: `u${i}` }];
    const changes = [{ op: 'set' as const, name: text, value: text }];
    const properties = JSON.parse(
      `{${JSON.stringify(text)}:${JSON.stringify(text)},"utm_campaign":${JSON.stringify(text)}}`,
    );
    return [
      { type: 'statement', statement: { ...circumstances, command: { type: 'Describe', ids, changes } } },
      { type: 'statement', statement: { ...circumstances, command: { type: 'Track', ids, name: text, properties } } },
    ];
  });
  await ingest.submit('native', items);
  await ingest.stop();
  columns = await openColumns({ directory, feed: store.feed });
});
afterAll(async () => {
  await columns.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('S38: text from outside is a value in every field of every question', () => {
  test.each(corpus.map((text) => [text]))('%j', async (text) => {
    const where = [{ property: text, op: 'eq' as const, value: text }];
    const filter = { event: text, where };
    const funnel = { steps: [filter], breakdown: { property: text } };
    const value = text.toWellFormed();
    const { steps, breakdown } = await columns.funnel('shop', funnel);
    expect(steps[0]?.people).toBe(1);
    expect(breakdown?.map((row) => row.value)).toEqual([value]);
    const byTrait = await columns.funnel('shop', { steps: [filter], breakdown: { trait: text } });
    expect(byTrait.breakdown?.map((row) => row.value)).toEqual([value]);
    const conversion = { event: text, where: [{ property: text, op: 'contains' as const, value: text }] };
    const shares = await columns.attribution('shop', {
      conversion,
      model: 'last-touch',
      by: text,
      revenueProperty: text,
    });
    expect(shares.rows.map((row) => row.touch)).toEqual([value]);
    const counts = await columns.counts('shop', { events: [filter], interval: 'day', breakdown: { property: text } });
    expect(counts.rows).toMatchObject([{ event: text, value, events: 1, people: 1 }]);
    const retention = await columns.retention('shop', { first: filter, returning: filter, interval: 'day' });
    expect(retention.rows).toHaveLength(1);
    expect(await columns.propertyNames('shop', text, 10)).toContain(value);
    expect(await columns.eventsByInsertId('shop', text)).toEqual([]);
    expect(await columns.overview(text).then((all) => all.events)).toBe(0);
    expect(await columns.overview(text).then((all) => all.people)).toBe(0);
    await expect(columns.timeline('shop', [], { limit: 1, before: text })).rejects.toThrow(RangeError);
  });

  test('words that become part of a statement come from fixed lists', async () => {
    for (const text of corpus) {
      const interval = text as Interval;
      const filter = { event: 'x' };
      await expect(columns.counts('shop', { events: [filter], interval })).rejects.toThrow(RangeError);
      await expect(columns.retention('shop', { first: filter, returning: filter, interval })).rejects.toThrow(
        RangeError,
      );
      await expect(columns.attribution('shop', { conversion: filter, model: text as 'linear' })).rejects.toThrow(
        RangeError,
      );
      const where = [{ property: 'a', op: text as 'eq', value: 1 }];
      await expect(columns.funnel('shop', { steps: [{ event: 'x', where }] })).rejects.toThrow(RangeError);
    }
  });

  test('a search of the store finds by a text what the plain one in memory finds, and no more', async () => {
    const items = corpus.map(
      (text, i): Item => ({
        type: 'statement',
        statement: {
          ...{ project: 'shop', wire: 'native', trust: 2, time: 1e12 + i },
          command: { type: 'Identify', ids: [{ kind: 'user', value: `${text}${i}` }] },
        },
      }),
    );
    const memory = createMemoryStore(rules);
    const embedded = await openEmbeddedStore({ directory: temporary(), rules });
    try {
      for (const one of [memory, embedded]) {
        const ingest = createIngest({ store: one, clock: () => 2e12, rules });
        await ingest.submit('native', items);
        await ingest.stop();
      }
      let found = 0;
      for (const [i, text] of corpus.entries())
        for (const asked of [text, `${text}${i}`]) {
          const [is, should] = await Promise.all([embedded, memory].map((one) => one.search('shop', asked, 1_000)));
          expect([...(is as Iterable<unknown>)].length, JSON.stringify(asked)).toBe(
            [...(should as Iterable<unknown>)].length,
          );
          found += [...(is as Iterable<unknown>)].length;
        }
      expect(found).toBeGreaterThanOrEqual(corpus.length - 1);
      console.log(`S38: ${2 * corpus.length} searches of the store, ${found} found, as in memory`);
    } finally {
      await embedded.close();
    }
  });

  test('a statement that got in would reach no file, no network and no setting', async () => {
    const outside = temporary();
    writeFileSync(join(outside, 'secret.csv'), 'a,b\n1,2\n');
    const statements = [
      `SELECT content FROM read_text('${outside}/secret.csv')`,
      `SELECT * FROM read_csv('${outside}/secret.csv')`,
      `SELECT * FROM '${outside}/secret.csv'`,
      `SELECT * FROM glob('${outside}/*')`,
      `COPY (SELECT 1) TO '${outside}/stolen.csv'`,
      `ATTACH '${outside}/stolen.db'`,
      `EXPORT DATABASE '${outside}/stolen'`,
      'INSTALL httpfs',
      'LOAD httpfs',
      'SET enable_external_access = true',
      'SET lock_configuration = false',
    ];
    const file = await openFile({ directory: temporary(), memoryMegabytes: 64, threads: 1, log: () => undefined });
    try {
      const got: string[] = [];
      for (const lane of ['write', 'question', 'lookup'] as const)
        for (const statement of statements)
          await file[lane]
            .rows(() => statement)
            .then(
              () => got.push(`${lane}: ${statement}`),
              (error: Error) => expect(error.message).toMatch(/disabled|locked|Cannot change/),
            );
      expect(got).toEqual([]);
      expect(readdirSync(outside)).toEqual(['secret.csv']);
      console.log(`S38: ${statements.length} statements on 3 connections, ${got.length} reached outside`);
    } finally {
      await file.close();
    }
  });

  test('and afterwards everything is still there', async () => {
    const { events } = await columns.overview('shop');
    expect(events).toBe(corpus.length);
    console.log(`S38: ${corpus.length} texts in every field of every question, ${events} events as before`);
    expect(readdirSync(directory).every((name) => name.startsWith('columns.duckdb'))).toBe(true);
  });
});
