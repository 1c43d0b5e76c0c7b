import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const publicKey = 'console-public-key';
export const serverKey = 'console-server-key-that-is-long-enough-to-pass';

const root = join(import.meta.dirname, '..');
const selfsame = join(root, '../cli/bin/selfsame.js');

/** A server with the console as it is built now, on data of its own. */
export interface ConsoleServer {
  readonly url: string;
  /** The address that signs in; another one after a restart. */
  loginUrl(): string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its data. */
  dispose(): Promise<void>;
}

/** Builds the console as its sources are now. */
export function buildConsole(): void {
  // Nothing is removed: another test's server may be serving the same files at this moment.
  // A process of its own: the test runner's NODE_ENV would make it a development build.
  const vite = join(import.meta.dirname, '../../../node_modules/vite/bin/vite.js');
  const env = { ...process.env, NODE_ENV: 'production' };
  execFileSync(process.execPath, [vite, 'build', '--logLevel', 'error', '--emptyOutDir', 'false'], { cwd: root, env });
}

/** Builds the console and starts `selfsame serve` with it. `projects` are further ones beside `shop`, `more` other settings. */
export async function startConsole(projects: readonly object[] = [], more: object = {}): Promise<ConsoleServer> {
  buildConsole();
  const directory = mkdtempSync(join(tmpdir(), 'selfsame-console-'));
  const config = join(directory, 'config.json');
  writeFileSync(
    config,
    JSON.stringify({
      projects: [{ id: 'shop', name: 'Nordlys Outdoor', publicKey, serverKey, signingSecret: 'test' }, ...projects],
      ...more,
    }),
  );
  const port = await freePort();
  let child: ChildProcess;
  let login = '';

  const start = async () => {
    child = spawn(
      process.execPath,
      [selfsame, 'serve', '--config', config, '--data', join(directory, 'data'), '--port', String(port)],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    login = await new Promise<string>((resolve, reject) => {
      let said = '';
      const hear = (part: Buffer) => {
        said += part;
        if (!said.includes('Selfsame answers at')) return;
        const token = readFileSync(join(directory, 'data', 'console-token'), 'utf8').trim();
        resolve(`http://127.0.0.1:${port}/login?token=${token}`);
      };
      child.stdout?.on('data', hear);
      child.stderr?.on('data', hear);
      child.once('exit', () => reject(new Error(`the server ended while starting: ${said}`)));
    });
  };
  const stop = async () => {
    if (child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    loginUrl: () => login,
    start,
    stop,
    async dispose() {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
