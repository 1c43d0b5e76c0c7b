import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../src/index.ts';
import { loadSecrets } from '../src/settings/secrets.ts';
import { running, shop, signIn, track } from './running.ts';

const json = { 'content-type': 'application/json' };
/** Long enough that nothing else looks like them. */
const planted = { ...shop, serverKey: 'planted-server-key-7f3b9c', signingSecret: 'planted-signing-secret-4d1e8a' };

/** A path for each wire that takes the server key as a secret, and how it is shown there. */
const asked = (
  key: string,
): readonly (readonly [method: string, path: string, authorization: string, body?: object])[] => [
  ['GET', '/v1/stats', `Bearer ${key}`],
  ['GET', '/v1/log', `Bearer ${key}`],
  ['POST', '/v1/batch', `Bearer ${key}`, { items: [track('ann')] }],
  ['POST', '/mixpanel/import?strict=1', `Basic ${btoa(`${key}:`)}`, []],
  [
    'POST',
    '/mparticle/v2/events',
    `Basic ${btoa(`${shop.publicKey}:${key}`)}`,
    { environment: 'production', user_identities: { customer_id: 'ann' }, events: [] },
  ],
];

const ask = async (url: string, key: string): Promise<readonly number[]> =>
  Promise.all(
    asked(key).map(async ([method, path, authorization, body]) => {
      const headers = { ...json, authorization };
      const answer = await fetch(url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
      await answer.body?.cancel();
      return answer.status;
    }),
  );

test('a server key that another took the place of opens nothing from the start on, by any wire (S3)', async () => {
  const server = await running();
  const isOpen = (status: number) => status >= 200 && status < 300;
  const before = await ask(server.url, shop.serverKey);
  expect(before.filter(isOpen), String(before)).toHaveLength(before.length);
  await server.stop();
  const config = join(server.data, '..', 'settings.json');
  writeFileSync(config, JSON.stringify({ projects: [{ ...shop, serverKey: 'shop-next-key' }] }));
  const next = await startServer(
    { config, data: server.data, port: 0, host: '127.0.0.1' },
    { foreground: false, logTo: { write: () => undefined } },
  );
  onTestFinished(() => next.stop());
  const [old, fresh] = [await ask(next.url, shop.serverKey), await ask(next.url, 'shop-next-key')];
  console.log(
    `S3: replaced key: ${old.filter(isOpen).length} of ${old.length} opened; new key: ${fresh.filter(isOpen).length}`,
  );
  // mParticle's events answer 403 where the others say 401.
  expect(old).toEqual([401, 401, 401, 401, 403]);
  expect(fresh).toEqual(before);
});

test('a session that is signed out while it is used answers nothing that is asked after (S3)', async () => {
  const server = await running();
  const cookie = await signIn(server);
  const policy = async () => {
    const answer = await fetch(`${server.url}/v1/policy?project=shop`, { headers: { cookie } });
    await answer.body?.cancel();
    return answer.status;
  };
  expect(await policy()).toBe(200);
  let isOut = false;
  const after: number[] = [];
  const users = Array.from({ length: 8 }, async () => {
    for (let left = 5; left > 0; ) {
      const wasOut = isOut;
      const status = await policy();
      if (!wasOut) continue;
      after.push(status);
      left -= 1;
    }
  });
  const out = await fetch(`${server.url}/v1/session`, { method: 'DELETE', headers: { ...json, cookie } });
  isOut = true;
  await Promise.all(users);
  expect(out.status).toBe(200);
  console.log(
    `S3: signed out under load: ${after.filter((one) => one !== 401).length} of ${after.length} answered after`,
  );
  expect(after).toEqual(Array.from({ length: 40 }, () => 401));
});

test('no key is in what the server stores, logs, counts or answers (S3)', async () => {
  const server = await running({ projects: [planted] });
  const said: string[] = [];
  for (const [method, path, authorization, body] of [...asked(planted.serverKey), ...asked(planted.signingSecret)]) {
    const headers = { ...json, authorization };
    const answer = await fetch(server.url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    said.push(JSON.stringify([...answer.headers]), await answer.text());
  }
  for (const path of [
    '/v1/project',
    '/v1/projects',
    '/v1/policy',
    '/v1/stats',
    '/v1/limits',
    '/openapi.json',
    '/metrics',
  ])
    said.push(
      await (await fetch(server.url + path, { headers: { authorization: `Bearer ${planted.serverKey}` } })).text(),
    );
  await server.stop();
  const files = readdirSync(server.data, { recursive: true, encoding: 'utf8' })
    .map((name) => join(server.data, name))
    .filter((path) => statSync(path).isFile());
  const places = [...said, ...server.log, ...files.map((path) => readFileSync(path, 'latin1'))];
  const found = places.filter((text) =>
    [planted.serverKey, planted.signingSecret].some((secret) =>
      [secret, btoa(secret), Buffer.from(secret).toString('hex'), encodeURIComponent(secret)].some((form) =>
        text.includes(form),
      ),
    ),
  );
  console.log(
    `S3: ${said.length} answers, ${server.log.length} lines of the log and ${files.length} files: ${found.length} with a key`,
  );
  expect(found).toEqual([]);
});

test('what an installation makes up has at least 192 bits, and no other has it (S3)', () => {
  const made = Array.from({ length: 100 }, () => {
    const directory = mkdtempSync(join(tmpdir(), 'selfsame-secrets-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const { installation, demo } = loadSecrets(directory);
    return [installation, demo.serverKey, demo.signingSecret].map((one) => one.replace(/^(srv|sig)_/, ''));
  }).flat();
  const bits = Math.min(...made.map((one) => Buffer.from(one, 'base64url').length * 8));
  console.log(`S3: ${made.length} secrets of 100 installations: ${bits} bits, ${new Set(made).size} different`);
  expect(bits).toBeGreaterThanOrEqual(192);
  expect(new Set(made).size).toBe(made.length);
});
