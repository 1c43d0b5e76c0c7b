import { type Figure, median, quantile } from './figure.ts';
import { load } from './load.ts';
import { type Probe, startProbe } from './probe.ts';
import { type Running, startSelfsame } from './servers.ts';

const noisy = { id: 'noisy', publicKey: 'noisy-public', serverKey: 'noisy-server-key-of-enough-length' };
const neighbour = {
  id: 'neighbour',
  publicKey: 'neighbour-public',
  serverKey: 'neighbour-server-key-of-enough-length',
};
/** Answers of the neighbour during a story: its p99 is the fifth longest. */
const SAMPLES = 400;
/** How long the neighbour is looked at when nobody else is there, before a story and after it, ms. */
const QUIET = 6_000;
/** After a story, till what it left to be done is done, ms. */
const SETTLE = 3_000;
/** Requests of the first story by which code is compiled before anything is measured. */
const WARM_UP = 100;

type Item = Readonly<Record<string, unknown>>;
interface Story {
  readonly says: string;
  /** A merge of people takes the server key; everything else here is anybody's. */
  readonly key: string;
  readonly requests: number;
  /** Items of a request. */
  readonly size: number;
  /** `round`: how often the story was told before, each time of somebody else. */
  readonly item: (n: number, round: number) => Item;
}

/** What the keys of one project can do to everybody else's. The first is honest: what any load of that size does. */
const stories: readonly Story[] = [
  {
    says: 'events of other visitors each',
    key: noisy.publicKey,
    requests: 200,
    size: 50,
    item: (n, round) => ({ type: 'track', name: 'Seen', ids: { device: `visitor-${round}-${n}` } }),
  },
  {
    says: '8,000 logins and logouts of one device',
    key: noisy.publicKey,
    requests: 160,
    size: 50,
    item: (n, round) =>
      n % 2 === 0
        ? { type: 'login', ids: { user: `in-turn-${n % 7}`, device: `busy-${round}` } }
        : { type: 'logout', ids: { device: `busy-${round}` } },
  },
  {
    says: 'a star of merges over the cap',
    key: noisy.serverKey,
    requests: 70,
    size: 50,
    item: (n, round) => ({ type: 'merge', ids: [{ user: `star-${round}` }, { user: `ray-${round}-${n}` }] }),
  },
  {
    says: 'a chain of merged devices, each with a login',
    key: noisy.serverKey,
    requests: 100,
    size: 50,
    item: (n, round) =>
      n % 2 === 0
        ? { type: 'merge', ids: [{ device: `chain-${round}-${n}` }, { device: `chain-${round}-${n + 2}` }] }
        : { type: 'login', ids: { user: `chained-${round}-${n % 4}`, device: `chain-${round}-${n - 1}` } },
  },
  {
    says: '100,000 events of one person',
    key: noisy.publicKey,
    requests: 500,
    size: 200,
    item: (n, round) => ({
      type: 'track',
      name: 'Seen',
      ids: { user: `hot-${round}`, device: `hot-${round}-${n % 3}` },
    }),
  },
  {
    says: '20,000 users on one device',
    key: noisy.publicKey,
    requests: 400,
    size: 50,
    item: (n, round) => ({ type: 'login', ids: { user: `crowd-${round}-${n}`, device: `crowd-${round}` } }),
  },
  {
    says: 'traits of 1 KB',
    key: noisy.publicKey,
    requests: 100,
    size: 50,
    item: (n, round) => ({
      type: 'traits',
      ids: { device: `large-${round}` },
      traits: { [`t${n}`]: 'x'.repeat(1_000) },
    }),
  },
  {
    says: 'bodies of 10 MB',
    key: noisy.publicKey,
    requests: 20,
    size: 2_000,
    item: (n, round) => ({
      type: 'track',
      name: 'Seen',
      ids: { device: `heavy-${round}-${n % 500}` },
      properties: { x: 'x'.repeat(5_000) },
    }),
  },
];

/**
 * What one project's storms do to a neighbour who stores an event every 25 ms: its p99 during each story beside its p99
 * when it is quiet, the medians, and the last requests of the story beside its first. `scale` multiplies the work.
 *
 * A story is told again, of others, until the neighbour was answered `SAMPLES` times, or its p99 would be the longest of a
 * few. Quiet is what was seen before the story and after it, on a server that has been warmed up; its p99 is the middle
 * one of the p99s of as many samples as the story had.
 */
export async function measureNeighbours(scale: number): Promise<readonly Figure[]> {
  const projects = [noisy, neighbour].map((one) => ({ ...one, name: one.id, signingSecret: 'bench' }));
  const server = await startSelfsame('selfsame', undefined, [], { projects });
  const probe = await startProbe(server.url, neighbour.publicKey);
  try {
    await tell(server, stories[0] as Story, -1, WARM_UP);
    const figures: Figure[] = [];
    for (const story of stories) {
      const requests = Math.ceil(story.requests * scale);
      const growth: { first: number; last: number }[] = [];
      const { quiet, during } = await beside(probe, SAMPLES * scale, async (round) => {
        const took = await tell(server, story, round, requests);
        const few = Math.max(1, Math.floor(took.length / 10));
        growth.push({ first: median(took.slice(0, few)), last: median(took.slice(-few)) });
      });
      figures.push(...neighboursOf(story.says, quiet, during), lastRequests(story.says, growth));
    }
    const flood = await beside(probe, SAMPLES * scale, () => floodOf(server, Math.max(1_000, 8_000 * scale)));
    return [...figures, ...neighboursOf('a flood of one mParticle key', flood.quiet, flood.during)];
  } finally {
    probe.end();
    await server.stop();
  }
}

/** What the neighbour saw around a story and during it, which is told until it saw `samples`; ms. */
async function beside(probe: Probe, samples: number, story: (round: number) => Promise<unknown>) {
  const watch = async () => {
    await wait(SETTLE);
    await probe.take();
    await wait(QUIET);
    return await probe.take();
  };
  const before = await watch();
  const during: number[] = [];
  for (let round = 0; during.length < samples; round++) {
    await story(round);
    during.push(...(await probe.take()));
  }
  return { quiet: [...before, ...(await watch())], during };
}

const wait = (duration: number) => new Promise((resolve) => setTimeout(resolve, duration));

function neighboursOf(story: string, quiet: readonly number[], during: readonly number[]): readonly Figure[] {
  const [value, floor] = [quantile(during, 0.99), usualP99(quiet, during.length)];
  const ratio = value / floor;
  const [middle, usual] = [median(during), median(quiet)];
  return [
    { name: `${story}: a neighbour's p99`, value, unit: 'ms', floor, ratio, goal: '≤ 2 × quiet', met: ratio <= 2 },
    { name: `${story}: its median`, value: middle, unit: 'ms', floor: usual, ratio: middle / usual },
  ];
}

function lastRequests(story: string, growth: readonly { readonly first: number; readonly last: number }[]): Figure {
  const ratio = median(growth.map(({ first, last }) => last / first));
  return {
    name: `${story}: last requests`,
    value: median(growth.map(({ last }) => last)),
    unit: 'ms',
    floor: median(growth.map(({ first }) => first)),
    ratio,
    goal: '≤ 2 × the first',
    met: ratio <= 2,
  };
}

/** The middle one of the p99s of so many samples that follow one another. */
function usualP99(samples: readonly number[], count: number): number {
  const many = Math.max(1, Math.floor(samples.length / count));
  const size = Math.ceil(samples.length / many);
  return median(Array.from({ length: many }, (_, i) => quantile(samples.slice(i * size, (i + 1) * size), 0.99)));
}

/** Sends a story, one request after the other; answers how long each took, ms. */
async function tell(
  { url }: Running,
  { key, size, item }: Story,
  round: number,
  requests: number,
): Promise<readonly number[]> {
  const took: number[] = [];
  for (let request = 0; request < requests; request++) {
    const items = Array.from({ length: size }, (_, i) => item(request * size + i, round));
    const start = performance.now();
    const answer = await fetch(`${url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ items }),
    });
    await answer.arrayBuffer();
    if (!answer.ok && answer.status !== 503) throw new Error(`a story was answered ${answer.status}`);
    took.push(performance.now() - start);
  }
  return took;
}

/** As many identity calls of one key as sixteen connections bring in that time, ms. */
const floodOf = ({ url }: Running, duration: number) =>
  load({
    url,
    path: '/mparticle/v1/identify',
    connections: 16,
    duration,
    headers: { 'x-mp-key': noisy.publicKey },
    body: (n) =>
      JSON.stringify({
        client_sdk: { platform: 'web', sdk_vendor: 'mparticle', sdk_version: '2.68.0' },
        context: null,
        environment: 'production',
        request_id: `flood-${n}`,
        request_timestamp_ms: Date.now(),
        previous_mpid: null,
        known_identities: { device_application_stamp: `38582f12-dc14-48ab-2c4c-${String(n % 500).padStart(12, '0')}` },
      }),
  });
