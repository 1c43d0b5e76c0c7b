import { createIngest, type Item, repeatKey, type Store } from '@selfsame/store';
import { testRules } from '@selfsame/store/traffic';
import { expect, it } from 'vitest';
import { openEmbeddedStore } from '../src/index.ts';
import { hashOf } from '../src/seen/key-filter.ts';
import { temporary } from './temporary.ts';

/** Two insert ids whose keys have one hash; found by trying 450 million. */
const twins = ['1w8w1t', '2ikkbe'] as const;

const item = (insertId: string): Item & { readonly type: 'statement' } => ({
  type: 'statement',
  statement: {
    project: 'p',
    wire: 'native',
    trust: 2,
    insertId,
    command: { type: 'Identify', ids: [{ kind: 'user', value: insertId }] },
  },
});

const tell = async (store: Store) => {
  const ingest = createIngest({ store, rules: testRules, clock: () => 1e12 });
  return (await ingest.submit('native', twins.map(item))).map(({ status, repeats }) => [status, repeats]);
};

it('insert ids with one hash are told apart: in memory, in the tables, and over a restart (G4)', async () => {
  const [a, b] = twins.map((id) => hashOf(repeatKey(item(id).statement) as string));
  expect(a).toBe(b);

  const directory = temporary();
  const store = await openEmbeddedStore({ directory, rules: testRules });
  expect(await tell(store)).toEqual([
    ['applied', undefined],
    ['applied', undefined],
  ]);
  const repeated = [
    ['duplicate', 1],
    ['duplicate', 2],
  ];
  expect(await tell(store)).toEqual(repeated);
  await store.checkpoint();
  expect(await tell(store)).toEqual(repeated);
  await store.close();
  const again = await openEmbeddedStore({ directory, rules: testRules });
  expect(await tell(again)).toEqual(repeated);
  await again.close();
});
