import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { lockKept } from '../src/delivery/outputs/kept-settings.ts';
import { deriveIn, lockSecrets, startServer, unlockSecrets } from '../src/index.ts';
import { seal, unseal } from '../src/settings/seal.ts';
import { loadSecrets, readSecrets, vaultOf } from '../src/settings/secrets.ts';
import { shop } from './running.ts';

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'selfsame-locked-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

const webhook = `whsec_${Buffer.from('a webhook secret of some length').toString('base64')}`;

/** A place for a data directory and keys, and a server on it that says what it logs. */
function place() {
  const directory = folder();
  const [data, key] = [join(directory, 'data'), join(directory, 'secrets.key')];
  const config = join(directory, 'settings.json');
  writeFileSync(config, JSON.stringify({ projects: [shop], allowPrivateOutputs: ['127.0.0.1'] }));
  const log: string[] = [];
  const start = async (secretsKeyFile?: string) => {
    const server = await startServer(
      { config, data, port: 0, host: '127.0.0.1', ...(secretsKeyFile === undefined ? {} : { secretsKeyFile }) },
      { foreground: false, logTo: { write: (line) => void log.push(line) } },
    );
    onTestFinished(() => server.stop());
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${shop.serverKey}` };
    const ask = async (path: string, body?: object) => {
      const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
      return (await (await fetch(server.url + path, init)).json()) as {
        results: { personId: string }[];
        outputs: { id: string }[];
      };
    };
    return {
      stop: server.stop,
      makeOutput: () =>
        ask('/v1/outputs', { id: 'hook', type: 'webhook', url: 'http://127.0.0.1:9/', secret: webhook }),
      outputs: async () => (await ask('/v1/outputs')).outputs.map(({ id }) => id),
      ann: async () =>
        (await ask('/v1/batch', { items: [{ type: 'track', name: 'Seen', ids: { user: 'ann' } }] })).results[0]
          ?.personId,
    };
  };
  return { data, key, log, start };
}

/** The files of a directory that hold one of these secrets, as they are or in a form of theirs. */
function holding(directory: string, secrets: readonly string[]): readonly string[] {
  const forms = secrets.flatMap((one) => [one, btoa(one), Buffer.from(one).toString('hex')]);
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => {
    if (!statSync(join(directory, name)).isFile()) return false;
    const text = readFileSync(join(directory, name), 'latin1');
    return forms.some((form) => text.includes(form));
  });
}

const secretsIn = (data: string): readonly string[] => {
  const { installation, demo } = readSecrets(data) as NonNullable<ReturnType<typeof readSecrets>>;
  return [installation, demo.serverKey, demo.signingSecret, webhook];
};

describe('secrets under a key outside the data directory', () => {
  test('are in no file of it; the key is made once, for its owner only, said where, and found again (S3)', async () => {
    const { data, key, log, start } = place();
    const first = await start(key);
    await first.makeOutput();
    const ann = await first.ann();
    await first.stop();
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(log.join('')).toContain(key);
    const found = holding(data, secretsIn(data));
    console.log(`S3: ${readdirSync(data).length} files of a locked data directory: ${found.length} with a secret`);
    expect(found).toEqual([]);
    log.length = 0;
    // Nobody says where: the data directory knows.
    const second = await start();
    expect([await second.ann(), await second.outputs()]).toEqual([ann, ['hook']]);
    expect(log.join('')).not.toContain('made the key');
  });

  test('of an installation from before are locked when a key is named, and left as they are while none is (S3)', async () => {
    const { data, key, start } = place();
    const open = await start();
    await open.makeOutput();
    const ann = await open.ann();
    await open.stop();
    expect(holding(data, secretsIn(data)).toSorted()).toEqual(['outputs.json', 'secrets.json']);
    const before = readSecrets(data);
    const locked = await start(key);
    expect([await locked.ann(), await locked.outputs()]).toEqual([ann, ['hook']]);
    expect(holding(data, secretsIn(data))).toEqual([]);
    await locked.stop();
    unlockSecrets(data);
    rmSync(key);
    expect(readSecrets(data)).toEqual(before);
  });

  test('go under another key in one step, beside a running server; a backup from before needs the one before (S3)', async () => {
    const { data, key, start } = place();
    const server = await start(key);
    await server.makeOutput();
    const ann = await server.ann();
    const [backup, next] = [join(folder(), 'backup'), `${key}-2`];
    cpSync(join(data, 'secrets.json'), join(backup, 'secrets.json'));
    expect(lockSecrets(data, next)).toBe('made');
    expect(statSync(next).mode & 0o777).toBe(0o600);
    expect(deriveIn(backup)).toBeDefined();
    unlinkSync(key);
    expect(() => deriveIn(backup)).toThrow('secrets.json is locked, and its key');
    await server.stop();
    // It is still told of the one before.
    writeFileSync(key, randomBytes(32).toString('base64'));
    const again = await start(key);
    expect([await again.ann(), await again.outputs()]).toEqual([ann, ['hook']]);
  });
});

describe('a start without the right key', () => {
  const locked = () => {
    const { data, key } = place();
    loadSecrets(data, key);
    return { data, key };
  };

  test('says which is missing, where it was and what to do, and makes none', () => {
    const { data, key } = locked();
    const { id } = loadSecrets(data).key as { id: string };
    rmSync(key);
    const sentence = `is locked, and its key ${id} is not there (it was in ${key}): name its file in SELFSAME_SECRETS_KEY_FILE`;
    expect(() => loadSecrets(data, key)).toThrow(sentence);
    expect(() => loadSecrets(data)).toThrow(sentence);
    expect(readdirSync(join(data, '..')).toSorted()).toEqual(['data', 'settings.json']);
  });

  test('says that it is another, or none, or in the data directory', () => {
    const { data, key } = locked();
    writeFileSync(key, randomBytes(32).toString('base64'));
    expect(() => loadSecrets(data)).toThrow(/is locked with the key [0-9a-f]{12}; .*secrets\.key has [0-9a-f]{12}/);
    for (const none of ['', 'short', randomBytes(31).toString('base64'), `${randomBytes(32).toString('base64')}x`]) {
      writeFileSync(key, none);
      expect(() => loadSecrets(data), none).toThrow('is no key: it must be base64 of 32 bytes');
    }
    for (const inside of [join(data, 'key'), join(data, 'deep', '..', 'key')])
      expect(() => loadSecrets(data, inside)).toThrow('is in the data directory');
  });

  test('says what to do with outputs that are damaged or locked by another installation, and quotes nothing of them', () => {
    const { data, key } = locked();
    const vault = vaultOf(loadSecrets(data, key), 'outputs.json');
    const other = vaultOf(loadSecrets(join(data, 'other'), key), 'outputs.json');
    for (const text of [`{ "shop": [${webhook}`, JSON.stringify(other.close({ shop: [] })), '{ "sealed": 1 }']) {
      writeFileSync(join(data, 'outputs.json'), text);
      expect(() => lockKept(data, 'outputs.json', vault)).toThrow(
        /outputs\.json cannot be read: restore it, or delete it to go by the settings file again\.$/,
      );
    }
  });

  test('takes it from the environment, value before file', () => {
    const { data, key } = locked();
    const text = readFileSync(key, 'utf8');
    rmSync(key);
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv('SELFSAME_SECRETS_KEY', text);
    expect(readSecrets(data)?.demo.serverKey).toMatch(/^srv_/);
    vi.stubEnv('SELFSAME_SECRETS_KEY', '');
    writeFileSync(`${key}-moved`, text);
    vi.stubEnv('SELFSAME_SECRETS_KEY_FILE', `${key}-moved`);
    expect(readSecrets(data)?.demo.serverKey).toMatch(/^srv_/);
  });
});

test('what is sealed opens under its key and for its purpose, and with no byte changed (S3)', () => {
  const key = randomBytes(32);
  const sealed = seal(key, 'one', { a: 'é' });
  expect(unseal(key, 'one', sealed)).toEqual({ a: 'é' });
  expect([unseal(key, 'other', sealed), unseal(randomBytes(32), 'one', sealed)]).toEqual([undefined, undefined]);
  expect(seal(key, 'one', { a: 'é' })).not.toBe(sealed);
  const bytes = Buffer.from(sealed, 'base64');
  const opened = [...bytes.keys()].filter((at) => {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] as number) ^ 1;
    return unseal(key, 'one', changed.toString('base64')) !== undefined;
  });
  console.log(`S3: ${bytes.length} bytes of a seal changed one by one: ${opened.length} opened`);
  expect(opened).toEqual([]);
  for (let length = 0; length < bytes.length; length += 1)
    expect(unseal(key, 'one', bytes.subarray(0, length).toString('base64'))).toBeUndefined();
});
