import { strict as assert } from 'node:assert';
import {
  dawn,
  dusk,
  type Identifier,
  keyOf,
  nearest,
  type Policy,
  presets,
  type Statement,
  sortNameOf,
} from '@selfsame/identity';
import type { Store } from '../../store.ts';
import type { Law, Place } from '../law.ts';
import { picture } from '../picture.ts';
import { add, change, device, keepOne, retract, someOf, tell, user, view } from '../telling.ts';
import { dice, digestAsked, digestOfLog, logOf, traffic } from '../traffic.ts';

/** Laws of what the graph, a question and a search answer. */
export const reading: readonly Law[] = [
  {
    id: 'C5',
    says: 'the graph is the fold of the log (G7)',
    async check(place, seed) {
      const store = await place.open();
      await tell(store, traffic(seed, 400), seed);
      const log = await logOf(store);
      assert.equal(await digestAsked(store, log), digestOfLog(log), `seed ${seed}`);
      await store.close();
    },
  },
  {
    id: 'C6',
    says: 'claims a node has stopped listing are found again',
    async check(place) {
      const store = await place.open();
      for (const at of [1, 3, 5, 7, 9]) await add(store, view(at * 1000, user('ann'), device('d')));
      for (const at of [6, 2]) await add(store, view(at * 1000, user('bob'), device('d')));
      const log = await logOf(store);
      assert.equal(await digestAsked(store, log), digestOfLog(log));
      await store.close();
    },
  },
  {
    id: 'C40',
    says: 'of those of a sort the next to a moment are found, whatever was taken back, also after a restart',
    check: looksBeside,
  },
  {
    id: 'C41',
    says: 'the same where evidence goes by its arrival',
    check(place, seed) {
      place.choose('p', presets['mixpanel-original'] as Policy);
      return looksBeside(place, seed);
    },
  },
  {
    id: 'C12',
    says: 'search finds identifiers by the beginning of their value, or of a word of a name or e-mail, ignoring case',
    async check(place) {
      const store = await place.open();
      const called = (name: string, ...ids: readonly { kind: string; value: string }[]): Statement => ({
        ...view(0, ...ids),
        trust: 2,
        command: { type: 'Describe', ids, changes: [{ op: 'set', name: 'name', value: name }] },
      });
      await add(store, { ...called('Zoë Ångström', user('U-77')), time: 1 });
      await add(store, view(2, user('u-78')));
      await add(store, { ...view(3, user('u-79')), project: 'q' });
      const found = async (text: string, limit = 10) => [...(await store.search('p', text, limit))].sort();
      assert.deepEqual(await found('u-7'), [keyOf(user('U-77')), keyOf(user('u-78'))].sort());
      assert.deepEqual(await found('ZOË'), [keyOf(user('U-77'))]);
      assert.deepEqual(await found('ångström'), [keyOf(user('U-77'))]);
      assert.deepEqual(await found('ngström'), []);
      assert.equal((await found('u', 1)).length, 1);
      await add(store, { ...called('Yan', user('U-77')), time: 5 });
      assert.deepEqual(await found('yan'), [keyOf(user('U-77'))]);
      await store.close();
    },
  },
  {
    id: 'C15',
    says: 'a restart changes nothing',
    durable: true,
    async check(place, seed) {
      let store = await place.open();
      const statements = traffic(seed, 300);
      for (let part = 0; part < 3; part++) {
        await tell(store, statements.slice(part * 100, part * 100 + 100), seed + part);
        const before = await picture(store);
        await store.close();
        store = await place.open();
        assert.deepEqual(await picture(store), before, `seed ${seed}`);
      }
      await store.close();
    },
  },
  {
    id: 'C24',
    says: 'a question that fails is answered with its failure, and harms nothing',
    async check(place) {
      const store = await place.open();
      const made = await change(store, view(1, user('ann')));
      const failure = new RangeError('a fault of whoever asks');
      const asked = store.ask('p', () => {
        throw failure;
      });
      await assert.rejects(asked, (error) => error === failure);
      assert.equal(await keepOne(store, made), 1);
      await store.close();
    },
  },
];

/** Says much of one device, takes some of it back, and looks for what is set aside of it. */
async function looksBeside(place: Place, seed: number): Promise<void> {
  let store = await place.open();
  const roll = dice(seed);
  const users = [user('ann'), user('bob')];
  for (let part = 0; part < 3; part++) {
    const statements = Array.from({ length: 60 }, (_, i): Statement => {
      // No two at one moment: they would be next to another both.
      const at = Math.floor(roll() * 100) * 1000 + 60 * part + i;
      const said = view(at, users[Number(roll() < 0.1)] as Identifier, device('d'));
      return { ...said, trust: roll() < 0.3 ? 2 : 0 };
    });
    await tell(store, statements, seed + part);
    if (part === 1) await retract(store, someOf(await logOf(store), roll));
    await looks(store);
  }
  if (place.durable) {
    await store.close();
    store = await place.open();
    await looks(store);
  }
  await store.close();

  async function looks(store: Store) {
    const key = keyOf(device('d'));
    const kept = await store.ask('p', (graph) => graph.evidence(key, dawn, dusk));
    assert(kept.length > 1, `seed ${seed}`);
    for (const like of kept.slice(0, 9)) {
      const sort = kept.filter((one) => sortNameOf(one) === sortNameOf(like));
      const found = await store.ask('p', (graph) => kept.map((at) => graph.beside(key, like, at)));
      assert.deepEqual(
        found,
        kept.map((at) => nearest(sort, at)),
        `seed ${seed}`,
      );
    }
  }
}
