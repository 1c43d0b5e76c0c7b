import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PersonId, presets, type Rules, type Statement } from '@selfsame/identity';
import { type Output, Runner, Source } from '@selfsame/outputs';
import { wires } from '@selfsame/protocols';
import { createIngest, createMemoryStore, type Ingest, type Store } from '@selfsame/store';
import { openBooks } from '@selfsame/store-embedded';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPost } from '../src/delivery/outbound/post.ts';
import { batch, running, shop } from './running.ts';
import { opened, receiver } from './spid-receiver.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Outcome = 'delivered' | 'retried' | 'failed';
const names = { done: 'delivered', retry: 'retried', dead: 'failed', halt: 'failed' } as const;

interface World {
  readonly rules: () => Rules;
  readonly store: Store;
  readonly ingest: Ingest;
  readonly file: string;
  now: number;
}

function createWorld(): World {
  const directory = mkdtempSync(join(tmpdir(), 'selfsame-callbacks-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const derive = (_project: string, { kind, value }: { kind: string; value: string }) =>
    `p-${kind}-${value}` as PersonId;
  const rules = (): Rules => ({ policy: presets['spid']!, derive });
  const store = createMemoryStore(rules);
  const world: World = {
    rules,
    store,
    ingest: createIngest({ store, clock: () => world.now, rules }),
    file: join(directory, 'outputs.db'),
    now: Date.UTC(2026, 0, 1),
  };
  return world;
}

/** Callbacks over a world, with timers that go off when the test says so. */
async function start(world: World, url: string) {
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const outcomes: Outcome[] = [];
  const errors: unknown[] = [];
  const timeouts: number[] = [];
  const post = createPost({ allowed: ['127.0.0.1'] });
  const books = openBooks(world.file);
  let settle = () => {};
  const { signal } = new AbortController();
  const runner = new Runner({
    name: 'shop/spid-callbacks',
    output: wires
      .find(({ name }) => name === 'spid')
      ?.callbacks?.output(url, 'shop', {
        hmac: (_project, _secret, input) => createHmac('sha256', 'test').update(input).digest(),
      }) as Output,
    books,
    source: () =>
      new Source({
        project: 'shop',
        read: (after) => world.store.read('shop', after),
        undos: () => world.store.undos('shop'),
        rules: world.rules(),
        turn: () => new Promise((resolve) => setImmediate(resolve)),
      }),
    link: {
      now: () => world.now,
      hmac: () => '',
      post(to, message) {
        timeouts.push(message.timeoutMs);
        return post(to, { ...message, signal });
      },
    },
    idOf: ({ position, part }) => `m${position}.${part}`,
    connect: (message) => ({ message }),
    isAllowed: () => true,
    clock: () => world.now,
    timer(run, ms) {
      const timer = { at: world.now + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    onTold(told) {
      if (told.type !== 'sent' || told.nth > 0) return;
      outcomes.push(names[told.outcome.type]);
      settle();
    },
    onError: (error) => errors.push(error),
  });
  await runner.start(await world.store.head('shop'));
  const unwatch = world.store.live.watch(() => runner.wake());
  onTestFinished(() => post.close());
  return {
    outcomes,
    errors,
    timeouts,
    dead: () => books.dead('shop/spid-callbacks', { position: 0, part: 0 }, 10).letters,
    /** The next `count` outcomes, with timers going off one after another as long as it takes. Answers the time it took, ms. */
    async until(count: number): Promise<number> {
      const from = world.now;
      while (outcomes.length < count) {
        const next = [...timers].sort((a, b) => a.at - b.at)[0];
        const arrived = new Promise<void>((resolve) => (settle = resolve));
        if (next !== undefined) {
          timers.delete(next);
          world.now = Math.max(world.now, next.at);
          next.run();
        }
        await Promise.race([arrived, new Promise((resolve) => setTimeout(resolve, 20))]);
      }
      return world.now - from;
    },
    /** Nothing is to be told, or tried again. */
    idle: () => runner.view().held === 0,
    async stop() {
      unwatch();
      await runner.stop();
      books.close();
    },
  };
}

/** Says it, and lets whoever runs read it before time goes on. */
async function say(world: World, ...statements: readonly Pick<Statement, 'command' | 'wire'>[]) {
  await world.ingest.submit(
    'native',
    statements.map((one) => ({ type: 'statement', statement: { project: 'shop', trust: 2, ...one } })),
  );
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
}
const traits = (user: string): Pick<Statement, 'command' | 'wire'> => ({
  wire: 'native',
  command: { type: 'Describe', ids: [{ kind: 'user', value: user }], changes: [{ op: 'set', name: 'a', value: 1 }] },
});
const event = (user: string, name: string, wire = 'spid'): Pick<Statement, 'command' | 'wire'> => ({
  wire,
  command: { type: 'Track', ids: [{ kind: 'user', value: user }], name, properties: {} },
});

describe('callbacks', () => {
  it('tell what changed about whom and nothing else, signed', async () => {
    const world = createWorld();
    const client = await receiver(202);
    const callbacks = await start(world, client.url);
    await say(
      world,
      ...[traits('123'), traits('123'), event('ann', 'Login'), event('ann', 'Logout'), event('ann', 'Autologin')],
      ...[event('ann', 'Page viewed'), event('ann', 'Traits set'), event('ann', 'Login', 'native')],
      { wire: 'spid', command: { ...traits('x').command, ids: [{ kind: 'visitor', value: 'v' }] } as never },
    );
    await callbacks.until(1);
    expect(client.bodies.map(opened).map(({ entry }) => entry)).toEqual([
      [
        { userId: 123, changedFields: 'traits', time: '2026-01-01 00:00:00' },
        { userId: 'ann', changedFields: 'login', time: '2026-01-01 00:00:00' },
        { userId: 'ann', changedFields: 'logout', time: '2026-01-01 00:00:00' },
      ],
    ]);
    expect(callbacks.outcomes).toEqual(['delivered']);
    expect(callbacks.timeouts).toEqual([30_000]);
    await callbacks.stop();
  });

  it('come at most every five minutes, with all that happened meanwhile', async () => {
    const world = createWorld();
    const client = await receiver(202);
    const callbacks = await start(world, client.url);
    await say(world, traits('1'));
    await callbacks.until(1);
    const begun = world.now;
    await say(world, traits('2'));
    await say(world, traits('3'));
    await callbacks.until(2);
    expect(world.now - begun).toBe(5 * MINUTE);
    expect(opened(client.bodies[1] ?? '').entry.map((one) => one.userId)).toEqual([2, 3]);
    expect(callbacks.idle()).toBe(true);
    await callbacks.stop();
  });

  it.each([200, 204, 301, 400, 410, 500])(
    '%i is not 202: seven attempts over 25 hours, then failed',
    async (status) => {
      const world = createWorld();
      const client = await receiver(status);
      const callbacks = await start(world, client.url);
      await say(world, traits('1'));
      const times: number[] = [];
      for (let attempt = 1; attempt <= 7; attempt++) times.push(await callbacks.until(attempt));
      expect(times.slice(1)).toEqual([0, 5 * MINUTE, 15 * MINUTE, HOUR, 12 * HOUR, 12 * HOUR]);
      expect(callbacks.outcomes).toEqual([...new Array<Outcome>(6).fill('retried'), 'failed']);
      expect(new Set(client.bodies).size).toBe(1);
      expect(callbacks.idle()).toBe(true);
      expect(callbacks.dead()).toMatchObject([
        { kind: 'person', status, why: `the client answered ${status}, not 202` },
      ]);
      await say(world, traits('2'));
      await callbacks.until(8);
      expect(opened(client.bodies[7] ?? '').entry).toMatchObject([{ userId: 2 }]);
      await callbacks.stop();
    },
  );

  it('go on where they were, in whatever state they ended', async () => {
    const world = createWorld();
    const client = await receiver(500, 500, 202);
    const first = await start(world, client.url);
    await say(world, traits('1'));
    await first.until(2);
    // Ended without a stop: what was acknowledged later is in the log alone.
    await say(world, traits('2'));
    const second = await start(world, client.url);
    expect(await second.until(1)).toBe(5 * MINUTE);
    await second.until(2);
    expect(client.bodies.map((body) => opened(body).entry.map((one) => one.userId))).toEqual([[1], [1], [1], [2]]);
    expect([...first.errors, ...second.errors]).toEqual([]);
    await second.stop();
  });

  it('do not tell what was before they were asked for', async () => {
    const world = createWorld();
    const client = await receiver(202);
    await say(world, traits('old'));
    const callbacks = await start(world, client.url);
    await say(world, traits('new'));
    await callbacks.until(1);
    expect(opened(client.bodies[0] ?? '').entry).toMatchObject([{ userId: 'new' }]);
    await callbacks.stop();
  });

  it('a clock that is set back silences nobody for longer (G25)', async () => {
    const world = createWorld();
    const client = await receiver(202);
    const callbacks = await start(world, client.url);
    await say(world, traits('1'));
    await callbacks.until(1);
    world.now -= 24 * HOUR;
    await say(world, traits('2'));
    expect(await callbacks.until(2)).toBeLessThanOrEqual(5 * MINUTE + 1_000);
    await callbacks.stop();
  });
});

describe('on a server', () => {
  it('a login of the server key is told to the client', async () => {
    const client = await receiver(202);
    const project = { ...shop, keys: { spid: 'client' }, wires: { spid: { callbackUrl: client.url } } };
    const server = await running({ projects: [project], allowPrivateOutputs: ['127.0.0.1'] });
    const items = [{ type: 'login', ids: { visitor: 'visitorvisitorvisito', user: '123' } }];
    expect((await batch(server.url, shop.serverKey, items)).status).toBe(200);
    await client.got(1);
    expect(opened(client.bodies[0] ?? '').entry).toMatchObject([{ userId: 123, changedFields: 'login' }]);

    const headers = { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' };
    const ask = async (method: string, path = '', body?: object) => {
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const answer = await fetch(`${server.url}/v1/outputs${path}`, init);
      return { status: answer.status, body: (await answer.json()) as object };
    };
    expect((await ask('GET')).body).toMatchObject({
      outputs: [{ id: 'spid-callbacks', type: 'spid-callbacks', url: client.url, state: 'running', dead: 0 }],
    });
    // A test item is a callback about nobody.
    expect((await ask('POST', '/spid-callbacks/test', {})).body).toEqual({ ok: true, reason: null });
    expect(opened(client.bodies[1] ?? '').entry).toEqual([]);
    // It is the settings file's.
    expect((await ask('DELETE', '/spid-callbacks')).status).toBe(409);
    const other = { id: 'spid-callbacks', type: 'webhook', url: client.url };
    expect((await ask('PUT', '/spid-callbacks', other)).status).toBe(400);
    expect((await ask('POST', '', other)).status).toBe(400);
  });

  it('nothing is sent to an address that was not opened, which the log says without a name', async () => {
    const client = await receiver(202);
    const project = { ...shop, keys: { spid: 'client' }, wires: { spid: { callbackUrl: client.url } } };
    const server = await running({ projects: [project], allowPrivateOutputs: ['127.0.0.2'] });
    await batch(server.url, shop.serverKey, [{ type: 'traits', ids: { user: 'canary-user' }, traits: { a: 1 } }]);
    while (!server.log.some((line) => line.includes('allowPrivateOutputs')))
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(client.bodies).toEqual([]);
    expect(server.log.join('')).not.toContain('canary-user');
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/selfsame_spid_callbacks_total\{outcome="retried"\} [12]/);
  });
});
