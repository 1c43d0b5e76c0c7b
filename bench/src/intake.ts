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
function known(): object {
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
    const floor = await startFloor();
    const ours = await startSelfsame();
    try {
      // In turn, so that a noisy minute hits both.
      for (let round = 0; round < 4; round++) {
        rates.floor.push(await rate(floor, '/', one, seconds));
        rates.ours.push(await rate(ours, '/mixpanel/track', one, seconds));
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
  }
  return figures;
}

async function rate(server: Running, path: string, { batch, make }: Case, seconds: number): Promise<number> {
  const body = () => JSON.stringify(Array.from({ length: batch }, make));
  const { requestsPerSecond } = await load({
    url: server.url,
    path,
    connections: batch === 1 ? CONNECTIONS : 8,
    duration: seconds * 1000,
    body,
  });
  return requestsPerSecond * batch;
}

/** 400 devices log into one user at once, beside steady traffic: p99 of the whole while, against its quiet p99. */
export async function measureStorm(seconds: number): Promise<Figure> {
  const server = await startSelfsame();
  try {
    const steady = () =>
      load({
        url: server.url,
        path: '/mixpanel/track',
        connections: 16,
        duration: seconds * 1000,
        body: () => JSON.stringify([known()]),
      });
    await steady();
    const quiet = quantile((await steady()).latencies, 0.99);
    let n = 0;
    const storm = load({
      url: server.url,
      path: '/mixpanel/track',
      connections: 400,
      duration: seconds * 1000,
      body: () => JSON.stringify([event(`storm-${n++ % 400}`, 'one-user')]),
    });
    const [during] = await Promise.all([steady(), storm]);
    const value = quantile(during.latencies, 0.99);
    return {
      name: '400 devices log into one user: p99 of the neighbours',
      value,
      unit: 'ms',
      floor: quiet,
      ratio: value / quiet,
      goal: '≤ 3 × quiet p99',
      met: value / quiet <= 3,
    };
  } finally {
    await server.stop();
  }
}
