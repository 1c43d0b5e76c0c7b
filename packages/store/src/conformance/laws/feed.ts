import { strict as assert } from 'node:assert';
import { type IdentifierKey, keyOf, type ProjectId, type Statement, type Told, type Undo } from '@selfsame/identity';
import type { ColumnFeed, OwnershipChange } from '../../columns.ts';
import { ownershipChange } from '../../feed-rows.ts';
import type { Decided, Store } from '../../store.ts';
import type { Law } from '../law.ts';
import { eventsOf, nodeIn, ownership, textOf } from '../picture.ts';
import { device, someOf, tell, user, view } from '../telling.ts';
import { dice, logOf, logOfProject, testRules, traffic } from '../traffic.ts';

/** A reader of a feed that goes on from where it stopped, as the columns do. */
class Follower {
  readonly owners = new Map<number, string>();
  #change = 0;
  #position = 0;

  async catchUp(feed: ColumnFeed): Promise<void> {
    const { change: head, position, pending } = await feed.head(this.#position);
    while (this.#change < head) {
      const changes = await feed.ownership(this.#change, 100);
      for (const one of changes) this.#take(one);
      this.#change = changes.at(-1)?.change ?? head;
    }
    for await (const changes of pending()) for (const one of changes) this.#take(one);
    this.#position = position;
  }

  #take(one: OwnershipChange): void {
    if (one.stretches.length === 0) this.owners.delete(one.node);
    else this.owners.set(one.node, textOf(one));
  }
}

/** Laws of what the columns are told. */
export const feed: readonly Law[] = [
  {
    id: 'C10',
    says: 'the feed gives every applied event once, with the number of what it hangs on',
    async check(place, seed) {
      const store = await place.open();
      await tell(store, traffic(seed, 200), seed);
      for (const project of ['p', 'q']) {
        assert.equal((await store.feed(project).head()).position, await store.head(project));
        const wanted = [];
        const events = (await logOfProject(store, project)).filter(
          ({ entry, verdict }) => entry.command.type === 'Track' && verdict.status === 'applied',
        );
        // [D3] A backend's copy is the event in the place of a page's.
        const replaced = new Set(events.map(({ entry }) => entry.outranks));
        for (const { entry, verdict } of events) {
          if (replaced.has(entry.position)) continue;
          const node = verdict.anchor && (await nodeIn(store, project, verdict.anchor));
          wanted.push([project, entry.position, node?.number ?? null]);
        }
        // Where the page's copy is in an earlier page of the feed it was told, too.
        const rows = (await eventsOf(store.feed(project), 7)).filter(({ position }) => !replaced.has(position));
        assert.deepEqual(
          rows.map((row) => [row.project, row.position, row.node]),
          wanted,
          `seed ${seed}`,
        );
      }
      await store.close();
    },
  },
  {
    id: 'C11',
    says: 'who follows the feed of changes knows every owner, however it is paged',
    async check(place, seed) {
      const store = await place.open();
      const statements = traffic(seed, 200);
      await tell(store, statements.slice(0, 100), seed);
      await ownership(store.feed('p'), 10);
      await tell(store, statements.slice(100), seed + 1);
      for (const project of ['p', 'q']) {
        const owners = await ownership(store.feed(project), 3);
        assert.deepEqual([...(await ownership(store.feed(project), 1_000))], [...owners]);
        const numbers = new Set<number>();
        for (const [, key] of namedIn(await logOfProject(store, project))) {
          const now = await ownershipNow(store, project, key);
          if (now === undefined) continue;
          numbers.add(now.node);
          assert(now.stretches.length > 0);
          assert.equal(owners.get(now.node), textOf(now), `${key} seed ${seed}`);
        }
        assert.equal(numbers.size, owners.size, 'each node has a number of its own');
      }
      await store.close();
    },
  },
  {
    id: 'C18',
    says: 'who follows the feed is told of everybody whom taking back and putting back has moved',
    async check(place, seed) {
      const store = await place.open();
      const roll = dice(seed);
      const followers = new Map(['p', 'q'].map((project) => [project, new Follower()]));
      const statements = traffic(seed, 160);
      const merge: Statement = {
        ...view(1),
        trust: 3,
        command: { type: 'Merge', one: user('one'), other: user('other') },
      };
      const described: Statement = {
        ...view(1),
        trust: 2,
        command: { type: 'Describe', ids: [device('d-said')], changes: [{ op: 'set', name: 'plan', value: 'pro' }] },
      };
      await tell(
        store,
        [
          view(1, user('one'), device('d-one')),
          view(1, user('other'), device('d-other')),
          merge,
          view(1, user('third'), device('d-said')),
          described,
        ],
        seed,
      );
      const undo = async (type: Undo['type'], told: readonly Told[]) => {
        for (const [project, follower] of followers) await follower.catchUp(store.feed(project));
        await tell(store, [{ ...view(0), trust: 3, command: { type, told, reason: 'a law', by: 'the suite' } }], seed);
        for (const [project, follower] of followers) {
          await follower.catchUp(store.feed(project));
          const owners = new Map<number, string>();
          for (const [, key] of namedIn(await logOfProject(store, project))) {
            const now = await ownershipNow(store, project, key);
            if (now !== undefined) owners.set(now.node, textOf(now));
          }
          assert.deepEqual([...follower.owners].sort(), [...owners].sort(), `seed ${seed}`);
        }
      };
      await undo('Retract', [{ entry: 3 }]);
      await undo('Restore', [{ entry: 3 }]);
      await undo('Retract', [{ entry: 1 }, { entry: 3 }]);
      await undo('Restore', [{ entry: 1 }]);
      // Nobody names the device any more, and what was said of it leaves whoever had it.
      await undo('Retract', [{ entry: 4, ids: [keyOf(device('d-said'))] }, { entry: 5 }]);
      for (let part = 0; part < 8; part++) {
        await tell(store, statements.slice(part * 20, part * 20 + 20), seed + part);
        const told = someOf(await logOf(store), roll);
        await undo('Retract', told);
        if (part % 2 === 0) await undo('Restore', told);
      }
      await store.close();
    },
  },
  {
    id: 'C39',
    says: 'the feed of a project is its own: whatever comes to another, it tells nothing of it and is where it was',
    async check(place, seed) {
      const store = await place.open();
      const tells = (project: ProjectId, from: number) =>
        tell(
          store,
          Array.from({ length: 20 }, (_, i) => ({
            ...view(from + i, user(`of-${project}`), device(`of-${project}-${i % 3}`)),
            project,
          })),
          seed,
        );
      await tells('p', 1);
      await tells('q', 1);
      const feed = store.feed('p');
      const follower = new Follower();
      await follower.catchUp(feed);
      const before = await feed.head();
      const known = [...follower.owners].sort();
      await tells('q', 100);
      const { position, epoch, pending } = await feed.head(before.position);
      assert.deepEqual([position, epoch], [before.position, before.epoch]);
      assert.equal(position, await store.head('p'));
      for await (const changes of pending()) assert.deepEqual(changes, [], 'nothing of it has changed');
      await follower.catchUp(feed);
      assert.deepEqual([...follower.owners].sort(), known);
      for (const project of ['p', 'q']) {
        const rows = await eventsOf(store.feed(project), 3);
        assert.equal(rows.length, project === 'p' ? 20 : 40);
        assert(rows.every((row) => row.project === project));
        const owners = await ownership(store.feed(project), 3);
        assert.equal(owners.size, 4);
        for (const text of owners.values()) assert(text.includes(`of-${project}`));
      }
      await tells('p', 200);
      const { rows } = await feed.events(position, (await feed.head()).position, 100);
      assert.deepEqual([rows.length, rows[0]?.time], [20, 200], 'it goes on from where it was');
      await store.close();
    },
  },
];

/** What a follower should know of an identifier now. */
const ownershipNow = (store: Store, project: ProjectId, key: IdentifierKey) =>
  store.ask(project, (graph) => {
    const node = graph.node(key);
    return node && ownershipChange(graph, testRules(project).policy, node, 0);
  });

function namedIn(log: readonly Decided[]) {
  return log.flatMap(({ entry }) => {
    const { command } = entry;
    const ids = 'ids' in command ? command.ids : 'one' in command ? [command.one, command.other] : [];
    return ids.map((id) => [entry.project, keyOf(id)] as const);
  });
}
