import { type Figure, quantile } from './figure.ts';
import { load } from './load.ts';
import { PUBLIC_KEY, type Running, startFloor, startSelfsame } from './servers.ts';

const CONNECTIONS = 64;
const PEOPLE = 20_000;

let serial = 0;
const device = (n: number) => `38582f12-dc14-48ab-2c4c-${String(n).padStart(12, '0')}`;
const anyone = () => Math.floor(Math.random() * PEOPLE);

/** An identity call as mParticle's web SDK sends it. */
function call(known_identities: object): string {
  serial += 1;
  return JSON.stringify({
    client_sdk: { platform: 'web', sdk_vendor: 'mparticle', sdk_version: '2.68.0' },
    context: null,
    environment: 'production',
    request_id: `b${process.pid.toString(36)}-${serial.toString(36)}`,
    request_timestamp_ms: Date.now(),
    previous_mpid: null,
    known_identities,
  });
}

/** A single event of a known profile, on the same wire and by the same connections: what the calls are compared with. */
function event(): string {
  serial += 1;
  const n = anyone();
  return JSON.stringify([
    {
      event: 'Product Viewed',
      properties: {
        token: PUBLIC_KEY,
        $insert_id: `e${process.pid.toString(36)}-${serial.toString(36)}`,
        distinct_id: `user-${n}`,
        $user_id: `user-${n}`,
        $device_id: `d-${n}`,
        $current_url: 'http://shop.example/product/espresso-cup?utm_source=search',
        product: 'espresso-cup',
        price: 12.5,
      },
    },
  ]);
}

const login = (n: number) =>
  call({ device_application_stamp: device(n), customerid: `user-${n}`, email: `user-${n}@example.com` });

const calls: Readonly<Record<string, () => string>> = {
  identify: () => call({ device_application_stamp: device(anyone()) }),
  login: () => login(anyone()),
};

/** Everybody has been here before. */
async function introduce(server: Running): Promise<void> {
  let next = 0;
  while (next < PEOPLE) await run(server, '/mparticle/v1/login', 1, () => login(next++ % PEOPLE));
}

/**
 * identify and login over HTTP, durable, beside single events on the same server; and how even their latency is, beside
 * the floor's: its tail is that of the machine and of the load maker, which has a core of two.
 * `seconds` of each, in turn, three times; the first round warms up.
 */
export async function measureDirectory(seconds: number): Promise<readonly Figure[]> {
  const server = await startSelfsame('mparticle-conversion');
  const floor = await startFloor();
  try {
    const rates = new Map<string, number[]>();
    const latencies = new Map<string, number[]>();
    await introduce(server);
    for (let round = 0; round < 4; round++) {
      for (const [name, to, path, body] of [
        ['floor', floor, '/', event],
        ['event', server, '/mixpanel/track', event],
        ...Object.entries(calls).map(([verb, make]) => [verb, server, `/mparticle/v1/${verb}`, make] as const),
      ] as const) {
        const seen = await run(to, path, seconds, body);
        if (round === 0) continue;
        rates.set(name, [...(rates.get(name) ?? []), seen.requestsPerSecond]);
        latencies.set(name, [...(latencies.get(name) ?? []), ...seen.latencies]);
      }
    }
    const events = quantile(rates.get('event') ?? [], 0.5);
    const evenness = (name: string): Pick<Figure, 'value' | 'unit' | 'floor' | 'ratio'> => {
      const median = quantile(latencies.get(name) ?? [], 0.5);
      const value = quantile(latencies.get(name) ?? [], 0.99);
      return { value, unit: 'ms', floor: median, ratio: value / median };
    };
    // What the machine, and then the store, do to any request, to read the calls' tails by.
    const usual = [
      { name: `the floor: p99 at ${CONNECTIONS} connections`, ...evenness('floor') },
      { name: `single event: p99 at ${CONNECTIONS} connections`, ...evenness('event') },
    ];
    const figures = Object.keys(calls).flatMap((name): Figure[] => {
      const rate = quantile(rates.get(name) ?? [], 0.5);
      const tail = evenness(name);
      return [
        {
          name: `${name}, known people`,
          value: rate,
          unit: 'calls/s',
          floor: events,
          ratio: rate / events,
          goal: '≥ 0.5 of single events',
          met: rate / events >= 0.5,
        },
        {
          name: `${name}: p99 at ${CONNECTIONS} connections`,
          ...tail,
          goal: '≤ 3 × its median',
          met: (tail.ratio ?? Number.NaN) <= 3,
        },
      ];
    });
    return [...usual, ...figures];
  } finally {
    await floor.stop();
    await server.stop();
  }
}

const run = (server: Running, path: string, seconds: number, body: () => string) =>
  load({
    url: server.url,
    path,
    connections: CONNECTIONS,
    duration: seconds * 1000,
    headers: { 'x-mp-key': PUBLIC_KEY },
    body,
  });
