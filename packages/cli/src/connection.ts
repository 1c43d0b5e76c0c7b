import { readFileSync } from 'node:fs';
import type { ApiError, ProjectView, RunningServer } from '@selfsame/server';
import { readSecrets } from '@selfsame/server/secrets';
import type { Command } from 'commander';
import { dataFailure } from './data-failure.ts';
import { Failure } from './failure.ts';
import { flag } from './flag.ts';
import { patiently } from './patience.ts';
import { start } from './start.ts';

/** How a command finds the server and the key that opens a project. */
export interface ConnectionOptions {
  readonly url: string;
  readonly data: string;
  readonly serverKey?: string;
  readonly config?: string;
  readonly project?: string;
  readonly offline?: boolean;
}

/** A running server, seen through the server key of one project. */
export interface Connection {
  readonly project: ProjectView;
  /** `GET path`; undefined for a 404. @throws Failure for every other answer that is not 200. */
  get<T>(path: string, query?: Readonly<Record<string, string>>): Promise<T | undefined>;
  /** The server key as the wires take it: ours, Mixpanel's and Segment's (the key alone), mParticle's (both keys); and the public key, for what a page said. */
  readonly authorization: Readonly<Record<'bearer' | 'public' | 'server' | 'pair', string>>;
  /** Any request, by default with the key as `bearer`; sent again while the server is busy or away for a while. */
  send(path: string, init: RequestInit): Promise<Response>;
}

/** Adds the options of {@link ConnectionOptions} to a command. */
export function withConnection(command: Command): Command {
  return command
    .addOption(flag('--url <url>', 'the running server', 'http://127.0.0.1:4400'))
    .addOption(flag('--project <id>', 'the project'))
    .addOption(flag('--server-key <key>', "the project's server key"))
    .addOption(flag('--config <file>', 'take the key from this settings file'))
    .addOption(flag('--data <dir>', 'the data directory; holds the key of project "demo"', './data'))
    .addOption(flag('--offline', 'open the data directory itself; no server may be running on it'));
}

/**
 * Does something with a project of a running server, or of one that is started on the data directory for the while.
 * @throws Failure that says what is missing or wrong.
 */
export async function withServer<T>(
  options: ConnectionOptions,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  if (options.offline !== true) return await use(await connect(options));
  const server = await startOffline(options);
  try {
    return await use(await connect({ ...options, url: server.url }));
  } finally {
    await server.stop();
  }
}

/** A server on a free port that nobody else is told of. */
async function startOffline({ data, config }: ConnectionOptions): Promise<RunningServer> {
  process.env['SELFSAME_LOG'] ??= 'error';
  return await start(
    { data, port: 0, host: '127.0.0.1', ...(config === undefined ? {} : { config }) },
    { foreground: false },
  );
}

async function connect(options: ConnectionOptions): Promise<Connection> {
  const key = serverKeyOf(options);
  const base = options.url.replace(/\/+$/, '');
  if (!/^https?:$/.test(URL.parse(base)?.protocol ?? ''))
    throw new Failure(`--url ${base} is no address. Give it like http://127.0.0.1:4400.`, 2);
  const bearer = `Bearer ${key}`;
  let reached = false;
  const tell = (line: string) => process.stderr.write(`\n${line}\n`);
  const send = async (path: string, init: RequestInit) => {
    const headers = { authorization: bearer, ...(init.headers as Record<string, string> | undefined) };
    const answer = await patiently(base + path, { ...init, headers }, { reached, tell });
    reached = true;
    return answer;
  };
  const get = async <T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T | undefined> => {
    const search = new URLSearchParams(query).toString();
    const answer = await send(search === '' ? path : `${path}?${search}`, {});
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw await refusal(answer);
    return (await answer.json()) as T;
  };
  const project = await get<ProjectView>('/v1/project');
  if (project === undefined) throw new Failure(`${base} answers, but is not a Selfsame server. Check --url.`);
  if (options.project !== undefined && options.project !== project.id)
    throw new Failure(`The server key opens project "${project.id}", not "${options.project}". Check --server-key.`, 2);
  const authorization = {
    bearer,
    public: `Bearer ${project.publicKey}`,
    server: basic(key, ''),
    pair: basic(project.publicKey, key),
  };
  return { project, authorization, get, send };
}

/** What the server said against a request, as news for the operator. */
export async function refusal(answer: Response): Promise<Failure> {
  if (answer.status === 401 || answer.status === 403)
    return new Failure(
      'The server does not know this server key. Give the right one with --server-key, --config or --data.',
    );
  const text = await answer.text();
  let said = text.slice(0, 200);
  try {
    said = (JSON.parse(text) as ApiError).error.message;
  } catch {
    // Not our error shape; the beginning of the text says more than nothing.
  }
  return new Failure(`The server answered ${answer.status}: ${said}`);
}

const basic = (user: string, secret: string): string => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;

/** The server key, from wherever the options point. @throws Failure */
function serverKeyOf({ serverKey, config, data, project }: ConnectionOptions): string {
  if (serverKey !== undefined) return serverKey;
  if (config !== undefined) {
    const { projects = [] } = readJson(config) as { projects?: readonly { id?: string; serverKey?: string }[] };
    const one =
      project === undefined && projects.length === 1 ? projects[0] : projects.find(({ id }) => id === project);
    if (one?.serverKey !== undefined) return one.serverKey;
    if (one !== undefined)
      throw new Failure(`Project "${one.id}" has no serverKey in ${config}. Add one there, or give --server-key.`, 2);
    const known = projects.map(({ id }) => id).join(', ');
    throw new Failure(
      `${config} has ${project === undefined ? 'several projects' : `no project "${project}"`}. Name one with --project: ${known}`,
      2,
    );
  }
  const secrets = secretsOf(data);
  if (secrets !== undefined) return secrets.demo.serverKey;
  throw new Failure('Which key? Give --server-key, or --config with --project, or --data for the project "demo".', 2);
}

function secretsOf(data: string) {
  try {
    return readSecrets(data);
  } catch (cause) {
    throw dataFailure(cause);
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Failure(`${file} cannot be read as JSON: ${(cause as Error).message}`, 2, { cause });
  }
}
