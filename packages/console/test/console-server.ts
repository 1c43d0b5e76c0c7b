import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../e2e/src/free-port.ts';
import { buildConsole as buildIfOld } from '../../../scripts/console-build.ts';

export const publicKey = 'console-public-key';
export const serverKey = 'console-server-key-that-is-long-enough-to-pass';

const selfsame = join(import.meta.dirname, '../../cli/bin/selfsame.js');

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

/** Builds the console, where it is not built as its sources are now. */
export async function buildConsole(): Promise<void> {
  const trouble = await buildIfOld({ keepOld: true });
  if (trouble !== undefined) throw new Error(trouble);
}

/** Builds the console and starts `selfsame serve` with it. `projects` are further ones beside `shop`, `more` other settings. */
export async function startConsole(projects: readonly object[] = [], more: object = {}): Promise<ConsoleServer> {
  await buildConsole();
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
