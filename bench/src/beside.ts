import { type Figure, quantile } from './figure.ts';
import { type Load, load } from './load.ts';
import { PUBLIC_KEY, type Running, SERVER_KEY, startOutputsOf, startSelfsame } from './servers.ts';

const PEOPLE = 5_000;
/** The first round warms up. */
const ROUNDS = 9;
/** Events that outputs have before them at least, so that they are never out of work while it is measured. */
const BACKLOG = 150_000;
export const headers = { authorization: `Bearer ${SERVER_KEY}`, 'content-type': 'application/json' };

interface Loading {
  readonly name: string;
  readonly of: Pick<Load, 'connections' | 'perSecond'>;
  /** What is to go out meanwhile. */
  readonly goals?: readonly [webhooks: number, batched: number];
}

const loadings: readonly Loading[] = [
  { name: '1,000 events/s', of: { connections: 16, perSecond: 1_000 }, goals: [1_000, 10_000] },
  // More than the machine can do as it is: there is nothing over for outputs.
  { name: 'all it takes', of: { connections: 16 } },
];

/** What one round saw: intake's p99, ms, and what the first and the second output sent a second. */
type Round = readonly [p99: number, webhooks: number, batched: number];

/**
 * The p99 of intake while a webhook and a Segment output send a backlog and what comes in, from the server and from a
 * process of their own, against the same without outputs; by turns, so that noise hits all.
 */
export async function measureBeside(
  outputs: readonly { readonly id: string }[],
  seconds: number,
): Promise<readonly Figure[]> {
  const without = await startSelfsame();
  const server = await startSelfsame('selfsame', undefined, outputs);
  const process = await startSelfsame('selfsame', undefined, outputs, { outputs: { in: 'process' } });
  const own = startOutputsOf(process);
  try {
    const ids = outputs.map(({ id }) => id);
    const p99 = async ({ url }: Running, { of }: Loading) => {
      const { latencies } = await load({
        ...{ url, path: '/mixpanel/track', duration: seconds * 1_000, ...of },
        body: (n) => JSON.stringify([trackOf(n)]),
      });
      return quantile(latencies, 0.99);
    };
    const beside = async (one: Running, loading: Loading): Promise<Round> => {
      while ((await viewOf(one, ids[1] as string)).lag.positions < BACKLOG) await fill(one, 10_000);
      for (const id of ids) await steer(one, id, 'resume');
      const before = await Promise.all(ids.map((id) => viewOf(one, id)));
      const value = await p99(one, loading);
      const after = await Promise.all(ids.map((id) => viewOf(one, id)));
      // What is left to send is no load of another's round.
      for (const id of ids) await steer(one, id, 'pause');
      if (after.some(({ lag }) => lag.positions === 0)) throw new Error('an output had nothing left to send');
      const [webhooks = 0, batched = 0] = after.map(({ sent }, i) => (sent - (before[i]?.sent ?? 0)) / seconds);
      return [value, webhooks, batched];
    };
    for (const one of [server, process]) for (const id of ids) await steer(one, id, 'pause');
    const figures: Figure[] = [];
    for (const loading of loadings) {
      const alone: number[] = [];
      const rounds: Record<'server' | 'process', Round[]> = { server: [], process: [] };
      for (let round = 0; round < ROUNDS; round++) {
        alone.push(await p99(without, loading));
        rounds.server.push(await beside(server, loading));
        rounds.process.push(await beside(process, loading));
      }
      for (const where of ['server', 'process'] as const)
        figures.push(...figuresOf(loading, where, middle(alone), rounds[where]));
    }
    return figures;
  } finally {
    await own.stop();
    for (const one of [without, server, process]) await one.stop();
  }
}

const middle = (all: readonly number[]) => quantile(all.slice(1), 0.5);

function figuresOf(
  { name, goals }: Loading,
  where: 'server' | 'process',
  floor: number,
  rounds: readonly Round[],
): readonly Figure[] {
  const [value, webhooks, batched] = [0, 1, 2].map((i) => middle(rounds.map((one) => one[i] as number))) as [
    number,
    number,
    number,
  ];
  const place = where === 'server' ? 'in the server' : 'in their process';
  const rate = (what: string, rate: number, goal: number | undefined): Figure => ({
    ...{ name: `${what} meanwhile`, value: rate, unit: 'a second' },
    ...(goal === undefined ? {} : { goal: `≥ ${goal.toLocaleString('en')}/s`, met: rate >= goal }),
  });
  return [
    {
      ...{ name: `p99 of intake at ${name}, outputs ${place}`, value, unit: 'ms', floor, ratio: value / floor },
      ...{ goal: '≤ 1.1 × p99 without', met: value / floor <= 1.1 },
    },
    rate('webhooks', webhooks, goals?.[0]),
    rate('batched events', batched, goals?.[1]),
  ];
}

interface View {
  readonly sent: number;
  readonly held: number;
  readonly lag: { readonly positions: number };
}

export async function viewOf(server: Running, id: string): Promise<View> {
  return (await (await fetch(`${server.url}/v1/outputs/${id}`, { headers })).json()) as View;
}

/** Pauses or resumes an output, which may run in a process that is yet to come. */
export async function steer(server: Running, id: string, what: 'pause' | 'resume'): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`${server.url}/v1/outputs/${id}/${what}`, { method: 'POST', headers });
    if (answer.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the outputs of a server cannot be steered');
}

/** Tells a server so many events, in batches. */
export async function fill(server: Running, events: number): Promise<void> {
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

const trackOf = (n: number): object => ({
  event: 'Product Viewed',
  properties: {
    ...{ token: PUBLIC_KEY, time: Date.now() / 1_000, $insert_id: crypto.randomUUID() },
    ...{ $device_id: `d-${n % PEOPLE}`, distinct_id: `$device:d-${n % PEOPLE}`, product: 'espresso-cup', price: 12.5 },
  },
});
