import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished, vi } from 'vitest';
import { batch, shop, track } from './running.ts';

const kills = process.env['SELFSAME_LONG'] === '1' ? 100 : 4;
const seed = Number(process.env['SELFSAME_SEED']);
const patience = { timeout: 60_000, interval: 100 };

const program = `import { startServer } from ${JSON.stringify(join(import.meta.dirname, '../src/index.ts'))};
const [, config, data] = process.argv;
const { url } = await startServer({ config, data, port: 0, host: '127.0.0.1' });
console.log('URL ' + url);`;

/** Numbers from 0 up to 1, the same for the same seed. */
function chance(from: number): () => number {
  let state = from | 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

it('G17: kill -9 at any moment: webhooks lose nothing and repeat themselves to the byte, files hold each event once', async () => {
  const random = chance(seed);
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-killed-'));
  const bodies = new Map<string, Set<string>>();
  const items = new Set<string>();
  let calls = 0;
  const receiver = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const id = String(request.headers['webhook-id']);
    bodies.set(id, (bodies.get(id) ?? new Set()).add(body));
    items.add(JSON.parse(body).event.insertId);
    calls += 1;
    response.end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as { port: number }).port}/`;
  const secret = `whsec_${Buffer.from('twenty-four bytes and more').toString('base64')}`;
  const outputs = [
    { id: 'hook', type: 'webhook', url, secret },
    { id: 'lake', type: 'files', format: 'ndjson', rotateSeconds: 1, rotateBytes: 5_000 },
  ];
  const config = join(folder, 'settings.json');
  const data = join(folder, 'data');
  writeFileSync(config, JSON.stringify({ projects: [{ ...shop, outputs }], allowPrivateOutputs: ['127.0.0.1'] }));
  let child: ChildProcess | undefined;
  const end = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(async () => {
    await end();
    receiver.closeAllConnections();
    receiver.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const start = async (): Promise<string> => {
    child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program, config, data], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream }))
      if (line.startsWith('URL ')) return line.slice(4);
    throw new Error('the server did not start');
  };

  const acknowledged: string[] = [];
  for (let life = 0; life <= kills; life++) {
    const server = await start();
    const batches = life === kills ? 1 : 1 + Math.floor(random() * 12);
    for (let i = 0; i < batches; i++) {
      const names = Array.from({ length: 10 }, (_, j) => `i-${life}-${i}-${j}`);
      const answer = await batch(
        server,
        shop.serverKey,
        names.map((name, j) => track(`user-${j}`, name)),
      );
      expect(answer.status).toBe(200);
      acknowledged.push(...names);
    }
    if (life === kills) break;
    // Some are killed at once, some while files and books are written.
    const pause = Math.floor(random() * 1_500);
    await new Promise((resolve) => setTimeout(resolve, pause));
    await end();
  }
  const events = join(data, 'files/shop/lake/events');
  const inFiles = () =>
    readdirSync(events).flatMap((name) =>
      readFileSync(join(events, name), 'utf8')
        .split('\n')
        .flatMap((row) => (row === '' ? [] : [String(JSON.parse(row).insert_id)])),
    );
  await vi.waitFor(() => {
    expect(items.size).toBe(acknowledged.length);
    expect(inFiles().length).toBeGreaterThanOrEqual(acknowledged.length);
  }, patience);
  const twice = [...bodies.values()].filter((all) => all.size > 1).length;
  const rows = inFiles();
  console.log(
    `G17: ${kills} × kill -9: ${acknowledged.length} events acknowledged, all at the webhook by ${calls} calls, ${twice} not the same twice; ${rows.length} rows in ${readdirSync(events).length} files, ${rows.length - new Set(rows).size} doubled (seed ${seed})`,
  );
  expect(twice).toBe(0);
  expect(rows.toSorted()).toEqual(acknowledged.toSorted());
}, 600_000);
