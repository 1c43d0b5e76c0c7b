import { strict as assert } from 'node:assert';
import type { ProjectId } from '@selfsame/identity';
import type { Stream } from '../../live.ts';
import type { Law } from '../law.ts';
import { LiveReader } from '../live-reader.ts';
import { ingestInto, named, user, view } from '../telling.ts';
import { itemOf, logOf, logOfProject } from '../traffic.ts';

/** Turns of the event loop after which a wake-up that has not come does not come. */
const TURNS = 1_000;

/** Laws of what who watches is told. */
export const live: readonly Law[] = [
  {
    id: 'C25',
    says: 'what happened is read after a moment, in the order it was decided, once, with what leaves no entry, of one project',
    async check(place) {
      const store = await place.open();
      const ingest = ingestInto(store);
      const shop = new LiveReader('p');
      const refused = (project: ProjectId, reason: string) => ({ type: 'refused', project, reason }) as const;
      const one = itemOf(named('a', view(1, user('ann'))));
      await ingest.submit('native', [refused('p', 'x'), one, one, itemOf({ ...view(2), project: 'q' })]);
      const [first] = await logOfProject(store, 'p');
      const at = first?.entry.position;
      assert.deepEqual(await shop.read(store), ['refused x', `applied a ${at}`, 'duplicate a']);
      await ingest.submit('native', [refused('q', 'y'), { type: 'refused', reason: 'nobody’s' }]);
      await ingest.submit('native', [one, itemOf(named('b', view(3)))]);
      await ingest.submit('native', [refused('p', 'z')]);
      const head = (await logOf(store)).at(-1)?.entry.position;
      const rest = await shop.read(store, 2);
      assert.deepEqual(rest, [`applied b ${head}`, 'refused z'], 'the last ones that were asked for');
      assert.deepEqual(await shop.read(store), []);
      const all = new LiveReader('p');
      assert.deepEqual((await all.read(store)).slice(3), ['duplicate a', ...rest]);
      const [entry] = await store.live
        .after('p', Number.NEGATIVE_INFINITY, ['in'], 1_000)
        .then((happened) =>
          happened.flatMap((one) => (one.type === 'item' && one.outcome.type === 'decided' ? [one.outcome] : [])),
        );
      assert.deepEqual({ entry: entry?.entry, verdict: entry?.verdict }, first, 'as the log has it');
      await ingest.stop();
      await store.close();
    },
  },
  {
    id: 'C26',
    says: 'who watches is woken by what happens, when it can be read',
    async check(place) {
      const store = await place.open();
      const reader = new LiveReader('p');
      const seen: string[] = [];
      const looks: Promise<unknown>[] = [];
      const streams: Stream[] = [];
      const stop = store.live.watch((project, stream) => {
        streams.push(stream);
        if (project === 'p') looks.push(reader.read(store).then((now) => seen.push(...now)));
      });
      const woken = async (times: number) => {
        for (let turns = 0; looks.length < times && turns < TURNS; turns++)
          await new Promise((resolve) => setImmediate(resolve));
        for (const look of looks) await look;
      };
      const ingest = ingestInto(store);
      await ingest.submit('native', [itemOf(named('a', view(1)))]);
      await woken(1);
      assert.deepEqual(seen, ['applied a 1']);
      await ingest.submit('native', [itemOf(named('a', view(1)))]);
      await woken(2);
      assert.deepEqual(seen.slice(1), ['duplicate a'], 'of what leaves no entry');
      await store.live.tell('p', 'in', { status: 413 }, 2e6);
      await woken(3);
      assert.deepEqual(seen.slice(2), ['{"status":413}']);
      await store.live.tell('p', 'out', { sent: 1 }, 2e6);
      await woken(4);
      assert.deepEqual(streams, ['in', 'in', 'in', 'out']);
      stop();
      await store.live.tell('p', 'in', { status: 414 }, 2e6);
      await woken(5);
      assert.equal(seen.length, 3, 'who has stopped is left alone');
      await ingest.stop();
      await store.close();
    },
  },
  {
    id: 'C27',
    says: 'a thousand notices of what comes in leave those of what goes out, and the newest are kept',
    async check(place) {
      const store = await place.open();
      await store.live.tell('p', 'out', { sent: 1 }, 1e6);
      // At once, so in any order; then two that follow each other.
      await Promise.all(Array.from({ length: 2_298 }, (_, i) => store.live.tell('p', 'in', { i }, 1e6 + i)));
      for (const i of [2_298, 2_299]) await store.live.tell('p', 'in', { i }, 1e6 + i);
      await store.live.tell('p', 'out', { sent: 2 }, 1e6);
      const reader = new LiveReader('p');
      assert.deepEqual(await reader.read(store, 1, ['out']), ['{"sent":2}']);
      const out = new LiveReader('p');
      assert.deepEqual(await out.read(store, 1_000, ['out']), ['{"sent":1}', '{"sent":2}']);
      const both = await new LiveReader('p').read(store, 2, ['in', 'out']);
      assert.deepEqual(both, ['{"sent":1}', '{"i":2298}', '{"i":2299}', '{"sent":2}'], 'together, in their order');
      const kept = await new LiveReader('p').read(store, 1_000);
      assert.equal(kept.length, 1_000);
      await store.close();
    },
  },
  {
    id: 'C29',
    says: 'what is counted adds up by project and name, the last of it with it, and names are bounded',
    async check(place) {
      const store = await place.open();
      const sum = (project: ProjectId, items: number, last: number, ...name: [string, ...string[]]) => ({
        project,
        name,
        items,
        last,
      });
      await store.live.count([sum('p', 2, 5, 'refused', 'a'), sum('q', 1, 6, 'refused', 'a')]);
      await store.live.count([sum('p', 3, 7, 'refused', 'a'), sum('p', 1, 7, 'input', 'a')]);
      assert.deepEqual(await store.live.counted('refused', 'p'), [sum('p', 5, 7, 'refused', 'a')]);
      assert.deepEqual(await store.live.counted('refused', 'r'), []);
      const all = (await store.live.counted('refused')).map(({ project, items }) => [project, items]);
      assert.deepEqual(all.sort(), [
        ['p', 5],
        ['q', 1],
      ]);
      await store.live.count(Array.from({ length: 600 }, (_, i) => sum('p', 1, 8, 'refused', `${i}`)));
      assert.equal((await store.live.counted('refused', 'p')).length, 500);
      await store.close();
    },
  },
];
