import * as v from 'valibot';
import { expect, test } from 'vitest';
import { unsignedShape } from '../src/routes/answers.ts';
import { batch, running, shop, type TestServer } from './running.ts';

const unsigned = async (server: TestServer) => {
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
