import { bareShape, keyOf, namedBy, type Statement } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { dice, itemOf, logOf, logOfProject, testRules, traffic } from '../src/conformance/traffic.ts';
import { createIngest, createMemoryStore, type Decided } from '../src/index.ts';
import { NamedIndex, positionsIn } from '../src/named-index.ts';

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

describe('which entries name an identifier', () => {
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
