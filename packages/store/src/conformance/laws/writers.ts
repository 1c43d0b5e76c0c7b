import { strict as assert } from 'node:assert';
import type { Statement } from '@selfsame/identity';
import { createIngest } from '../../ingest.ts';
import { createMemoryStore } from '../../memory.ts';
import type { Counts, Decided, Store } from '../../store.ts';
import type { Law } from '../law.ts';
import { LiveReader } from '../live-reader.ts';
import { nodeIn } from '../picture.ts';
import { change, device, ingestInto, keepOne, placeName, someOf, user, view } from '../telling.ts';
import { dice, digestAsked, digestOfLog, itemOf, logOf, logOfProject, testRules, traffic } from '../traffic.ts';

/** Laws of several writers of the same data. */
export const writers: readonly Law[] = [
  {
    id: 'C22',
    says: 'two writers who read nothing of each other’s are both kept, at the places that follow each other',
    shared: true,
    async check(place) {
      const [one, other] = [await place.open(), await place.open()];
      const first = await change(one, view(1, user('ann')));
      const second = await change(other, view(2, user('bob'), device('d')));
      assert.deepEqual([await keepOne(one, first), await keepOne(other, second)], [1, 2]);
      const log = await logOf(one);
      assert.deepEqual(
        log.map(({ entry }) => [entry.position, entry.time]),
        [
          [1, 1],
          [2, 2],
        ],
      );
      assert.equal((await nodeIn(one, 'p', user('bob')))?.met.position, 2);
      assert.equal(await digestAsked(one, log), digestOfLog(log));
      for (const store of [one, other]) await store.close();
    },
  },
  {
    id: 'C23',
    says: 'however many write at once, the log says what one alone would have decided in its order (G7)',
    shared: true,
    async check(place, seed) {
      const roll = dice(seed);
      const writers = [await place.open(), await place.open(), await place.open()];
      const statements = traffic(seed, 210);
      const applied: string[] = [];
      const tellFrom = async (store: Store, mine: readonly Statement[], i: number) => {
        const ingest = ingestInto(store);
        ingest.watch((outcomes) => {
          for (const one of outcomes) if (one.type === 'decided' && one.logged) applied.push(placeName(one.entry));
        });
        for (let from = 0; from < mine.length; ) {
          const size = 1 + Math.floor(roll() * 8);
          await ingest.submit('native', mine.slice(from, from + size).map(itemOf));
          from += size;
          if (i > 0 || from % 5 > 0) continue;
          const told = someOf(await logOf(store), roll);
          const undo = {
            type: from % 2 === 0 ? 'Restore' : 'Retract',
            told,
            reason: 'a law',
            by: 'the suite',
          } as const;
          await ingest.submit('native', [itemOf({ ...view(0), trust: 3, command: undo })]);
        }
        await ingest.stop();
      };
      await Promise.all(
        writers.map((store, i) =>
          tellFrom(
            store,
            statements.filter((_, at) => at % 3 === i),
            i,
          ),
        ),
      );
      const store = await place.open();
      const log = await logOf(store);
      assert.equal(await digestAsked(store, log), digestOfLog(log), `seed ${seed}`);
      for (const project of ['p', 'q']) {
        const places = (await logOfProject(store, project)).map(({ entry }) => entry.position);
        assert.deepEqual(
          places,
          places.map((_, i) => i + 1),
          `${project} seed ${seed}`,
        );
      }
      assert.deepEqual(
        applied.sort(),
        log.map(({ entry }) => placeName(entry)).sort(),
        'each entry was told once, with its place',
      );
      const counts = await store.counts();
      const { received, logged } = sumOf(counts);
      assert.equal(received, statements.length + log.filter(({ entry }) => 'told' in entry.command).length);
      assert(logged <= log.length);
      await decideAlone(log, seed);
      for (const one of [...writers, store]) await one.close();
    },
  },
  {
    id: 'C28',
    says: 'who follows at one writer sees what all of them did, each once, in the order of the log',
    shared: true,
    async check(place, seed) {
      const roll = dice(seed);
      const writers = [await place.open(), await place.open(), await place.open()];
      const onlooker = await place.open();
      const reader = new LiveReader('p');
      const seen: string[] = [];
      let work = Promise.resolve();
      const look = () => (work = work.then(async () => void seen.push(...(await reader.read(onlooker)))));
      const stop = onlooker.live.watch(() => void look());
      const statements = traffic(seed, 120).map((one, i) => ({ ...one, project: 'p', insertId: `${seed}-${i >> 1}` }));
      await Promise.all(
        writers.map(async (store, at) => {
          const ingest = ingestInto(store);
          const mine = statements.filter((_, i) => i % 3 === at).map(itemOf);
          while (mine.length > 0) {
            const refused = { type: 'refused', project: 'p', reason: `${at} ${mine.length}` } as const;
            await ingest.submit('native', [refused, ...mine.splice(0, 1 + Math.floor(roll() * 5))]);
          }
          await ingest.stop();
        }),
      );
      await look();
      stop();
      const places = seen.flatMap((one) => (one.startsWith('refused') ? [] : (/ (\d+)$/.exec(one)?.slice(1) ?? [])));
      const log = await logOf(onlooker);
      assert.deepEqual(
        places.map(Number),
        log.map(({ entry }) => entry.position),
        `seed ${seed}`,
      );
      const { received } = sumOf(await onlooker.counts());
      assert.equal(seen.length, received, 'nothing is left out and nothing told twice');
      for (const store of [...writers, onlooker]) await store.close();
    },
  },
  {
    id: 'C30',
    says: 'what several count is one sum',
    shared: true,
    async check(place) {
      const writers = [await place.open(), await place.open()];
      const items = (n: number) => [{ project: 'p', name: ['untimed'] as const, items: n, last: n }];
      await Promise.all(writers.map((store, i) => store.live.count(items(i + 1))));
      for (const store of writers)
        assert.equal((await store.live.counted('untimed', 'p'))[0]?.items, 3, 'whoever asks');
      for (const store of writers) await store.close();
    },
  },
];

const sumOf = (counts: readonly Counts[]) => {
  const sum = { received: 0, logged: 0 };
  for (const { applied, duplicate, rejected, quarantined, suppressed } of counts) {
    sum.received += applied + duplicate + rejected + quarantined + suppressed;
    sum.logged += applied + quarantined;
  }
  return sum;
};

/** One writer who is told what a log was told, in its order, keeps the same log. */
async function decideAlone(log: readonly Decided[], seed: number): Promise<void> {
  let now = 0;
  const store = createMemoryStore(testRules);
  const ingest = createIngest({ store, rules: testRules, clock: () => now });
  for (const { entry } of log) {
    const { position: _, at, repeats: __, outranks: ___, outrankedBy: ____, ...statement } = entry;
    now = at;
    await ingest.submit(statement.wire, [itemOf(statement)]);
  }
  await ingest.stop();
  assert.deepEqual(await logOf(store), log, `seed ${seed}`);
}
