import { expect, it } from 'vitest';
import { type Books, Source, segment, webhook } from '../src/index.ts';
import { merge, track } from './items.ts';
import { createWorld, run } from './world.ts';

const hook = () => webhook({ project: 'shop', url: 'https://receiver.test/', secrets: () => [new Uint8Array(24)] });

it('[O2] a log that cannot be read for a moment, at whichever entry, loses nothing and leaves no gap', async () => {
  const entries = 12;
  for (let failing = 0; failing <= entries; failing++) {
    const world = createWorld();
    let left = 1;
    const source = () =>
      new Source({
        project: 'shop',
        async *read(after) {
          let read = after;
          for await (const decided of world.store.read('shop', after)) {
            if (read === failing && left-- > 0) throw new Error('the disk is away');
            yield decided;
            read = decided.entry.position;
          }
          if (read === failing && left-- > 0) throw new Error('the disk is away');
        },
        undos: () => world.store.undos('shop'),
        rules: world.rules(),
        turn: () => undefined,
      });
    for (let i = 0; i < 5; i++) await world.say(track(`a${i}`, 'user:1'), track(`b${i}`, 'user:2'));
    await world.say(merge('user:1', 'user:2'), track('last', 'user:2'));
    const out = await run(world, hook(), undefined, { source });
    await out.until(() => out.runner.view().cursor === entries && out.runner.view().held === 0);
    await out.stop();
    const told = new Map(
      out.bodies().map((body) => [body.id, `${body.type} ${body.event?.name ?? ''} ${body.sequence}`]),
    );
    expect([failing, out.errors.length, [...told.values()].sort()]).toEqual([
      failing,
      1,
      [
        ...[0, 1, 2, 3, 4].flatMap((i) => [`event a${i} ${i + 1}`, `event b${i} ${i + 1}`]),
        ...['event last 7', 'moved  6'],
      ].sort(),
    ]);
  }
});

it('[O2] what the books could not be told for a while they are told once they can be written', async () => {
  const world = createWorld();
  let failing = 0;
  const books: Books = {
    ...world.books,
    save(name, change) {
      if (failing-- > 0) throw new Error('the disk is full');
      world.books.save(name, change);
    },
  };
  const output = segment({ url: 'https://receiver.test', authorization: 'Basic a2V5Og==' });
  const out = await run(world, output, ({ body }) => ({ status: body.includes('Bad') ? 400 : 200, body: '' }), {
    books,
  });
  failing = 3;
  await world.say(track('Bad', 'user:1'), track('Good', 'user:1'));
  await out.until();
  await out.stop();
  expect(out.errors).toHaveLength(3);
  expect(world.books.open('out')).toMatchObject({ cursor: 2, sent: 1 });
  expect(world.books.dead('out', { position: 0, part: 0 }, 10).letters).toMatchObject([{ id: 'm1.0' }]);
});
