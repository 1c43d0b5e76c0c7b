import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { unsignedShape } from '../src/api/shapes/policy.ts';
import { type RunningServer, startServer } from '../src/index.ts';
import { batch, running, shop } from './running.ts';

const unsigned = async (server: Pick<RunningServer, 'url'>) => {
  const answer = await fetch(`${server.url}/v1/unsigned`, { headers: { authorization: `Bearer ${shop.serverKey}` } });
  expect(answer.status).toBe(200);
  return v.parse(unsignedShape, await answer.json());
};

const login = { type: 'login', ids: { user: 'ann', device: 'd' } };

test('[E1] report counts by wire and day what enforce would not believe, and believes it', async () => {
  let now = Date.UTC(2026, 2, 2, 12);
  const projects = [{ ...shop, policy: { identityMode: 'report' } }];
  const server = await running({ projects }, { clock: () => now });
  // What the backend says needs no signature; of somebody whom nobody knows yet a page may speak.
  await batch(server.url, shop.serverKey, [login]);
  await batch(server.url, shop.publicKey, [login, { type: 'track', name: 'Seen', ids: { device: 'd' } }]);
  now = Date.UTC(2026, 2, 3, 12);
  await batch(server.url, shop.publicKey, [login]);
  const event = {
    event: 'Seen',
    properties: { token: shop.publicKey, distinct_id: 'ann', $device_id: 'd', $user_id: 'ann' },
  };
  await fetch(`${server.url}/mixpanel/track`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([event]),
  });
  const { mode, rows } = await unsigned(server);
  expect(mode).toBe('report');
  expect(rows.map(({ day, wire, items }) => `${day} ${wire} ${items}`).sort()).toEqual([
    '2026-03-02 native 1',
    '2026-03-03 mixpanel 1',
    '2026-03-03 native 1',
  ]);
  expect(rows[0]?.day).toBe('2026-03-03');
});

test('[E1] open counts nothing', async () => {
  const server = await running();
  await batch(server.url, shop.publicKey, [login]);
  expect(await unsigned(server)).toMatchObject({ mode: 'open', rows: [] });
});

test('[E1] the report is kept over a restart, and what a crash left out is read from the log, once', async () => {
  let now = Date.UTC(2026, 2, 2, 12);
  const projects = [{ ...shop, policy: { identityMode: 'report' } }];
  const server = await running({ projects }, { clock: () => now });
  await batch(server.url, shop.serverKey, [login]);
  await batch(server.url, shop.publicKey, [login, login]);
  const file = join(server.data, 'unsigned.json');
  // As a process that is killed leaves it: what was written at the start.
  const atStart = readFileSync(file, 'utf8');
  const before = await unsigned(server);
  expect(before.rows.map(({ items }) => items)).toEqual([2]);
  await server.stop();
  const stopped = readFileSync(file, 'utf8');
  now = Date.UTC(2026, 2, 3, 12);
  for (const left of [stopped, atStart]) {
    writeFileSync(file, left);
    const again = await startServer(
      { config: join(server.data, '../settings.json'), data: server.data, port: 0, host: '127.0.0.1' },
      { foreground: false, clock: () => now, logTo: { write: () => {} } },
    );
    try {
      expect(await unsigned(again)).toEqual(before);
    } finally {
      await again.stop();
    }
  }
});
