import { Agent, request } from 'node:http';
import { fill, headers, measureBeside, type Series, viewOf } from './beside.ts';
import type { Figure } from './figure.ts';
import { cpuSecondsOf } from './processor.ts';
import { startReceiver, startSelfsame } from './servers.ts';

/** Sockets of a webhook. */
const SOCKETS = 50;
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const outputsTo = (url: string) =>
  ({
    webhook: { id: 'webhook', type: 'webhook', url: `${url}/hook`, secret },
    segment: { id: 'segment', type: 'segment', url, writeKey: 'key' },
    files: { id: 'files', type: 'files' },
  }) as const;

/** What goes out a second, from a backlog to a receiver on this machine; and what intake feels of it. */
export async function measureOutputs(events: number, series: Series): Promise<readonly Figure[]> {
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
    return [...figures, ...(await measureBeside([webhook, segment], receiver, series))];
  } finally {
    await receiver.stop();
  }
}

/** What intake feels of outputs, alone. */
export async function measureBesideIntake(series: Series): Promise<readonly Figure[]> {
  const receiver = await startReceiver();
  try {
    const { webhook, segment } = outputsTo(receiver.url);
    return await measureBeside([webhook, segment], receiver, series);
  } finally {
    await receiver.stop();
  }
}

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
      const view = await viewOf(server, output.id);
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
