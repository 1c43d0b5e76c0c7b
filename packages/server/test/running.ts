import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import {
  type OutputsProcess,
  type RunningServer,
  type Surroundings,
  startOutputsProcess,
  startServer,
} from '../src/index.ts';

/** Keys of the two projects every test server has, so that a wall between them can be tried (S2). */
export const shop = { id: 'shop', publicKey: 'shop-public', serverKey: 'shop-server-key', signingSecret: 'test' };
export const other = { id: 'other', publicKey: 'other-public', serverKey: 'other-server-key', signingSecret: 'test' };

/** How long a test waits for what comes by itself, ms; only a failure takes it. A machine that does ten things at once is slow. */
export const patience = 60_000;

export interface TestServer extends RunningServer {
  readonly data: string;
  /** Every log line so far. */
  readonly log: readonly string[];
}

/** A real server on a free port with its store in a new folder; stopped and removed when the test ends. */
export async function running(more: object = {}, surroundings: Surroundings = {}): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), 'selfsame-server-'));
  const config = join(directory, 'settings.json');
  writeFileSync(config, JSON.stringify({ projects: [shop, other], ...more }));
  const log: string[] = [];
  const data = join(directory, 'data');
  const server = await startServer(
    { config, data, port: 0, host: '127.0.0.1' },
    { foreground: false, logTo: { write: (line) => void log.push(line) }, ...surroundings },
  );
  onTestFinished(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  return Object.assign(server, { data, log });
}

/** Runs the outputs of a server as `selfsame outputs` does; stopped when the test ends. */
export async function outputsBeside({ data }: TestServer): Promise<OutputsProcess> {
  const outputs = await startOutputsProcess(
    { config: join(data, '../settings.json'), data },
    { foreground: false, logTo: { write: () => {} } },
  );
  onTestFinished(() => outputs.stop());
  return outputs;
}

/** Posts a batch of the native wire. */
export const batch = (url: string, key: string, items: readonly object[], init: RequestInit = {}): Promise<Response> =>
  fetch(`${url}/v1/batch`, {
    method: 'POST',
    body: JSON.stringify({ items }),
    ...init,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...init.headers },
  });

export const track = (user: string, insertId?: string): object => ({
  type: 'track',
  name: 'Seen',
  ids: { user },
  ...(insertId === undefined ? {} : { insertId }),
});

/** Signs in by the printed link; answers the cookie. */
export async function signIn({ loginUrl }: RunningServer): Promise<string> {
  const answer = await fetch(loginUrl, { redirect: 'manual' });
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toBe('/');
  const cookie = answer.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
  return cookie.split(';')[0] as string;
}
