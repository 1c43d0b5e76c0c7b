import { bareShape, keyOf, namedBy, type Statement } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { dice, itemOf, logOf, logOfProject, testRules, traffic } from '../src/conformance/traffic.ts';
import { createIngest, createMemoryStore, type Decided } from '../src/index.ts';
import { follow, indexOf, NamedIndex, positionsIn } from '../src/named-index.ts';
import { PlaceList } from '../src/place-list.ts';

const seed = Number(process.env['SELFSAME_SEED']);
console.log(`named index: SELFSAME_SEED=${seed}`);

const { policy } = testRules('p');

async function told(statements: readonly Statement[]) {
  const store = createMemoryStore(testRules);
  let now = 1e6;
  const ingest = createIngest({ store, rules: testRules, clock: () => ++now });
  await ingest.submit('native', statements.map(itemOf));
  return { store, ingest };
}

/** A log as it is where other projects write to the same file: so many numbers lie between two of its own. */
function spread(log: readonly Decided[], gap: number): readonly Decided[] {
  const to = (position: number) => position * (gap + 1);
  return log.map(({ entry, verdict }) => ({ entry: { ...entry, position: to(entry.position) }, verdict }));
}

/** A store of a log alone. */
const storeOf = (log: readonly Decided[]) => ({
  live: createMemoryStore(testRules).live,
  async *read(_: string, after = 0) {
    yield* log.filter(({ entry }) => entry.position > after);
  },
});

const userKey = (i: number) => keyOf({ kind: 'user', value: `u${i}` });
const view = (i: number) =>
  ({
    project: 'p',
    wire: 'native',
    trust: 0,
    time: i,
    command: { type: 'Track', ids: [{ kind: 'user', value: `u${i % 50}` }], name: 'View', properties: {} },
  }) as const;

describe('which entries name an identifier', () => {
  it('takes as much memory whatever other projects write in between', async () => {
    const { store } = await told(Array.from({ length: 2_000 }, (_, i) => view(i)));
    const log = await logOfProject(store, 'p');
    const bytes = [];
    for (const gap of [0, 1, 1_000]) {
      const index = new NamedIndex();
      await index.catchUp(storeOf(spread(log, gap)), 'p', policy);
      expect(index.through).toBe(2_000 * (gap + 1));
      bytes.push(index.bytes);
    }
    const [alone = 0, beside, far] = bytes;
    expect(beside).toBe(far);
    expect(far).toBeLessThanOrEqual(alone + 8 * 2_000);
  });

  it('takes over what comes after a gap that only others filled, and nothing where something is missing', async () => {
    const { store } = await told(Array.from({ length: 100 }, (_, i) => view(i)));
    const log = spread(await logOfProject(store, 'p'), 9);
    const from = storeOf(log);
    const index = new NamedIndex();
    const first = log.slice(0, 50);
    await index.catchUp(storeOf(first), 'p', policy);
    index.follow(log.slice(50, 60), 500, policy);
    expect(index.through).toBe(600);
    index.follow(log.slice(61, 70), 610, policy);
    expect(index.through, 'one is missing').toBe(600);
    index.follow(log.slice(55, 62), 550, policy);
    expect(index.through, 'some it has').toBe(620);
    await index.catchUp(from, 'p', policy);
    const whole = new NamedIndex();
    await whole.catchUp(from, 'p', policy);
    expect(index.bytes).toBe(whole.bytes);
    for (let i = 0; i < 50; i++) expect(await index.about([userKey(i)])).toEqual(await whole.about([userKey(i)]));
  });

  it('is up to date after a reading during which more was kept', async () => {
    const { store } = await told(Array.from({ length: 100 }, (_, i) => view(i)));
    const log = await logOfProject(store, 'p');
    const index = new NamedIndex();
    const reading = index.catchUp(storeOf(log.slice(0, 80)), 'p', policy);
    for (let i = 70; i < 100; i += 10) index.follow(log.slice(i, i + 10), i, policy);
    await reading;
    expect(index.through).toBe(100);
    expect([...positionsIn(await index.about([userKey(49)]))]).toEqual([50, 100]);
  });

  it('of more projects than memory holds forgets those that were asked longest ago', async () => {
    const { store } = await told(Array.from({ length: 100 }, (_, i) => view(i)));
    const log = await logOfProject(store, 'p');
    const from = storeOf(log);
    const one = await indexOf(from, 'p', policy);
    const most = Math.floor(2.5 * one.bytes);
    await indexOf(from, 'q', policy, most);
    expect(await indexOf(from, 'p', policy, most), 'both fit').toBe(one);
    await indexOf(from, 'r', policy, most);
    expect(await indexOf(from, 'p', policy, most), 'another was asked longer ago').toBe(one);
    await indexOf(from, 'q', policy, most);
    await indexOf(from, 'r', policy, most);
    expect(await indexOf(from, 'p', policy, most)).not.toBe(one);
  });

  it('is made anew once entries have changed, also where the store that changed them is wrapped', async () => {
    const { store } = await told(traffic(seed, 20));
    const wrapped = { ...store };
    const index = await indexOf(wrapped, 'p', policy);
    expect(await indexOf(store, 'p', policy)).toBe(index);
    await store.scar([]);
    expect(await indexOf(wrapped, 'p', policy)).not.toBe(index);
  });

  it('of several projects each goes on with its own', async () => {
    const { store } = await told(Array.from({ length: 20 }, (_, i) => view(i)));
    const log = spread(await logOfProject(store, 'p'), 3);
    const from = storeOf(log.slice(0, 10));
    const indices = [await indexOf(from, 'p', policy), await indexOf(from, 'q', policy)];
    follow(from, log.slice(10, 15), 40, () => policy);
    expect(indices.map(({ through }) => through)).toEqual([60, 40]);
  });

  it.each([
    ['all that it holds', 1e6],
    ['as much as it may hold', 4_000],
  ])('finds every one of them, of %s', async (_what, most) => {
    const { store } = await told(traffic(seed, 400));
    const index = new NamedIndex(most);
    await index.catchUp(store, 'p', policy);
    const log = await logOfProject(store, 'p');
    expect(index.through < (await store.head('p'))).toBe(most === 4_000);
    const roll = dice(seed);
    const all = [...new Set(log.flatMap((one) => namedBy(policy, one)))];
    for (let i = 0; i < 50; i++) {
      const keys = all.filter(() => roll() < 0.1);
      const until = 1 + Math.floor(roll() * log.length);
      const alone = new Set(log.flatMap(({ entry }) => (roll() < 0.1 ? entry.position : [])));
      const say = `SELFSAME_SEED=${seed}`;
      const known = log.filter(({ entry }) => entry.project === 'p' && entry.position <= index.through);
      const named = known.filter((one) => namedBy(policy, one).some((key) => keys.includes(key)));
      const positions = named.map(({ entry }) => entry.position);
      expect([...positionsIn(await index.about(keys))], say).toEqual(positions);
      const parts = await index.about(keys, alone, until);
      const before = positions.filter((position) => position <= until);
      expect([...positionsIn(parts)], say).toEqual(before);
      for (const { positions, times } of parts.bare) {
        const said = [...positions].map((position) => log[position - 1] as Decided);
        expect(said.map(({ entry }) => entry.time)).toEqual([...times]);
        expect([...times]).toEqual([...times].sort((a, b) => a - b));
        expect(new Set(said.map((one) => bareShape(policy, one))).size).toBe(1);
        expect(said.some(({ entry }) => alone.has(entry.position))).toBe(false);
      }
      const since = await index.since(keys, until);
      expect(since.positions, say).toEqual(positions.filter((position) => position > until));
      const isBare = (one: Decided) => bareShape(policy, one) !== undefined;
      expect(since.bare, say).toBe(named.every((one) => one.entry.position <= until || isBare(one)));
    }
  });

  it('goes on from where it stopped, asked twice at once', async () => {
    const statements = traffic(seed, 200);
    const { store, ingest } = await told(statements.slice(0, 100));
    const index = new NamedIndex();
    await Promise.all([index.catchUp(store, 'p', policy), index.catchUp(store, 'p', policy)]);
    await ingest.submit('native', statements.slice(100).map(itemOf));
    await index.catchUp(store, 'p', policy);
    const whole = new NamedIndex();
    await whole.catchUp(store, 'p', policy);
    expect(index.through).toBe(whole.through);
    const keys = [...new Set((await logOf(store)).flatMap((one) => namedBy(policy, one)))];
    for (const key of keys)
      expect(positionsIn(await index.about([key]))).toEqual(positionsIn(await whole.about([key])));
  });

  it('is read while others are served', async () => {
    const { store } = await told(traffic(seed, 100));
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const slow: typeof store = Object.assign(Object.create(store), {
      async *read(project: string, after?: number) {
        await gate;
        yield* store.read(project, after);
      },
    });
    let now = 2e6;
    const ingest = createIngest({ store: slow, rules: testRules, clock: () => ++now });
    const user = { kind: 'user', value: 'new' };
    const track = { type: 'Track', ids: [user], name: 'View', properties: {} } as const;
    const order: string[] = [];
    const undo = ingest
      .submit('native', [
        itemOf({
          project: 'p',
          wire: 'native',
          trust: 3,
          command: { type: 'Retract', told: [{ entry: 1 }], reason: 'a test', by: 'tester' },
        }),
      ])
      .then(([verdict]) => order.push(`undo ${verdict?.status}`));
    await ingest.submit('native', [itemOf({ project: 'p', wire: 'native', trust: 0, command: track })]);
    order.push('track');
    open();
    await undo;
    expect(order).toEqual(['track', 'undo applied']);
    expect(store.graph('p').node(keyOf(user))).toBeDefined();
  });
});

describe('places of positions', () => {
  it('are found both ways, with and without gaps', () => {
    const roll = dice(seed);
    const positions: number[] = [];
    const list = new PlaceList();
    for (
      let position = Math.floor(roll() * 3);
      list.length < 500;
      position += roll() < 0.7 ? 1 : Math.floor(roll() * 9)
    ) {
      if (position === 0 || position === positions.at(-1)) continue;
      positions.push(position);
      expect(list.push(position)).toBe(positions.length);
    }
    expect(list.last).toBe(positions.at(-1));
    for (const [i, position] of positions.entries()) expect(list.at(i + 1)).toBe(position);
    for (let position = 0; position < list.last + 3; position++) {
      expect(list.placeOf(position), `SELFSAME_SEED=${seed}`).toBe(positions.indexOf(position) + 1);
      expect(list.placeUpTo(position)).toBe(positions.filter((one) => one <= position).length);
    }
  });
});
