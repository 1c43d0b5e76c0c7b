import { readFileSync } from 'node:fs';
import { type Figure, quantile } from './figure.ts';
import { startProbe } from './probe.ts';
import { SERVER_KEY, startSelfsame } from './servers.ts';

const BATCH = 1_000;
const SENDERS = 4;

/** How much is told, and how many people and identifiers it speaks of, in random order. */
interface Size {
  readonly events: number;
  readonly people: number;
  /** Identifiers a person has on average: a login, devices, perhaps an e-mail. */
  readonly identifiers: number;
}

const sizes: readonly Size[] = [
  { events: 300_000, people: 20_000, identifiers: 3 },
  { events: 600_000, people: 200_000, identifiers: 3 },
  { events: 600_000, people: 2_000_000, identifiers: 3 },
  { events: 1_000_000, people: 300_000, identifiers: 10 / 3 },
];

/**
 * A server under a plain large load of batches by its server key: does it keep its pace, answer `/livez` all the while,
 * stay in its memory, answer the first question soon, stop and start again soon, and after SIGKILL too.
 * `scale` multiplies the work.
 */
export async function measureSize(scale: number, full: boolean): Promise<readonly Figure[]> {
  const all = full ? [...sizes, { events: 5_000_000, people: 1_500_000, identifiers: 10 / 3 }] : sizes;
  const figures: Figure[] = [];
  for (const size of all) {
    const { events, people, identifiers } = size;
    figures.push(...(await measureOne({ events: events * scale, people: people * scale, identifiers })));
  }
  return figures;
}

async function measureOne(size: Size): Promise<readonly Figure[]> {
  const server = await startSelfsame();
  const of = `${amount(size.events)} events of ${amount(size.people)} people`;
  const probe = await startProbe({ url: `${server.url}/livez` });
  try {
    const paceAt = await tell(server.url, size);
    const live = await probe.take();
    const early = paceAt(Math.min(100_000, size.events / 2));
    const late = paceAt(size.events);
    const stats = await timed(() => ask(server.url, '/v1/stats'));
    const liveAfter = await probe.take();
    const peak = peakMegabytes(server.pid);
    probe.end();
    const stop = await timed(() => server.end('SIGTERM'));
    const clean = await timed(() => server.start());
    await tell(server.url, { ...size, events: Math.min(size.events, 150_000) });
    await server.end('SIGKILL');
    const killed = await timed(() => server.start());
    return [
      {
        name: `${of}: pace at the end`,
        value: late,
        unit: 'events/s',
        floor: early,
        ratio: late / early,
        goal: '≥ 0.7 of early on',
        met: late / early >= 0.7,
      },
      bar(`${of}: /livez p99`, quantile(live, 0.99), 'ms', 250),
      bar(`${of}: /livez longest`, quantile([...live, ...liveAfter], 1), 'ms'),
      bar(`${of}: memory`, peak, 'MB', 400),
      bar(`${of}: first /v1/stats`, stats, 'ms', 2_000),
      // It may be answered before anybody has asked.
      ...(liveAfter.length > 0 ? [bar(`${of}: /livez p99 meanwhile`, quantile(liveAfter, 0.99), 'ms', 250)] : []),
      bar(`${of}: a clean stop`, stop, 'ms'),
      bar(`${of}: ready after a clean stop`, clean, 'ms', 2_000),
      bar(`${of}: ready after SIGKILL`, killed, 'ms', 10_000),
    ];
  } finally {
    probe.end();
    await server.stop();
  }
}

const bar = (name: string, value: number, unit: string, most?: number): Figure =>
  most === undefined
    ? { name, value, unit }
    : { name, value, unit, goal: `≤ ${most.toLocaleString('en')} ${unit}`, met: value <= most };

const amount = (n: number): string => n.toLocaleString('en');

/** Tells all events, a few batches at a time; answers the pace just before so many, events a second. */
async function tell(url: string, { events, people, identifiers }: Size): Promise<(events: number) => number> {
  const batches = Math.ceil(events / BATCH);
  const done: number[] = [performance.now()];
  let next = 0;
  const sender = async () => {
    while (next < batches) {
      next += 1;
      await send(url, JSON.stringify({ items: Array.from({ length: BATCH }, () => event(people, identifiers)) }));
      done.push(performance.now());
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  const window = Math.min(50, Math.floor(batches / 4));
  return (told) => {
    const last = Math.min(done.length - 1, Math.round(told / BATCH));
    return (window * BATCH) / (((done[last] as number) - (done[last - window] as number)) / 1000);
  };
}

/** Sends again what was turned away for now. @throws Error at any other answer than 200. */
async function send(url: string, body: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/v1/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${SERVER_KEY}` },
      body,
    });
    const text = await answer.text();
    if (answer.ok) return;
    if (answer.status !== 429 && answer.status !== 503)
      throw new Error(`the server answered ${answer.status} ${text.slice(0, 200)}`);
    await new Promise((resolve) => setTimeout(resolve, 1000 * Number(answer.headers.get('retry-after') ?? 1)));
  }
}

/** One of a person's identifiers beside their login: the first are devices, the last is an e-mail. */
function event(people: number, identifiers: number): object {
  const person = Math.floor(Math.random() * people);
  const others = Math.floor(identifiers - 1) + (person % 3 < Math.round((identifiers % 1) * 3) ? 1 : 0);
  const which = Math.floor(Math.random() * others);
  const ids =
    which === others - 1
      ? { user: `user-${person}`, email: `${person}@example.com` }
      : { user: `user-${person}`, device: `device-${person}-${which}` };
  return {
    type: 'track',
    name: 'Product Viewed',
    insertId: crypto.randomUUID(),
    time: Date.now(),
    ids,
    properties: {
      product: `espresso-cup-${person % 100}`,
      price: 12.5,
      currency: 'SEK',
      url: 'http://shop.example/product/espresso-cup?utm_source=search',
      referrer: 'http://search.example/?q=cup',
    },
  };
}

async function ask(url: string, path: string): Promise<void> {
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${SERVER_KEY}` } });
  await answer.text();
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The most memory a process has had, MB. Linux alone tells; elsewhere not a number. */
function peakMegabytes(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000;
  } catch {
    return Number.NaN;
  }
}
