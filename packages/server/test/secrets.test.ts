import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectId } from '@selfsame/identity';
import { describe, expect, onTestFinished, test } from 'vitest';
import { addServerKey, revokeServerKey, serverKeysOf, startServer, withdrawSettingsKey } from '../src/index.ts';
import { loadSecrets } from '../src/settings/secrets.ts';
import { digestOf, digestOfSigning, watchServerKeys, withdrawSigningSecret } from '../src/settings/server-keys.ts';
import { running, shop, signIn, track } from './running.ts';
import { streamed, take } from './stream.ts';

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

test('what is revoked is seen within a second, in a file as long as before and by a clock that stepped back (S3)', () => {
  const directory = mkdtempSync(join(tmpdir(), 'selfsame-keys-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const project = 'shop' as ProjectId;
  let now = Date.UTC(2026, 0, 1);
  const add = (name: string) => addServerKey(directory, project, name, Date.UTC(2026, 0, 1));
  const size = () => statSync(join(directory, 'keys.json')).size;
  const [first, long] = [add('one'), size()];
  const keys = watchServerKeys(
    directory,
    () => now,
    (error) => {
      throw error;
    },
  );
  const opens = (key: string) => keys.find(digestOf(key)) !== undefined;
  expect(opens(first)).toBe(true);
  revokeServerKey(directory, project, 'one');
  const second = add('two');
  expect(size()).toBe(long);
  now += 1_000;
  expect([opens(first), opens(second)]).toEqual([false, true]);
  revokeServerKey(directory, project, 'two');
  now -= 3_600_000;
  expect(opens(second)).toBe(false);
  // A server key that is the same text as a signing secret is not revoked with it.
  withdrawSigningSecret(directory, project, shop.serverKey);
  now += 1_000;
  expect(keys.isWithdrawn(project, digestOfSigning(shop.serverKey))).toBe(true);
  expect(keys.isWithdrawn(project, digestOf(shop.serverKey))).toBe(false);
});

test('what an installation makes up has at least 192 bits, and no other has it (S3)', () => {
  const made = Array.from({ length: 100 }, () => {
    const directory = mkdtempSync(join(tmpdir(), 'selfsame-secrets-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const { installation, demo } = loadSecrets(directory).secrets;
    return [installation, demo.serverKey, demo.signingSecret].map((one) => one.replace(/^(srv|sig)_/, ''));
  }).flat();
  const bits = Math.min(...made.map((one) => Buffer.from(one, 'base64url').length * 8));
  console.log(`S3: ${made.length} secrets of 100 installations: ${bits} bits, ${new Set(made).size} different`);
  expect(bits).toBeGreaterThanOrEqual(192);
  expect(new Set(made).size).toBe(made.length);
});

describe('server keys made beside the settings file', () => {
  /** A server whose clock stands still until it is moved. */
  const withClock = async () => {
    let now = Date.now();
    const server = await running({}, { clock: () => now });
    return { server, pass: (ms: number) => void (now += ms), now: () => now };
  };
  const isOpen = (status: number) => status >= 200 && status < 300;

  test('open what the settings file’s key opens, side by side with it, and nothing a second after they are revoked (S3)', async () => {
    const { server, pass, now } = await withClock();
    const before = await ask(server.url, shop.serverKey);
    const key = addServerKey(server.data, 'shop', 'checkout', now());
    pass(1_000);
    expect(await ask(server.url, key)).toEqual(before);
    expect(await ask(server.url, shop.serverKey)).toEqual(before);
    revokeServerKey(server.data, 'shop', 'checkout');
    pass(1_000);
    const revoked = await ask(server.url, key);
    expect(revoked).toEqual([401, 401, 401, 401, 403]);
    withdrawSettingsKey(server.data, 'shop', shop.serverKey);
    pass(1_000);
    const withdrawn = await ask(server.url, shop.serverKey);
    console.log(
      `S3: a second after it was revoked: ${[...revoked, ...withdrawn].filter(isOpen).length} of ${revoked.length + withdrawn.length} opened`,
    );
    expect(withdrawn).toEqual([401, 401, 401, 401, 403]);
  });

  test('are kept as hashes, and stand over a restart (S3)', async () => {
    const server = await running();
    const [kept, gone] = ['kept', 'gone'].map((name) => addServerKey(server.data, 'shop', name, 0)) as [string, string];
    revokeServerKey(server.data, 'shop', 'gone');
    withdrawSettingsKey(server.data, 'shop', shop.serverKey);
    expect(() => addServerKey(server.data, 'shop', 'kept', 0)).toThrow('there is a key "kept": take another name');
    expect(() => revokeServerKey(server.data, 'shop', 'gone')).toThrow('there is no key "gone"');
    await server.stop();
    const config = join(server.data, '..', 'settings.json');
    const next = await startServer(
      { config, data: server.data, port: 0, host: '127.0.0.1' },
      { foreground: false, logTo: { write: () => undefined } },
    );
    onTestFinished(() => next.stop());
    const opened = await Promise.all([kept, gone, shop.serverKey].map((key) => ask(next.url, key)));
    expect(opened.map((statuses) => statuses.filter(isOpen).length)).toEqual([5, 0, 0]);
    const file = readFileSync(join(server.data, 'keys.json'), 'utf8');
    for (const key of [kept, gone, shop.serverKey]) expect(file).not.toContain(key);
    expect(statSync(join(server.data, 'keys.json')).mode & 0o777).toBe(0o600);
    expect(serverKeysOf(server.data, 'shop').keys.map(({ name }) => name)).toEqual(['kept']);
  });

  test('of another project open nothing here, and a file that cannot be read leaves what was (S2, S3)', async () => {
    const { server, pass, now } = await withClock();
    const key = addServerKey(server.data, 'other', 'theirs', now());
    pass(1_000);
    const project = await fetch(`${server.url}/v1/project`, { headers: { authorization: `Bearer ${key}` } });
    expect(await project.json()).toMatchObject({ id: 'other' });
    expect((await ask(server.url, key))[4]).toBe(403);
    writeFileSync(join(server.data, 'keys.json'), 'half a fi');
    pass(1_000);
    expect(await ask(server.url, key)).toEqual((await ask(server.url, key)).map((_, i) => (i === 4 ? 403 : 200)));
    expect(server.log.join('')).toContain('the server keys stay as they were');
    expect(() => addServerKey(server.data, 'other', 'more', 0)).toThrow('keys.json cannot be read');
  });

  test('take with them what they were given: SPiD’s tokens, signed requests, a stream that is read (S3)', async () => {
    let now = Date.now();
    const spid = { ...shop, keys: { spid: 'client' } };
    const server = await running({ projects: [spid] }, { clock: () => now });
    const key = addServerKey(server.data, 'shop', 'spid', now);
    now += 1_000;
    const tokenOf = async (client_secret: string) => {
      const answer = await fetch(`${server.url}/spid/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'client', client_secret }),
      });
      return ((await answer.json()) as { access_token: string }).access_token;
    };
    const isGood = async (token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${server.url}/spid/api/2/user/42/traits`, { headers });
      return !(await answer.text()).includes('invalid_token');
    };
    const isSigned = async (by: string) => {
      const [body, date] = ['{}', new Date(now).toUTCString()];
      const signature = createHmac('sha256', by).update(`POST\n${date}\n/mparticle/v1/identify${body}`).digest('hex');
      const headers = { ...json, date, 'x-mp-key': shop.publicKey, 'x-mp-signature': signature };
      return (await fetch(`${server.url}/mparticle/v1/identify`, { method: 'POST', headers, body })).status !== 401;
    };
    const [own, made] = [await tokenOf(shop.serverKey), await tokenOf(key)];
    expect([await isGood(own), await isGood(made)]).toEqual([true, true]);
    // Of a key that was made beside the file nothing is kept that a signature could be compared with.
    expect([await isSigned(shop.serverKey), await isSigned(key)]).toEqual([true, false]);
    const stream = streamed(server, '', {}, key);
    await fetch(`${server.url}/v1/batch`, {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${key}` },
      body: JSON.stringify({ items: [track('ann')] }),
    });
    expect(await take(stream, 1)).toHaveLength(1);
    revokeServerKey(server.data, 'shop', 'spid');
    now += 1_000;
    expect([await isGood(own), await isGood(made)]).toEqual([true, false]);
    // It ends by itself, whatever else was in it.
    for await (const _ of stream);
    withdrawSettingsKey(server.data, 'shop', shop.serverKey);
    now += 1_000;
    expect([await isGood(own), await isSigned(shop.serverKey)]).toEqual([false, false]);
  });
});
