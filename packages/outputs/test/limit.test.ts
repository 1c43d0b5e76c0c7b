import { describe, expect, it } from 'vitest';
import { createMemoryBooks, mparticleWebhook, type Output, Rate, segment, webhook } from '../src/index.ts';
import { chance, seed } from './histories.ts';
import { track } from './items.ts';
import { type Answer, createWorld, ok, type Post, run, type World } from './world.ts';

const hook = () => webhook({ project: 'shop', url: 'https://receiver.test/', secrets: () => [new Uint8Array(24)] });
const lane = () => segment({ url: 'https://receiver.test', authorization: 'Basic a2V5Og==' });
const limited = (output: Output, perSecond: number) => ({ rate: new Rate(perSecond, output.batch.items) });

/** The messages of each call, and when it was made. */
const callsOf = (posts: readonly Post[]) =>
  posts.map(({ body, at }) => ({ at, names: [...body.matchAll(/E\d+-\d+!/g)].map(([name]) => name) }));

/** Most messages within any second. */
function mostInASecond(posts: readonly Post[]): number {
  const calls = callsOf(posts);
  const within = (from: number) => calls.filter(({ at }) => at >= from && at < from + 1_000);
  return Math.max(...calls.map(({ at }) => within(at).reduce((sum, { names }) => sum + names.length, 0)));
}

async function sayMany(world: World, people: number, each: number): Promise<void> {
  for (let i = 0; i < each; i++)
    await world.say(...Array.from({ length: people }, (_, p) => track(`E${p}-${i}!`, `user:u${p}`)));
}

describe('a rate', () => {
  it('spreads a second’s messages over it, and makes good a twentieth of a second at once', () => {
    const rate = new Rate(100, 1);
    const begun: number[] = [];
    for (let now = 5_000; now < 7_000; now++)
      while (rate.begins(rate, now, false)) {
        rate.take(1);
        begun.push(now);
      }
    expect(begun.slice(0, 8)).toEqual([5_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_010, 5_020]);
    expect(begun).toHaveLength(205);
  });

  it('keeps up where it is asked late, up to a twentieth of a second', () => {
    const rate = new Rate(1_000, 1);
    let sent = 0;
    for (let now = 0; now < 10_000; now += 37) for (; rate.begins(rate, now, false); sent++) rate.take(1);
    expect(sent).toBeGreaterThanOrEqual(9_990);
    expect(sent).toBeLessThanOrEqual(9_990 + 51);
  });

  it('wakes its output a hundred times a second at most, however many a second it may send', () => {
    const rate = new Rate(1_000, 1);
    const begun: number[] = [];
    for (let now = 1_000; now < 2_000; now = Math.max(now + 1, rate.freeAt)) {
      for (; rate.begins(rate, now, false); rate.take(1)) begun.push(now);
    }
    expect(begun).toHaveLength(1_041);
    expect(new Set(begun).size).toBe(100);
  });

  it('divides a batch that is longer than a tenth of a second’s', () => {
    expect([1, 9, 100, 2_000, 10_000].map((perSecond) => new Rate(perSecond, 500).batch)).toEqual([
      1, 1, 10, 200, 1_000,
    ]);
  });

  it('waits no longer than it must where the clock is set back (G25)', () => {
    const rate = new Rate(10, 5);
    rate.begins(rate, 1_000_000, false);
    rate.take(5);
    expect(rate.begins(rate, 500_000, false)).toBe(true);
  });

  it('gives each of several its turn, and passes whoever does not come for it', () => {
    const rate = new Rate(10, 1);
    const [one, other] = [{}, {}];
    const begin = (who: object, now: number) => {
      const may = rate.begins(who, now, false);
      if (may) rate.take(1);
      return may;
    };
    expect([begin(one, 1_000), begin(other, 1_000), begin(one, 1_000)]).toEqual([true, false, false]);
    expect([begin(one, 1_050), begin(other, 1_050)]).toEqual([false, true]);
    expect([begin(other, 1_150), begin(one, 1_150)]).toEqual([false, true]);
    // Now it is the other’s turn, which does not come.
    expect([begin(one, 1_250), begin(one, 1_299), begin(one, 1_300)]).toEqual([false, false, true]);
  });
});

describe('[O20] an output with a limit', () => {
  it('sends a person’s messages in order, no second more than it may, and says so while that is why it is behind', async () => {
    const world = createWorld();
    await sayMany(world, 40, 5);
    const out = await run(world, hook(), ok, limited(hook(), 20));
    await out.until(() => out.posts.length === 60);
    expect(out.runner.view()).toMatchObject({ state: 'running', limited: true, reason: null });
    await out.until(() => out.runner.view().held === 0 && out.runner.view().cursor === 200);
    expect(out.runner.view().limited).toBe(false);
    expect(out.posts).toHaveLength(200);
    expect(mostInASecond(out.posts)).toBeLessThanOrEqual(21);
    const took = out.posts.at(-1)!.at - out.posts[0]!.at;
    expect(took / 1_000).toBeCloseTo(199 / 20, 0);
    await out.stop();
  });

  it('counts the messages in a batch, and sends more and smaller ones', async () => {
    const world = createWorld();
    await sayMany(world, 100, 10);
    const out = await run(world, lane(), ok, limited(lane(), 200));
    await out.until(() => out.runner.view().cursor === 1_000);
    const calls = callsOf(out.posts);
    expect(new Set(calls.map(({ names }) => names.length))).toEqual(new Set([20]));
    expect(calls.slice(2).map(({ at }, i) => at - calls[i + 1]!.at)).toEqual(Array(48).fill(100));
    await out.stop();
  });

  it('counts what is tried again', async () => {
    const world = createWorld();
    await sayMany(world, 30, 1);
    const out = await run(world, hook(), (_post, n) => ({ status: n <= 18 ? 503 : 200, body: '' }), limited(hook(), 3));
    await out.until(() => out.runner.view().held === 0 && out.runner.view().cursor === 30);
    expect(out.posts).toHaveLength(48);
    expect(mostInASecond(out.posts)).toBeLessThanOrEqual(4);
    await out.stop();
  });

  it('counts nothing that stays here', async () => {
    const world = createWorld();
    await sayMany(world, 100, 2);
    // Of every ten nine have denied consent.
    const more = {
      ...limited(hook(), 10),
      isAllowed: ({ place }: { place: { position: number } }) => place.position % 10 === 0,
    };
    const out = await run(world, hook(), ok, more);
    const { now } = world;
    await out.until(() => out.runner.view().held === 0 && out.runner.view().cursor === 200);
    expect(out.posts).toHaveLength(20);
    expect(world.now - now).toBeLessThan(3_000);
    await out.stop();
  });

  it('sends what was gathered whole, and rests as long as that is worth, also over a restart', async () => {
    const world = createWorld();
    const gathered = () => mparticleWebhook({ url: 'https://receiver.test/', includeDeviceId: false, batchMs: 1_000 });
    await world.say(...Array.from({ length: 50 }, (_, i) => track(`E0-${i}!`, 'user:u0')));
    const first = await run(world, gathered(), ok, limited(gathered(), 1));
    await first.until(() => first.posts.length === 1);
    await world.say(...Array.from({ length: 5 }, (_, i) => track(`E1-${i}!`, 'user:u1')));
    await first.stop();
    const second = await run(world, gathered(), ok, limited(gathered(), 1));
    await second.until(() => second.runner.view().cursor === 55 && second.runner.view().held === 0);
    const calls = callsOf([...first.posts, ...second.posts]);
    expect(calls.map(({ names }) => names.length)).toEqual([50, 5]);
    expect(calls[1]!.at - calls[0]!.at).toBeGreaterThanOrEqual(49_900);
    await second.stop();
  });

  it('shares it with its replays', async () => {
    const world = createWorld();
    const more = limited(hook(), 10);
    await sayMany(world, 60, 1);
    const until = await world.store.head('shop');
    const replay = { from: 0, until, done: () => {} };
    const old = await run(world, hook(), ok, { ...more, books: createMemoryBooks(), replay });
    const out = await run(world, hook(), ok, more, until);
    await world.say(...Array.from({ length: 60 }, (_, i) => track(`E${i}-1!`, `user:u${i}`)));
    await Promise.all([old, out].map((one) => one.until(() => one.posts.length === 60)));
    const posts = [...old.posts, ...out.posts].sort((a, b) => a.at - b.at);
    expect(posts).toHaveLength(120);
    expect(mostInASecond(posts)).toBeLessThanOrEqual(11);
    // Neither waits until the other is done.
    for (const one of [old, out])
      expect(posts.slice(0, 60).filter((post) => one.posts.includes(post)).length).toBeGreaterThan(10);
    await old.stop();
    await out.stop();
  });

  it('loses nothing, keeps every order and its limit, whatever fails, and is killed or stopped at any moment', async () => {
    const random = chance(seed);
    const upTo = (most: number) => 1 + Math.floor(random() * most);
    for (let n = 0; n < (process.env['SELFSAME_LONG'] === '1' ? 500 : 40); n++) {
      const world = createWorld();
      const make = random() < 0.5 ? hook : lane;
      const perSecond = [1, 3, 10, 50, 1_000][upTo(5) - 1] as number;
      const [people, each] = [upTo(10), upTo(12)];
      await sayMany(world, people, each);
      const arrived = new Map<string, number>();
      const posts: Post[] = [];
      let inversions = 0;
      const answer: Answer = (post) => {
        posts.push(post);
        if (random() < 0.2) return { status: 503, body: '' };
        for (const [name, person = '', nth] of post.body.matchAll(/E(\d+)-(\d+)!/g)) {
          if (arrived.has(name)) continue;
          arrived.set(name, Number(nth));
          const before = [...arrived].filter(([one]) => one.startsWith(`E${person}-`)).length - 1;
          if (before !== Number(nth)) inversions += 1;
        }
        return random() < 0.1 ? { failure: 'timed out' } : { status: 200, body: '' };
      };
      const isDone = (out: Awaited<ReturnType<typeof run>>) => {
        const { held, cursor } = out.runner.view();
        return held === 0 && cursor === people * each;
      };
      let restarts = 0;
      for (let isOver = false; !isOver; ) {
        const out = await run(world, make(), answer, limited(make(), perSecond));
        const until = posts.length + upTo(40);
        await out.until(() => isDone(out) || (restarts < 3 && posts.length >= until));
        isOver = isDone(out);
        if (!isOver) restarts += 1;
        if (random() < 0.5) await out.stop();
        else out.kill();
      }
      const what = `${make.name} at ${perSecond}, ${people} × ${each}, the ${n}th of seed ${seed}`;
      expect(arrived.size, what).toBe(people * each);
      expect(inversions, what).toBe(0);
      const largest = Math.max(...callsOf(posts).map(({ names }) => names.length));
      const most = perSecond * 1.05 + largest * (1 + restarts);
      expect(mostInASecond(posts), what).toBeLessThanOrEqual(most);
    }
  });
});
