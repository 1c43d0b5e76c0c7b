import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { EventView, ExplainAnswer, PersonView, StatsAnswer } from '../../packages/server/src/api.ts';
import { freePort } from './free-port.ts';

export const PUBLIC_KEY = 'e2e-public-key';
export const SERVER_KEY = 'e2e-server-key-that-is-long-enough-to-pass';
/** XO's SDK demands the shape of a UUID. */
export const TRACKER_KEY = '30cbb5fc-375f-4cf2-8efd-ed86d909718e';
/** What SPiD calls the project. */
export const SPID_CLIENT = '4e8463569caf7ca019000007';

/** What the native API says to one server key. */
export interface ProjectApi {
  person(kind: string, value: string): Promise<PersonView | undefined>;
  /** Oldest first. */
  events(personId: string): Promise<readonly EventView[]>;
  explain(a: string, b: string): Promise<ExplainAnswer>;
  stats(): Promise<StatsAnswer>;
  get(path: string): Promise<Response>;
  post(path: string, body: unknown): Promise<Response>;
}

/** A project of the settings file. */
export interface ProjectFile {
  readonly id: string;
  readonly publicKey: string;
  readonly serverKey: string;
  readonly policy: object;
  readonly wires?: object;
}

export interface StartOptions {
  /** Other projects beside the usual one. */
  readonly projects?: readonly ProjectFile[];
  readonly hosts?: Readonly<Record<string, string>>;
  /** Serve https with a certificate made at the start; this process then trusts it. */
  readonly tls?: boolean;
}

/** A server as a user starts it, and what its native API says. */
export interface Selfsame extends ProjectApi {
  readonly url: string;
  /** The native API as another project's backend sees it. */
  as(serverKey: string): ProjectApi;
  /** SIGTERM; resolves with the exit code. The data stay. */
  stop(): Promise<number | null>;
  /** Starts again on the same data and port. */
  restart(): Promise<void>;
  /** Ends the server and removes its data. */
  dispose(): Promise<void>;
}

/** Starts `npx selfsame serve` on a free port with one project, and waits until it is ready. */
export async function startSelfsame(
  policy: object = { preset: 'mixpanel-simplified' },
  { projects = [], hosts = { 'collect-*': 'xo' }, tls = false }: StartOptions = {},
): Promise<Selfsame> {
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
        ...projects.map((one) => ({ name: one.id, signingSecret: 'test', ...one })),
      ],
      hosts,
    }),
  );
  const port = await freePort();
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const certificate = join(directory, 'data', 'development-cert.pem');
  const bin = join(import.meta.dirname, '../../packages/cli/bin/selfsame.js');

  async function launch() {
    const child = spawn(
      process.execPath,
      [
        bin,
        'serve',
        '--config',
        config,
        '--data',
        join(directory, 'data'),
        '--port',
        String(port),
        ...(tls ? ['--tls'] : []),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let errors = '';
    child.stderr.on('data', (part) => (errors += part));
    for (let wait = 0; wait < 300; wait++) {
      if (child.exitCode !== null) throw new Error(`the server ended while starting: ${errors}`);
      if (tls && existsSync(certificate)) trust(readFileSync(certificate, 'utf8'));
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

  const stop = async () => {
    if (child.exitCode !== null) return child.exitCode;
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    return await ended;
  };

  return {
    url,
    stop,
    ...apiOf(url, SERVER_KEY),
    as: (serverKey) => apiOf(url, serverKey),
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

function apiOf(url: string, serverKey: string): ProjectApi {
  const headers = { authorization: `Bearer ${serverKey}` };
  const get = (path: string) => fetch(url + path, { headers });
  const json = async <T>(path: string): Promise<T> => {
    const answer = await get(path);
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  return {
    get,
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
  };
}

/** Lets this process's own requests accept a certificate. */
function trust(certificate: string): void {
  const known = getCACertificates();
  if (!known.includes(certificate)) setDefaultCACertificates([...known, certificate]);
}
