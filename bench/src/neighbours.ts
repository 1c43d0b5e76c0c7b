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
/** How long the neighbour is looked at when nobody else is there, before a story and after it, ms. */
const QUIET = 5_000;
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
  readonly item: (n: number) => Item;
}

/** What the keys of one project can do to everybody else's. The first is honest: what any load of that size does. */
const stories: readonly Story[] = [
  {
    says: 'events of other visitors each',
    key: noisy.publicKey,
    requests: 200,
    size: 50,
    item: (n) => ({ type: 'track', name: 'Seen', ids: { device: `visitor-${n}` } }),
  },
  {
    says: '8,000 logins and logouts of one device',
    key: noisy.publicKey,
    requests: 160,
    size: 50,
    item: (n) =>
      n % 2 === 0
        ? { type: 'login', ids: { user: `in-turn-${n % 7}`, device: 'busy' } }
        : { type: 'logout', ids: { device: 'busy' } },
  },
  {
    says: 'a star of merges over the cap',
    key: noisy.serverKey,
    requests: 70,
    size: 50,
    item: (n) => ({ type: 'merge', ids: [{ user: 'star' }, { user: `ray-${n}` }] }),
  },
  {
    says: 'a chain of merged devices, each with a login',
    key: noisy.serverKey,
    requests: 100,
    size: 50,
    item: (n) =>
      n % 2 === 0
        ? { type: 'merge', ids: [{ device: `chain-${n}` }, { device: `chain-${n + 2}` }] }
        : { type: 'login', ids: { user: `chained-${n % 4}`, device: `chain-${n - 1}` } },
  },
  {
    says: '100,000 events of one person',
    key: noisy.publicKey,
    requests: 500,
    size: 200,
    item: (n) => ({ type: 'track', name: 'Seen', ids: { user: 'hot', device: `hot-${n % 3}` } }),
  },
  {
    says: '20,000 users on one device',
    key: noisy.publicKey,
    requests: 400,
    size: 50,
    item: (n) => ({ type: 'login', ids: { user: `crowd-${n}`, device: 'crowd' } }),
  },
  {
    says: 'traits of 1 KB',
    key: noisy.publicKey,
    requests: 100,
    size: 50,
    item: (n) => ({ type: 'traits', ids: { device: 'large' }, traits: { [`t${n}`]: 'x'.repeat(1_000) } }),
  },
  {
    says: 'bodies of 10 MB',
    key: noisy.publicKey,
    requests: 20,
    size: 2_000,
    item: (n) => ({
      type: 'track',
      name: 'Seen',
      ids: { device: `heavy-${n % 500}` },
      properties: { x: 'x'.repeat(5_000) },
    }),
  },
];

/**
 * What one project's storms do to a neighbour who stores an event every 25 ms: its p99 during each story beside its p99
 * when it is quiet, and the last requests of the story beside its first. `scale` multiplies the work.
 *
 * Quiet is what was seen before the story and after it, on a server that has been warmed up. Of more samples a p99 is
 * surer and of few it is nearly the longest, so the floor is the middle one of the p99s of as many samples as the story
 * had.
 */
export async function measureNeighbours(scale: number): Promise<readonly Figure[]> {
  const projects = [noisy, neighbour].map((one) => ({ ...one, name: one.id, signingSecret: 'bench' }));
  const server = await startSelfsame('selfsame', undefined, [], { projects });
  const probe = await startProbe(server.url, neighbour.publicKey);
  try {
    const usual = stories[0] as Story;
    await tell(server, { ...usual, item: (n) => usual.item(-1 - n) }, WARM_UP);
    const figures: Figure[] = [];
    for (const story of stories) {
      const { quiet, during, result } = await beside(probe, () =>
        tell(server, story, Math.ceil(story.requests * scale)),
      );
      const few = Math.max(1, Math.floor(result.length / 10));
      const ratio = median(result.slice(-few)) / median(result.slice(0, few));
      figures.push(p99Of(story.says, quiet, during), {
        name: `${story.says}: last requests`,
        value: median(result.slice(-few)),
        unit: 'ms',
        floor: median(result.slice(0, few)),
        ratio,
        goal: '≤ 2 × the first',
        met: ratio <= 2,
      });
    }
    const flood = await beside(probe, () => floodOf(server, Math.max(1_000, 8_000 * scale)));
    return [...figures, p99Of('a flood of one mParticle key', flood.quiet, flood.during)];
  } finally {
    probe.end();
    await server.stop();
  }
}

/** What the neighbour saw around a story and during it; ms. */
async function beside<T>(probe: Probe, story: () => Promise<T>) {
  const watch = async () => {
    await wait(SETTLE);
    await probe.take();
    await wait(QUIET);
    return await probe.take();
  };
  const before = await watch();
  const result = await story();
  const during = await probe.take();
  return { quiet: [...before, ...(await watch())], during, result };
}

const wait = (duration: number) => new Promise((resolve) => setTimeout(resolve, duration));

function p99Of(story: string, quiet: readonly number[], during: readonly number[]): Figure {
  const [value, floor] = [quantile(during, 0.99), usualP99(quiet, during.length)];
  const ratio = value / floor;
  return { name: `${story}: a neighbour's p99`, value, unit: 'ms', floor, ratio, goal: '≤ 2 × quiet', met: ratio <= 2 };
}

/** The middle one of the p99s of so many samples that follow one another. */
function usualP99(samples: readonly number[], count: number): number {
  const many = Math.max(1, Math.floor(samples.length / count));
  const size = Math.ceil(samples.length / many);
  return median(Array.from({ length: many }, (_, i) => quantile(samples.slice(i * size, (i + 1) * size), 0.99)));
}

/** Sends a story, one request after the other; answers how long each took, ms. */
async function tell({ url }: Running, { key, size, item }: Story, requests: number): Promise<readonly number[]> {
  const took: number[] = [];
  for (let request = 0; request < requests; request++) {
    const items = Array.from({ length: size }, (_, i) => item(request * size + i));
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
