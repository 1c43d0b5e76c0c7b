import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventView, ExplainAnswer, PersonView, StatsAnswer } from '../../packages/server/src/api.ts';

export const PUBLIC_KEY = 'e2e-public-key';
export const SERVER_KEY = 'e2e-server-key-that-is-long-enough-to-pass';
/** XO's SDK demands the shape of a UUID. */
export const TRACKER_KEY = '30cbb5fc-375f-4cf2-8efd-ed86d909718e';
/** What SPiD calls the project. */
export const SPID_CLIENT = '4e8463569caf7ca019000007';

/** A server as a user starts it, and what its native API says. */
export interface Selfsame {
  readonly url: string;
  person(kind: string, value: string): Promise<PersonView | undefined>;
  /** Oldest first. */
  events(personId: string): Promise<readonly EventView[]>;
  explain(a: string, b: string): Promise<ExplainAnswer>;
  stats(): Promise<StatsAnswer>;
  get(path: string): Promise<Response>;
  post(path: string, body: unknown): Promise<Response>;
  /** SIGTERM; resolves with the exit code. The data stay. */
  stop(): Promise<number | null>;
  /** Starts again on the same data and port. */
  restart(): Promise<void>;
  /** Ends the server and removes its data. */
  dispose(): Promise<void>;
}

/** Starts `npx selfsame serve` on a free port with one project, and waits until it is ready. */
export async function startSelfsame(policy: object = { preset: 'mixpanel-simplified' }): Promise<Selfsame> {
  const directory = mkdtempSync(join(tmpdir(), 'selfsame-e2e-'));
  const config = join(directory, 'config.json');
  writeFileSync(
    config,
    JSON.stringify({
      projects: [
        {
          id: 'shop',
          name: 'Shop',
          publicKey: PUBLIC_KEY,
          serverKey: SERVER_KEY,
          signingSecret: 'test',
          keys: { xo: TRACKER_KEY, spid: SPID_CLIENT },
          policy,
        },
      ],
      hosts: { 'collect-*': 'xo' },
    }),
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const bin = join(import.meta.dirname, '../../packages/cli/bin/selfsame.js');

  async function launch() {
    const child = spawn(
      process.execPath,
      [bin, 'serve', '--config', config, '--data', join(directory, 'data'), '--port', String(port)],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let errors = '';
    child.stderr.on('data', (part) => (errors += part));
    for (let wait = 0; wait < 300; wait++) {
      if (child.exitCode !== null) throw new Error(`the server ended while starting: ${errors}`);
      const ready = await fetch(`${url}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (ready) return child;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the server was not ready within 30 s');
  }
  let child = await launch();

  const headers = { authorization: `Bearer ${SERVER_KEY}` };
  const get = (path: string) => fetch(url + path, { headers });
  const json = async <T>(path: string): Promise<T> => {
    const answer = await get(path);
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const stop = async () => {
    if (child.exitCode !== null) return child.exitCode;
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    return await ended;
  };

  return {
    url,
    get,
    stop,
    post: (path, body) =>
      fetch(url + path, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    async person(kind, value) {
      const answer = await get(`/v1/people?kind=${encodeURIComponent(kind)}&value=${encodeURIComponent(value)}`);
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw new Error(`person: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as PersonView;
    },
    async events(personId) {
      const found: EventView[] = [];
      for (let before: string | null = ''; before !== null; ) {
        const page: { events: EventView[]; next: string | null } = await json(
          `/v1/people/${personId}/events?limit=100${before ? `&before=${encodeURIComponent(before)}` : ''}`,
        );
        found.push(...page.events);
        before = page.next;
      }
      return found.reverse();
    },
    explain: (a, b) => json(`/v1/explain?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`),
    stats: () => json('/v1/stats'),
    async restart() {
      await stop();
      child = await launch();
    },
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
