import { type Figure, quantile } from './figure.ts';
import { type Load, load } from './load.ts';
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

interface Loading {
  readonly name: string;
  readonly of: Pick<Load, 'connections' | 'perSecond'>;
  /** Which part of the rounds outputs in the server have, and those in a process of their own. */
  readonly shares: readonly [inServer: number, inProcess: number];
  /** What is to go out meanwhile. */
  readonly goals?: readonly [webhooks: number, batched: number];
}

const loadings: readonly Loading[] = [
  // A seventh of what the server takes of single events: this machine then has room for outputs, load and receiver.
  // In their process they come near the bar, where a tenth is to be told from noise: most of the time is theirs.
  { name: '1,000 events/s', of: { connections: 16, perSecond: 1_000 }, shares: [0.4, 1], goals: [1_000, 10_000] },
  // More than the machine can do as it is: there is nothing over for outputs.
  { name: 'all it takes', of: { connections: 16 }, shares: [0.2, 0.2] },
];

/** What one window saw: how long intake took, ms, and what the first and the second output sent a second. */
interface Seen {
  readonly median: number;
  readonly p99: number;
  readonly webhooks: number;
  readonly batched: number;
}

/**
 * Windows with the outputs paused; paused, while a bare sender sends as much as the goals ask for; and at work. The
 * second says what any sender costs on a machine that carries load, receiver and server as well.
 */
type Windows = Record<'paused' | 'bare' | 'working', Seen[]>;

/** How many rounds, and how long a window of one is, s. The first round warms up. */
export interface Rounds {
  readonly rounds: number;
  readonly seconds: number;
}

/**
 * What intake feels of a webhook and a Segment output that send a backlog and what comes in, from the server and from a
 * process of their own. The floor is the same server, with the same history, while they are paused, and beside that
 * process also while a bare sender is in its place: the windows take turns, so that what the machine does besides hits
 * all of them.
 */
export async function measureBeside(
  outputs: readonly { readonly id: string }[],
  receiver: Pick<Running, 'url'>,
  { rounds, seconds }: Rounds,
): Promise<readonly Figure[]> {
  goFirst();
  const server = await startSelfsame('selfsame', undefined, outputs);
  const process = await startSelfsame('selfsame', undefined, outputs, { outputs: { in: 'process' } });
  const own = startOutputsOf(process);
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
  const seen = async (one: Running, { of }: Loading): Promise<Seen> => {
    const before = await Promise.all(ids.map((id) => viewOf(one, id)));
    const { latencies } = await load({
      ...{ url: one.url, path: '/mixpanel/track', duration: seconds * 1_000, ...of },
      body: (n) => JSON.stringify([trackOf(n)]),
    });
    const after = await Promise.all(ids.map((id) => viewOf(one, id)));
    if (after.some(({ lag }) => lag.positions === 0)) throw new Error('an output had nothing left to send');
    const [webhooks = 0, batched = 0] = after.map(({ sent }, i) => (sent - (before[i]?.sent ?? 0)) / seconds);
    return { median: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), webhooks, batched };
  };
  const beside = async (one: Running, loading: Loading): Promise<Seen> => {
    const { sent } = await startBareSender(receiver, TURN / 1_000 + seconds);
    await pause(TURN);
    return { ...(await seen(one, loading)), ...(await sent) };
  };
  const round = async (one: Running, loading: Loading, windows: Windows, nth: number): Promise<void> => {
    // Of both windows the same: a backlog costs the disk something for a while.
    while ((await viewOf(one, ids[1] as string)).lag.positions < BACKLOG) await fill(one, 10_000);
    await pause(SETTLE);
    const isBare = one === process && loading.goals !== undefined;
    const order = ['paused', ...(isBare ? (['bare'] as const) : []), 'working'] as const;
    const first = nth % order.length;
    for (const how of [...order.slice(first), ...order.slice(0, first)]) {
      await steerAll(one, how === 'working' ? 'resume' : 'pause');
      windows[how].push(await (how === 'bare' ? beside : seen)(one, loading));
    }
    // What is left to send is no load of another's round.
    await steerAll(one, 'pause');
  };
  try {
    for (const one of [server, process]) await steerAll(one, 'pause');
    const figures: Figure[] = [];
    for (const loading of loadings) {
      const inServer: Windows = { paused: [], bare: [], working: [] };
      const inProcess: Windows = { paused: [], bare: [], working: [] };
      // The first of them warms up.
      const [some, most] = loading.shares.map((share) => Math.max(2, Math.ceil(rounds * share))) as [number, number];
      for (let nth = 0; nth < Math.max(some, most); nth++) {
        if (nth < some) await round(server, loading, inServer, nth);
        if (nth < most) await round(process, loading, inProcess, nth);
      }
      figures.push(...figuresOf(loading, 'in the server', inServer));
      figures.push(...figuresOf(loading, 'in their process', inProcess));
    }
    return figures;
  } finally {
    await own.stop();
    for (const one of [server, process]) await one.stop();
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function figuresOf({ name, goals }: Loading, place: string, { paused, bare, working }: Windows): readonly Figure[] {
  const middle = (all: readonly Seen[], of: keyof Seen) =>
    quantile(
      all.slice(1).map((one) => one[of]),
      0.5,
    );
  /** Of windows of one round, seconds apart: what a disk does changes more from minute to minute. */
  const ratios = (of: 'median' | 'p99', beside: readonly Seen[]) =>
    working.map((one, i) => one[of] / (beside[i]?.[of] ?? Number.NaN)).slice(1);
  const intake = (what: string, of: 'median' | 'p99', beside: readonly Seen[]): Figure => ({
    ...{ name: `${what} of intake at ${name}, outputs ${place}`, value: middle(working, of), unit: 'ms' },
    ...{ floor: middle(beside, of), ratio: quantile(ratios(of, beside), 0.5) },
  });
  const quarters = (
    [
      ['a quarter of the rounds had a ratio below', 0.25],
      ['and a quarter one above', 0.75],
    ] as const
  ).map(([name, share]): Figure => ({ name, value: quantile(ratios('p99', paused), share), unit: '×' }));
  const rate = (what: string, of: 'webhooks' | 'batched', goal: number | undefined): Figure => {
    const value = middle(working, of);
    return {
      ...{ name: `${what} meanwhile`, value, unit: 'a second' },
      ...(bare.length === 0 ? {} : { floor: middle(bare, of), ratio: value / middle(bare, of) }),
      ...(goal === undefined ? {} : { goal: `≥ ${goal.toLocaleString('en')}/s`, met: value >= goal }),
    };
  };
  const p99 = intake('p99', 'p99', paused);
  return [
    { ...p99, goal: '≤ 1.1 × p99 while they are paused', met: (p99.ratio ?? Number.POSITIVE_INFINITY) <= 1.1 },
    ...quarters,
    ...(bare.length === 0
      ? []
      : [
          {
            ...intake('p99', 'p99', bare),
            name: 'the same, its floor while a bare sender sends what the goals ask for',
          },
        ]),
    intake('median', 'median', paused),
    rate('webhooks', 'webhooks', goals?.[0]),
    rate('batched events', 'batched', goals?.[1]),
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
