import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { type Figure, quantile } from './figure.ts';
import { load } from './load.ts';
import {
  PUBLIC_KEY,
  type Restartable,
  type Running,
  SERVER_KEY,
  startOutputsOf,
  startReceiver,
  startSelfsame,
} from './servers.ts';

const PEOPLE = 5_000;
/** Sockets of a webhook. */
const SOCKETS = 50;
const headers = { authorization: `Bearer ${SERVER_KEY}`, 'content-type': 'application/json' };
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const outputsTo = (url: string) =>
  ({
    webhook: { id: 'webhook', type: 'webhook', url: `${url}/hook`, secret },
    segment: { id: 'segment', type: 'segment', url, writeKey: 'key' },
    files: { id: 'files', type: 'files' },
  }) as const;

/** What goes out a second, from a backlog to a receiver on this machine; and what intake feels of it. */
export async function measureOutputs(events: number, seconds: number): Promise<readonly Figure[]> {
  const receiver = await startReceiver();
  try {
    const { webhook, segment, files } = outputsTo(receiver.url);
    const floor = await postsPerSecond(`${receiver.url}/hook`, Math.min(events, 20_000));
    const hooks = await drained(webhook, Math.min(events, 20_000));
    const share = (hooks.cpuSeconds / hooks.events) * 1_000;
    const figures: Figure[] = [
      {
        ...{ name: 'webhooks, one at a time a person, 50 sockets', value: hooks.perSecond, unit: 'messages/s' },
        ...{ floor, ratio: hooks.perSecond / floor, goal: '≥ 1,000/s', met: hooks.perSecond >= 1_000 },
      },
      // Says the same on a busy machine as on a quiet one.
      {
        name: 'the server’s CPU at 1,000 webhooks a second',
        value: share,
        unit: 'of a core',
        goal: '≤ 0.2',
        met: share <= 0.2,
      },
    ];
    for (const [name, output] of [
      ['batches of the Segment form', segment],
      ['files of Parquet', files],
    ] as const) {
      const { perSecond: value } = await drained(output, events);
      figures.push({ name, value, unit: 'events/s', goal: '≥ 10,000/s', met: value >= 10_000 });
    }
    return [...figures, ...(await intakeBeside([webhook, segment], seconds))];
  } finally {
    await receiver.stop();
  }
}

/** Where outputs run, and what intake's p99 is called beside them. */
const places = {
  server: 'intake’s p99 beside a webhook and a Segment output in the server',
  process: 'intake’s p99 beside the same in a process of their own',
} as const;

/**
 * The p99 of intake while outputs send all of it on, from the server and from a process of their own, against the same
 * without outputs; by turns, so that noise hits all.
 */
async function intakeBeside(outputs: readonly { readonly id: string }[], seconds: number): Promise<readonly Figure[]> {
  const without = await startSelfsame();
  const [server, process] = [
    await startSelfsame('selfsame', undefined, outputs),
    await startSelfsame('selfsame', undefined, outputs, { outputs: { in: 'process' } }),
  ];
  const own = startOutputsOf(process);
  try {
    const p99 = async (server: Running) => {
      const { latencies } = await load({
        ...{ url: server.url, path: '/mixpanel/track', connections: 16, duration: seconds * 1_000 },
        body: (n) => JSON.stringify([trackOf(n)]),
      });
      return quantile(latencies, 0.99);
    };
    const measured = { without: [] as number[], server: [] as number[], process: [] as number[] };
    // What one has left to send is no load of another's round.
    const act = async (one: Running, what: 'pause' | 'resume') => {
      for (const id of outputs.map((output) => output.id)) await acted(one, id, what);
    };
    for (const one of [server, process]) await act(one, 'pause');
    for (let round = 0; round < 5; round++) {
      measured.without.push(await p99(without));
      for (const [where, one] of Object.entries({ server, process }) as ['server' | 'process', Running][]) {
        await act(one, 'resume');
        measured[where].push(await p99(one));
        await act(one, 'pause');
      }
    }
    // The first round warms up.
    const middle = (all: readonly number[]) => quantile(all.slice(1), 0.5);
    const floor = middle(measured.without);
    return (['server', 'process'] as const).map((where) => {
      const value = middle(measured[where]);
      return {
        ...{ name: places[where], value, unit: 'ms', floor, ratio: value / floor },
        ...{ goal: '≤ 1.1 × p99 without', met: value / floor <= 1.1 },
      };
    });
  } finally {
    await own.stop();
    for (const one of [without, server, process]) await one.stop();
  }
}

/** Steers an output, which may run in a process that is yet to come. */
async function acted(server: Running, id: string, what: 'pause' | 'resume'): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`${server.url}/v1/outputs/${id}/${what}`, { method: 'POST', headers });
    if (answer.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the outputs of a server cannot be steered');
}

const trackOf = (n: number): object => ({
  event: 'Product Viewed',
  properties: {
    ...{ token: PUBLIC_KEY, time: Date.now() / 1_000, $insert_id: crypto.randomUUID() },
    ...{ $device_id: `d-${n % PEOPLE}`, distinct_id: `$device:d-${n % PEOPLE}`, product: 'espresso-cup', price: 12.5 },
  },
});

interface Drained {
  readonly events: number;
  readonly perSecond: number;
  /** What the server's process used of the processor for them. */
  readonly cpuSeconds: number;
}

/** How an output does that has all messages before it. */
async function drained(output: { readonly id: string }, events: number): Promise<Drained> {
  const server = await startSelfsame('selfsame', undefined, output.id === 'files' ? [] : [output]);
  try {
    const act = (what: string) => fetch(`${server.url}/v1/outputs/${output.id}/${what}`, { method: 'POST', headers });
    if (output.id !== 'files') await act('pause');
    await fill(server, events);
    const [started, used] = [performance.now(), cpuSecondsOf(server.pid)];
    if (output.id === 'files')
      await fetch(`${server.url}/v1/outputs`, { method: 'POST', headers, body: JSON.stringify(output) });
    else await act('resume');
    for (;;) {
      const view = (await (await fetch(`${server.url}/v1/outputs/${output.id}`, { headers })).json()) as {
        readonly lag: { readonly positions: number };
        readonly held: number;
      };
      if (view.lag.positions === 0 && view.held === 0) {
        const seconds = (performance.now() - started) / 1_000;
        return { events, perSecond: events / seconds, cpuSeconds: cpuSecondsOf(server.pid) - used };
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    await server.stop();
  }
}

/** What a process and its threads have used of the processor so far, s. Linux; elsewhere not a number. */
function cpuSecondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

async function fill(server: Restartable, events: number): Promise<void> {
  const size = 1_000;
  for (let n = 0; n < events; n += size) {
    const items = Array.from({ length: Math.min(size, events - n) }, (_, i) => ({
      ...{ type: 'track', name: 'Product Viewed', ids: { user: `user-${(n + i) % PEOPLE}` } },
      properties: { product: 'espresso-cup', price: 12.5, url: 'http://shop.example/product/espresso-cup' },
    }));
    const answer = await fetch(`${server.url}/v1/batch`, { method: 'POST', headers, body: JSON.stringify({ items }) });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  }
}

/** What Node's own client manages with as many sockets: the floor of webhooks. */
async function postsPerSecond(url: string, posts: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
  const body = JSON.stringify({ event: 'x'.repeat(400) });
  const post = () =>
    new Promise<void>((resolve, reject) => {
      request(url, { method: 'POST', agent }, (answer) => answer.resume().on('end', resolve))
        .on('error', reject)
        .end(body);
    });
  let left = posts;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: SOCKETS }, async () => {
      while (left-- > 0) await post();
    }),
  );
  agent.destroy();
  return posts / ((performance.now() - started) / 1_000);
}
