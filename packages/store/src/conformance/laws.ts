import { strict as assert } from 'node:assert';
import {
  type Entry,
  type IdentifierKey,
  keyOf,
  namedBy,
  type PersonId,
  type Policy,
  type Position,
  type ProjectId,
  type Statement,
  scarOf,
  standInsFor,
  step,
  type Told,
  type Undo,
  Undone,
  undoIn,
  type Verdict,
} from '@selfsame/identity';
import type { ColumnFeed, EventRow, OwnershipChange } from '../columns.ts';
import { ownershipChange } from '../feed-rows.ts';
import { createIngest, type Ingest } from '../ingest.ts';
import type { Stream } from '../live.ts';
import { createMemoryStore } from '../memory.ts';
import { repeatKey } from '../repeat-key.ts';
import { type Change, type Counts, type Decided, type Loaded, type Store, StoreError } from '../store.ts';
import { whole } from '../whole.ts';
import { dice, digestAsked, digestOfLog, itemOf, logOf, logOfProject, testRules, traffic } from './traffic.ts';

/** Where a store keeps its data: opened again after a close, a durable one finds everything as it was. */
export interface Place {
  open(): Promise<Store>;
  readonly durable: boolean;
  /** Puts another policy in force for a project; the log is not folded again. */
  choose(project: ProjectId, policy: Policy): void;
  /** Opened again while it is open it is another writer of the same data. */
  readonly shared?: true;
}

export interface Law {
  readonly id: string;
  readonly says: string;
  /** Only for stores that keep their data over a restart. */
  readonly durable?: true;
  /** Only for stores that several may write to. */
  readonly shared?: true;
  /** @throws AssertionError when the store in this place breaks the law. */
  check(place: Place, seed: number): Promise<void>;
}

const user = (value: string) => ({ kind: 'user', value });
const device = (value: string) => ({ kind: 'device', value });
const view = (at: number, ...ids: readonly { kind: string; value: string }[]): Statement => ({
  project: 'p',
  wire: 'native',
  trust: 0,
  time: at,
  command: { type: 'Track', ids, name: 'View', properties: { at } },
});

/** Changes made by hand on one load. */
interface Made {
  readonly loaded: Loaded;
  readonly changes: readonly Change[];
}

/** One made from one statement, through the rules, on what a store has now. */
const change = (store: Store, statement: Statement, repeats: readonly string[] = []): Promise<Made> =>
  changesOf(store, [statement], repeats);

/** One for each statement, which are of a project each. */
const changesOf = async (
  store: Store,
  statements: readonly Statement[],
  repeats: readonly string[] = [],
): Promise<Made> =>
  whole(await store.load({ repeats }), async (loaded) => ({
    loaded,
    changes: statements.map((one, i) => changeOf(loaded, one, loaded.next(one.project, i))),
  }));

function changeOf(loaded: Loaded, statement: Statement, position: Position): Change {
  const key = repeatKey(statement);
  const entry: Entry = { ...statement, position, at: 1e6 + position, time: statement.time ?? 1e6 };
  const verdict: Verdict = step(loaded.draft(entry.project), loaded.rules(entry.project), entry);
  const counts = { applied: 1, duplicate: 0, rejected: 0, quarantined: 0, suppressed: 0 };
  return {
    project: entry.project,
    first: position,
    decided: [{ entry, verdict }],
    repeats: new Map(key === undefined ? [] : [[key, position]]),
    counts: [{ project: entry.project, wire: entry.wire, ...counts }],
  };
}

const keep = async (store: Store, { loaded, changes }: Made) =>
  (await Promise.all(store.commit(loaded, changes))).map((kept) => (kept === 'stale' ? kept : kept.first));
const keepOne = async (store: Store, made: Made) => (await keep(store, made))[0];

const nothing = { repeats: [] };
const add = async (store: Store, statement: Statement) => keepOne(store, await change(store, statement));
const nodeIn = (store: Store, project: ProjectId, id: { kind: string; value: string }) =>
  store.ask(project, (graph) => graph.node(keyOf(id)));
const named = (insertId: string, statement: Statement): Statement => ({ ...statement, insertId });
const keyNamed = (insertId: string) => `p\nnative\np\n${insertId}`;

/** Names a place among those of all projects. */
const placeName = ({ project, position }: { readonly project: ProjectId; readonly position: Position }) =>
  `${position} ${project}`;

function ingestInto(store: Store): Ingest {
  let now = 1e6;
  return createIngest({ store, rules: testRules, clock: () => ++now });
}

/** Tells statements in groups of random size, each group one request. */
async function tell(store: Store, statements: readonly Statement[], seed: number): Promise<void> {
  const roll = dice(seed);
  const ingest = ingestInto(store);
  for (let from = 0; from < statements.length; ) {
    const size = 1 + Math.floor(roll() * 12);
    await ingest.submit('native', statements.slice(from, from + size).map(itemOf));
    from += size;
  }
  await ingest.stop();
}

/** Everything a store says, as one value: equal before and after a restart. */
async function picture(store: Store) {
  const log = await logOf(store);
  const keys = log.flatMap(({ entry }) => (entry.insertId === undefined ? [] : [entry.insertId]));
  const asked = keys.map(keyNamed);
  const { repeats, next } = await store.load({ repeats: asked });
  return {
    log,
    next: ['p', 'q'].map((project) => next(project, 0)),
    digest: await digestAsked(store, log),
    repeats: [...repeats].sort(),
    counts: [...(await store.counts())].sort((a, b) => (`${a.project}${a.wire}` < `${b.project}${b.wire}` ? -1 : 1)),
    found: [...(await store.search('p', 'a', 100))].sort(),
    events: await allEvents(store),
    owners: await Promise.all(
      ['p', 'q'].map(async (project) => [...(await ownership(store.feed(project), 1_000))].sort()),
    ),
  };
}

const allEvents = async (store: Store): Promise<readonly EventRow[]> =>
  (await Promise.all(['p', 'q'].map((project) => eventsOf(store.feed(project), 100)))).flat();

/** All the events of a feed as they are told, in pieces of `limit`. */
async function eventsOf(feed: ColumnFeed, limit: number): Promise<readonly EventRow[]> {
  const { position: head } = await feed.head();
  const rows: EventRow[] = [];
  for (let after = 0; after < head; ) {
    const page = await feed.events(after, head, limit);
    assert(page.through > after && page.through <= head, 'the feed stands still, or goes on beyond its end');
    rows.push(...page.rows);
    after = page.through;
  }
  return rows;
}

/** The ownership a reader of a feed ends up with, by node number; read in pieces of `limit`. */
async function ownership(feed: ColumnFeed, limit: number): Promise<ReadonlyMap<number, string>> {
  const { change: head, pending } = await feed.head(0);
  const owners = new Map<number, string>();
  for (let after = 0; after < head; ) {
    const changes = await feed.ownership(after, limit);
    const last = changes.at(-1);
    assert(last !== undefined, 'the feed ends before its head');
    for (const one of changes) owners.set(one.node, textOf(one));
    after = last.change;
  }
  for await (const changes of pending()) for (const one of changes) owners.set(one.node, textOf(one));
  return owners;
}

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

/** Turns of the event loop after which a wake-up that has not come does not come. */
const TURNS = 1_000;

/** Somebody who follows what happens in a project, with a cursor of its own. Answers in words what is new. */
class LiveReader {
  readonly #project: ProjectId;
  #moment = Number.NEGATIVE_INFINITY;

  constructor(project: ProjectId) {
    this.#project = project;
  }

  async read({ live }: Store, most = 1_000, streams: readonly Stream[] = ['in']): Promise<string[]> {
    const happened = await live.after(this.#project, this.#moment, streams, most);
    for (const { moment } of happened) {
      assert(moment > this.#moment, 'moments grow');
      this.#moment = moment;
    }
    return happened.map((one) => {
      if (one.type === 'notice') return JSON.stringify(one.notice);
      if (one.outcome.type === 'refused') return `refused ${one.outcome.reason}`;
      const { entry, verdict, logged } = one.outcome;
      return [verdict.status, entry.insertId, ...(logged ? [entry.position] : [])].join(' ');
    });
  }
}

/** What a follower should know of an identifier now. */
const ownershipNow = (store: Store, project: ProjectId, key: IdentifierKey) =>
  store.ask(project, (graph) => {
    const node = graph.node(key);
    return node && ownershipChange(graph, testRules(project).policy, node, 0);
  });

const textOf = ({ key, stretches, person }: OwnershipChange): string => JSON.stringify([key, stretches, person]);

export const laws: readonly Law[] = [
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
      await add(store, view(6000, user('bob'), device('d')));
      const log = await logOf(store);
      assert.equal(await digestAsked(store, log), digestOfLog(log));
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
    id: 'C10',
    says: 'the feed gives every applied event once, with the number of what it hangs on',
    async check(place, seed) {
      const store = await place.open();
      await tell(store, traffic(seed, 200), seed);
      for (const project of ['p', 'q']) {
        assert.equal((await store.feed(project).head()).position, await store.head(project));
        const wanted = [];
        for (const { entry, verdict } of await logOfProject(store, project)) {
          if (entry.command.type !== 'Track' || verdict.status !== 'applied') continue;
          const node = verdict.anchor && (await nodeIn(store, project, verdict.anchor));
          wanted.push([project, entry.position, node?.number ?? null]);
        }
        const rows = await eventsOf(store.feed(project), 7);
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

/** Three entries of a log, or single identifiers of them. */
function someOf(log: readonly Decided[], roll: () => number): Told[] {
  const mine = log.filter(({ entry }) => entry.project === 'p' && !('told' in entry.command));
  return Array.from({ length: 3 }, (): Told => {
    const said = mine[Math.floor(roll() * mine.length)] as Decided;
    const names = namedBy(testRules('p').policy, said);
    const id = names[Math.floor(roll() * names.length)];
    return { entry: said.entry.position, ...(roll() < 0.3 && id !== undefined ? { ids: [id] } : {}) };
  });
}

/** A picture without the numbers of nodes: a fold of the whole log gives them in another order than the past did. */
const unnumbered = <T extends { readonly events: readonly { readonly node: number | null }[] }>(one: T) => ({
  ...one,
  events: one.events.map(({ node: _, ...row }) => row),
});

function namedIn(log: readonly Decided[]) {
  return log.flatMap(({ entry }) => {
    const { command } = entry;
    const ids = 'ids' in command ? command.ids : 'one' in command ? [command.one, command.other] : [];
    return ids.map((id) => [entry.project, keyOf(id)] as const);
  });
}
