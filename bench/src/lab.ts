import { type Figure, median, quantile } from './figure.ts';
import { load } from './load.ts';
import { type Restartable, SERVER_KEY, startSelfsame } from './servers.ts';

const BATCH = 1_000;
const ROUNDS = 9;
const DAY = 86_400_000;
/** Beside the login and the tester's device: so many devices. One more would be refused, by [K2]. */
const DEVICES = 498;
/** A visit: one device, an event a minute. */
const VISIT = 20;

interface Story {
  readonly user: string;
  readonly events: number;
}

/**
 * What an operator does with one person of 500 identifiers: a look, an explanation, a dry run, taking back and putting back
 * a tester's login, a pin's dry run, the same as of a past position. Each beside the same of a person with as many
 * identifiers and 1,000 events. Then a simulation of the whole log, and what intake feels of it.
 */
export async function measureLab(events: number): Promise<readonly Figure[]> {
  const server = await startSelfsame();
  try {
    const [small, large] = [
      { user: 'small', events: 1_000 },
      { user: 'large', events },
    ];
    await tell(server.url, small);
    await tell(server.url, large);
    await settled(server);
    const [floor, seen] = [await undoTimes(server.url, small), await undoTimes(server.url, large)];
    const figures = [...seen].map(([what, times]): Figure => {
      const [value, least] = [median(times), median(floor.get(what) as readonly number[])];
      const name = `${what}: 500 identifiers, ${events.toLocaleString('en')} events`;
      return { name, value, unit: 'ms', floor: least, ratio: value / least, goal: '≤ 50 ms', met: value <= 50 };
    });
    return [...figures, ...(await measureSimulation(server.url, events))];
  } finally {
    await server.stop();
  }
}

async function tell(url: string, story: Story): Promise<void> {
  const items = itemsOf(story);
  for (let page = take(items, BATCH); page.length > 0; page = take(items, BATCH))
    await call(url, 'POST', '/v1/batch', { items: page });
}

function take(items: Iterator<object>, most: number): object[] {
  const page: object[] = [];
  while (page.length < most) {
    const next = items.next();
    if (next.done === true) break;
    page.push(next.value);
  }
  return page;
}

/** Visits of one device each, one in three with a login at its beginning; traits now and then; one login on a tester's device. */
function* itemsOf({ user, events }: Story): Generator<object> {
  const visits = Math.ceil(events / VISIT);
  const began = Date.now() - 300 * DAY;
  const between = (299 * DAY) / Math.max(visits, DEVICES);
  let told = 0;
  for (let visit = 0; told < events || visit < DEVICES; visit++) {
    const ids = { user, device: `${user}-${visit % DEVICES}` };
    const start = Math.round(began + visit * between);
    const time = (i: number) => start + i * 60_000;
    if (visit % 3 === 0) yield { type: 'login', ids, time: start, insertId: `${user}-login-${visit}` };
    if (visit % 100 === 0) yield { type: 'traits', ids: { user }, traits: { plan: `plan-${visit % 7}` }, time: start };
    const mine = told < events ? Math.min(VISIT, events - told) : 1;
    for (let i = 1; i <= mine; i++)
      yield { type: 'track', name: 'Viewed', ids, time: time(i), insertId: `${user}-${visit}-${i}` };
    told += mine;
    if (visit === 200) {
      const tester = { device: `${user}-tester` };
      for (let i = 0; i < 30; i++) yield { type: 'track', name: 'Tried', ids: tester, time: time(30 + i) };
      yield { type: 'login', ids: { user, ...tester }, time: time(61), insertId: `${user}-mistake` };
    }
  }
}

/** One undo before it counts: the first after a start reads the log. ms of each, by what was asked. */
async function undoTimes(url: string, { user }: Story): Promise<ReadonlyMap<string, readonly number[]>> {
  const person = `kind=user&value=${user}`;
  const pair = `a=device:${user}-tester&b=user:${user}`;
  const { body } = await call(url, 'GET', `/v1/explain?${pair}`);
  const claim = (body as { chain: readonly { claim: string }[] }).chain[0]?.claim as string;
  const { body: then } = await call(url, 'GET', `/v1/claims/${claim}`);
  const position = Number(/^c(\d+)/.exec((then as { id: string }).id)?.[1]) + 5_000;
  const pin = { identifier: `device:${user}-tester`, person: `user:${user}`, reason: 'a bench' };
  const reason = { reason: 'a bench' };
  const asked: readonly (readonly [string, 'GET' | 'POST', string, object?])[] = [
    ['one person read', 'GET', `/v1/people?${person}`],
    ['explain', 'GET', `/v1/explain?${pair}`],
    ['dry run', 'POST', `/v1/claims/${claim}/retract?dryRun=true`, reason],
    ['retract', 'POST', `/v1/claims/${claim}/retract`, reason],
    ['restore', 'POST', `/v1/claims/${claim}/restore`, reason],
    ['dry run of a pin', 'POST', '/v1/pins?dryRun=true', pin],
    ['person as of a position', 'GET', `/v1/people?${person}&asOf=${position}`],
    ['explain as of a position', 'GET', `/v1/explain?${pair}&asOf=${position}`],
  ];
  await call(url, 'POST', `/v1/claims/${claim}/retract?dryRun=true`, reason);
  const times = new Map<string, number[]>(asked.map(([what]) => [what, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [what, method, path, body] of asked) {
      const began = performance.now();
      await call(url, method, path, body);
      times.get(what)?.push(performance.now() - began);
    }
  }
  return times;
}

/** How long another policy takes on the whole log, and what single events of one's own wait meanwhile. */
async function measureSimulation(url: string, claims: number): Promise<readonly Figure[]> {
  const traffic = () =>
    load({
      url,
      path: '/v1/batch',
      connections: 4,
      duration: 3_000,
      headers: { authorization: `Bearer ${SERVER_KEY}` },
      body: (n) => JSON.stringify({ items: [{ type: 'track', name: 'Viewed', ids: { user: `u${n % 500}` } }] }),
    });
  await traffic();
  const quiet = quantile((await traffic()).latencies, 0.99);
  const began = performance.now();
  const { body } = await call(url, 'POST', '/v1/policy/simulate', { policy: { preset: 'by-interval' } });
  const { id } = body as { id: string };
  const latencies: number[] = [];
  for (;;) {
    latencies.push(...(await traffic()).latencies);
    const { state } = (await call(url, 'GET', `/v1/policy/simulations/${id}`)).body as { state: string };
    if (state === 'failed') throw new Error('the simulation failed');
    if (state === 'done') break;
  }
  const seconds = (performance.now() - began) / 1000;
  const busy = quantile(latencies, 0.99);
  return [
    {
      name: `simulate a policy over ${claims.toLocaleString('en')} claims (to 3 s)`,
      value: seconds,
      unit: 's',
      goal: '≤ 30 s',
      met: seconds <= 30,
    },
    {
      name: 'intake p99 meanwhile',
      value: busy,
      unit: 'ms',
      floor: quiet,
      ratio: busy / quiet,
      goal: '≤ 2 × quiet',
      met: busy <= 2 * quiet,
    },
  ];
}

/** Until what was told is in the graph's tables: a checkpoint beside the figures would be counted as theirs. */
async function settled(server: Restartable): Promise<void> {
  await server.end('SIGTERM');
  await server.start();
}

async function call(url: string, method: 'GET' | 'POST', path: string, body?: object): Promise<{ body: unknown }> {
  for (;;) {
    const answer = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${SERVER_KEY}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.ok) return { body: text === '' ? undefined : JSON.parse(text) };
    if (answer.status !== 429 && answer.status !== 503)
      throw new Error(`${method} ${path} answered ${answer.status} ${text.slice(0, 200)}`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
