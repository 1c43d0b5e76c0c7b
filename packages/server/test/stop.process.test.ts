import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
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

const selfsame = join(import.meta.dirname, '../../cli/bin/selfsame.js');

/** `said`: the lines of its log so far. */
interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly said: () => readonly Readonly<Record<string, unknown>>[];
}

async function start(folder: string): Promise<Started> {
  const child = spawn(
    process.execPath,
    ['--input-type=module-typescript', '-e', program, join(folder, 'settings.json'), join(folder, 'data')],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  child.stderr.on('data', (part) => (log += part));
  const said = () =>
    log
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith('URL ')) return { child, url: line.slice(4), said };
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

const LONG = process.env['SELFSAME_LONG'] === '1';
/** Items that are there before the work begins. */
const ITEMS = LONG ? 300_000 : 2_000;
/** How long a stop may take that gives no reason, ms. */
const WITHOUT_REASON = 10_000;

type Works = Readonly<Record<string, (at: Server) => Promise<string>>>;
interface Server {
  readonly url: string;
  readonly folder: string;
  readonly acked: Set<string>;
}

const headers = { 'content-type': 'application/json', authorization: `Bearer ${shop.serverKey}` };

/** What came of a request that a stop may cut. */
async function asked(url: string, method: string, path: string, body: object): Promise<string> {
  try {
    const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
    const text = await answer.text();
    return answer.status === 400 ? text : String(answer.status);
  } catch {
    return 'cut';
  }
}

async function send({ url, acked }: Server, from: number, count: number): Promise<number> {
  const ids = Array.from({ length: count }, (_, i) => `i-${from + i}`);
  const items = ids.map((insertId, i) => {
    const n = from + i;
    const login = { type: 'login', ids: { user: `user-${n % 5_000}`, device: `device-${n % 7_001}` }, insertId };
    return n % 5 === 0 ? login : { ...(track(`user-${n % 5_000}`, insertId) as object), time: 1_700_000_000_000 + n };
  });
  const answer = await fetch(`${url}/v1/batch`, { method: 'POST', headers, body: JSON.stringify({ items }) });
  await answer.arrayBuffer();
  if (answer.status === 200) for (const id of ids) acked.add(id);
  return answer.status;
}

/** Opens connections that send and read nothing, until the server ends. */
function open({ url }: Server, count: number, bytes: string): Promise<unknown> {
  const { hostname, port } = new URL(url);
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes)).on('error', () => undefined);
    return socket.pause();
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return Promise.all(sockets.map((socket) => once(socket, 'connect')));
}

const works: Works = {
  'an undo': ({ url }) =>
    asked(url, 'POST', '/v1/retractions', { source: { wire: 'native' }, to: 1_700_000_000_500, reason: 'a test' }),
  'a change of policy': ({ url }) => asked(url, 'PUT', '/v1/policy', { preset: 'mixpanel-original' }),
  'a question': ({ url }) => asked(url, 'POST', '/v1/insights/counts', { events: [{ event: 'Seen' }] }),
  'a simulation': ({ url }) => asked(url, 'POST', '/v1/policy/simulate', { policy: { preset: 'xo' } }),
  async 'an export'({ url, acked }) {
    const before = acked.size;
    try {
      const text = await (await fetch(`${url}/v1/log`, { headers })).text();
      // What looks whole is whole.
      return text.split('\n').length > before ? 'whole' : 'SHORT';
    } catch {
      return 'cut';
    }
  },
  async 'a backup'({ folder }) {
    const into = ['--data', join(folder, 'data'), '--config', join(folder, 'settings.json')];
    const child = spawn(process.execPath, [selfsame, 'backup', join(folder, 'backup'), ...into], { stdio: 'ignore' });
    const [code] = (await once(child, 'exit')) as [number | null];
    return `ended with ${code}`;
  },
  async 'a checkpoint and senders'(at) {
    let next = ITEMS;
    const one = async () => {
      try {
        for (;;) await send(at, (next += 100), 100);
      } catch {
        // The door is closed.
      }
    };
    await Promise.all(Array.from({ length: 8 }, one));
    return `${at.acked.size} items acknowledged`;
  },
  async attacks(at) {
    const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
    await Promise.all([
      open(at, 20, get('/openapi.json').repeat(1_500)),
      open(at, 60, `GET /mixpanel/track?data=${'a'.repeat(1_400_000)}`),
      open(at, 60, get('/v1/log', `Authorization: Bearer ${shop.serverKey}\r\n`)),
      open(at, 100, 'POST /v1/batch HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n{"items":['),
    ]);
    return 'withstood';
  },
};
const together = Object.keys(works);

test.each(LONG ? [...together.map((name) => [name]), together] : [together])(
  'a stop during %s %s %s %s %s %s %s %s loses nothing, and takes no longer than it says why (G15)',
  { timeout: 600_000 },
  async (...names) => {
    const folder = mkdtempSync(join(tmpdir(), 'selfsame-stop-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'settings.json'), JSON.stringify({ projects: [shop] }));
    const { child, url, said } = await start(folder);
    const at = { url, folder, acked: new Set<string>() };
    for (let n = 0; n < ITEMS; ) if ((await send(at, n, 500)) === 200) n += 500;
    const exited = once(child, 'exit');
    const under = names.map(async (name) => [name, await (works[name] as Works[string])(at)] as const);
    // All are under way once the server has read what they sent.
    await fetch(`${url}/livez`).then((answer) => answer.text());
    child.kill('SIGTERM');
    const began = performance.now();
    const [code] = (await exited) as [number | null];
    const ms = Math.round(performance.now() - began);
    const fates = Object.fromEntries(await Promise.all(under));
    const took = said().findLast((line) => line['msg'] === 'stopped')?.['took'];
    console.log(`G15: stopped after ${ms} ms ${JSON.stringify(took)} during ${JSON.stringify(fates)}`);
    expect([code, fates['an export'] ?? 'cut', fates['a backup'] ?? 'ended with 0']).toEqual([
      0,
      expect.stringMatching(/^(cut|whole)$/),
      'ended with 0',
    ]);
    expect(ms).toBeLessThan(30_000);
    if (ms > WITHOUT_REASON) expect(said().map((line) => line['msg'])).toContain('still stopping');

    const again = await start(folder);
    const log = await (await fetch(`${again.url}/v1/log`, { headers })).text();
    const kept = new Map<string, number>();
    for (const [, id] of log.matchAll(/"insertId":"(i-\d+)"/g))
      kept.set(id as string, (kept.get(id as string) ?? 0) + 1);
    expect([...at.acked].filter((id) => kept.get(id) !== 1)).toEqual([]);
    const undone = await (await fetch(`${again.url}/v1/retractions`, { headers })).json();
    if (fates['an undo'] === '200') expect(undone).toMatchObject({ retractions: [{ what: 'retract' }] });
    const ended = once(again.child, 'exit');
    again.child.kill('SIGTERM');
    await ended;
  },
);
