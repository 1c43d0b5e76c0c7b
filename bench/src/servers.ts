import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A server in a process of its own. */
export interface Running {
  readonly url: string;
  readonly pid: number;
  readonly directory: string;
  /** Ends the process and removes its data. */
  stop(): Promise<void>;
}

export const PUBLIC_KEY = 'bench-public';
export const SERVER_KEY = 'bench-server-key-of-enough-length-to-pass';

const IDLE = ['chrt', '--idle', '0'] as const;
/** What starts a program in the scheduler's idle class, as `CPUSchedulingPolicy=idle` of a unit does; nothing where that cannot be. */
const idly = spawnSync(IDLE[0], [...IDLE.slice(1), 'true']).status === 0 ? IDLE : [];

/**
 * Gives this thread, which makes the load, a processor before anybody else: it stands for clients elsewhere, and what it
 * waits for one would be counted as the server's. What it starts does not inherit that. Nothing where it cannot be.
 */
export function goFirst(): void {
  spawnSync(IDLE[0], ['--reset-on-fork', '--rr', '--pid', '1', String(process.pid)]);
}

/** A receiver of what outputs send. It stands for a machine elsewhere, so everybody else goes first. */
export async function startReceiver(): Promise<Running> {
  const [program = '', ...args] = [...idly, process.execPath, join(import.meta.dirname, 'receiver.ts')];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const directory = mkdtempSync(join(tmpdir(), 'selfsame-receiver-'));
  for await (const line of createInterface({ input: child.stdout }))
    return running(child, `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`, directory);
  throw new Error('the receiver did not start');
}

/** A sender without a product around it, to a receiver. `sent` resolves with what it sent a second and used of a core, when its time is over. */
export interface BareSender {
  readonly sent: Promise<{ readonly webhooks: number; readonly batched: number; readonly cpu: number }>;
}

/** Starts one that sends so many a second, for so many seconds; where and as outputs run in a process of their own. */
export async function startBareSender(
  { url }: Pick<Running, 'url'>,
  seconds: number,
  { webhooks, batched }: { readonly webhooks: number; readonly batched: number },
): Promise<BareSender> {
  const file = join(import.meta.dirname, 'bare-sender.ts');
  const [program = '', ...args] = [...idly, process.execPath, file, url, ...[seconds, webhooks, batched].map(String)];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const line = await lines.next();
    if (line.done === true) throw new Error('the bare sender ended early');
    return line.value;
  };
  await next();
  return { sent: next().then((line) => JSON.parse(line) as Awaited<BareSender['sent']>) };
}

/** The floor server on a fresh file. */
export async function startFloor(): Promise<Running> {
  const directory = mkdtempSync(join(tmpdir(), 'selfsame-floor-'));
  const child = spawn(process.execPath, [join(import.meta.dirname, 'floor-server.ts'), join(directory, 'floor.db')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout }))
    return running(child, `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`, directory);
  throw new Error('the floor server did not start');
}

let nextPort = 4600;

/** A server that can be ended and started again on its data. */
export interface Restartable extends Running {
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Resolves when it is ready to take work. */
  start(): Promise<void>;
}

/** Selfsame as a user starts it, on a fresh or a given data directory. */
export async function startSelfsame(
  preset = 'selfsame',
  given?: string,
  outputs: readonly object[] = [],
  /** Of the whole settings file. */
  more: object = {},
): Promise<Restartable> {
  const directory = given ?? mkdtempSync(join(tmpdir(), 'selfsame-bench-'));
  const config = join(directory, 'bench-config.json');
  writeFileSync(
    config,
    JSON.stringify({
      projects: [
        {
          id: 'bench',
          name: 'Bench',
          publicKey: PUBLIC_KEY,
          serverKey: SERVER_KEY,
          signingSecret: 'bench',
          policy: { preset },
          outputs,
        },
      ],
      allowPrivateOutputs: ['127.0.0.1'],
      ...more,
    }),
  );
  const port = nextPort++;
  const cli = join(import.meta.dirname, '../../packages/cli/bin/selfsame.js');
  const url = `http://127.0.0.1:${port}`;
  const spawnOnce = () =>
    spawn(
      process.execPath,
      [cli, 'serve', '--config', config, '--data', join(directory, 'data'), '--port', String(port)],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
  let child = spawnOnce();
  await untilReady(child, url);
  const end = (signal: 'SIGTERM' | 'SIGKILL') => endOf(child, signal);
  return {
    url,
    directory,
    get pid() {
      return child.pid as number;
    },
    end,
    async start() {
      child = spawnOnce();
      await untilReady(child, url);
    },
    async stop() {
      await end('SIGTERM');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The outputs of a server in a process of their own, as their unit starts it. */
export function startOutputsOf({ directory }: Running): Pick<Running, 'pid' | 'stop'> {
  const cli = join(import.meta.dirname, '../../packages/cli/bin/selfsame.js');
  const given = ['--config', join(directory, 'bench-config.json'), '--data', join(directory, 'data')];
  const [program = '', ...args] = [...idly, process.execPath, cli, 'outputs', 'run', ...given];
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, SELFSAME_LOG: 'warn' },
  });
  return { pid: child.pid as number, stop: () => endOf(child, 'SIGTERM') };
}

/** @throws Error when it ends, or is not ready within a minute. */
async function untilReady(child: ChildProcess, url: string): Promise<void> {
  for (let wait = 0; wait < 1200; wait++) {
    if (child.exitCode !== null) throw new Error('the server ended while starting');
    try {
      if ((await fetch(`${url}/readyz`)).ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the server was not ready within a minute');
}

async function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

function running(child: ChildProcess, url: string, directory: string): Running {
  return {
    url,
    pid: child.pid as number,
    directory,
    async stop() {
      await endOf(child, 'SIGTERM');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
