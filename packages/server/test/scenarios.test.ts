import type { Policy } from '@selfsame/identity';
import { expect, test } from 'vitest';
import { parseScenarios } from '../../cli/src/scenario/scenario.ts';
import { tryScenario } from '../../cli/src/scenario/try-scenario.ts';
import { readPolicy } from '../src/policy/read.ts';
import { batch, running, shop, type TestServer } from './running.ts';

const at = (minutes: number): string => new Date(Date.UTC(2026, 0, 1, 10, minutes)).toISOString();

const post = (server: TestServer, path: string, body: object) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** The file as it would be downloaded, run as `selfsame test` runs it. */
function tried(text: string): readonly string[] {
  return parseScenarios(text, 'saved.json').flatMap((one) => {
    const policy = readPolicy(one.policy ?? {});
    return 'problems' in policy ? policy.problems : tryScenario(one, policy as Policy);
  });
}

const family = [
  { type: 'login', ids: { device: 'secret-tablet', user: 'mrs-smith' }, time: at(0), insertId: 'secret-1' },
  {
    type: 'traits',
    ids: { user: 'mrs-smith' },
    traits: { email: 'smith@secret.example', plan: 'secret' },
    time: at(1),
  },
  { type: 'logout', ids: { device: 'secret-tablet' }, time: at(10) },
  { type: 'login', ids: { device: 'secret-tablet', user: 'master-smith' }, time: at(300) },
  { type: 'track', name: 'Played', ids: { device: 'secret-tablet' }, time: at(301), properties: { game: 'secret' } },
];

test('who somebody is today becomes a test that runs, and holds no value of theirs', async () => {
  const server = await running();
  await batch(server.url, shop.serverKey, family);
  const answer = await post(server, '/v1/scenarios', {
    identifiers: ['user:mrs-smith', 'email:smith@secret.example', 'device:secret-tablet', 'user:master-smith'],
  });
  expect(answer.status).toBe(200);
  const text = await answer.text();
  expect(text).not.toMatch(/secret|smith/);
  expect(tried(text)).toEqual([]);
  const scenario = JSON.parse(text) as { expect: { people: string[][]; apart: unknown[]; owners: unknown[] } };
  expect(scenario.expect.people).toHaveLength(2);
  expect(scenario.expect.apart).toHaveLength(1);
  expect(scenario.expect.owners).toHaveLength(2);
  // It fails when the rules make something else of it.
  const other = JSON.stringify({ ...scenario, policy: { preset: 'by-interval', sharedDevice: 'first-login' } });
  expect(tried(other)).not.toEqual([]);
});

test('it goes by the policy of the project, and by what stands', async () => {
  const policy = {
    preset: 'mixpanel-simplified',
    breaker: { perDay: { contact: 5 }, trusted: ['device:secret-tablet'] },
  };
  const server = await running({ projects: [{ ...shop, policy }] });
  await batch(server.url, shop.serverKey, family);
  await post(server, '/v1/retractions', { identifier: 'user:mrs-smith', reason: 'gone' });
  const answer = await post(server, '/v1/scenarios', { identifiers: ['device:secret-tablet', 'user:master-smith'] });
  const text = await answer.text();
  expect(text).not.toMatch(/secret|smith/);
  expect(tried(text)).toEqual([]);
  expect(JSON.parse(text)).toMatchObject({
    policy: { preset: 'mixpanel-simplified', breaker: { perDay: { contact: 5 } } },
  });
});

test('what cannot be one is said', async () => {
  const server = await running();
  expect((await post(server, '/v1/scenarios', { identifiers: ['user:nobody'] })).status).toBe(404);
  expect((await post(server, '/v1/scenarios', { identifiers: [] })).status).toBe(400);
  await batch(
    server.url,
    shop.serverKey,
    Array.from({ length: 501 }, (_, i) => ({ type: 'track', name: 'Seen', ids: { user: 'busy' }, time: at(i) })),
  );
  const busy = await post(server, '/v1/scenarios', { identifiers: ['user:busy'] });
  expect(busy.status).toBe(422);
  expect(await busy.text()).toContain('500 entries');
});
