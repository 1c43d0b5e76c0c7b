import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startServer } from '../src/index.ts';
import { limits } from '../src/limits.ts';
import { createLog } from '../src/log.ts';
import { batch, other, running, shop, track } from './running.ts';

const metric = (text: string, name: string): number => {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  if (line === undefined) throw new Error(`no metric ${name}`);
  return Number(line.slice(name.length + 1));
};

describe('honest health (G26)', () => {
  test('each term of G5 is a metric that matches a recount of the answers', async () => {
    const { url } = await running();
    const sent = [track('1', 'a'), track('1', 'a'), track('2', 'b'), { type: 'none' }, { type: 'identify', ids: {} }];
    const { results } = (await (await batch(url, shop.serverKey, sent)).json()) as { results: { status: string }[] };
    const count = (status: string) => results.filter((one) => one.status === status).length;
    const text = await (await fetch(`${url}/metrics`)).text();
    const terms = ['applied', 'duplicate', 'rejected', 'quarantined', 'suppressed'];
    for (const status of terms)
      expect(metric(text, `selfsame_items_total{wire="native",status="${status}"}`)).toBe(count(status));
    const counted = terms.reduce(
      (sum, status) => sum + metric(text, `selfsame_items_total{wire="native",status="${status}"}`),
      0,
    );
    console.log(
      `G26: ${sent.length} items received: ${terms.length} metrics of their fates, difference from a recount ${counted - results.length}`,
    );
    expect(count('applied')).toBe(2);
    expect(count('duplicate')).toBe(1);
    expect(metric(text, 'selfsame_items_received_total{wire="native"}')).toBe(sent.length);
    expect(metric(text, 'selfsame_queued_items')).toBe(0);
    expect(metric(text, 'selfsame_body_bytes')).toBe(0);
    expect(metric(text, 'selfsame_commit_seconds_count')).toBe(1);
  });

  test('what was refused is counted by its rule, all projects together', async () => {
    const { url } = await running();
    const nobody = { type: 'identify', ids: { user: 'null' } };
    for (const { publicKey } of [shop, other]) await batch(url, publicKey, [nobody, track('1', 'a'), { type: 'none' }]);
    const text = await (await fetch(`${url}/metrics`)).text();
    const refused = (rule: string) =>
      metric(text, `selfsame_refused_items_total{wire="native",status="rejected",rule="${rule}"}`);
    expect([refused('A3'), refused('none')]).toEqual([2, 2]);
  });

  test('the limits are shown', async () => {
    const { url } = await running();
    expect(await (await fetch(`${url}/v1/limits`)).json()).toEqual(limits);
  });

  test('when the store fails, writes get 503 with Retry-After, ready turns red and live does not (G2, G28)', async () => {
    const { url, context, log } = await running();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await context.store.close();
    const answer = await batch(url, shop.publicKey, [track('1')]);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'not ready', reason: 'the store failed' }]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect(log.join('')).not.toContain('"level":60');
  });
});

test('what people and secrets are called is in no log line, metric or error (S3, S40)', async () => {
  const { url, log, loginUrl } = await running();
  const canary = 'canary-7f3b';
  const answers = await Promise.all([
    batch(url, shop.serverKey, [
      { type: 'track', name: canary, ids: { user: canary }, insertId: canary, properties: { [canary]: canary } },
      { type: canary, ids: { [canary]: canary } },
      { type: 'identify', ids: { user: { canary } } },
    ]),
    batch(url, canary, []),
    batch(url, shop.publicKey, [], { body: `{"${canary}` }),
    fetch(`${url}/v1/people?kind=user&value=${canary}`),
    fetch(`${url}/v1/${canary}`, { headers: { authorization: `Bearer ${shop.serverKey}` } }),
    fetch(`${url}/v1/people/${canary}?asOf=${canary}`, { headers: { authorization: `Bearer ${shop.serverKey}` } }),
    fetch(`${url}/${canary}.js?${canary}`),
    fetch(`${url}/login?token=${canary}`, { redirect: 'manual' }),
    fetch(`${url}/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"${canary}`,
    }),
    fetch(`${url}/mixpanel/track?data=${canary}&verbose=1`),
    fetch(`${url}/${canary}`, { method: 'POST', headers: { 'content-type': canary }, body: canary }),
  ]);
  const said = (await Promise.all(answers.map((one) => one.text()))).join('\n');
  const metrics = await (await fetch(`${url}/metrics`)).text();
  for (const [where, text] of Object.entries({ log: log.join('\n'), metrics, said })) {
    expect(text, where).not.toContain(canary);
    expect(text, where).not.toContain(shop.serverKey);
    expect(text, where).not.toContain(new URL(loginUrl).searchParams.get('token'));
  }
});

test('the log keeps nothing of what an error says, nor of what caused it (S40)', () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  const canary = 'canary-5d1e';
  const error = Object.assign(new TypeError(canary, { cause: new Error(canary) }), { code: 'EX', sent: canary });
  log.error({ err: error }, 'a request failed');
  log.error({ error: error.cause }, 'a request failed');
  log.error({ err: canary, req: { url: canary }, res: { body: canary } }, 'a request failed');
  log.error({ err: error });
  log.error(error);
  expect(lines).toHaveLength(5);
  for (const line of lines) expect(line).not.toContain(canary);
  expect(JSON.parse(lines[0] as string)).toMatchObject({
    err: {
      name: 'TypeError',
      code: 'EX',
      stack: expect.arrayContaining([expect.stringMatching(/^at /)]),
      cause: { name: 'Error' },
    },
  });
});

describe('a server without a settings file', () => {
  const start = async (data: string, more = {}) => {
    const server = await startServer(
      { data, port: 0, host: '127.0.0.1', ...more },
      { foreground: false, logTo: { write: () => undefined } },
    );
    onTestFinished(() => server.stop());
    return server;
  };
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'selfsame-default-'));
    onTestFinished(() => rmSync(made, { recursive: true, force: true }));
    return made;
  };

  test('serves a project demo whose keys and person ids survive a restart, readable by the owner only', async () => {
    const data = folder();
    const first = await start(data);
    const { demo } = JSON.parse(readFileSync(join(data, 'secrets.json'), 'utf8')) as { demo: Record<string, string> };
    expect(statSync(join(data, 'secrets.json')).mode & 0o777).toBe(0o600);
    // 32 random bytes as base64url.
    expect(demo['serverKey']).toMatch(/^srv_[\w-]{43}$/);
    expect(demo['signingSecret']).toMatch(/^sig_[\w-]{43}$/);
    const personOf = async (url: string) => {
      const answer = await batch(url, demo['serverKey'] as string, [track('ann')]);
      return ((await answer.json()) as { results: { personId: string }[] }).results[0]?.personId;
    };
    const person = await personOf(first.url);
    expect(person).toMatch(/^[\w-]{22}$/);
    await first.stop();
    const second = await start(data);
    expect(await personOf(second.url)).toBe(person);
    expect(second.loginUrl.split('token=')[1]).not.toBe(first.loginUrl.split('token=')[1]);
  });

  test('damaged secrets are not replaced, since every person would get another id', async () => {
    const data = folder();
    const { stop } = await start(data);
    await stop();
    const { writeFileSync } = await import('node:fs');
    writeFileSync(join(data, 'secrets.json'), '{');
    await expect(start(data)).rejects.toThrow(/secrets\.json cannot be read: restore it/);
  });

  test('--tls makes a certificate once, for its owner only, and serves by it', async () => {
    const data = folder();
    const server = await start(data, { tls: true });
    expect(server.url).toMatch(/^https:/);
    const ca = readFileSync(join(data, 'development-cert.pem'));
    expect(statSync(join(data, 'development-key.pem')).mode & 0o777).toBe(0o600);
    const status = await new Promise((resolve, reject) => {
      request(`${server.url}/readyz`, { ca }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
    await server.stop();
    await start(data, { tls: true });
    expect(readFileSync(join(data, 'development-cert.pem'))).toEqual(ca);
  });

  test('--cert without --key, and stores that are not built, say what to do', async () => {
    await expect(start(folder(), { cert: '/x.pem' })).rejects.toThrow('--cert needs --key beside it');
    const data = folder();
    await expect(start(data, { store: 'postgres://x' })).rejects.toThrow(/--store and --columns/);
    expect(readdirSync(data)).toEqual([]);
  });
});
