import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { shop, track } from './running.ts';

const program = `import { startServer } from ${JSON.stringify(join(import.meta.dirname, '../src/index.ts'))};
const [, config, data] = process.argv;
const { url } = await startServer({ config, data, port: 0, host: '127.0.0.1' });
console.log('URL ' + url);`;

async function start(folder: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(
    process.execPath,
    ['--input-type=module-typescript', '-e', program, join(folder, 'settings.json'), join(folder, 'data')],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith('URL ')) return { child, url: line.slice(4) };
  throw new Error('the server did not start');
}

test('SIGTERM under load answers what is in flight, loses nothing and exits 0 (G15)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-stop-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ projects: [shop] }));
  const { child, url } = await start(folder);
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));

  const acked: string[] = [];
  const broken: string[] = [];
  const pool = new Pool(url, { connections: 32, pipelining: 1 });
  let n = 0;
  let asked = Number.POSITIVE_INFINITY;
  const worker = async () => {
    for (;;) {
      const insertId = `i-${n++}`;
      const sent = performance.now();
      try {
        const answer = await pool.request({
          method: 'POST',
          path: '/v1/batch',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${shop.serverKey}` },
          body: JSON.stringify({ items: [track(`user-${n % 50}`, insertId)] }),
        });
        await answer.body.dump();
        if (answer.statusCode === 200) acked.push(insertId);
        else broken.push(`status ${answer.statusCode}`);
      } catch (error) {
        // Begun before the signal reached the server, it was to be answered; later ones may find the door closed.
        const code = (error as { code?: string }).code ?? String(error);
        if (sent < asked + 50 && !(sent >= asked && code === 'ECONNREFUSED')) broken.push(code);
        return;
      }
    }
  };
  const workers = Array.from({ length: 32 }, worker);
  while (acked.length < 500) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGTERM');
  asked = performance.now();
  expect(await exited).toBe(0);
  const took = performance.now() - asked;
  await Promise.all(workers);
  await pool.destroy();
  console.log(`clean stop: ${acked.length} acked, ${broken.length} requests failed, exit after ${took.toFixed(0)} ms`);
  expect(took).toBeLessThan(30_000);
  expect(broken).toEqual([]);

  const again = await start(folder);
  const log = await (
    await fetch(`${again.url}/v1/log?limit=100000`, { headers: { authorization: `Bearer ${shop.serverKey}` } })
  ).text();
  const kept = new Map<string, number>();
  for (const [, id] of log.matchAll(/"insertId":"(i-\d+)"/g)) kept.set(id as string, (kept.get(id as string) ?? 0) + 1);
  expect(acked.filter((id) => kept.get(id) !== 1)).toEqual([]);
  const ended = new Promise((resolve) => again.child.once('exit', resolve));
  again.child.kill('SIGTERM');
  await ended;
});
