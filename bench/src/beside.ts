import { figuresOf, kinds, LIMITS, type Loading, type Round, type Seen } from './beside-figures.ts';
import type { Figure } from './figure.ts';
import { load } from './load.ts';
import { cpuSecondsOf } from './processor.ts';
import {
  goFirst,
  PUBLIC_KEY,
  type Running,
  SERVER_KEY,
  startBareSender,
  startOutputsOf,
  startSelfsame,
} from './servers.ts';

const PEOPLE = 5_000;
/** Events that outputs have before them at least, so that they are never out of work while it is measured. */
const BACKLOG = 150_000;
/** How long a server that was given a backlog has to bring it into its tables, and an output to begin or to end, ms. */
const SETTLE = 3_000;
const TURN = 500;
export const headers = { authorization: `Bearer ${SERVER_KEY}`, 'content-type': 'application/json' };

// A seventh of what the server takes of single events: this machine then has room for outputs, load and receiver.
const steady = { name: '1,000 events/s', of: { connections: 16, perSecond: 1_000 } };
// More than the machine can do as it is: there is nothing over for outputs.
const all = { name: 'all it takes', of: { connections: 16 } };

const loadings: readonly Loading[] = [
  { ...steady, place: 'in their process', isBar: true },
  { ...steady, place: 'in the server' },
  { ...all, place: 'in their process' },
  { ...all, place: 'in the server' },
];

/** What is no bar is measured in so many rounds at most, with windows of so many seconds. */
const [FEW, SHORT] = [2, 4];

/** How many rounds, and how long a window of one is, s. One of short windows comes before them and warms up. */
export interface Rounds {
  readonly rounds: number;
  readonly seconds: number;
}

/**
 * What intake feels of a webhook and a Segment output that send a backlog and what comes in, as much as the goals ask
 * for, from the server and from a process of their own. The floor is the same server, with the same history, while they
 * are paused: the windows take turns, so that what the machine does besides hits all of them.
 */
export async function measureBeside(
  outputs: readonly [webhook: { readonly id: string }, batched: { readonly id: string }],
  receiver: Pick<Running, 'url'>,
  rounds: Rounds,
): Promise<readonly Figure[]> {
  goFirst();
  const limited = outputs.map((one, i) => ({ ...one, perSecond: [LIMITS.webhooks, LIMITS.batched][i] }));
  const server = await startSelfsame('selfsame', undefined, limited);
  const beside = await startSelfsame('selfsame', undefined, limited, { outputs: { in: 'process' } });
  const own = startOutputsOf(beside);
  const ids = outputs.map(({ id }) => id);
  const sentOf = (one: Running) => Promise.all(ids.map(async (id) => (await viewOf(one, id)).sent));
  const steerAll = async (one: Running, what: 'pause' | 'resume') => {
    const before = await sentOf(one);
    for (const id of ids) await steer(one, id, what);
    // Before the first message the log is read up to its end, for who has denied consent by then.
    for (let tries = 0; what === 'resume' && (await sentOf(one)).some((sent, i) => sent === before[i]); tries++) {
      if (tries === 240) throw new Error('an output sent nothing for two minutes');
      await pause(TURN);
    }
    await pause(TURN);
  };
  const see = async (one: Running, { of }: Loading, seconds: number): Promise<Seen> => {
    const [before, used] = [await Promise.all(ids.map((id) => viewOf(one, id))), cpuSecondsOf(own.pid)];
    const { latencies } = await load({
      ...{ url: one.url, path: '/mixpanel/track', duration: seconds * 1_000, ...of },
      body: (n) => JSON.stringify([trackOf(n)]),
    });
    const [after, usedBy] = [await Promise.all(ids.map((id) => viewOf(one, id))), cpuSecondsOf(own.pid)];
    if (after.some(({ lag }) => lag.positions === 0)) throw new Error('an output had nothing left to send');
    const [webhooks = 0, batched = 0] = after.map(({ sent }, i) => (sent - (before[i]?.sent ?? 0)) / seconds);
    return { latencies, webhooks, batched, cpu: (usedBy - used) / seconds };
  };
  const seeBare = async (one: Running, loading: Loading, seconds: number): Promise<Seen> => {
    const { sent } = await startBareSender(receiver, TURN / 1_000 + seconds, LIMITS);
    await pause(TURN);
    return { ...(await see(one, loading, seconds)), ...(await sent) };
  };
  const round = async (one: Running, loading: Loading, seconds: number, nth: number): Promise<Round> => {
    // Of all windows the same: a backlog costs the disk something for a while.
    while ((await viewOf(one, ids[1] as string)).lag.positions < BACKLOG) await fill(one, 10_000);
    await pause(SETTLE);
    const of = kinds.slice(0, loading.isBar === true ? 4 : 2);
    const seen: Round = {};
    for (const [i] of of.entries()) {
      const kind = of[(i + nth) % of.length] as (typeof kinds)[number];
      await steerAll(one, kind === 'working' ? 'resume' : 'pause');
      seen[kind] = await (kind === 'bare' ? seeBare : see)(one, loading, seconds);
    }
    // What is left to send is no load of another's round.
    await steerAll(one, 'pause');
    return seen;
  };
  try {
    for (const one of [server, beside]) await steerAll(one, 'pause');
    const figures: Figure[] = [];
    for (const loading of loadings) {
      const one = loading.place === 'in the server' ? server : beside;
      const isBar = loading.isBar === true;
      const seconds = isBar ? rounds.seconds : Math.min(rounds.seconds, SHORT);
      // The first warms up.
      await round(one, loading, Math.min(seconds, 1), 0);
      const seen: Round[] = [];
      while (seen.length < (isBar ? rounds.rounds : FEW)) seen.push(await round(one, loading, seconds, seen.length));
      figures.push(...figuresOf(loading, seen));
    }
    return figures;
  } finally {
    await own.stop();
    for (const one of [server, beside]) await one.stop();
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

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
  for (let tries = 0; tries < 600; tries++) {
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
