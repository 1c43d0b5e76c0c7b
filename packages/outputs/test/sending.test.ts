import { expect, it } from 'vitest';
import { segment } from '../src/index.ts';
import { track } from './items.ts';
import { createWorld, ok, run } from './world.ts';

const lane = (bytes: number) => {
  const output = segment({ url: 'https://receiver.test/', authorization: 'Basic a2V5Og==' });
  return { ...output, batch: { items: 10, bytes } };
};

it('[O9] consent is asked again for what is left of a batch while a part of it was under way', async () => {
  const world = createWorld();
  let allowed = true;
  const answer = (...[post, n]: Parameters<typeof ok>) => {
    allowed = false;
    return ok(post, n);
  };
  for (const name of ['one', 'two', 'three']) await world.say(track(name, 'user:ann'));
  const out = await run(world, lane(1), answer, { isAllowed: () => allowed });
  await out.until();
  expect(out.bodies().map(({ batch }) => batch[0].event)).toEqual(['one']);
  expect(out.told.map((one) => (one.type === 'kept' ? one.step : one.type))).toEqual(['consent', 'consent', 'sent']);
  expect(out.runner.view()).toMatchObject({ held: 0, cursor: 3 });
});

it('[O12] consent that is taken back while a batch gives way to others is heeded', async () => {
  const world = createWorld();
  let allowed = true;
  let turns = 0;
  const turn = () => {
    turns += 1;
    return new Promise<void>((resolve) => {
      setImmediate(() => {
        // Each is read once and rendered once; the last of them is being rendered.
        if (turns === 6) allowed = false;
        resolve();
      });
    });
  };
  for (const name of ['one', 'two', 'three']) await world.say(track(name, 'user:ann'));
  const out = await run(world, lane(10_000), ok, { isAllowed: () => allowed, turn });
  await out.until(() => out.runner.view().cursor === 3);
  expect(turns).toBe(6);
  expect(out.posts).toEqual([]);
  expect(out.told.map((one) => one.type === 'kept' && one.step)).toEqual(['consent', 'consent', 'consent']);
});

it('[O4] where it cannot be seen whether a part of a lane is allowed, what comes after it is not tried', async () => {
  const world = createWorld();
  let looks = 0;
  const catchUp = async () => {
    looks += 1;
    if (looks === 1) throw new Error('the log cannot be read just now');
  };
  for (const name of ['one', 'two', 'three']) await world.say(track(name, 'user:ann'));
  const out = await run(world, lane(1), ok, { catchUp });
  await out.until(() => out.runner.view().cursor === 3);
  expect(out.bodies().map(({ batch }) => batch[0].event)).toEqual(['one', 'two', 'three']);
});
