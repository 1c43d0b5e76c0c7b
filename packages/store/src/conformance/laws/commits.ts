import { strict as assert } from 'node:assert';
import { keyOf, type Position, type ProjectId } from '@selfsame/identity';
import { type Decided, StoreError } from '../../store.ts';
import { whole } from '../../whole.ts';
import type { Law } from '../law.ts';
import { nodeIn, picture } from '../picture.ts';
import {
  add,
  change,
  changesOf,
  device,
  ingestInto,
  keep,
  keepOne,
  keyNamed,
  named,
  nothing,
  tell,
  user,
  view,
} from '../telling.ts';
import { itemOf, logOf, logOfProject, testRules, traffic } from '../traffic.ts';

/** Laws of what is kept, what is stale, and where things stand in the log. */
export const commits: readonly Law[] = [
  {
    id: 'C1',
    says: 'what is committed is read back, whole and in order',
    async check(place) {
      const store = await place.open();
      const told: Decided[] = [];
      for (let i = 1; i <= 5; i++) {
        const made = await change(store, view(i, user('ann'), device(`d${i}`)));
        assert.equal(await keepOne(store, made), i);
        told.push(...made.changes.flatMap(({ decided }) => decided));
      }
      assert.deepEqual(await logOf(store), told);
      await store.close();
    },
  },
  {
    id: 'C2',
    says: 'of two changes made from one look, about the same person, the second is stale',
    async check(place) {
      const store = await place.open();
      const one = await change(store, view(1, user('ann')));
      const other = await change(store, view(2, user('bob'), user('ann')));
      assert.equal(await keepOne(store, one), 1);
      assert.equal(await keepOne(store, other), 'stale');
      const both = [await change(store, view(3, user('cyd'))), await change(store, view(4, user('cyd'), device('d')))];
      const answers = await Promise.all(both.map((made) => keepOne(store, made)));
      assert.deepEqual(answers.toSorted(), [2, 'stale'], 'kept at the same time');
      await store.close();
    },
  },
  {
    id: 'C3',
    says: 'a stale change leaves no trace',
    async check(place) {
      const store = await place.open();
      const stale = await change(store, named('key', view(2, user('bob'), device('d'))));
      await add(store, view(1, user('ann'), device('d')));
      assert.equal(await keepOne(store, stale), 'stale');
      assert.equal((await logOf(store)).length, 1);
      assert.equal(await nodeIn(store, 'p', user('bob')), undefined);
      assert.equal((await store.load({ repeats: [keyNamed('key')] })).repeats.size, 0);
      assert.equal((await store.counts())[0]?.applied, 1);
      await store.close();
    },
  },
  {
    id: 'C4',
    says: 'a draft changes nothing before its commit',
    async check(place) {
      const store = await place.open();
      await change(store, view(1, user('ann'), device('d')));
      assert.equal(await nodeIn(store, 'p', user('ann')), undefined);
      const again = await store.load(nothing);
      assert.equal(await whole(again, async (loaded) => loaded.draft('p').node(keyOf(device('d')))), undefined);
      assert.equal(again.next('p', 0), 1);
      await store.close();
    },
  },
  {
    id: 'C7',
    says: 'a repeat key leads to the position it was last used at, and only where it was used',
    async check(place) {
      const store = await place.open();
      await add(store, named('one', view(1, user('ann'))));
      await add(store, named('two', view(2, user('ann'))));
      await add(store, named('one', view(3, user('ann'))));
      const { repeats } = await store.load({ repeats: ['one', 'two', 'three'].map(keyNamed) });
      assert.deepEqual([...repeats].sort(), [
        [keyNamed('one'), 3],
        [keyNamed('two'), 2],
      ]);
      await store.close();
    },
  },
  {
    id: 'C8',
    says: 'positions run from 1 without a gap, and the log is read from any of them, or at one',
    async check(place) {
      const store = await place.open();
      for (let i = 1; i <= 4; i++) {
        assert.equal((await store.load(nothing)).next('p', 0), i);
        await add(store, view(i, user('ann')));
      }
      const positions = (await logOfProject(store, 'p', 2)).map(({ entry }) => entry.position);
      assert.deepEqual(positions, [3, 4]);
      const alone = await Promise.all([0, 1, 4, 5].map(async (at) => (await store.at('p', at))?.entry.position));
      assert.deepEqual(alone, [undefined, 1, 4, undefined]);
      const reader = store.read('p')[Symbol.asyncIterator]();
      await reader.next();
      await add(store, view(5, user('ann')));
      let seen = 1;
      while (!(await reader.next()).done) seen += 1;
      assert(seen === 4 || seen === 5, 'a reader sees each record once while others write');
      await store.close();
    },
  },
  {
    id: 'C9',
    says: 'counts add up, by project and wire (G5)',
    async check(place) {
      const store = await place.open();
      const ingest = ingestInto(store);
      const nobody = { type: 'refused', reason: 'no such key' } as const;
      const twice = { ...view(1, user('ann')), insertId: 'i' };
      await ingest.submit('native', [itemOf(twice), itemOf({ ...twice, project: 'q' }), nobody]);
      await ingest.submit('native', [itemOf(twice), nobody]);
      const cells = new Map((await store.counts()).map((one) => [one.project, one]));
      assert.equal(cells.size, 3);
      const { applied, duplicate } = cells.get('p') ?? {};
      assert.deepEqual([applied, duplicate], [1, 1]);
      assert.equal(cells.get('q')?.applied, 1);
      assert.equal(cells.get(null)?.rejected, 2);
      await store.close();
    },
  },
  {
    id: 'C14',
    says: 'a closed store takes nothing more',
    async check(place) {
      const store = await place.open();
      const made = await change(store, view(1, user('ann')));
      await store.close();
      const refuses = (error: unknown) => error instanceof StoreError && error.code === 'store/closed';
      await assert.rejects(async () => store.load(nothing), refuses);
      await assert.rejects(async () => keepOne(store, made), refuses);
    },
  },
  {
    id: 'C16',
    says: 'folding again under the same rules changes nothing, and makes what was loaded before stale',
    async check(place, seed) {
      const store = await place.open();
      await tell(store, traffic(seed, 200), seed);
      const before = await picture(store);
      const made = await change(store, view(1, user('zoe')));
      await store.refold();
      assert.equal(await keepOne(store, made), 'stale');
      assert.deepEqual(await picture(store), before, `seed ${seed}`);
      await store.close();
    },
  },
  {
    id: 'C20',
    says: 'a repeat key that another change used meanwhile makes one stale',
    async check(place) {
      const store = await place.open();
      const made = await change(store, named('one', view(1, user('ann'))), [keyNamed('one')]);
      await add(store, named('one', view(2, user('bob'))));
      assert.equal(await keepOne(store, made), 'stale');
      await store.close();
    },
  },
  {
    id: 'C21',
    says: 'what was decided on the whole log is stale where the log has gone on',
    async check(place) {
      const store = await place.open();
      const made = await change(store, view(1, user('ann')));
      await add(store, view(2, user('bob')));
      assert.equal(
        await keepOne(store, { ...made, changes: made.changes.map((one) => ({ ...one, through: 0 })) }),
        'stale',
      );
      await store.close();
    },
  },
  {
    id: 'C35',
    says: 'what was decided under a policy is stale once its project has another, and is kept when it is decided under that',
    async check(place) {
      const store = await place.open();
      const both = [view(1, user('ann')), { ...view(1, user('ann')), project: 'q' }];
      const made = await changesOf(store, both);
      const [before, after] = [testRules('p').policy, testRules('q').policy];
      place.choose('p', after);
      const [mine, theirs] = await keep(store, made);
      assert.equal(mine, 'stale');
      assert.equal(await nodeIn(store, 'p', user('ann')), undefined);
      assert.equal((await nodeIn(store, 'q', user('ann'))) !== undefined, theirs !== 'stale');
      const again = await change(store, view(2, user('ann')));
      assert.deepEqual(again.loaded.rules('p').policy, after);
      assert.notEqual(await keepOne(store, again), 'stale');
      const last = await change(store, view(3, user('bob')));
      place.choose('p', before);
      place.choose('p', { ...after });
      assert.notEqual(await keepOne(store, last), 'stale', 'what has the same policy again');
      await store.close();
    },
  },
  {
    id: 'C36',
    says: 'a position is final with its commit: what is thrown away, or stale, uses none up',
    async check(place) {
      const store = await place.open();
      await add(store, view(1, user('ann')));
      await change(store, view(2, user('ann')));
      const stale = await change(store, view(3, user('ann')));
      assert.equal(stale.changes[0]?.first, 2);
      await add(store, view(4, user('ann')));
      assert.equal(await keepOne(store, stale), 'stale');
      await add(store, view(5, user('bob')));
      const told = (await logOfProject(store, 'p')).map(({ entry }) => [entry.position, entry.time]);
      assert.deepEqual(told, [
        [1, 1],
        [2, 4],
        [3, 5],
      ]);
      await store.close();
    },
  },
  {
    id: 'C38',
    says: 'what is kept is answered with its project’s last place before it, whatever others wrote in between, once that was asked for',
    async check(place) {
      let store = await place.open();
      for (const [i, project] of ['p', 'q', 'q', 'p', 'q'].entries())
        await add(store, { ...view(i, user('ann')), project });
      if (place.durable) {
        await store.close();
        store = await place.open();
      }
      const last = new Map<ProjectId, Position>();
      for (const project of ['p', 'q', 'new']) last.set(project, await store.head(project));
      for (const projects of [['p'], ['q'], ['q'], ['p', 'new', 'q'], ['new', 'p'], ['p'], ['new']]) {
        const made = await changesOf(
          store,
          projects.map((project) => ({ ...view(9, user('ann')), project })),
        );
        const kept = await Promise.all(store.commit(made.loaded, made.changes));
        const places = made.changes.map(({ project, first }) => ({ first, after: last.get(project as ProjectId) }));
        assert.deepEqual(kept, places);
        for (const [i, { first }] of places.entries()) last.set(projects[i] as ProjectId, first);
      }
      await store.close();
    },
  },
];
