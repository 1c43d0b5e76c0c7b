import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from '@selfsame/server';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Failure } from '../src/failure.ts';
import { createProgram } from '../src/program.ts';
import { temporaryFolder } from './cli.ts';

/** A settings file of two projects and a data directory; runs `selfsame keys …`, or another command, on them. */
function place() {
  const folder = temporaryFolder();
  onTestFinished(folder.remove);
  const config = join(folder.path, 'settings.json');
  const project = (id: string) => ({ id, publicKey: `${id}-p`, serverKey: `${id}-s`, signingSecret: 'x' });
  const shop = { ...project('shop'), previousSigningSecret: 'w' };
  writeFileSync(config, JSON.stringify({ projects: [shop, project('blog')] }));
  const run = async (command: readonly string[]) => {
    const written = { out: '', err: '' };
    const spies = (['out', 'err'] as const).map((to) =>
      vi.spyOn(process[`std${to}`], 'write').mockImplementation((text) => {
        written[to] += String(text);
        return true;
      }),
    );
    const failure: unknown = await createProgram()
      .parseAsync(command, { from: 'user' })
      .then(
        () => undefined,
        (error) => error,
      );
    for (const spy of spies) spy.mockRestore();
    const file = join(folder.path, 'keys.json');
    return failure instanceof Failure
      ? { code: failure.exitCode, out: written.out, err: failure.message, file }
      : { code: 0, ...written, file };
  };
  const keys = (...args: readonly string[]) => run(['keys', ...args, '--data', folder.path, '--config', config]);
  return Object.assign(keys, { run, data: folder.path, config });
}

const bothSign = 'signing secret, current\nsigning secret, previous\n';

it('keys: a key is shown once and alone, kept as a hash, listed by name and revoked (S3)', async () => {
  const keys = place();
  const shop = ['--project', 'shop'];
  expect((await keys('list', ...shop)).out).toBe(`settings  of the settings file\n${bothSign}`);
  const made = await keys('add', 'checkout', ...shop);
  expect(made.out).toMatch(/^srv_[\w-]{43}\n$/);
  expect(made.err).toBe('Server key "checkout" of shop. Nobody can show it again: write it down now.\n');
  expect(readFileSync(made.file, 'utf8')).not.toContain(made.out.trim());
  expect((await keys('list', ...shop)).out).toMatch(/^settings .*\ncheckout {2}since 20\d\d-\S+Z\nsigning/);
  expect((await keys('list', '--project', 'blog')).out).toBe('settings  of the settings file\n');
  expect(await keys('add', 'checkout', ...shop)).toMatchObject({
    code: 1,
    err: expect.stringContaining('another name'),
  });
  expect((await keys('revoke', 'settings', ...shop)).out).toBe(
    'settings is revoked: within a second it opens nothing of shop.\n',
  );
  expect(JSON.parse((await keys('list', '--json', ...shop)).out)).toMatchObject({
    project: 'shop',
    keys: [{ name: 'checkout' }],
  });
  expect((await keys('revoke', 'checkout', ...shop)).out).toContain('No server key opens shop now.');
  expect(await keys('revoke', 'checkout', ...shop)).toMatchObject({
    code: 1,
    err: 'there is no key "checkout".',
  });
});

it('keys: says which project and which name it takes, and changes nothing', async () => {
  const keys = place();
  expect(await keys('list')).toMatchObject({ code: 2, err: expect.stringContaining('--project: shop, blog') });
  expect(await keys('list', '--project', 'x')).toMatchObject({ code: 2, err: expect.stringContaining('project "x"') });
  for (const name of ['settings', 'a b', '', 'x'.repeat(65)]) {
    const { code, file } = await keys('add', name, '--project', 'shop');
    expect([code, existsSync(file)]).toEqual([2, false]);
  }
});

it('keys: a signing secret is revoked while the server runs: what `selfsame sign` makes with it is wrong a second later (S3)', async () => {
  const keys = place();
  let now = Date.now();
  const server = await startServer(
    { config: keys.config, data: keys.data, port: 0, host: '127.0.0.1' },
    { foreground: false, logTo: { write: () => undefined }, clock: () => now },
  );
  onTestFinished(() => server.stop());
  const say = async (secret: string) => {
    const text = (
      await keys.run(['sign', '{"use":"identity","ids":{"user":"ann"}}', '--signing-secret', secret])
    ).out.trim();
    const items = [{ type: 'login', ids: { device: randomUUID() }, signed: text }];
    const answer = await fetch(`${server.url}/v1/batch`, {
      method: 'POST',
      body: JSON.stringify({ key: 'shop-p', items }),
    });
    return ((await answer.json()) as { results: readonly { status: string }[] }).results[0]?.status;
  };
  expect([await say('x'), await say('w'), await say('v')]).toEqual(['applied', 'applied', 'rejected']);
  const shop = ['--project', 'shop'];
  expect((await keys('revoke-signing', 'previous', ...shop)).out).toBe(
    'The previous signing secret of shop is revoked: within a second nothing it signed is believed.\n',
  );
  now += 1_000;
  expect([await say('x'), await say('w')]).toEqual(['applied', 'rejected']);
  expect((await keys('list', ...shop)).out).toContain('signing secret, current\nsigning secret, previous  revoked\n');
  expect(JSON.parse((await keys('list', '--json', ...shop)).out)).toMatchObject({
    signing: [
      { name: 'current', revoked: false },
      { name: 'previous', revoked: true },
    ],
  });
  expect(await keys('revoke-signing', 'previous', '--project', 'blog')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no "previousSigningSecret"'),
  });
});
