import { figuresOf, LIMITS, type Loading, type Neighbours, type Seen, type SeenOf } from './beside-figures.ts';
import { type Figure, quantile } from './figure.ts';
import { load } from './load.ts';
import { isTurned } from './pooled.ts';
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
/** Most that they are given at once: seldom and much, since it costs the disk something for a while. */
const REFILL = 500_000;
/** How long a server that was given a backlog has to bring it into its tables, ms. */
const SETTLE = 3_000;
/** How long an output sends around a window, s. */
const TAIL = 1;
/** How long an output that was steered has to begin or to end, and how often it is looked whether it has begun, ms. */
const TURN = 500;
const LOOK = 100;
export const headers = { authorization: `Bearer ${SERVER_KEY}`, 'content-type': 'application/json' };

// A seventh of what the server takes of single events: this machine then has room for outputs, load and receiver.
const steady = { name: '1,000 events/s', of: { connections: 16, perSecond: 1_000 } };
// More than the machine can do as it is: there is nothing over for outputs.
const all = { name: 'all it takes', of: { connections: 16 } };

const loadings: readonly Loading[] = [
  { ...steady, place: 'in their process', isBar: true },
  { ...all, place: 'in their process' },
  { ...steady, place: 'in the server' },
  { ...all, place: 'in the server' },
];

/** What is no bar is measured in so many pairs at most. */
const FEW = 2;

/** How many pairs of windows of the bar, and beside a bare sender; how long a window is, s. A few more warm up. */
export interface Series {
  readonly pairs: number;
  readonly bare: number;
  readonly seconds: number;
}

/** Two outputs: a webhook and one of batches. */
type Both = readonly [webhook: { readonly id: string }, batched: { readonly id: string }];

/**
 * What intake feels of a webhook and a Segment output that send a backlog and what comes in, as much as the goals ask
 * for, from a process of their own and from the server. The floor is the same server, with the same history, while they
 * are paused: windows of a few seconds take turns, paused, sending, sending, paused, so that what the machine does
 * besides, and whatever grows meanwhile, hits both alike.
 */
export async function measureBeside(
  outputs: Both,
  receiver: Pick<Running, 'url'>,
  series: Series,
): Promise<readonly Figure[]> {
  goFirst();
  const limited = outputs.map((one, i) => ({ ...one, perSecond: [LIMITS.webhooks, LIMITS.batched][i] }));
  const figures: Figure[] = [];
  // One server after the other: even one that nobody asks wants the processor now and then.
  for (const place of ['in their process', 'in the server'] as const) {
    const isBeside = place === 'in their process';
    const server = await startSelfsame(
      'selfsame',
      undefined,
      limited,
      isBeside ? { outputs: { in: 'process' } } : undefined,
    );
    const own = isBeside ? startOutputsOf(server) : undefined;
    try {
      const scene = new Scene(
        outputs.map(({ id }) => id),
        { server, ...(own === undefined ? {} : { own }), receiver },
      );
      await scene.steer('pause');
      for (const loading of loadings.filter((one) => one.place === place))
        figures.push(...figuresOf(loading, await scene.see(loading, series)));
    } finally {
      await own?.stop();
      await server.stop();
    }
  }
  return figures;
}

/** A server, its outputs, and what is seen of them. */
class Scene {
  readonly #ids: readonly string[];
  readonly #server: Running;
  readonly #own: Pick<Running, 'pid'> | undefined;
  readonly #receiver: Pick<Running, 'url'>;

  constructor(
    ids: readonly string[],
    of: { readonly server: Running; readonly own?: Pick<Running, 'pid'>; readonly receiver: Pick<Running, 'url'> },
  ) {
    this.#ids = ids;
    this.#server = of.server;
    this.#own = of.own;
    this.#receiver = of.receiver;
  }

  /** All windows of one loading. */
  async see(loading: Loading, { pairs, bare, seconds }: Series): Promise<SeenOf> {
    const isBar = loading.isBar === true;
    // Code that runs for the first time is slow, and is compiled meanwhile.
    await this.#pairs(loading, isBar ? FEW : 1, isBar ? seconds : Math.min(seconds, 1), 'outputs');
    const working = await this.#pairs(loading, isBar ? pairs : Math.min(pairs, FEW), seconds, 'outputs');
    return { working, bare: isBar ? await this.#pairs(loading, bare, seconds, 'bare') : [] };
  }

  /** Pairs of windows in turns, in the order in which they came. */
  async #pairs(
    loading: Loading,
    count: number,
    seconds: number,
    of: 'outputs' | 'bare',
  ): Promise<readonly Neighbours[]> {
    const seen: Neighbours[] = [];
    for (let nth = 0; nth < count; nth++) {
      if (of === 'outputs') await this.#refill((count - nth) * (seconds + TAIL) * LIMITS.batched);
      const isFirst = isTurned(nth);
      const before = isFirst ? await this.#window(loading, seconds, of) : undefined;
      const paused = await this.#window(loading, seconds, 'nobody');
      seen.push({ paused, sending: before ?? (await this.#window(loading, seconds, of)) });
    }
    await this.steer('pause');
    process.stderr.write(
      `${loading.name} ${loading.place}, ${of}: p99 sending/paused by pairs, ms: ${inWords(seen)}\n`,
    );
    return seen;
  }

  async #window(loading: Loading, seconds: number, sends: 'outputs' | 'bare' | 'nobody'): Promise<Seen> {
    await this.steer(sends === 'outputs' ? 'resume' : 'pause');
    const bare = sends === 'bare' ? await startBareSender(this.#receiver, TURN / 1_000 + seconds, LIMITS) : undefined;
    await pause(TURN);
    const [before, used] = [await this.#views(), this.#used()];
    const { latencies } = await load({
      ...{ url: this.#server.url, path: '/mixpanel/track', duration: seconds * 1_000, ...loading.of },
      body: (n) => JSON.stringify([trackOf(n)]),
    });
    const [after, usedBy] = [await this.#views(), this.#used()];
    if (after.some(({ lag }) => lag.positions === 0)) throw new Error('an output had nothing left to send');
    const [webhooks = 0, batched = 0] = after.map(({ sent }, i) => (sent - (before[i]?.sent ?? 0)) / seconds);
    const [own, server] = [(usedBy.own - used.own) / seconds, (usedBy.server - used.server) / seconds];
    if (bare === undefined) return { latencies, webhooks, batched, own, server };
    const { cpu, ...sent } = await bare.sent;
    return { latencies, ...sent, own: cpu, server };
  }

  /** Pauses them all, or has them go on: then it returns once each has sent something. */
  async steer(what: 'pause' | 'resume'): Promise<void> {
    const before = await this.#views();
    const isDone = what === 'pause' ? 'paused' : 'running';
    if (before.every(({ state }) => state === isDone)) return;
    for (const id of this.#ids) await steer(this.#server, id, what);
    // Before the first message the log is read up to its end, for who has denied consent by then.
    for (let tries = 0; what === 'resume'; tries++) {
      const now = await this.#views();
      if (now.every(({ sent }, i) => sent > (before[i]?.sent ?? 0))) break;
      if (tries === 1_200) throw new Error('an output sent nothing for two minutes');
      await pause(LOOK);
    }
  }

  /** @param left what the windows to come may send */
  async #refill(left: number): Promise<void> {
    const [, batched] = await this.#views();
    if ((batched?.lag.positions ?? 0) >= BACKLOG) return;
    await this.steer('pause');
    await fill(this.#server, Math.min(BACKLOG + Math.ceil(left), REFILL));
    await pause(SETTLE);
  }

  #views(): Promise<readonly View[]> {
    return Promise.all(this.#ids.map((id) => viewOf(this.#server, id)));
  }

  #used() {
    return { own: this.#own === undefined ? 0 : cpuSecondsOf(this.#own.pid), server: cpuSecondsOf(this.#server.pid) };
  }
}

/** The windows themselves, for whoever wants to judge them by another figure. */
const inWords = (all: readonly Neighbours[]): string =>
  all
    .map(({ paused, sending }) =>
      [sending, paused].map(({ latencies }) => quantile(latencies, 0.99).toFixed(2)).join('/'),
    )
    .join(' ');

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface View {
  readonly state: string;
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
