import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { startServer } from '@selfsame/server';
import { expect, it, onTestFinished, vi } from 'vitest';
import { selfsame, temporaryFolder } from './cli.ts';

const quiet = { foreground: false, logTo: { write: () => {} } };

it('outputs: list, test, pause, resume, replay and dead speak of a running server', async () => {
  const folder = temporaryFolder();
  let taken = 0;
  const receiver = createServer((request, response) => {
    taken += 1;
    request.resume();
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as { port: number };
  const config = join(folder.path, 'settings.json');
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const hook = { id: 'hook', type: 'webhook', url: `http://127.0.0.1:${port}/`, secret };
  const keys = { publicKey: 'p', serverKey: 's', signingSecret: 'x' };
  const away = { ...hook, id: 'away', url: 'http://10.0.0.1/' };
  const projects = [{ id: 'shop', ...keys, outputs: [hook, away] }];
  writeFileSync(config, JSON.stringify({ projects, allowPrivateOutputs: ['127.0.0.1'] }));
  const server = await startServer({ config, data: join(folder.path, 'data'), port: 0, host: '127.0.0.1' }, quiet);
  onTestFinished(async () => {
    await server.stop();
    receiver.closeAllConnections();
    receiver.close();
    folder.remove();
  });
  const run = (...args: readonly string[]) => selfsame(['outputs', ...args, '--url', server.url, '--server-key', 's']);
  expect(await run('test', 'hook')).toMatchObject({ code: 0, stdout: 'hook: the receiver took it.\n' });
  expect(taken).toBe(1);
  expect(await run('test', 'away')).toMatchObject({
    code: 1,
    stdout: 'away: the address is private and not among allowPrivateOutputs.\n',
  });
  const { stdout } = await run('list');
  expect(stdout).toContain(
    `hook  webhook  running\n    http://127.0.0.1:${port}/\n    up to date; 0 sent, 0 waiting, 0 dead`,
  );
  expect(stdout).not.toContain('whsec_');
  expect(await run('dead', 'hook')).toMatchObject({ code: 0, stdout: 'No dead letters.\n' });
  expect((await run('replay', 'hook', '--from', '0')).stdout).toMatch(
    /^hook: everything since then will be sent again/,
  );
  expect((await run('replay', 'hook')).code).toBe(2);
  expect((await run('replay', 'hook', '--from', 'yesterday')).stderr).toContain('--from is no time');
  expect((await run('replay', 'hook', 'msg_1')).stderr).toContain('none of that is a dead letter');
  expect((await run('dead', 'nothing')).code).toBe(1);

  expect(await run('pause', 'hook')).toMatchObject({ code: 0, stdout: 'hook: Paused. What comes waits in the log.\n' });
  await fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    headers: { authorization: 'Bearer s', 'content-type': 'application/json' },
    body: JSON.stringify({ items: [{ type: 'track', name: 'Seen', ids: { user: 'ann' } }] }),
  });
  const view = async () =>
    (await fetch(`${server.url}/v1/outputs/away`, { headers: { authorization: 'Bearer s' } })).json();
  await vi.waitFor(async () => expect(await view()).toMatchObject({ held: 1 }), 30_000);
  const { stdout: waiting } = await run('list');
  expect(waiting).toMatch(
    /^hook .* paused\n.*\n {4}1 positions and \d+ s behind; .*\n {4}"selfsame outputs resume hook" tries/,
  );
  expect(waiting).toMatch(
    /^away .* running: the address is private and not among allowPrivateOutputs\n.*\n {4}the oldest has waited for \d+ s; 0 sent, 1 waiting/m,
  );
  expect(await run('resume', 'hook')).toMatchObject({ code: 0, stdout: 'hook: Going on.\n' });

  // Connections lead to the outputs of the same server.
  const connect = (...args: readonly string[]) =>
    selfsame(['connections', ...args, '--url', server.url, '--server-key', 's']);
  expect((await connect('list')).stdout).toBe('There are no connections: every output takes everything.\n');
  const line = (state: string) => `native-server-to-hook  native:server → hook  ${state}  0 sent, 0 failed\n`;
  expect(await connect('add', 'native:server', 'hook')).toMatchObject({ code: 0, stdout: line('on') });
  expect((await connect('add', 'native:server', 'hook')).stderr).toContain('There is a connection of this id');
  expect((await connect('add', 'native', 'nowhere')).stderr).toContain('is no output of this project');
  expect((await connect('off', 'native-server-to-hook')).stdout).toBe(line('off'));
  expect((await connect('list')).stdout).toBe(line('off'));
  expect((await connect('on', 'nothing')).stderr).toContain('There is no such connection');
  expect((await connect('remove', 'native-server-to-hook')).stderr).toContain('would take everything');
  expect((await connect('remove', 'native-server-to-hook', '--take-all')).stdout).toBe(
    'native-server-to-hook is taken out.\n',
  );
});

it('outputs run: a directory without a log says to start the server on it first', async () => {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const run = () => selfsame(['outputs', 'run', '--data', folder.path]);
  const first = expect.stringContaining('start the server on it first');
  expect(await run()).toMatchObject({ code: 1, stderr: first });
  // As it is in the first second of a server: the secrets are made before the log.
  await (await startServer({ data: folder.path, port: 0, host: '127.0.0.1' }, quiet)).stop();
  rmSync(join(folder.path, 'selfsame.db'));
  expect(await run()).toMatchObject({ code: 1, stderr: first });
});
