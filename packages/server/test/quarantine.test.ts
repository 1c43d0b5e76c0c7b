import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectId, Rules } from '@selfsame/identity';
import { createIngest } from '@selfsame/store';
import { itemOf, testRules } from '@selfsame/store/traffic';
import { openEmbeddedStore } from '@selfsame/store-embedded';
import * as v from 'valibot';
import { expect, onTestFinished, test } from 'vitest';
import { statsShape } from '../src/api/shapes/counts.ts';
import { quarantineShape, replayedShape } from '../src/api/shapes/quarantine.ts';
import { startServer } from '../src/index.ts';
import { batch, shop } from './running.ts';

/** A data directory as a release left it whose rules fail on people named `bad…`: the first record is one of them. */
async function leftByAFaultyRelease(directory: string): Promise<void> {
  const rules = (project: ProjectId): Rules => ({
    ...testRules(project),
    derive(one, founder, attempt) {
      if (founder.value.startsWith('bad')) throw new TypeError('undefined is not a function: bad-secret');
      return testRules(project).derive(one, founder, attempt);
    },
  });
  const store = await openEmbeddedStore({ directory, rules });
  const ingest = createIngest({ store, rules, clock: () => 1_760_000_000_000 });
  const login = (user: string, insertId?: string) =>
    itemOf({
      project: shop.id,
      wire: 'native',
      trust: 2,
      time: 1_750_000_000_000,
      command: {
        type: 'Identify',
        ids: [
          { kind: 'user', value: user },
          { kind: 'device', value: `${user}-phone` },
        ],
      },
      ...(insertId === undefined ? {} : { insertId }),
    });
  await ingest.submit('native', [login('bad-ann', 'first'), login('good-eve', 'e'), login('bad-bob')]);
  await ingest.stop();
  await store.close();
}

test('[Q1] [Q2] what the rules failed on is listed with why, and replayed by the release that mends them (G16)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-quarantine-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [config, data] = [join(folder, 'settings.json'), join(folder, 'data')];
  writeFileSync(config, JSON.stringify({ projects: [shop] }));
  mkdirSync(data);
  await leftByAFaultyRelease(data);
  // Of a fold with other person ids.
  for (const end of ['', '-wal', '-shm']) rmSync(join(data, `graph.db${end}`), { force: true });

  const start = () =>
    startServer({ config, data, port: 0, host: '127.0.0.1' }, { foreground: false, logTo: { write: () => {} } });
  let server = await start();
  onTestFinished(() => server.stop());
  const headers = { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' };
  const get = async <T>(path: string, shape: v.GenericSchema<unknown, T>): Promise<T> =>
    v.parse(shape, await (await fetch(server.url + path, { headers })).json());
  const replay = async (body: object) =>
    v.parse(
      replayedShape,
      await (
        await fetch(`${server.url}/v1/quarantine/replay`, { method: 'POST', headers, body: JSON.stringify(body) })
      ).json(),
    );
  const person = (user: string) => fetch(`${server.url}/v1/people?kind=device&value=${user}-phone`, { headers });

  // The record at the head of the log is one of them, and the server serves.
  const listed = await get('/v1/quarantine', quarantineShape);
  expect(listed).toMatchObject({ waiting: 2, replayed: 0, next: null });
  expect(listed.items.map(({ position, type, insertId }) => [position, type, insertId])).toEqual([
    [1, 'identify', 'first'],
    [3, 'identify', null],
  ]);
  for (const { failure } of listed.items) expect(failure).toMatch(/^TypeError at test\/quarantine\.test\.ts:\d+$/);
  expect(await get('/v1/quarantine?limit=1', quarantineShape)).toMatchObject({ items: [{ position: 1 }], next: 1 });
  expect((await get('/v1/quarantine?after=1', quarantineShape)).items.map(({ position }) => position)).toEqual([3]);
  expect((await person('bad-ann')).status).toBe(404);

  // What does not wait is nothing to it; one, then all, then none.
  expect(await replay({ positions: [2, 99] })).toEqual({ replayed: 0, stay: [], waiting: 2 });
  expect(await replay({ positions: [3] })).toEqual({ replayed: 1, stay: [], waiting: 1 });
  const both = await Promise.all([replay({}), replay({})]);
  expect(both.reduce((sum, one) => sum + one.replayed, 0)).toBe(1);
  expect(await replay({})).toEqual({ replayed: 0, stay: [], waiting: 0 });
  for (const user of ['bad-ann', 'bad-bob', 'good-eve']) expect((await person(user)).status, user).toBe(200);

  // The sender tries once more; over a restart nothing waits again, and all is counted once (G5).
  await server.stop();
  server = await start();
  const again = await batch(server.url, shop.serverKey, [
    { type: 'login', ids: { user: 'bad-ann' }, insertId: 'first' },
  ]);
  expect(await again.json()).toMatchObject({ results: [{ status: 'duplicate', personId: expect.any(String) }] });
  expect(await get('/v1/quarantine', quarantineShape)).toEqual({ items: [], waiting: 0, replayed: 2, next: null });
  expect(await get('/v1/stats', statsShape)).toMatchObject({ received: 4, applied: 1, quarantined: 2, duplicate: 1 });
  expect(await replay({ positions: [1, 3] })).toEqual({ replayed: 0, stay: [], waiting: 0 });
  console.log('G16: 2 poisoned, one at the head of the log = 2 quarantined = 2 replayed, over a restart');
});
