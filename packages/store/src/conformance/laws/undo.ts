import { strict as assert } from 'node:assert';
import {
  dawn,
  dusk,
  keyOf,
  namedBy,
  type PersonId,
  type Statement,
  scarOf,
  standInsFor,
  type Told,
  Undone,
  undoIn,
} from '@selfsame/identity';
import { repeatKey } from '../../repeat-key.ts';
import type { Decided } from '../../store.ts';
import type { Law } from '../law.ts';
import { eventsOf, picture } from '../picture.ts';
import { device, ingestInto, placeName, retract, someOf, takeUndo, tell, user, view } from '../telling.ts';
import { dice, digestAsked, digestOfLog, itemOf, logOf, testRules, traffic } from '../traffic.ts';

/** Laws of what is taken back, and what is left of an entry. */
export const undo: readonly Law[] = [
  {
    id: 'C17',
    says: 'what is taken back reads as if it had never come, and is there again when it is put back, also after a restart and a refold',
    async check(place, seed) {
      let store = await place.open();
      const roll = dice(seed);
      const statements = traffic(seed, 120);
      const taken: { told: readonly Told[]; of: number }[] = [];
      for (let part = 0; part < 6; part++) {
        await tell(store, statements.slice(part * 20, part * 20 + 20), seed + part);
        const log = await logOf(store);
        // Of two undos the last is put back, half of them by their position alone.
        const back = part % 3 === 2 ? taken.pop() : undefined;
        const told = back?.told ?? [...someOf(log, roll), ...(taken.at(-1)?.told.slice(0, 2) ?? [])];
        const ingest = ingestInto(store);
        const [verdict] = await ingest.submit('native', [
          itemOf({
            project: 'p',
            wire: 'native',
            trust: 3,
            command: {
              type: back === undefined ? 'Retract' : 'Restore',
              told,
              reason: 'a law',
              by: 'the suite',
              ...(back !== undefined && part === 2 ? { of: back.of } : {}),
            },
          }),
        ]);
        await ingest.stop();
        assert.equal(verdict?.status, 'applied');
        const now = await logOf(store);
        assert.equal(await digestAsked(store, now), digestOfLog(now), `seed ${seed}`);
        const undos = await store.undos('p');
        assert.equal(undos.length, part + 1);
        if (back === undefined) taken.push({ told, of: (undos.at(-1) as Decided).entry.position });
      }
      const before = await picture(store);
      const undone = new Undone((await store.undos('p')).flatMap((one) => undoIn(one) ?? []));
      const standing = before.log.filter(
        ({ entry, verdict }) =>
          entry.command.type === 'Track' &&
          verdict.status === 'applied' &&
          (entry.project !== 'p' || undone.read(entry, verdict) !== undefined),
      );
      // [D2] [D3] Of an event's copies the one that took the place of the others is the event.
      const replaced = new Set(
        standing
          .map(({ entry }) => undone.read(entry, undefined) ?? entry)
          .map(({ project, outranks, repeats }) => placeName({ project, position: outranks ?? repeats ?? 0 })),
      );
      for (const { project, replaces } of before.events) replaced.add(placeName({ project, position: replaces ?? 0 }));
      const isEvent = (name: string) => !replaced.has(name);
      assert.deepEqual(
        [...new Set(before.events.map((row) => placeName(row)))].filter(isEvent).sort(),
        standing
          .map(({ entry }) => placeName(entry))
          .filter(isEvent)
          .sort(),
        `seed ${seed}`,
      );
      await store.refold();
      const { owners: _, ...folded } = await picture(store);
      const { owners: __, ...was } = before;
      assert.deepEqual(unnumbered(folded), unnumbered(was), `seed ${seed}`);
      if (place.durable) {
        await store.close();
        store = await place.open();
        const { owners: ___, ...again } = await picture(store);
        assert.deepEqual(unnumbered(again), unnumbered(was), `seed ${seed}`);
      }
      await store.close();
    },
  },
  {
    id: 'C42',
    says: 'what was set aside while a no was retracted is not shown once the no stands again, also after a restart',
    async check(place, seed) {
      let store = await place.open();
      const [ann, phone] = [user('ann'), device('phone')];
      const views = (from: number) => Array.from({ length: 6 }, (_, i) => view(from + i, ann, phone));
      const ids = [ann, phone];
      const no: Statement = { ...view(10, ...ids), command: { type: 'Consent', ids, consent: 'denied' } };
      const told = [{ entry: 7 }];
      const shown = async () =>
        (await store.ask('p', (graph) => graph.evidence(keyOf(phone), dawn, dusk))).map(({ time }) => time);
      const again = async () => {
        if (!place.durable) return;
        await store.close();
        store = await place.open();
      };
      await tell(store, [...views(1), no], seed);
      await retract(store, told);
      await tell(store, views(20), seed);
      assert.deepEqual(await shown(), [2, 3, 4, 5, 6, 20, 21, 22, 23, 24], `seed ${seed}`);
      for (const [type, moments] of [
        ['Restore', [2, 3, 4, 5]],
        ['Retract', [2, 3, 4, 5, 6, 20, 21, 22, 23, 24]],
        ['Restore', [2, 3, 4, 5]],
      ] as const) {
        await takeUndo(store, type, told);
        for (let times = 0; times < 2; times++) {
          assert.deepEqual(await shown(), moments, `${type}, seed ${seed}`);
          await again();
        }
      }
      await store.close();
    },
  },
  {
    id: 'C19',
    says: 'what is left of an entry stands in its place, and all that is folded of it says no more, also after a restart',
    async check(place, seed) {
      let store = await place.open();
      await tell(store, traffic(seed, 120), seed);
      const before = await logOf(store);
      const { policy } = testRules('p');
      const ann = keyOf(user('ann'));
      const mine = before.filter(({ entry }) => entry.project === 'p');
      const erased = { standIns: standInsFor(policy, new Set([ann]), mine), people: new Set<PersonId>() };
      const scars = mine
        .filter((said) => namedBy(policy, said).includes(ann))
        .map((said) => {
          const { anchor } = said.verdict;
          return scarOf(policy, said, erased, anchor !== undefined && keyOf(anchor) === ann ? 'whole' : 'names');
        });
      const whole = new Set(scars.filter(({ entry }) => entry.scar === 'whole').map(({ entry }) => entry.position));
      assert(whole.size > 0, `seed ${seed}`);
      await assert.rejects(
        store.scar([{ ...(scars[0] as Decided), entry: { ...(mine[0] as Decided).entry, position: 1e6 } }]),
        RangeError,
      );
      await store.scar(scars);

      const at = new Map(scars.map((one) => [one.entry.position, one]));
      const left = before.map((one) => (one.entry.project === 'p' ? at.get(one.entry.position) : undefined) ?? one);
      const looks = async () => {
        assert.deepEqual(await logOf(store), left, `seed ${seed}`);
        assert.equal(await digestAsked(store, left), digestOfLog(left), `seed ${seed}`);
        assert.equal(await store.ask('p', (graph) => graph.node(ann)), undefined);
        assert(!(await store.search('p', 'ann', 100)).includes(ann));
        const rows = await eventsOf(store.feed('p'), 1_000);
        assert(!rows.some(({ position }) => whole.has(position)), `seed ${seed}`);
        const keys = mine.flatMap(({ entry }) => repeatKey(entry) ?? []);
        const { repeats } = await store.load({ repeats: keys });
        assert(![...repeats.values()].some((position) => whole.has(position)), `seed ${seed}`);
      };
      await looks();
      if (place.durable) {
        await store.close();
        store = await place.open();
        await looks();
      }
      await tell(store, traffic(seed + 1, 30), seed);
      const now = await logOf(store);
      assert.equal(await digestAsked(store, now), digestOfLog(now), `seed ${seed}`);
      await store.close();
    },
  },
];

/** A picture without the numbers of nodes: a fold of the whole log gives them in another order than the past did. */
const unnumbered = <T extends { readonly events: readonly { readonly node: number | null }[] }>(one: T) => ({
  ...one,
  events: one.events.map(({ node: _, ...row }) => row),
});
