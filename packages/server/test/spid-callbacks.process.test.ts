import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { batch, shop } from './running.ts';
import { opened, receiver } from './spid-receiver.ts';

const MINUTE = 60_000;

/** A server whose clock is so many milliseconds ahead: what is due in five minutes is due at once after a restart. */
const program = `import { startServer } from ${JSON.stringify(join(import.meta.dirname, '../src/index.ts'))};
const [, config, data, ahead] = process.argv;
const clock = () => Date.now() + Number(ahead);
const { url } = await startServer({ config, data, port: 0, host: '127.0.0.1' }, { clock });
console.log('URL ' + url);`;

interface Life {
  readonly url: string;
  /** kill -9; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** A client that wants to be called at `callbackUrl`; answers how to start its server, each time on the same data. */
function platform(callbackUrl: string): (ahead?: number) => Promise<Life> {
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-callbacks-'));
  const children: ChildProcess[] = [];
  const config = join(folder, 'settings.json');
  const project = { ...shop, keys: { spid: 'client' }, policy: { preset: 'spid' }, wires: { spid: { callbackUrl } } };
  writeFileSync(config, JSON.stringify({ projects: [project], allowPrivateOutputs: ['127.0.0.1'] }));
  onTestFinished(async () => {
    await Promise.all(children.map(end));
    rmSync(folder, { recursive: true, force: true });
  });
  return async (ahead = 0) => {
    const args = ['--input-type=module-typescript', '-e', program, config, join(folder, 'data'), String(ahead)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(child);
    for await (const line of createInterface({ input: child.stdout }))
      if (line.startsWith('URL ')) return { url: line.slice(4), kill: () => end(child) };
    throw new Error('the server did not start');
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

const describeUser = async ({ url }: Life, user: string) =>
  expect((await batch(url, shop.serverKey, [{ type: 'traits', ids: { user }, traits: { plan: 'gold' } }])).status).toBe(
    200,
  );
const usersOf = (body: string | undefined) => opened(body ?? '').entry.map((one) => one.userId);

/** Waits until a metric has a value. */
async function metric({ url }: Life, name: string, value: number): Promise<void> {
  for (;;) {
    const text = await (await fetch(`${url}/metrics`)).text();
    if (text.split('\n').includes(`${name} ${value}`)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('kill -9 with a callback pending', () => {
  it('one that failed is tried again when its time comes, with what was acknowledged meanwhile after it', async () => {
    const client = await receiver(500, 500, 202);
    const start = platform(client.url);
    const first = await start();
    await describeUser(first, '123');
    await metric(first, 'selfsame_spid_callbacks_total{outcome="retried"}', 2);
    // Acknowledged, and killed before it was read from the log for the queue.
    await describeUser(first, '124');
    await first.kill();

    // Its third attempt is due five minutes after the second.
    const early = await start(4 * MINUTE);
    await metric(early, 'selfsame_spid_notices_waiting', 1);
    expect(client.bodies).toHaveLength(2);
    await early.kill();

    const last = await start(6 * MINUTE);
    await metric(last, 'selfsame_spid_callbacks_total{outcome="delivered"}', 2);
    await metric(last, 'selfsame_spid_notices_waiting', 0);
    expect(client.bodies.map(usersOf)).toEqual([[123], [123], [123], [124]]);
    expect(new Set(client.bodies.slice(0, 3)).size).toBe(1);
    await last.kill();

    // What was taken is not told again, however late it is.
    const after = await start(600 * MINUTE);
    await describeUser(after, '125');
    await client.got(5);
    expect(usersOf(client.bodies[4])).toEqual([125]);
  });

  it('one that was on its way is sent again, the same', async () => {
    const client = await receiver('never', 202);
    const start = platform(client.url);
    const first = await start();
    await describeUser(first, '123');
    await client.got(1);
    await first.kill();
    const second = await start();
    await metric(second, 'selfsame_spid_callbacks_total{outcome="delivered"}', 1);
    expect(client.bodies.map(usersOf)).toEqual([[123], [123]]);
    expect(client.bodies[0]).toBe(client.bodies[1]);
  });

  it('one that only the log knows of is made after the start', async () => {
    const client = await receiver(202);
    const start = platform(client.url);
    const first = await start();
    await describeUser(first, '123');
    await first.kill();
    await start();
    await client.got(1);
    expect(usersOf(client.bodies[0])).toEqual([123]);
  });
});
