import { describe, expect, it } from 'vitest';
import { type Output, Source, webhook } from '../src/index.ts';
import { track } from './items.ts';
import { createWorld, prepare, run, type World } from './world.ts';

const hook = () => webhook({ project: 'shop', url: 'https://receiver.test/', secrets: () => [new Uint8Array(24)] });
const names = (bodies: readonly { readonly event: { readonly name: string } }[]) => bodies.map((one) => one.event.name);

/** A log whose reading stops after some entries, until it is let go on. */
function heldUp(world: World) {
  const { promise: going, resolve: goOn } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const source = () =>
    new Source({
      project: 'shop',
      async *read(after) {
        for await (const one of world.store.read('shop', after)) {
          if (one.entry.position === 2) {
            reach();
            await going;
          }
          yield one;
        }
      },
      undos: () => world.store.undos('shop'),
      rules: world.rules(),
      turn: async () => {},
    });
  return { source, reached, goOn };
}

/** An output that has sent three of somebody, and begins again: it is still reading the log when this resolves. */
async function folding(output: Output = hook(), answer?: Parameters<typeof run>[2]) {
  const world = createWorld();
  const before = await run(world, output, answer);
  for (const name of ['one', 'two', 'three']) await world.say(track(name, 'user:ann'));
  // Where nothing is taken, until the first has failed.
  await before.until(() => before.posts.length > 0 && before.runner.view().cursor === 3);
  await before.stop();
  const held = heldUp(world);
  const out = prepare(world, output, undefined, { source: held.source });
  const started = out.start();
  await held.reached;
  return {
    world,
    before,
    out,
    async goOn() {
      held.goOn();
      await started;
      await out.until();
    },
  };
}

describe('what is asked of an output that still reads the log up to where it was left', () => {
  it('[O7] a pause holds, and stands in the books at once', async () => {
    const { world, out, goOn } = await folding();
    out.runner.pause();
    expect(out.runner.view().state).toBe('paused');
    expect(world.books.open('out')?.state).toBe('paused');
    await world.say(track('four', 'user:ann'));
    await goOn();
    expect(out.posts).toEqual([]);
    expect(out.runner.view()).toMatchObject({ state: 'paused', cursor: 3 });
    out.runner.resume();
    await out.until();
    expect(names(out.bodies())).toEqual(['four']);
  });

  it('[O7] it is resumed, and what was listed is tried at once', async () => {
    const { world, before, out, goOn } = await folding(hook(), () => ({ status: 503, body: '' }));
    expect(before.posts.length).toBeGreaterThan(0);
    expect(out.runner.view()).toMatchObject({ held: 3 });
    out.runner.pause();
    out.runner.resume();
    expect(world.books.open('out')?.state).toBe('running');
    const { now } = world;
    await goOn();
    expect(names(out.bodies())).toEqual(['one', 'two', 'three']);
    expect(out.posts[0]?.at).toBe(now);
    expect(out.runner.view()).toMatchObject({ state: 'running', held: 0, cursor: 3 });
  });

  it('[O2] one that was made and is changed before it has read the log has begun where it was made', async () => {
    const world = createWorld();
    for (const name of ['one', 'two', 'three']) await world.say(track(name, 'user:ann'));
    const held = heldUp(world);
    const first = prepare(world, hook(), undefined, { source: held.source }, 3);
    const started = first.start();
    await held.reached;
    await world.say(track('four', 'user:ann'));
    const stopped = first.stop();
    held.goOn();
    await Promise.all([started, stopped]);
    const second = await run(world, hook(), undefined, {}, 4);
    await second.until();
    expect(names(second.bodies())).toEqual(['four']);
    expect(world.books.open('out')?.begun).toBe(3);
  });

  it('stopped, it stays so, also while its receiver cannot be looked at', async () => {
    const world = createWorld();
    const { promise: looking, reject } = Promise.withResolvers<number>();
    let looks = 0;
    const begin = () => {
      looks += 1;
      return looking;
    };
    const out = prepare(world, { ...hook(), begin });
    const started = out.start();
    out.runner.pause();
    await out.stop();
    reject(new Error('there is no such directory'));
    await started;
    await out.until();
    expect(looks).toBe(1);
    expect(world.books.open('out')?.state).toBe('paused');
  });
});
