import { createHmac } from 'node:crypto';
import { type PersonId, type Policy, presets, type Rules, type Statement } from '@selfsame/identity';
import { createIngest, createMemoryStore } from '@selfsame/store';
import {
  type Books,
  connect,
  createMemoryBooks,
  type Link,
  type Output,
  Runner,
  type RunnerParts,
  Settled,
  Source,
  type SourceOptions,
  type Told,
} from '../src/index.ts';

/** What a receiver in a test says to one post. */
export type Answer = (post: Post, n: number) => Awaited<ReturnType<Link['post']>> | Promise<never>;

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** By the world's clock, ms. */
  readonly at: number;
}

export const ok: Answer = () => ({ status: 200, body: '' });

/** A log, a graph, books and a clock of the test's own: time passes when nothing else is left to happen. */
export function createWorld(preset = 'selfsame', more: Partial<Policy> = {}) {
  const time = { now: Date.UTC(2026, 0, 1), turns: 0 };
  const derive = (_project: string, { kind, value }: { kind: string; value: string }) =>
    `p-${kind}-${value}` as PersonId;
  const rules = (): Rules => ({ policy: { ...presets[preset]!, ...more }, derive });
  const store = createMemoryStore(rules);
  const ingest = createIngest({ store, clock: () => time.now, rules });
  const telling = (): SourceOptions => ({
    project: 'shop',
    read: (after) => store.read('shop', after),
    undos: () => store.undos('shop'),
    rules: rules(),
    turn() {
      time.turns += 1;
      return new Promise((resolve) => setImmediate(resolve));
    },
  });
  return {
    get now() {
      return time.now;
    },
    set now(now: number) {
      time.now = now;
    },
    /** How often something that takes long let others have their turn: it is not done yet. */
    get turns() {
      return time.turns;
    },
    rules,
    store,
    ingest,
    books: createMemoryBooks() as Books,
    /** Says it a second later than what was said before. */
    async say(...statements: readonly (Partial<Statement> & Pick<Statement, 'command'>)[]) {
      time.now += 1_000;
      return await ingest.submit(
        'native',
        statements.map((one) => ({
          type: 'statement',
          statement: { project: 'shop', trust: 2, wire: 'native', ...one },
        })),
      );
    },
    source: ({
      expand,
      ...more
    }: {
      readonly met?: boolean;
      readonly profiles?: boolean;
      readonly expand?: 'in order' | 'aside';
    } = {}) =>
      new Source({
        ...telling(),
        ...more,
        ...(expand === undefined ? {} : { expand: { how: expand, at: (position) => store.at('shop', position) } }),
      }),
    settled: (after: number) => new Settled({ ...telling(), after, clock: () => time.now }),
  };
}

export type World = ReturnType<typeof createWorld>;

/** An output that runs over a world, against a receiver that answers as told. */
export async function run(...[world, output, answer, more, from = 0, said]: Parameters<typeof prepare>) {
  const out = prepare(world, output, answer, more, from, said);
  await out.start();
  return out;
}

/** The same before it has begun. */
export function prepare(
  world: World,
  output: Output,
  answer: Answer = ok,
  more: Partial<RunnerParts> = {},
  from = 0,
  said: Parameters<World['source']>[0] = {},
) {
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const posts: Post[] = [];
  const told: Told[] = [];
  const errors: unknown[] = [];
  const states: string[] = [];
  let flying = 0;
  let killed = false;
  const link: Link = {
    now: () => world.now,
    hmac: (secret, text) => createHmac('sha256', secret).update(text).digest('base64'),
    async post(url, { headers, body }) {
      if (killed) return await new Promise<never>(() => {});
      const post = { url, headers, body, at: world.now };
      posts.push(post);
      flying += 1;
      // A real receiver answers in a later turn.
      await new Promise((resolve) => setImmediate(resolve));
      flying -= 1;
      return await answer(post, posts.length);
    },
  };
  const runner = new Runner({
    name: 'out',
    output,
    books: { ...world.books, save: (name, change) => (killed ? undefined : world.books.save(name, change)) },
    source: () =>
      output.settles === undefined
        ? world.source(output.expands === true ? { ...said, expand: 'aside' } : said)
        : world.settled(output.settles),
    link,
    idOf: ({ position, part }) => `m${position}.${part}`,
    connect: (message) => connect([], message),
    isAllowed: () => true,
    clock: () => world.now,
    timer(run, ms) {
      const timer = { at: world.now + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    onTold: (one) => told.push(one),
    onState: (state, reason) => states.push(`${state}${reason === null ? '' : `: ${reason}`}`),
    onError: (error) => errors.push(error),
    ...more,
  });
  const unwatch = world.store.live.watch(() => runner.wake());
  return {
    runner,
    start: () => runner.start(from),
    posts,
    told,
    errors,
    states,
    bodies: () => posts.map(({ body }) => JSON.parse(body)),
    /** Lets things happen, time passing as it must, until `done` or until nothing is left to happen. */
    async until(done: () => boolean = () => false): Promise<void> {
      for (let quiet = 0; quiet < 20 && !done(); ) {
        const { turns } = world;
        await new Promise((resolve) => setImmediate(resolve));
        if (flying > 0) continue;
        quiet = world.turns === turns ? quiet + 1 : 0;
        if (quiet < 10) continue;
        const next = [...timers].sort((a, b) => a.at - b.at)[0];
        if (next === undefined) continue;
        timers.delete(next);
        world.now = Math.max(world.now, next.at);
        next.run();
        quiet = 0;
      }
    },
    async stop() {
      unwatch();
      await runner.stop();
    },
    /** As a kill would: from here on nothing is sent and nothing is written down. */
    kill() {
      killed = true;
      unwatch();
    },
  };
}
