import {
  type Draft,
  dawn,
  dusk,
  type IdentifierKey,
  nearest,
  type ProjectId,
  type Rules,
  type Undo,
  Undone,
} from '@selfsame/identity';
import type { ColumnFeed, OwnershipChange } from '../columns.ts';
import type { LivePlace, Sum, Wake } from '../live.ts';
import { type Change, type Counts, type Kept, type Loaded, type Store, StoreError } from '../store.ts';
import { logOf } from './traffic.ts';

/** A store broken on purpose, and the law that must notice. */
export interface BrokenStore {
  readonly fault: string;
  readonly caughtBy: string;
  breakIt(store: Store): Store;
}

/** A store with some of its methods replaced; the rest go to the real one. */
const but = (store: Store, changed: Partial<Store>): Store => Object.assign(Object.create(store), changed);

/** What the columns are fed from, changed. */
const fedBy = (store: Store, change: (feed: ColumnFeed, project: ProjectId) => ColumnFeed) => ({
  feed: (project: ProjectId) => change(store.feed(project), project),
});

type Changes = readonly OwnershipChange[];

/** A feed that tells other changes than there were. */
const told = (feed: ColumnFeed, change: (changes: Changes) => Changes): ColumnFeed => ({
  ...feed,
  ownership: async (after, limit) => change(await feed.ownership(after, limit)),
  async head(since) {
    const head = await feed.head(since);
    return {
      ...head,
      async *pending() {
        for await (const changes of head.pending()) yield change(changes);
      },
    };
  },
});

/** One feed of two projects, by one cursor. */
const together = (feeds: readonly ColumnFeed[]): ColumnFeed => ({
  async head(since) {
    const heads = await Promise.all(feeds.map((feed) => feed.head(since)));
    return {
      epoch: heads.map((one) => one.epoch).join(' '),
      position: Math.max(...heads.map((one) => one.position)),
      change: Math.max(...heads.map((one) => one.change)),
      async *pending() {
        for (const head of heads) yield* head.pending();
      },
    };
  },
  async events(after, last, limit) {
    const pages = await Promise.all(feeds.map((feed) => feed.events(after, last, limit)));
    return {
      rows: pages.flatMap((page) => page.rows),
      gone: pages.flatMap((page) => page.gone),
      through: Math.max(...pages.map((page) => page.through)),
    };
  },
  ownership: async (after, limit) =>
    (await Promise.all(feeds.map((feed) => feed.ownership(after, limit))))
      .flat()
      .sort((one, other) => one.change - other.change),
});

/** What was loaded, seen through a glass. `real` gives it back at the commit. */
function glass(store: Store, change: (loaded: Loaded) => Partial<Loaded>): Store {
  const real = new WeakMap<Loaded, Loaded>();
  const seenThrough = (loaded: Loaded): Loaded => {
    const missed = () => loaded.missed?.()?.then(seenThrough);
    const seen: Loaded = {
      draft: loaded.draft,
      repeats: loaded.repeats,
      next: loaded.next,
      rules: loaded.rules,
      missed,
      ...change(loaded),
    };
    real.set(seen, loaded);
    return seen;
  };
  return but(store, {
    async load(reach) {
      return seenThrough(await store.load(reach));
    },
    commit: (loaded, changes, onTaken) => store.commit(real.get(loaded) ?? loaded, changes, onTaken),
  });
}

/** A store that answers each change by what a breaker makes of it. */
const eachBy = (
  store: Store,
  keep: (change: Change, answer: Promise<Kept | 'stale'>, i: number) => Promise<Kept | 'stale'>,
): Store =>
  but(store, {
    commit: (loaded, changes, onTaken) =>
      store.commit(loaded, changes, onTaken).map((answer, i) => keep(changes[i] as Change, answer, i)),
  });

/** Keeps a change whatever it was decided on. */
const force = async (store: Store, change: Change): Promise<Kept | 'stale'> => {
  const { through: _, ...rest } = change;
  const loaded = await store.load({ repeats: [] });
  return store.commit(loaded, [
    { ...rest, first: change.project === null ? 0 : loaded.next(change.project, 0) },
  ])[0] as Promise<Kept | 'stale'>;
};

/** Keeps some changes, though they are stale. */
const unlessStale = (store: Store, isKept: (change: Change) => boolean): Store =>
  eachBy(store, async (change, answer) => {
    const kept = await answer;
    return kept === 'stale' && isKept(change) ? force(store, change) : kept;
  });

const overDraft = (draft: Draft, changed: Partial<Draft>): Draft => ({
  node: (key) => draft.node(key),
  ghost: (key) => draft.ghost(key),
  founder: (person) => draft.founder(person),
  evidence: (key, after, before) => draft.evidence(key, after, before),
  beside: (key, like, at) => draft.beside(key, like, at),
  put: (node) => draft.put(node),
  keep: (key, claims) => draft.keep(key, claims),
  nextNumber: () => draft.nextNumber(),
  ...changed,
});

/** A store whose live place has some of its methods replaced. */
const butLive = (store: Store, changed: Partial<LivePlace>): Store =>
  but(store, {
    live: {
      after: (...asked) => store.live.after(...asked),
      tell: (...told) => store.live.tell(...told),
      count: (sums) => store.live.count(sums),
      counted: (...asked) => store.live.counted(...asked),
      watch: (wake) => store.live.watch(wake),
      ...changed,
    },
  });

/** A store that leaves it to its breaker when those who watch are woken. */
const wokenBy = (store: Store, listeners: Set<Wake>): Store =>
  butLive(store, {
    watch(wake) {
      listeners.add(wake);
      return () => listeners.delete(wake);
    },
  });

export const brokenStores: readonly BrokenStore[] = [
  {
    fault: 'loses the last entry of a commit',
    caughtBy: 'C1',
    breakIt: (s) =>
      but(s, {
        async *readAll() {
          const log = await logOf(s);
          yield* log.slice(0, -1);
        },
      }),
  },
  {
    fault: 'is never stale',
    caughtBy: 'C2',
    breakIt: (s) => unlessStale(s, () => true),
  },
  {
    fault: 'keeps the entries of a change it calls stale',
    caughtBy: 'C3',
    breakIt: (s) =>
      eachBy(s, async (change, answer) => {
        const kept = await answer;
        if (kept === 'stale') await force(s, change);
        return kept;
      }),
  },
  {
    fault: 'shows a draft before its commit',
    caughtBy: 'C4',
    breakIt(s) {
      const drafts = new Map<ProjectId, Draft>();
      const spied = glass(s, (loaded) => ({
        draft(project) {
          const draft = loaded.draft(project);
          drafts.set(project, draft);
          return draft;
        },
      }));
      return but(spied, {
        ask: async (project, question) => {
          const draft = drafts.get(project);
          return draft === undefined ? s.ask(project, question) : question(draft);
        },
      });
    },
  },
  {
    fault: 'forgets merges',
    caughtBy: 'C5',
    breakIt: (s) =>
      glass(s, (loaded) => ({
        draft(project) {
          const draft = loaded.draft(project);
          return overDraft(draft, { put: (node) => draft.put({ ...node, edges: [] }) });
        },
      })),
  },
  {
    fault: 'drops the evidence that nodes do not list',
    caughtBy: 'C6',
    breakIt: (s) => glass(s, (loaded) => ({ draft: (project) => overDraft(loaded.draft(project), { keep() {} }) })),
  },
  {
    fault: 'shows what it set aside whether or not it is still said',
    caughtBy: 'C42',
    breakIt: (s) =>
      glass(s, (loaded) => ({
        draft(project) {
          const draft = loaded.draft(project);
          return overDraft(draft, {
            keep: (key, claims) =>
              draft.keep(
                key,
                claims.filter(({ gone }) => gone !== true),
              ),
          });
        },
      })),
  },
  {
    fault: 'finds nothing beside a moment',
    caughtBy: 'C6',
    breakIt: (s) =>
      glass(s, (loaded) => ({ draft: (project) => overDraft(loaded.draft(project), { beside: () => [] }) })),
  },
  {
    fault: 'finds what is next to a moment whatever its sort',
    caughtBy: 'C40',
    breakIt: (s) =>
      but(s, {
        ask: (project, question) =>
          s.ask(project, (graph) =>
            question({
              node: (key) => graph.node(key),
              ghost: (key) => graph.ghost(key),
              founder: (person) => graph.founder(person),
              evidence: (key, after, before) => graph.evidence(key, after, before),
              beside: (key, _like, at) => nearest(graph.evidence(key, dawn, dusk), at),
            }),
          ),
      }),
  },
  {
    fault: 'forgets repeat keys',
    caughtBy: 'C7',
    breakIt: (s) => glass(s, () => ({ repeats: new Map() })),
  },
  {
    fault: 'keeps the first use of a repeat key',
    caughtBy: 'C7',
    breakIt(s) {
      const used = new Set<string>();
      return but(s, {
        commit(loaded, changes) {
          const firsts = changes.map((one) => {
            const fresh = [...one.repeats].filter(([key]) => !used.has(key));
            for (const [key] of fresh) used.add(key);
            return { ...one, repeats: new Map(fresh) };
          });
          return s.commit(loaded, firsts);
        },
      });
    },
  },
  {
    fault: 'reads the whole log whatever it is asked',
    caughtBy: 'C8',
    breakIt: (s) => but(s, { read: (project) => s.read(project, 0) }),
  },
  {
    fault: 'finds an entry beside the one asked for',
    caughtBy: 'C8',
    breakIt: (s) => but(s, { at: (project, position) => s.at(project, position + 1) }),
  },
  {
    fault: 'reads every project’s log for one',
    caughtBy: 'C31',
    breakIt: (s) => but(s, { read: () => s.readAll() }),
  },
  {
    fault: 'finds an entry of another project',
    caughtBy: 'C31',
    breakIt: (s) =>
      but(s, {
        at: async (project, position) =>
          (await s.at(project, position)) ?? (await s.at('p', position)) ?? (await s.at('q', position)),
      }),
  },
  {
    fault: 'takes the end of all logs for a project’s',
    caughtBy: 'C31',
    breakIt: (s) => but(s, { head: async () => Math.max(await s.head('p'), await s.head('q')) }),
  },
  {
    fault: 'counts only the last commit',
    caughtBy: 'C9',
    breakIt(s) {
      const last = new Map<string, Counts>();
      return but(s, {
        commit(loaded, changes) {
          for (const { counts } of changes) for (const one of counts) last.set(`${one.project}\n${one.wire}`, one);
          return s.commit(loaded, changes);
        },
        counts: async () => [...last.values()],
      });
    },
  },
  {
    fault: 'feeds a page of events twice',
    caughtBy: 'C10',
    breakIt: (s) =>
      but(
        s,
        fedBy(s, (feed) => ({
          ...feed,
          events: (after, last, limit) => feed.events(after > 7 ? after - 7 : after, last, limit + 7),
        })),
      ),
  },
  {
    fault: 'leaves the changes of every tenth node out of the feed',
    caughtBy: 'C11',
    breakIt: (s) =>
      but(
        s,
        fedBy(s, (feed) => told(feed, (changes) => changes.map(withoutTenth))),
      ),
  },
  {
    fault: 'forgets what was taken back before',
    caughtBy: 'C17',
    breakIt: (s) => but(s, { undone: async () => new Undone() }),
  },
  {
    fault: 'feeds the rows of what was taken back still',
    caughtBy: 'C17',
    breakIt: (s) =>
      but(
        s,
        fedBy(s, (feed, project) => ({
          ...feed,
          async events(after, last, limit) {
            const page = await feed.events(after, last, limit);
            const [first] = await s.undos(project);
            const [told] = first === undefined ? [] : (first.entry.command as Undo).told;
            const [row] = page.rows;
            return told === undefined || row === undefined
              ? page
              : { ...page, rows: [...page.rows, { ...row, position: told.entry }] };
          },
        })),
      ),
  },
  {
    fault: 'tells nobody who is gone',
    caughtBy: 'C18',
    breakIt: (s) =>
      but(
        s,
        fedBy(s, (feed) => told(feed, (changes) => changes.map(withoutGone))),
      ),
  },
  {
    fault: 'gives every node the same number',
    caughtBy: 'C11',
    breakIt: (s) =>
      but(
        s,
        fedBy(s, (feed) => told(feed, sameNumber)),
      ),
  },
  {
    fault: 'feeds all projects by one cursor',
    caughtBy: 'C39',
    breakIt: (s) => but(s, { feed: () => together([s.feed('p'), s.feed('q')]) }),
  },
  {
    fault: 'tells of a project’s owners what another’s are',
    caughtBy: 'C39',
    breakIt: (s) =>
      but(
        s,
        fedBy(s, (feed) => ({
          ...s.feed('q'),
          events: feed.events,
          async head(since) {
            const { position } = await feed.head();
            return { ...(await s.feed('q').head(since)), position };
          },
        })),
      ),
  },
  {
    fault: 'searches with regard to case',
    caughtBy: 'C12',
    breakIt: (s) =>
      but(s, {
        search: async (project, text, limit) =>
          (await s.search(project, text, limit)).filter((key) => key.includes(text) || !/[A-Z]/i.test(text)),
      }),
  },
  {
    fault: 'searches every project',
    caughtBy: 'C12',
    breakIt: (s) =>
      but(s, {
        async search(_project, text, limit) {
          const found: IdentifierKey[] = [];
          for (const project of ['p', 'q']) found.push(...(await s.search(project, text, limit)));
          return found.slice(0, limit);
        },
      }),
  },
  {
    fault: 'keeps one graph for all projects',
    caughtBy: 'C13',
    breakIt: (s) =>
      but(
        glass(s, (loaded) => ({ draft: () => loaded.draft('p') })),
        { ask: (_project, question) => s.ask('p', question) },
      ),
  },
  {
    fault: 'goes on after its end',
    caughtBy: 'C14',
    breakIt: (s) => but(s, { close: async () => {} }),
  },
  {
    fault: 'does not fold again when asked',
    caughtBy: 'C16',
    breakIt: (store) => ({ ...store, refold: async () => {} }),
  },
  {
    fault: 'looks at no repeat key again',
    caughtBy: 'C20',
    breakIt: (s) => unlessStale(s, ({ repeats }) => repeats.size > 0),
  },
  {
    fault: 'uses up a position for what is thrown away',
    caughtBy: 'C36',
    breakIt(s) {
      let loads = 0;
      return glass(s, (loaded) => {
        const gone = loads++;
        return { next: (project, before) => loaded.next(project, before) + (gone > 2 ? 1 : 0) };
      });
    },
  },
  {
    fault: 'takes the last place of any project for the one before a change',
    caughtBy: 'C38',
    breakIt(s) {
      let last = 0;
      return eachBy(s, async (_, answer) => {
        const kept = await answer;
        if (kept === 'stale') return kept;
        const after = last;
        last = kept.first;
        return { ...kept, after };
      });
    },
  },
  {
    fault: 'never says what came before a change',
    caughtBy: 'C38',
    breakIt: (s) =>
      eachBy(s, async (_, answer) => {
        const kept = await answer;
        return kept === 'stale' ? kept : { ...kept, after: undefined };
      }),
  },
  {
    fault: 'keeps one project’s change and loses those beside it',
    caughtBy: 'C32',
    breakIt: (s) =>
      but(s, {
        commit(loaded, changes, onTaken) {
          const [kept] = s.commit(loaded, changes.slice(0, 1), onTaken);
          return changes.map(async ({ first }, i) =>
            i === 0 ? (kept as Promise<Kept | 'stale'>) : { first, after: undefined },
          );
        },
      }),
  },
  {
    fault: 'answers every project with the place of the first',
    caughtBy: 'C32',
    breakIt: (s) =>
      but(s, {
        commit(loaded, changes, onTaken) {
          const [kept, ...rest] = s.commit(loaded, changes, onTaken);
          return [kept, ...rest.map(() => kept)] as readonly Promise<Kept | 'stale'>[];
        },
      }),
  },
  {
    fault: 'loses a change beside one that is stale, and says it was kept',
    caughtBy: 'C33',
    breakIt: (s) =>
      but(s, {
        commit(loaded, changes) {
          const kept = Promise.all(s.commit(loaded, changes.slice(0, 1)));
          return changes.map(async ({ first }, i) =>
            i === 0 ? ((await kept)[0] as Kept | 'stale') : { first, after: undefined },
          );
        },
      }),
  },
  {
    fault: 'keeps a change that it calls stale with one beside it',
    caughtBy: 'C33',
    breakIt: (s) =>
      but(s, {
        commit(loaded, changes) {
          const kept = Promise.all(s.commit(loaded, changes));
          return changes.map(async (change, i) => {
            const [one, mine] = [(await kept)[0], (await kept)[i]];
            if (one !== 'stale' || i === 0) return mine as Kept | 'stale';
            if (mine === 'stale') await force(s, change);
            return 'stale';
          });
        },
      }),
  },
  {
    fault: 'does not look which policy is in force',
    caughtBy: 'C35',
    breakIt(s) {
      let beside: Loaded | undefined;
      const twice = but(s, {
        async load(reach) {
          beside = await s.load({ repeats: [] });
          return s.load(reach);
        },
      });
      return glass(twice, () => ({ rules: (project) => (beside as Loaded).rules(project) }));
    },
  },
  {
    fault: 'decides under the policy it began with',
    caughtBy: 'C35',
    breakIt(s) {
      const first = new Map<ProjectId, Rules>();
      return glass(s, (loaded) => ({
        rules(project) {
          const rules = first.get(project) ?? loaded.rules(project);
          first.set(project, rules);
          return rules;
        },
      }));
    },
  },
  {
    fault: 'does not look whether the log went on',
    caughtBy: 'C21',
    breakIt: (s) => unlessStale(s, ({ through }) => through !== undefined),
  },
  {
    fault: 'takes a question that fails for a storage that does',
    caughtBy: 'C24',
    breakIt: (s) =>
      but(s, {
        ask: (project, question) =>
          s.ask(project, question).catch((cause: unknown) => {
            throw new StoreError('store/unavailable', 'ask', { cause });
          }),
      }),
  },
  {
    fault: 'writes what is left of entries nowhere',
    caughtBy: 'C19',
    breakIt: (s) => but(s, { scar: async () => {} }),
  },
  {
    fault: 'still finds whoever was forgotten',
    caughtBy: 'C19',
    breakIt: (s) => but(s, { search: async (_project, text) => [`user:${text}` as IdentifierKey] }),
  },
  {
    fault: 'shows what has an entry and nothing else',
    caughtBy: 'C25',
    breakIt: (s) =>
      but(s, {
        commit: (loaded, changes, onTaken) =>
          s.commit(
            loaded,
            changes.map(({ outcomes: _, ...change }) => change),
            onTaken,
          ),
      }),
  },
  {
    fault: 'loses what happened between two reads',
    caughtBy: 'C25',
    breakIt(s) {
      let last = 0;
      return butLive(s, {
        async after(project, moment, streams, most) {
          const happened = await s.live.after(project, Math.max(moment, moment < 0 ? moment : last), streams, most);
          for (const one of await s.live.after(project, moment, streams, 1)) last = one.moment;
          return happened.slice(moment < 0 ? 0 : 1);
        },
      });
    },
  },
  {
    fault: 'shows a project what happened in another',
    caughtBy: 'C25',
    breakIt: (s) =>
      butLive(s, {
        async after(project, moment, streams, most) {
          const mine = await s.live.after(project, moment, streams, most);
          return project === 'p' ? [...(await s.live.after('q', moment, streams, most)), ...mine] : mine;
        },
      }),
  },
  {
    fault: 'shows the oldest that it has',
    caughtBy: 'C25',
    breakIt: (s) =>
      butLive(s, {
        async after(project, moment, streams, most) {
          return (await s.live.after(project, moment, streams, 1_000)).slice(0, most);
        },
      }),
  },
  {
    fault: 'tells again what was read',
    caughtBy: 'C25',
    breakIt: (s) =>
      butLive(s, { after: (project, moment, streams, most) => s.live.after(project, moment - 1, streams, most) }),
  },
  {
    fault: 'wakes nobody',
    caughtBy: 'C26',
    breakIt: (s) => butLive(s, { watch: () => () => {} }),
  },
  {
    fault: 'wakes before anything can be read',
    caughtBy: 'C26',
    breakIt(s) {
      const listeners = new Set<Wake>();
      return but(wokenBy(s, listeners), {
        commit(loaded, changes, onTaken) {
          for (const wake of listeners) wake('p', 'in');
          const kept = new Promise((resolve) => setTimeout(resolve)).then(() => s.commit(loaded, changes, onTaken));
          return changes.map(async (_, i) => (await kept)[i] as Promise<Kept | 'stale'>);
        },
      });
    },
  },
  {
    fault: 'wakes for entries alone',
    caughtBy: 'C26',
    breakIt(s) {
      const listeners = new Set<Wake>();
      return eachBy(wokenBy(s, listeners), async (change, answer) => {
        const kept = await answer;
        if (kept !== 'stale' && change.decided.length > 0) for (const wake of listeners) wake('p', 'in');
        return kept;
      });
    },
  },
  {
    fault: 'takes what goes out for what comes in',
    caughtBy: 'C26',
    breakIt: (s) => butLive(s, { watch: (wake) => s.live.watch((project) => wake(project, 'in')) }),
  },
  {
    fault: 'wakes those who have stopped',
    caughtBy: 'C26',
    breakIt: (s) =>
      butLive(s, {
        watch(wake) {
          s.live.watch(wake);
          return () => {};
        },
      }),
  },
  {
    fault: 'counts for every project what one did',
    caughtBy: 'C29',
    breakIt: (s) => butLive(s, { counted: (kind) => s.live.counted(kind) }),
  },
  {
    fault: 'counts what was counted last and not the sum',
    caughtBy: 'C29',
    breakIt(s) {
      const last = new Map<string, Sum>();
      return butLive(s, {
        async count(sums) {
          for (const one of sums) last.set(`${one.project} ${one.name.join(' ')}`, one);
        },
        counted: async (kind, project) =>
          [...last.values()].filter((one) => one.name[0] === kind && (project ?? one.project) === one.project),
      });
    },
  },
  {
    fault: 'keeps every name that is counted',
    caughtBy: 'C29',
    breakIt: (s) =>
      butLive(s, {
        count: (sums) => s.live.count(sums.map((one) => ({ ...one, name: [`${one.name[0]}${one.name[1]}`] }))),
        async counted(kind, project) {
          const found: Sum[] = [];
          for (let i = 0; i < 600; i++) found.push(...(await s.live.counted(`${kind}${i}`, project)));
          return [...found, ...(await s.live.counted(`${kind}a`, project))];
        },
      }),
  },
  {
    fault: 'keeps what goes out among what comes in',
    caughtBy: 'C27',
    breakIt: (s) =>
      butLive(s, {
        tell: (project, _, notice, at) => s.live.tell(project, 'in', notice, at),
        after: (project, moment, _, most) => s.live.after(project, moment, ['in'], most),
      }),
  },
];

const withoutTenth = (one: OwnershipChange): OwnershipChange =>
  one.node % 10 === 0 ? { ...one, stretches: [], person: null } : one;

const withoutGone = (one: OwnershipChange): OwnershipChange => (one.stretches.length > 0 ? one : { ...one, node: 0 });

const sameNumber = <T extends { readonly node: number }>(changes: readonly T[]): readonly T[] =>
  changes.map((one) => ({ ...one, node: 1 }));
