import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { presets } from '@selfsame/identity';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { policyHistoryShape } from '../src/api/shapes/policy.ts';
import { startServer } from '../src/index.ts';
import { batch, other, running, shop, signIn, type TestServer } from './running.ts';

type Server = Pick<TestServer, 'url'>;

const call = (server: Server, method: string, path: string, body?: object, key = shop.serverKey) =>
  fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const change = async (server: Server, body: object) =>
  expect((await call(server, 'PUT', '/v1/policy', body)).status).toBe(200);
const historyOf = async (server: Server, key = shop.serverKey) =>
  v.parse(policyHistoryShape, await (await call(server, 'GET', '/v1/policy/history', undefined, key)).json());
const policyOf = async (server: Server) => (await call(server, 'GET', '/v1/policy')).json();

/** The same data directory, served again. */
async function again(
  server: TestServer,
  use: (server: Server, log: readonly string[]) => Promise<void>,
): Promise<void> {
  await server.stop();
  const log: string[] = [];
  const started = await startServer(
    { config: join(server.data, '../settings.json'), data: server.data, port: 0, host: '127.0.0.1' },
    { foreground: false, logTo: { write: (line) => void log.push(line) } },
  );
  try {
    await use(started, log);
  } finally {
    await started.stop();
  }
}

describe('GET /v1/policy/history', () => {
  it('begins with the settings file’s, then says who changed what, when and why, over a restart', async () => {
    let now = Date.UTC(2026, 2, 2, 12);
    const server = await running({}, { clock: () => now });
    expect(await historyOf(server)).toMatchObject({
      ruledBy: 'settings-file',
      entries: [{ number: 1, at: '2026-03-02T12:00:00.000Z', by: 'settings file', changes: [], isInForce: true }],
    });
    now += 60_000;
    await change(server, { directory: { strategy: 'profile_link' }, reason: 'the apps ask for it' });
    // What is so already is no change.
    await change(server, { directory: { strategy: 'profile_link' } });
    const cookie = await signIn(server);
    const headers = { cookie, 'content-type': 'application/json', origin: server.url, 'x-selfsame-project': 'shop' };
    const body = JSON.stringify({ undoTrust: 3 });
    expect((await fetch(`${server.url}/v1/policy`, { method: 'PUT', headers, body })).status).toBe(200);
    const history = await historyOf(server);
    expect(history.ruledBy).toBe('console');
    expect(history.entries.map(({ number, by, reason, isInForce }) => [number, by, reason, isInForce])).toEqual([
      [3, 'operator', null, true],
      [2, 'server key', 'the apps ask for it', false],
      [1, 'settings file', null, false],
    ]);
    expect(history.entries[0]?.changes).toEqual([{ field: 'undoTrust', before: 2, after: 3 }]);
    expect(history.entries[1]?.at).toBe('2026-03-02T12:01:00.000Z');
    expect(history.entries[1]?.changes).toContainEqual({
      field: 'directory.strategy',
      before: 'default',
      after: 'profile_link',
    });
    // Another project has another history.
    expect((await historyOf(server, other.serverKey)).entries).toHaveLength(1);
    expect((await call(server, 'GET', '/v1/policy/history', undefined, shop.publicKey)).status).toBe(403);
    await again(server, async (started) => expect(await historyOf(started)).toEqual(history));
  });

  it('a start with another settings file is an entry too, until an operator has chosen', async () => {
    const server = await running();
    const config = join(server.data, '../settings.json');
    const settings = (policy: object) =>
      writeFileSync(config, JSON.stringify({ projects: [{ ...shop, policy }, other] }));
    settings({ identityMode: 'report' });
    await again(server, async (started) => {
      const { ruledBy, entries } = await historyOf(started);
      expect([ruledBy, entries[0]?.by]).toEqual(['settings-file', 'settings file']);
      expect(entries[0]?.changes).toEqual([{ field: 'identityMode', before: 'open', after: 'report' }]);
      await change(started, { undoTrust: 3 });
    });
    settings({ identityMode: 'open' });
    await again(server, async (started) => {
      const { ruledBy, entries } = await historyOf(started);
      expect([ruledBy, entries.length]).toEqual(['console', 3]);
    });
  });

  it('policies that were chosen before there was a history are read', async () => {
    const server = await running();
    await change(server, { undoTrust: 3 });
    const before = await policyOf(server);
    await server.stop();
    writeFileSync(join(server.data, 'policies.json'), JSON.stringify({ shop: before }));
    await again(server, async (started) => {
      expect(await policyOf(started)).toEqual(before);
      const { ruledBy, entries } = await historyOf(started);
      expect([ruledBy, entries.map(({ number }) => number)]).toEqual(['console', [1]]);
    });
    expect(JSON.parse(readFileSync(join(server.data, 'policies.json'), 'utf8'))).toMatchObject({ version: 2 });
  });
});

describe('a project whose settings name no preset', () => {
  const settle = (server: TestServer, one: object) =>
    writeFileSync(join(server.data, '../settings.json'), JSON.stringify({ projects: [{ ...shop, ...one }, other] }));
  const file = (server: TestServer) => join(server.data, 'policies.json');
  const kept = (server: TestServer) => JSON.parse(readFileSync(file(server), 'utf8'));
  const stretches = [
    { type: 'login', time: '2026-01-01T00:10:00Z', ids: { device: 'd', user: 'ann' } },
    { type: 'login', time: '2026-01-01T00:12:00Z', ids: { device: 'd', user: 'bob' } },
  ];

  it('keeps the default it began with when a release brings another, says so, and takes today’s when it names it', async () => {
    const server = await running();
    const now = await policyOf(server);
    expect(server.log.join('')).not.toContain('name no preset');
    await server.stop();
    // As if an earlier release had begun it, whose default was another.
    const former = { ...presets['selfsame'], sharedDevice: 'by-interval', undoTrust: 3 };
    writeFileSync(file(server), JSON.stringify({ ...kept(server), begun: { shop: former } }));
    settle(server, { policy: { order: 'arrival' } });
    await again(server, async (started, log) => {
      expect(await policyOf(started)).toMatchObject({ sharedDevice: 'by-interval', undoTrust: 3, order: 'arrival' });
      const line = log.find((one) => one.includes('name no preset')) ?? '';
      expect(JSON.parse(line)).toMatchObject({ project: 'shop', differs: ['sharedDevice', 'undoTrust'] });
      expect(line).toContain('\\"preset\\": \\"selfsame\\"');
    });
    settle(server, { policy: { preset: 'selfsame' } });
    await again(server, async (started, log) => {
      expect(await policyOf(started)).toEqual(now);
      expect(log.join('')).not.toContain('name no preset');
    });
    // From then on it has no former default to go back to; what is new begins with today's.
    settle(server, {});
    await again(server, async (started) => expect(await policyOf(started)).toEqual(now));
    expect(kept(server).begun).toEqual({ shop: presets['selfsame'], other: presets['selfsame'] });
  });

  it('of before policies were kept goes on by interval where its graph was folded so', async () => {
    const server = await running({ projects: [{ ...shop, policy: { preset: 'by-interval' } }, other] });
    expect((await batch(server.url, shop.serverKey, stretches)).status).toBe(200);
    expect((await batch(server.url, other.serverKey, stretches)).status).toBe(200);
    await server.stop();
    rmSync(file(server));
    settle(server, {});
    await again(server, async (started) => {
      expect(await policyOf(started)).toEqual(presets['by-interval']);
      const others = await call(started, 'GET', '/v1/policy', undefined, other.serverKey);
      expect(await others.json()).toEqual(presets['selfsame']);
    });
    await again(server, async (started) => expect(await policyOf(started)).toEqual(presets['by-interval']));
  });
});

describe('POST /v1/policy/history/{number}/restore', () => {
  it('brings back exactly the policy of an entry, and is an entry itself', async () => {
    const server = await running();
    const seen = (minute: number, ids: object) => ({
      type: 'track',
      name: 'Seen',
      time: `2026-01-01T00:${minute}:00Z`,
      ids,
    });
    await batch(server.url, shop.serverKey, [
      seen(10, { device: 'd', user: 'ann' }),
      seen(20, { device: 'd', user: 'bob' }),
      seen(30, { device: 'd' }),
    ]);
    const owner = async () => {
      const answer = await call(server, 'GET', '/v1/people?kind=device&value=d&at=2026-01-01T00:30:00Z');
      return ((await answer.json()) as { identifiers: { value: string }[] }).identifiers.map(({ value }) => value)[0];
    };
    const first = await policyOf(server);
    expect(await owner()).toBe('bob');
    await change(server, { sharedDevice: 'first-login' });
    expect(await owner()).toBe('ann');
    // The graph of the one before is kept, so going there folds next to nothing; that of no other is.
    const quick = async () => (await historyOf(server)).entries.map(({ number, isQuick }) => [number, isQuick]);
    expect(await quick()).toEqual([
      [2, true],
      [1, true],
    ]);
    await change(server, { sharedDevice: 'last-login', undoTrust: 3 });
    expect(await quick()).toEqual([
      [3, true],
      [2, true],
      [1, false],
    ]);
    const restored = await call(server, 'POST', '/v1/policy/history/1/restore', { reason: 'it was right' });
    expect(restored.status).toBe(200);
    expect(await restored.json()).toEqual(first);
    expect(await policyOf(server)).toEqual(first);
    expect(await owner()).toBe('bob');
    const [latest] = (await historyOf(server)).entries;
    expect(latest).toMatchObject({ number: 4, by: 'server key', reason: 'it was right', back: 1, isInForce: true });
    expect(latest?.changes.map(({ field }) => field).sort()).toEqual(['sharedDevice', 'undoTrust']);
    // Nor is there anything to go back to where nobody was.
    expect((await call(server, 'POST', '/v1/policy/history/9/restore', {})).status).toBe(404);
    expect((await call(server, 'POST', '/v1/policy/history/1/restore', {}, shop.publicKey)).status).toBe(403);
    const headers = { authorization: `Bearer ${shop.serverKey}` };
    expect((await fetch(`${server.url}/v1/policy/former`, { method: 'DELETE', headers })).status).toBe(204);
    expect(await quick()).toEqual([
      [4, true],
      [3, false],
      [2, false],
      [1, true],
    ]);
  });
});
