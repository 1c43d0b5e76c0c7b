import { strict as assert } from 'node:assert';
import { keyOf, type ProjectId } from '@selfsame/identity';
import type { Decided } from '../../store.ts';
import { whole } from '../../whole.ts';
import type { Law } from '../law.ts';
import { allEvents, nodeIn } from '../picture.ts';
import { add, changesOf, device, keep, keyNamed, named, nothing, tell, user, view } from '../telling.ts';
import { digestAsked, digestOfLog, logOf, logOfProject, traffic } from '../traffic.ts';

/** Laws of projects beside each other. */
export const projects: readonly Law[] = [
  {
    id: 'C13',
    says: 'projects see nothing of each other (S2)',
    async check(place) {
      const store = await place.open();
      await add(store, view(1, user('ann'), device('d')));
      const other: ProjectId = 'q';
      assert.equal(await nodeIn(store, other, user('ann')), undefined);
      const loaded = await store.load(nothing);
      assert.equal(await whole(loaded, async (now) => now.draft(other).node(keyOf(user('ann')))), undefined);
      await add(store, { ...view(2, user('ann')), project: other });
      assert.deepEqual((await nodeIn(store, other, user('ann')))?.below, []);
      assert.deepEqual((await nodeIn(store, 'p', user('ann')))?.below, [keyOf(device('d'))]);
      await store.close();
    },
  },
  {
    id: 'C31',
    says: 'a project is read by itself: all of it and nothing of another, from each position, to its head',
    async check(place, seed) {
      let store = await place.open();
      await tell(store, traffic(seed, 40), seed);
      const log = await logOf(store);
      const looks = async () => {
        for (const project of ['p', 'q', 'nobody']) {
          const mine = log.filter(({ entry }) => entry.project === project);
          const places = [0, ...mine.map(({ entry }) => entry.position)];
          assert(places.every((one, i) => i === 0 || one > (places[i - 1] as number)));
          assert.equal(await store.head(project), places.at(-1), `seed ${seed}`);
          for (const [i, after] of places.entries())
            assert.deepEqual(await logOfProject(store, project, after), mine.slice(i), `seed ${seed}`);
          for (const one of mine) assert.deepEqual(await store.at(project, one.entry.position), one);
          for (const { entry } of log)
            assert.equal((await store.at(project, entry.position))?.entry.project ?? project, project);
        }
      };
      await looks();
      if (place.durable) {
        await store.close();
        store = await place.open();
        await looks();
      }
      await store.close();
    },
  },
  {
    id: 'C32',
    says: 'changes of several projects that are kept together are each read back in its project, at the place that was answered',
    async check(place) {
      const store = await place.open();
      await add(store, { ...view(0, user('zoe')), project: 'p' });
      const mine = named('one', view(1, user('ann'), device('d')));
      const theirs = { ...named('one', view(2, user('ann'))), project: 'q' };
      const keys = [keyNamed('one'), 'q\nnative\np\none'];
      const made = await changesOf(store, [mine, theirs], keys);
      const [p, q] = await keep(store, made);
      const log = new Map([
        ['p', await logOfProject(store, 'p')],
        ['q', await logOfProject(store, 'q')],
      ]);
      for (const [project, at] of [
        ['p', p],
        ['q', q],
      ] as const) {
        const told = log.get(project) ?? [];
        const one = told.at(-1);
        assert.deepEqual([one?.entry.position, one?.entry.insertId], [at, 'one'], project);
        assert.equal(told.length, project === 'p' ? 2 : 1);
        assert.equal((await nodeIn(store, project, user('ann')))?.met.position, at);
        assert.equal((await store.counts()).find((one) => one.project === project)?.applied, told.length);
      }
      const { repeats } = await store.load({ repeats: keys });
      assert.deepEqual([...repeats.values()], [p, q]);
      const both = await logOf(store);
      assert.equal(await digestAsked(store, both), digestOfLog(both));
      await store.close();
    },
  },
  {
    id: 'C33',
    says: 'of changes that are kept together each becomes what was answered: one that is stale leaves nothing, one that is not is there',
    async check(place) {
      const store = await place.open();
      await add(store, { ...view(1, user('zoe')), project: 'q' });
      const made = await changesOf(store, [
        named('mine', view(2, user('ann'))),
        { ...named('theirs', view(3, user('bob'))), project: 'q' },
      ]);
      await add(store, view(4, user('ann')));
      const [mine, theirs] = await keep(store, made);
      assert.equal(mine, 'stale');
      const namesIn = async (project: ProjectId) =>
        (await logOfProject(store, project)).map(({ entry }) => [entry.insertId, entry.position]);
      assert.deepEqual((await namesIn('p')).length, 1);
      const kept = theirs === 'stale' ? [] : [['theirs', theirs]];
      assert.deepEqual((await namesIn('q')).slice(1), kept);
      assert.equal((await nodeIn(store, 'q', user('bob'))) !== undefined, theirs !== 'stale');
      const counted = new Map((await store.counts()).map((one) => [one.project, one.applied]));
      assert.deepEqual([counted.get('p'), counted.get('q')], [1, 1 + kept.length]);
      const both = await logOf(store);
      assert.equal(await digestAsked(store, both), digestOfLog(both));
      await store.close();
    },
  },
  {
    id: 'C34',
    says: 'a change that is stale takes none of another project along',
    shared: true,
    async check(place) {
      const [one, other] = [await place.open(), await place.open()];
      const made = await changesOf(one, [view(1, user('ann')), { ...view(2, user('bob')), project: 'q' }]);
      await add(other, view(3, user('ann')));
      const [mine, theirs] = await keep(one, made);
      assert.equal(mine, 'stale');
      assert.equal((await logOfProject(other, 'q'))[0]?.entry.position, theirs);
      for (const store of [one, other]) await store.close();
    },
  },
  {
    id: 'C37',
    says: 'a place says nothing without its project: what is said, taken back and left of an entry is that project’s, whatever stands at that place in another',
    async check(place, seed) {
      const store = await place.open();
      for (let i = 1; i <= 4; i++)
        for (const project of ['p', 'q'])
          await add(store, { ...named(`${project}${i}`, view(i, user('ann'))), project });
      const [mine] = await logOfProject(store, 'p');
      const { position } = (mine as Decided).entry;
      const undo = { type: 'Retract', told: [{ entry: position }], reason: 'a law', by: 'the suite' } as const;
      await tell(store, [{ ...view(0), trust: 3, command: undo }], seed);
      const left = new Map((await allEvents(store)).map((row) => [`${row.project} ${row.position}`, row.insertId]));
      const undone = await store.undone('q');
      for (const one of await logOfProject(store, 'q'))
        assert.equal(undone.read(one.entry, one.verdict), one.entry, 'nothing of the other was taken back');
      for (const project of ['p', 'q']) {
        for (const { entry } of await logOfProject(store, project)) {
          assert.equal((await store.at(project, entry.position))?.entry.insertId, entry.insertId);
          if (project === 'q' || entry.position !== position)
            assert.equal(left.get(`${project} ${entry.position}`) ?? undefined, entry.insertId);
        }
      }
      const log = await logOf(store);
      assert.equal(await digestAsked(store, log), digestOfLog(log));
      await store.close();
    },
  },
];
