import type { Figure } from './figure.ts';
import { quantile } from './figure.ts';
import { load } from './load.ts';
import { PUBLIC_KEY, type Running, startFloor, startSelfsame } from './servers.ts';

const CONNECTIONS = 64;

/** As the SDK makes them: random, which is what a dedupe index has to live with. */
const insertId = (): string => Array.from({ length: 2 }, () => Math.random().toString(36).slice(2, 10)).join('');

/** An event as mixpanel-browser sends it, about 511 bytes. */
function event(device: string, user?: string): object {
  return {
    event: 'Product Viewed',
    properties: {
      token: PUBLIC_KEY,
      time: Date.now() / 1000,
      $insert_id: insertId(),
      distinct_id: user ?? `$device:${device}`,
      $device_id: device,
      ...(user === undefined ? {} : { $user_id: user }),
      $os: 'Linux',
      $browser: 'Chrome',
      $browser_version: 156,
      $screen_height: 720,
      $screen_width: 1280,
      mp_lib: 'web',
      $lib_version: '2.83.0',
      $current_url: 'http://shop.example/product/espresso-cup?utm_source=search',
      $initial_referrer: '$direct',
      $initial_referring_domain: '$direct',
      product: 'espresso-cup',
      price: 12.5,
    },
  };
}

const PEOPLE = 20_000;
/** An event of one of twenty thousand people who are logged in, each on a device of their own. */
export function known(): object {
  const n = Math.floor(Math.random() * PEOPLE);
  return event(`d-${n}`, `user-${n}`);
}
const stranger = (): object => event(crypto.randomUUID());

interface Case {
  readonly name: string;
  readonly batch: number;
  readonly make: () => object;
  readonly goal: number;
}

const cases: readonly Case[] = [
  { name: 'single events, known identifiers', batch: 1, make: known, goal: 0.75 },
  { name: 'batches of 100', batch: 100, make: known, goal: 0.6 },
  { name: 'batches of 1,000', batch: 1000, make: known, goal: 0.6 },
  { name: 'new visitor per event, batches of 100', batch: 100, make: stranger, goal: 0.5 },
];

/** Events a second over HTTP, durable, against HTTP and SQLite with dedupe alone. Each pair runs side by side in time. */
export async function measureIntake(seconds: number): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const one of cases) {
    const rates = { floor: [] as number[], ours: [] as number[] };
    let refused = 0;
    const floor = await startFloor();
    const ours = await startSelfsame();
    try {
      // In turn, so that a noisy minute hits both.
      for (let round = 0; round < 4; round++) {
        rates.floor.push((await rate(floor, '/', one, seconds)).events);
        const mine = await rate(ours, '/mixpanel/track', one, seconds);
        rates.ours.push(mine.events);
        refused += mine.refused;
      }
    } finally {
      await floor.stop();
      await ours.stop();
    }
    // The first round warms up.
    const value = quantile(rates.ours.slice(1), 0.5);
    const base = quantile(rates.floor.slice(1), 0.5);
    figures.push({
      name: one.name,
      value,
      unit: 'events/s',
      floor: base,
      ratio: value / base,
      goal: `≥ ${one.goal} of floor`,
      met: value / base >= one.goal,
    });
    if (refused > 0) figures.push({ name: `${one.name}: told to come again`, value: refused, unit: 'requests' });
  }
  return figures;
}

/** Events a second, and how many requests were told to come again. */
async function rate(server: Running, path: string, { batch, make }: Case, seconds: number) {
  const body = () => JSON.stringify(Array.from({ length: batch }, make));
  const { requestsPerSecond, refused } = await load({
    url: server.url,
    path,
    connections: batch === 1 ? CONNECTIONS : 8,
    duration: seconds * 1000,
    body,
  });
  return { events: requestsPerSecond * batch, refused };
}

/** What neighbours wait while 400 devices log into one user, ms, p99: and when all is quiet. */
interface Stormed {
  readonly quiet: number;
  readonly during: number;
}

/**
 * 400 devices log into one user at once, beside steady traffic: p99 of the whole while, against its quiet p99. 400
 * connections that never pause queue before one core whoever serves them, so the floor is put through the same.
 */
export async function measureStorm(seconds: number): Promise<readonly Figure[]> {
  const ours = await stormed(await startSelfsame(), '/mixpanel/track', seconds);
  const floor = await stormed(await startFloor(), '/', seconds);
  const ratio = ours.during / ours.quiet;
  return [
    {
      ...{
        name: '400 devices log into one user: p99 of the neighbours, against quiet',
        value: ours.during,
        unit: 'ms',
      },
      ...{ floor: ours.quiet, ratio, goal: '≤ 3 × quiet p99', met: ratio <= 3 },
    },
    {
      ...{ name: 'the same at the floor', value: floor.during, unit: 'ms' },
      ...{ floor: floor.quiet, ratio: floor.during / floor.quiet },
    },
  ];
}

async function stormed(server: Running, path: string, seconds: number): Promise<Stormed> {
  const calls = { url: server.url, path, duration: seconds * 1000 };
  const steady = async () =>
    quantile((await load({ ...calls, connections: 16, body: () => JSON.stringify([known()]) })).latencies, 0.99);
  try {
    await steady();
    const quiet = await steady();
    let n = 0;
    const during = steady();
    // The neighbours were there before: of 400 who connect at once, Node takes in one each turn.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const body = () => JSON.stringify([event(`storm-${n++ % 400}`, 'one-user')]);
    await load({ ...calls, connections: 400, body });
    return { quiet, during: await during };
  } finally {
    await server.stop();
  }
}
