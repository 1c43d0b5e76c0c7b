import { type Figure, median, quantile } from './figure.ts';
import { type Load, load } from './load.ts';
import { type Probe, startProbe } from './probe.ts';
import { type Running, startFloor, startSelfsame } from './servers.ts';

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

/** A server that storms are told to, and its neighbour. */
interface Side {
  readonly probe: Probe;
  readonly url: string;
  readonly path: string;
  headersOf(key: string): Readonly<Record<string, string>>;
  bodyOf(items: readonly Item[]): string;
  /** As many of these as there can be are a storm too. */
  readonly flood: Pick<Load, 'path' | 'body'> & { readonly headers: Readonly<Record<string, string>> };
}

/**
 * What one project's storms do to a neighbour who stores an event every 25 ms: its p99 during each story beside its p99
 * when it is quiet, the medians, and the last requests of the story beside its first. The same is told to the floor,
 * which only keeps it, and which has a neighbour too. What two processors and a disk cost that are shared shows in a
 * bystander: a floor in a process of its own, which a story that is told to the server does not reach. `scale` multiplies
 * the work.
 *
 * A story is told again, of others, until the neighbour was answered `SAMPLES` times, or its p99 would be the longest of a
 * few. Quiet is what was seen before the story and after it, on a server that has been warmed up; its p99 is the middle
 * one of the p99s of as many samples as the story had.
 */
export async function measureNeighbours(scale: number): Promise<readonly Figure[]> {
  const projects = [noisy, neighbour].map((one) => ({ ...one, name: one.id, signingSecret: 'bench' }));
  const servers = [
    await startSelfsame('selfsame', undefined, [], { projects }),
    await startFloor(),
    await startFloor(),
  ] as const;
  const [ours, floor] = [await oursOf(servers[0]), await floorOf(servers[1])];
  const sides: Sides = { ours, floor, bystander: { ...ours, probe: (await floorOf(servers[2])).probe } };
  const samples = SAMPLES * scale;
  try {
    for (const side of [ours, floor]) await tell(side, stories[0] as Story, -1, WARM_UP);
    const figures: Figure[] = [];
    for (const story of stories) {
      const requests = Math.ceil(story.requests * scale);
      const growth: { first: number; last: number }[] = [];
      const seen = await besideEach(sides, samples, async (side, round) => {
        const took = await tell(side, story, round, requests);
        const few = Math.max(1, Math.floor(took.length / 10));
        if (side === ours) growth.push({ first: median(took.slice(0, few)), last: median(took.slice(-few)) });
      });
      figures.push(...neighboursOf(story.says, seen), lastRequests(story.says, growth));
    }
    const duration = Math.max(1_000, 8_000 * scale);
    const flood = await besideEach(sides, samples, (side) =>
      load({ ...side.flood, url: side.url, connections: 16, duration }),
    );
    return [...figures, ...neighboursOf('a flood of one mParticle key', flood)];
  } finally {
    for (const { probe } of Object.values(sides)) probe.end();
    for (const server of servers) await server.stop();
  }
}

async function oursOf({ url }: Running): Promise<Side> {
  const path = '/v1/batch';
  const headersOf = (key: string) => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' });
  const bodyOf = (items: readonly Item[]) => JSON.stringify({ items });
  const probe = await startProbe({ url: url + path, headers: headersOf(neighbour.publicKey), body: bodyOf([seen]) });
  const flood = { path: '/mparticle/v1/identify', headers: { 'x-mp-key': noisy.publicKey }, body: identify };
  return { probe, url, path, headersOf, bodyOf, flood };
}

/** The floor keeps what it is given, by an insert id of each. */
async function floorOf({ url }: Running): Promise<Side> {
  const path = '/';
  const headersOf = () => ({});
  const bodyOf = (items: readonly Item[]) =>
    JSON.stringify(items.map((item) => ({ ...item, properties: { $insert_id: crypto.randomUUID(), item } })));
  const body = JSON.stringify([{ ...seen, properties: { $insert_id: 'seen-#' } }]);
  const probe = await startProbe({ url: url + path, body });
  const flood = { path, headers: {}, body: (n: number) => bodyOf([JSON.parse(identify(n)) as Item]) };
  return { probe, url, path, headersOf, bodyOf, flood };
}

/** What the neighbour stores. */
const seen: Item = { type: 'track', name: 'Seen', ids: { device: 'seen-#' } };

/** What a neighbour waited around a story and during it, ms. */
interface Waited {
  readonly quiet: readonly number[];
  readonly during: readonly number[];
}

interface Sides {
  readonly ours: Side;
  readonly floor: Side;
  /** What is told is told to ours, and the neighbour is somebody else's. */
  readonly bystander: Side;
}

/** Rounds that ours is told beside its own neighbour are fewer. */
const OTHERS = 1_000;

const besideEach = async (
  { ours, floor, bystander }: Sides,
  samples: number,
  story: (side: Side, round: number) => Promise<unknown>,
): Promise<Record<keyof Sides, Waited>> => ({
  ours: await beside(ours, samples, story),
  floor: await beside(floor, samples, story),
  bystander: await beside(bystander, samples, (side, round) => story(side, OTHERS + round)),
});

/** A story is told until the neighbour was answered `samples` times. */
async function beside(
  side: Side,
  samples: number,
  story: (side: Side, round: number) => Promise<unknown>,
): Promise<Waited> {
  const { probe } = side;
  const watch = async () => {
    await wait(SETTLE);
    await probe.take();
    await wait(QUIET);
    return await probe.take();
  };
  const before = await watch();
  const during: number[] = [];
  for (let round = 0; during.length < samples; round++) {
    await story(side, round);
    during.push(...(await probe.take()));
  }
  return { quiet: [...before, ...(await watch())], during };
}

const wait = (duration: number) => new Promise((resolve) => setTimeout(resolve, duration));

function neighboursOf(story: string, { ours, floor, bystander }: Record<keyof Sides, Waited>): readonly Figure[] {
  const p99 = timesQuiet(`${story}: a neighbour's p99`, ours, p99Of, usualP99);
  return [
    { ...p99, goal: '≤ 2 × quiet', met: p99.ratio <= 2 },
    timesQuiet(`${story}: at the floor`, floor, p99Of, usualP99),
    timesQuiet(`${story}: a bystander's`, bystander, p99Of, usualP99),
    timesQuiet(`${story}: its median`, ours, median, median),
  ];
}

const p99Of = (samples: readonly number[]) => quantile(samples, 0.99);

function timesQuiet(
  name: string,
  { quiet, during }: Waited,
  of: (waited: readonly number[]) => number,
  usual: (waited: readonly number[], count: number) => number,
) {
  const [value, floor] = [of(during), usual(quiet, during.length)];
  return { name, value, unit: 'ms', floor, ratio: value / floor };
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
  return median(Array.from({ length: many }, (_, i) => p99Of(samples.slice(i * size, (i + 1) * size))));
}

/** Sends a story, one request after the other; answers how long each took, ms. */
async function tell(
  { url, path, headersOf, bodyOf }: Side,
  { key, size, item }: Story,
  round: number,
  requests: number,
): Promise<readonly number[]> {
  const took: number[] = [];
  for (let request = 0; request < requests; request++) {
    const body = bodyOf(Array.from({ length: size }, (_, i) => item(request * size + i, round)));
    const start = performance.now();
    const answer = await fetch(url + path, { method: 'POST', headers: headersOf(key), body });
    await answer.arrayBuffer();
    if (!answer.ok && answer.status !== 503) throw new Error(`a story was answered ${answer.status}`);
    took.push(performance.now() - start);
  }
  return took;
}

/** An identity call of the flood, of one of 500 devices. */
const identify = (n: number): string =>
  JSON.stringify({
    client_sdk: { platform: 'web', sdk_vendor: 'mparticle', sdk_version: '2.68.0' },
    context: null,
    environment: 'production',
    request_id: `flood-${n}`,
    request_timestamp_ms: Date.now(),
    previous_mpid: null,
    known_identities: { device_application_stamp: `38582f12-dc14-48ab-2c4c-${String(n % 500).padStart(12, '0')}` },
  });
