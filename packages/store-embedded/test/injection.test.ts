import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyOf, type Policy, presets, type Rules } from '@selfsame/identity';
import { type Columns, createIngest, createMemoryStore, type Interval, type Item } from '@selfsame/store';
import { openColumns } from '@selfsame/store-embedded';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

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

  test('and afterwards everything is still there', async () => {
    expect(await columns.overview('shop').then((all) => all.events)).toBe(corpus.length);
    expect(readdirSync(directory).every((name) => name.startsWith('columns.duckdb'))).toBe(true);
  });
});
