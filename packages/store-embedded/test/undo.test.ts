import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Told, type Undo, Undone, undoIn } from '@selfsame/identity';
import { createIngest, indexOf } from '@selfsame/store';
import { digestOfLog, digestOfStore, itemOf, logOf, testRules, traffic } from '@selfsame/store/traffic';
import { expect, it } from 'vitest';
import { openColumns, openEmbeddedStore } from '../src/index.ts';
import { temporary } from './temporary.ts';

const seed = Number(process.env['SELFSAME_SEED']);
console.log(`undo in the embedded store: SELFSAME_SEED=${seed}`);

async function storeWith(
  directory: string,
  undos: readonly Pick<Undo, 'type' | 'told'>[],
  statements = traffic(seed, 150),
) {
  const store = await openEmbeddedStore({ directory, rules: testRules });
  let now = 1e6;
  const ingest = createIngest({ store, rules: testRules, clock: () => ++now });
  await ingest.submit('native', statements.slice(0, 100).map(itemOf));
  await store.checkpoint();
  await ingest.submit('native', statements.slice(100, 120).map(itemOf));
  for (const { type, told } of undos)
    await ingest.submit('native', [
      itemOf({ project: 'p', wire: 'native', trust: 3, command: { type, told, reason: 'a test', by: 'tester' } }),
    ]);
  await ingest.submit('native', statements.slice(120).map(itemOf));
  await ingest.stop();
  return store;
}

/** The first tracks of a project, whole. */
const firstOf = (count: number): readonly Told[] => Array.from({ length: count }, (_, i) => ({ entry: 3 + 7 * i }));

it.each([
  ['the tables end before the undo', false],
  ['the graph was deleted', true],
])('[U3] what was taken back stays so after a crash, when %s', async (_when, isGraphGone) => {
  const directory = temporary();
  const store = await storeWith(directory, [
    { type: 'Retract', told: firstOf(6) },
    { type: 'Restore', told: firstOf(2) },
  ]);
  const log = await logOf(store);
  // What a crash leaves: the files as they are while the store is open.
  const crashed = temporary();
  cpSync(directory, crashed, { recursive: true, filter: (file) => !file.endsWith('.lock') });
  if (isGraphGone)
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(crashed, `graph.db${suffix}`), { force: true });
  const again = await openEmbeddedStore({ directory: crashed, rules: testRules });
  expect(await logOf(again)).toEqual(log);
  expect(digestOfStore(again, log)).toBe(digestOfLog(log));
  expect(digestOfStore(store, log)).toBe(digestOfLog(log));
  expect(await again.undos('p')).toEqual(await store.undos('p'));
  await again.close();
  await store.close();
});

it('[U2] the columns answer without what was taken back, and with what was put back', async () => {
  const directory = temporary();
  // Of two copies of an event one counts ([D3]); here each is an event of its own.
  const once = traffic(seed, 150).map(({ insertId: _, ...statement }) => statement);
  const store = await storeWith(directory, [], once);
  const columns = await openColumns({ directory, feed: store.feed });
  const log = await logOf(store);
  const events = log.filter(
    ({ entry, verdict }) => entry.project === 'p' && entry.command.type === 'Track' && verdict.status === 'applied',
  );
  const told = events.slice(0, 10).map(({ entry }) => ({ entry: entry.position }));
  const count = async () => (await columns.overview('p')).events;
  expect(await count()).toBe(events.length);
  let now = 2e6;
  const ingest = createIngest({ store, rules: testRules, clock: () => ++now });
  const undo = (type: Undo['type']) =>
    ingest.submit('native', [
      itemOf({ project: 'p', wire: 'native', trust: 3, command: { type, told, reason: 'a test', by: 'tester' } }),
    ]);
  await undo('Retract');
  expect(
    new Undone((await store.undos('p')).flatMap((one) => undoIn(one) ?? [])).covers(told[0]?.entry as number),
  ).toBe(true);
  await columns.catchUp('p');
  expect(await count()).toBe(events.length - 10);
  await undo('Restore');
  await columns.catchUp('p');
  expect(await count()).toBe(events.length);
  await ingest.stop();
  await columns.close();
  await store.close();
});

it('knows what came of a project after others wrote without reading the log again', async () => {
  const directory = temporary();
  let store = await storeWith(directory, []);
  await store.close();
  store = await openEmbeddedStore({ directory, rules: testRules });
  let now = 2e6;
  const ingest = createIngest({ store, rules: testRules, clock: () => ++now });
  const tell = (project: string) =>
    ingest.submit('native', [
      itemOf({
        project,
        wire: 'native',
        trust: 0,
        command: { type: 'Track', ids: [{ kind: 'user', value: 'ann' }], name: 'View', properties: {} },
      }),
    ]);
  await tell('q');
  const index = await indexOf(store, 'p', testRules('p').policy);
  for (const project of ['p', 'q', 'q', 'p', 'new', 'p']) await tell(project);
  await Promise.all([tell('q'), tell('p')]);
  expect(index.through).toBe(await store.head('p'));
  await ingest.stop();
  await store.close();
});
