import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from '@selfsame/server';
import { expect, it, onTestFinished } from 'vitest';
import { selfsame, temporaryFolder } from './cli.ts';

it('policy: who changed it when and why, and back to an entry', async () => {
  const folder = temporaryFolder();
  const config = join(folder.path, 'settings.json');
  const keys = { publicKey: 'p', serverKey: 's', signingSecret: 'x' };
  writeFileSync(config, JSON.stringify({ projects: [{ id: 'shop', ...keys }] }));
  const server = await startServer(
    { config, data: join(folder.path, 'data'), port: 0, host: '127.0.0.1' },
    { foreground: false, logTo: { write: () => {} } },
  );
  onTestFinished(async () => {
    await server.stop();
    folder.remove();
  });
  const run = (...args: readonly string[]) => selfsame(['policy', ...args, '--url', server.url, '--server-key', 's']);
  expect((await run('show')).stdout).toContain('As the settings file says.\n{\n  "preset": "selfsame"');
  const send = (method: string, path: string, body: object) =>
    fetch(server.url + path, {
      method,
      headers: { authorization: 'Bearer s', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  await send('POST', '/v1/batch', { items: [{ type: 'track', name: 'Seen', ids: { user: 'ann' } }] });
  await send('PUT', '/v1/policy', { sharedDevice: 'first-login', reason: 'tills' });
  const back = await run('restore', '1', '--reason', 'no tills after all');
  expect([back.code, back.stdout]).toMatchObject([
    0,
    expect.stringMatching(/^3 .*by server key {2}\(back to 1, in force\)\n/),
  ]);
  const { stdout } = await run('history');
  expect(stdout).toContain('Chosen in the console or over the API');
  expect(stdout).toMatch(/^2 .*\(quick to go back to\)\n {4}tills\n {4}sharedDevice: "reach-bound" → "first-login"$/m);
  expect([(await run('restore', '9')).code, (await run('restore', 'first')).code]).toEqual([1, 2]);
});
