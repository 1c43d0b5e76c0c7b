import { type Figure, quantile } from './figure.ts';
import { known } from './intake.ts';
import { load } from './load.ts';
import { type Running, SERVER_KEY, startSelfsame } from './servers.ts';

const BATCH = 1_000;
const SENDERS = 4;
/** So few that none waits for another: what is measured is how long the loop and the disk hold one. */
const PER_SECOND = 300;
const CONNECTIONS = 16;
/** How long single events are sent between two looks, and how many such times the quiet one has, ms. */
const WINDOW = 1_000;
const QUIET = 5;
/** Each folds the log anew: none is the one before. */
const ROUNDS = ['by-interval', 'segment', 'selfsame'] as const;

const headers = { authorization: `Bearer ${SERVER_KEY}`, 'content-type': 'application/json' };

/** What the senders of single events waited, ms, and how long that went on, s. */
interface Round {
  readonly quiet: readonly number[];
  readonly during: readonly number[];
  readonly seconds: number;
}

/**
 * Single events beside a change of policy that folds a log of so many entries anew: what they wait until it is in force,
 * against what they waited just before on the same server. The figures are the middle ones of three changes.
 */
export async function measureRefold(entries: number): Promise<readonly Figure[]> {
  const server = await startSelfsame();
  try {
    await fill(server, entries);
    await serve(server);
    const rounds: Round[] = [];
    for (const preset of ROUNDS) rounds.push(await refold(server, preset));
    const middle = (of: (round: Round) => number) => quantile(rounds.map(of), 0.5);
    const against = (what: number) => ({
      value: middle(({ during }) => quantile(during, what)),
      floor: middle(({ quiet }) => quantile(quiet, what)),
      ratio: middle(({ during, quiet }) => quantile(during, what) / quantile(quiet, what)),
    });
    const p99 = against(0.99);
    const name = `refold of ${entries.toLocaleString('en')} entries beside ${PER_SECOND.toLocaleString('en')} single events/s`;
    return [
      { name: `${name}: their p99`, unit: 'ms', ...p99, goal: '≤ 2 × quiet', met: p99.ratio <= 2 },
      { name: 'their median meanwhile', unit: 'ms', ...against(0.5) },
      { name: 'their longest meanwhile', unit: 'ms', ...against(1) },
      { name: 'until it is in force', unit: 's', value: middle(({ seconds }) => seconds) },
    ];
  } finally {
    await server.stop();
  }
}

/** Single events for one window; answers what each waited, ms. */
async function serve({ url }: Running): Promise<readonly number[]> {
  const of = { connections: CONNECTIONS, perSecond: PER_SECOND, duration: WINDOW };
  return (await load({ url, path: '/mixpanel/track', ...of, body: () => JSON.stringify([known()]) })).latencies;
}

async function refold(server: Running, preset: string): Promise<Round> {
  // What was kept of the policy before the last would be gone back to in no time.
  await ask(server, 'DELETE', '/v1/policy/former', [404]);
  const quiet: number[] = [];
  for (let i = 0; i < QUIET; i++) quiet.push(...(await serve(server)));
  const during: number[] = [];
  const began = performance.now();
  const asked = ask(server, 'PUT', '/v1/policy', [], { preset });
  let isOver = false;
  do {
    during.push(...(await serve(server)));
    await asked;
    isOver = (await ask(server, 'GET', '/v1/policy')).change === undefined;
  } while (!isOver);
  return { quiet, during, seconds: (performance.now() - began) / 1_000 };
}

/** @throws Error at an answer that is neither good nor one of those that are fine too. */
async function ask(
  { url }: Running,
  method: string,
  path: string,
  fine: readonly number[] = [],
  body?: object,
): Promise<{ readonly change?: unknown }> {
  const answer = await fetch(url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok && !fine.includes(answer.status))
    throw new Error(`the server answered ${answer.status} ${text.slice(0, 200)}`);
  return text === '' ? {} : (JSON.parse(text) as { readonly change?: unknown });
}

/** Tells so many events of known people, in batches, again where the server has no room for one. */
async function fill({ url }: Running, events: number): Promise<void> {
  let left = Math.ceil(events / BATCH);
  const sender = async () => {
    while (left-- > 0) {
      const body = JSON.stringify(Array.from({ length: BATCH }, known));
      for (;;) {
        const answer = await fetch(`${url}/mixpanel/track`, { method: 'POST', headers, body });
        await answer.text();
        if (answer.ok) break;
        if (answer.status !== 503) throw new Error(`the server answered ${answer.status}`);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
}
