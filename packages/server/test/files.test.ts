import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { batch, other, running, shop, type TestServer } from './running.ts';

/** What these tests read of an answer. */
interface Answer {
  readonly reason: string | null;
  readonly error: { readonly code: string };
}

const patience = { timeout: 60_000, interval: 100 };

/** What a reader with DuckDB finds, after `views.sql`. */
async function ask(directory: string, question: string): Promise<readonly Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  try {
    const connection = await instance.connect();
    await connection.run(`SET file_search_path = '${directory}'`);
    await connection.run(readFileSync(join(directory, 'views.sql'), 'utf8'));
    const rows = (await connection.runAndReadAll(question)).getRowObjectsJson();
    connection.closeSync();
    return rows as Record<string, unknown>[];
  } finally {
    instance.closeSync();
  }
}

async function call(server: TestServer, method: string, path: string, body?: object) {
  const response = await fetch(`${server.url}/v1/outputs${path}`, {
    method,
    headers: { authorization: `Bearer ${shop.serverKey}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer };
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'selfsame-lake-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();

describe.each(['parquet', 'ndjson'] as const)('files of %s', (format) => {
  it('hold what was before them too, and say whose each event is after all was put right', {
    timeout: 240_000,
  }, async () => {
    const filesDirectory = folder();
    const server = await running({
      filesDirectory,
      projects: [{ ...shop, policy: { preset: 'mixpanel-simplified' } }, other],
    });
    const said = async (item: object, key = shop.serverKey) =>
      expect((await batch(server.url, key, [item])).status).toBe(200);
    await said({
      type: 'track',
      name: 'Viewed',
      ids: { device: 'd1' },
      time: at(1),
      insertId: 'i1',
      properties: { n: [1] },
    });
    const made = await call(server, 'POST', '', {
      id: 'lake',
      type: 'files',
      format,
      rotateSeconds: 1,
      expand: true,
    });
    expect(made.status).toBe(201);
    const directory = join(filesDirectory, 'shop', 'lake');
    expect(made.body).toMatchObject({ id: 'lake', type: 'files', url: `file://${directory}` });
    expect(made.body).not.toHaveProperty('secret');
    expect((await call(server, 'POST', '/lake/test')).body).toEqual({ ok: true, reason: null });
    expect((await call(server, 'POST', '/lake/replay', { from: 0 })).body.error.code).toBe('no_replay');

    await vi.waitFor(async () => expect(await ask(directory, 'SELECT name FROM events')).toHaveLength(1), patience);
    const [before] = await ask(directory, 'SELECT person, owner FROM owned_events');
    expect(before?.['owner']).toBe(before?.['person']);

    await said({ type: 'login', ids: { device: 'd1', user: 'ann' }, time: at(2) });
    await said({ type: 'track', name: "Bought 'it'", ids: { user: 'ann' }, time: at(3), properties: { price: 9.5 } });
    await vi.waitFor(async () => expect(await ask(directory, 'SELECT name FROM events')).toHaveLength(2), patience);

    const ann = (await (
      await fetch(`${server.url}/v1/people?kind=user&value=ann`, {
        headers: { authorization: `Bearer ${shop.serverKey}` },
      })
    ).json()) as { id: string };
    const owned = await ask(
      directory,
      'SELECT name, time::VARCHAR AS time, person, owner FROM owned_events ORDER BY time',
    );
    expect(owned).toEqual([
      { name: 'Viewed', time: '2026-01-01 12:01:00', person: before?.['person'], owner: ann.id },
      { name: "Bought 'it'", time: '2026-01-01 12:03:00', person: ann.id, owner: ann.id },
    ]);
    expect(ann.id).not.toBe(before?.['person']);
    expect(
      await ask(
        directory,
        "SELECT properties->>'$.n[0]' AS n, insert_id, wire, anchor_kind FROM events WHERE name = 'Viewed'",
      ),
    ).toEqual([{ n: '1', insert_id: 'i1', wire: 'native', anchor_kind: 'device' }]);
    // With expand the correction names the event: who owns it is found by equality.
    expect(await ask(directory, 'SELECT name, owner FROM corrected_events ORDER BY time')).toEqual(
      owned.map(({ name, owner }) => ({ name, owner })),
    );
    expect(await ask(directory, 'SELECT person, known FROM corrected')).toEqual([{ person: ann.id, known: true }]);
    // Who somebody is now, without an event: the whole of ownership is there.
    expect(await ask(directory, "SELECT DISTINCT kind || ':' || value AS id FROM ownership ORDER BY id")).toEqual([
      { id: 'device:d1' },
      { id: 'user:ann' },
    ]);
    expect(await ask(directory, 'SELECT from_person, to_person, rule, undone FROM moved')).toEqual([
      { from_person: before?.['person'], to_person: ann.id, rule: expect.any(String), undone: false },
    ]);
    // An event that is taken back is nobody's any more; the row of it stays.
    const [bought] = await ask(directory, "SELECT position FROM events WHERE anchor_kind = 'user'");
    const headers = { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' };
    const what = { what: 'retract', entry: Number(bought?.['position']), reason: 'a test order' };
    const retract = { method: 'POST', headers, body: JSON.stringify(what) };
    expect((await fetch(`${server.url}/v1/retractions`, retract)).status).toBe(200);
    await vi.waitFor(
      async () => expect(await ask(directory, 'SELECT name FROM owned_events')).toEqual([{ name: 'Viewed' }]),
      patience,
    );
    expect(await ask(directory, 'SELECT name FROM corrected_events')).toEqual([{ name: 'Viewed' }]);
    expect(await ask(directory, 'SELECT name FROM events')).toHaveLength(2);
    // [D3] Of a page's copy and a backend's the page's counts while the backend's is taken back.
    const left = { type: 'track', name: 'Left', ids: { user: 'ann' }, time: at(4), insertId: 'i4' };
    await said(left, shop.publicKey);
    await said(left);
    const lefts = "SELECT position FROM owned_events WHERE name = 'Left'";
    const copies = async () =>
      await ask(directory, "SELECT position FROM events WHERE name = 'Left' ORDER BY position");
    await vi.waitFor(async () => expect(await copies()).toHaveLength(2), patience);
    const [ofPage, ofBackend] = await copies();
    expect(await ask(directory, lefts)).toEqual([ofBackend]);
    await fetch(`${server.url}/v1/retractions`, {
      ...retract,
      body: JSON.stringify({ ...what, entry: Number(ofBackend?.['position']) }),
    });
    await vi.waitFor(async () => expect(await ask(directory, lefts)).toEqual([ofPage]), patience);
    // So does one that came after the backend's, of which there was no row.
    const late = { ...left, name: 'Late', insertId: 'i5' };
    await said(late);
    await said(late, shop.publicKey);
    const lates = "SELECT position, name, insert_id, owner FROM owned_events WHERE name = 'Late'";
    await vi.waitFor(async () => expect(await ask(directory, lates)).toHaveLength(1), patience);
    const [first] = await ask(directory, lates);
    await fetch(`${server.url}/v1/retractions`, {
      ...retract,
      body: JSON.stringify({ ...what, entry: Number(first?.['position']) }),
    });
    const position = String(Number(first?.['position']) + 1);
    await vi.waitFor(async () => expect(await ask(directory, lates)).toEqual([{ ...first, position }]), patience);

    const { body: state } = await call(server, 'GET', '/lake');
    expect(state).toMatchObject({ state: 'running', reason: null, held: 0, dead: 0 });
  });
});

it('an output of files refuses what would lead out of its directory, and says why a directory cannot be used', {
  timeout: 240_000,
}, async () => {
  const filesDirectory = folder();
  const server = await running({ filesDirectory });
  for (const id of ['..', '.', 'a/b', '../x', '%2e%2e'])
    expect((await call(server, 'POST', '', { id, type: 'files' })).status).toBe(400);
  const wrong = [
    { format: 'csv' },
    { rotateSeconds: 0 },
    { rotateBytes: 1.5 },
    { directory: '/etc' },
    { takes: ['event'] },
  ];
  for (const more of wrong)
    expect((await call(server, 'POST', '', { id: 'lake', type: 'files', ...more })).status).toBe(400);

  await call(server, 'POST', '', { id: 'lake', type: 'files', format: 'ndjson' });
  await vi.waitFor(async () => expect((await call(server, 'GET', '/lake')).body.reason).toBeNull(), patience);
  // Another format would mix two in one directory.
  await call(server, 'PUT', '/lake', { type: 'files', format: 'parquet' });
  await vi.waitFor(
    async () =>
      expect((await call(server, 'GET', '/lake')).body.reason).toContain('another output, format or installation'),
    patience,
  );
  // And rows for some corrections' events would be taken for all.
  await call(server, 'PUT', '/lake', { type: 'files', format: 'ndjson', expand: true });
  await vi.waitFor(
    async () => expect((await call(server, 'GET', '/lake')).body.reason).toContain('begun without expand'),
    patience,
  );
  await call(server, 'PUT', '/lake', { type: 'files', format: 'ndjson' });
  await vi.waitFor(async () => expect((await call(server, 'GET', '/lake')).body.reason).toBeNull(), patience);
});
