import {
  type Graph,
  type JsonObject,
  keyOf,
  type ProjectId,
  type Rules,
  type Statement,
  type Verdict,
} from '@selfsame/identity';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { digestOfLog, digestOfStore, itemOf, logOf, testRules, traffic } from '../src/conformance/traffic.ts';
import {
  createIngest,
  createMemoryStore,
  type IngestOptions,
  type Item,
  Overloaded,
  type StoreAtHand,
  StoreError,
} from '../src/index.ts';
import type { Reach } from '../src/store.ts';

const seed = Number(process.env['SELFSAME_SEED']);
console.log(`ingest: SELFSAME_SEED=${seed}`);

const START = 1_000_000_000;

/** An ingest loop over a memory store that counts its commits, and notes what it was asked. */
function setUp(options: Partial<IngestOptions> = {}) {
  const real = createMemoryStore(options.rules ?? testRules);
  const commits: number[] = [];
  const asked: Reach[] = [];
  const store: StoreAtHand = Object.assign(Object.create(real), {
    load(reach: Reach) {
      asked.push(reach);
      return real.load(reach);
    },
    commit: (...[loaded, changes]: Parameters<StoreAtHand['commit']>) => {
      commits.push(changes.reduce((sum, { decided }) => sum + decided.length, 0));
      return real.commit(loaded, changes);
    },
  });
  let now = START;
  const ingest = createIngest({ store, rules: testRules, clock: () => now, ...options });
  return { store, ingest, commits, asked, advance: (ms: number) => (now += ms) };
}

const view = (insertId: string | undefined, more: Partial<Statement> = {}): Item =>
  itemOf({
    project: 'p',
    wire: 'native',
    trust: 0,
    command: { type: 'Track', ids: [{ kind: 'user', value: 'ann' }], name: 'View', properties: { of: insertId ?? '' } },
    ...(insertId === undefined ? {} : { insertId }),
    ...more,
  });

const statuses = (verdicts: readonly Verdict[]) => verdicts.map((one) => one.status);
const sumOf = async (store: StoreAtHand) =>
  (await store.counts()).reduce(
    (sum, c) => sum + c.applied + c.duplicate + c.rejected + c.quarantined + c.suppressed,
    0,
  );

describe('group commit', () => {
  it('one commit serves everybody who waits, and each gets the verdicts of its own items', async () => {
    const { ingest, store, commits } = setUp();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => ingest.submit('native', [view(`a${i}`), view(`a${i}`)])),
    );
    expect(commits).toEqual([100]);
    for (const answer of answers) expect(statuses(answer)).toEqual(['applied', 'duplicate']);
    expect((await logOf(store)).map(({ entry }) => entry.insertId)).toEqual(
      Array.from({ length: 100 }, (_, i) => `a${i}`),
    );
  });

  it('says whether the next commit has enough, and when it may have no more, before anything is answered', async () => {
    const told: [boolean, number][] = [];
    const { ingest } = setUp({ maxGroup: 10, onTaken: () => told.push([ingest.hasEnough, ingest.depth]) });
    const answers = Array.from({ length: 25 }, (_, i) => ingest.submit('native', [view(`a${i}`)]));
    expect([ingest.hasEnough, ingest.depth]).toEqual([true, 25]);
    await Promise.all(answers);
    expect(told).toEqual([
      [true, 25],
      [false, 15],
      [false, 5],
    ]);
  });

  it('a group carries at most so many items, but a request is never split', async () => {
    const { ingest, commits } = setUp({ maxGroup: 10 });
    const request = (name: string, size: number) =>
      ingest.submit(
        'native',
        Array.from({ length: size }, (_, i) => view(`${name}${i}`)),
      );
    await Promise.all([request('a', 6), request('b', 4), request('c', 1), request('d', 25), request('e', 1)]);
    expect(commits).toEqual([10, 1, 25, 1]);
  });

  it('a short request is kept before a long one of another project that came after it (G13)', async () => {
    const { ingest, commits } = setUp();
    const long = Array.from({ length: 50 }, (_, i) => view(`a${i}`));
    await Promise.all([ingest.submit('native', [view('b', { project: 'q' })]), ingest.submit('native', long)]);
    expect(commits).toEqual([1, 50]);
  });

  describe('a request of many bytes', () => {
    const large = (name: string, size: number) =>
      Array.from({ length: size }, (_, i) =>
        view(`${name}${i}`, {
          command: {
            type: 'Track',
            ids: [{ kind: 'user', value: 'ann' }],
            name: 'View',
            properties: { text: 'x'.repeat(900), list: [i, { more: null }] },
          },
        }),
      );

    it('is kept a portion at a time: another project’s comes in between, and it is answered whole (G13)', async () => {
      const { ingest, store, commits, asked } = setUp({ maxBytes: 10_000 });
      const answered: string[] = [];
      const whole = ingest.submit('native', large('a', 100), 100_000).then((verdicts) => {
        answered.push('large');
        return verdicts;
      });
      const next = ingest.submit('native', [view('b', { project: 'q' })]).then(() => answered.push('neighbour'));
      const same = ingest.submit('native', [view('c')]);
      expect(statuses(await whole)).toEqual(Array(100).fill('applied'));
      await Promise.all([next, same]);
      expect(answered).toEqual(['neighbour', 'large']);
      // A quarter of what one commit may carry; and each is asked about once, not with all that is left.
      expect(Math.max(...commits)).toBeLessThanOrEqual(3);
      expect(asked.reduce((sum, { repeats }) => sum + repeats.length, 0)).toBe(2 * 102);
      expect((await logOf(store)).flatMap(({ entry }) => (entry.project === 'p' ? [entry.insertId] : []))).toEqual([
        ...Array.from({ length: 100 }, (_, i) => `a${i}`),
        'c',
      ]);
    });

    it('where a portion is not kept none after it is decided, and sent again each item has one effect (G2, G4)', async () => {
      const { store } = setUp();
      let commits = 0;
      const failing: StoreAtHand = Object.assign(Object.create(store), {
        commit: (...[loaded, changes]: Parameters<StoreAtHand['commit']>) => {
          commits += 1;
          return commits === 3
            ? changes.map(async () => Promise.reject(new Error('the disk is full')))
            : store.commit(loaded, changes);
        },
      });
      const ingest = createIngest({ store: failing, rules: testRules, clock: () => START, maxBytes: 10_000 });
      await expect(ingest.submit('native', large('a', 100), 100_000)).rejects.toThrow('the disk is full');
      expect(ingest.depth).toBe(0);
      expect(commits).toBe(3);
      const kept = (await logOf(store)).length;
      expect(kept).toBeGreaterThan(0);
      const again = statuses(await ingest.submit('native', large('a', 100), 100_000));
      expect(again.filter((one) => one === 'duplicate')).toHaveLength(kept);
      expect((await logOf(store)).map(({ entry }) => entry.insertId)).toEqual(
        Array.from({ length: 100 }, (_, i) => `a${i}`),
      );
    });
  });

  it('a failed commit is nobody’s answer, and the next group starts afresh (G2)', async () => {
    const { store } = setUp();
    let failures = 1;
    const failing: StoreAtHand = Object.assign(Object.create(store), {
      commit: (...[loaded, changes]: Parameters<StoreAtHand['commit']>) =>
        failures-- > 0
          ? changes.map(async () => Promise.reject(new Error('the disk is gone')))
          : store.commit(loaded, changes),
    });
    const ingest = createIngest({ store: failing, rules: testRules, clock: () => START });
    const lost = await Promise.allSettled([ingest.submit('native', [view('a')]), ingest.submit('native', [view('b')])]);
    expect(lost.map((one) => one.status)).toEqual(['rejected', 'rejected']);
    expect(statuses(await ingest.submit('native', [view('a')]))).toEqual(['applied']);
    expect((await logOf(store)).length).toBe(1);
  });

  describe('a store whose commits take a while, and that lets the next group be decided meanwhile', () => {
    /** Commits that end when told to. */
    function slow(options: Partial<IngestOptions> = {}) {
      const { store, commits } = setUp();
      const syncs: PromiseWithResolvers<void>[] = [];
      const slowly: StoreAtHand = Object.assign(Object.create(store), {
        commit(...[loaded, changes, onTaken]: Parameters<StoreAtHand['commit']>) {
          const sync = Promise.withResolvers<void>();
          const answers = Promise.all(store.commit(loaded, changes));
          const synced = answers.then(() => {
            syncs.push(sync);
            onTaken?.();
            return sync.promise;
          });
          return changes.map(async (_, i) => {
            await synced;
            return (await answers)[i];
          });
        },
      });
      const ingest = createIngest({ store: slowly, rules: testRules, clock: () => START, aheadFrom: 2, ...options });
      /** However long that takes; then some turns more, in which what must not happen could. */
      const until = async (isSo: () => boolean) => {
        for (let after = 0; after < 20; after += isSo() ? 1 : 0) await new Promise((resolve) => setImmediate(resolve));
      };
      return { ingest, syncs, commits, until };
    }

    it('decides one group ahead, which finds what is before it, and answers in order', async () => {
      const { ingest, syncs, commits, until } = slow();
      const answered: string[] = [];
      const send = async (name: string, ids: readonly string[]) => {
        const verdicts = await ingest.submit(
          'native',
          ids.map((id) => view(id)),
        );
        answered.push(`${name} ${statuses(verdicts)}`);
      };
      const all = [send('first', ['a'])];
      await until(() => syncs.length === 1);
      all.push(send('second', ['a', 'b']));
      await until(() => syncs.length === 2);
      all.push(send('third', ['b', 'c']));
      await until(() => ingest.depth === 5);
      // Two are decided, the third waits for a sync, and nobody has an answer.
      expect([commits, answered, ingest.depth]).toEqual([[1, 1], [], 5]);
      syncs[0]?.resolve();
      await until(() => syncs.length === 3);
      expect([commits, answered]).toEqual([[1, 1, 1], ['first applied']]);
      for (const sync of syncs.slice(1)) sync.resolve();
      await Promise.all(all);
      expect(answered).toEqual(['first applied', 'second duplicate,applied', 'third duplicate,applied']);
    });

    it('what few items wait for is the sync that serves them all', async () => {
      const { ingest, syncs, commits, until } = slow({ aheadFrom: 3 });
      const all = [ingest.submit('native', [view('a')])];
      await until(() => syncs.length === 1);
      all.push(ingest.submit('native', [view('b')]), ingest.submit('native', [view('c')]));
      await until(() => ingest.depth === 3);
      expect(commits).toEqual([1]);
      syncs[0]?.resolve();
      await until(() => syncs.length === 2);
      expect(commits).toEqual([1, 2]);
      syncs[1]?.resolve();
      await Promise.all(all);
    });

    it('while it is waited for the next commit has enough when it has as much as it then carries', async () => {
      const told: boolean[] = [];
      const { ingest, syncs, until } = slow({
        ...{ maxGroup: 10, shortGroup: 4, slowMs: 0 },
        onTaken: () => told.push(ingest.hasEnough),
      });
      const send = (size: number) => Array.from({ length: size }, () => ingest.submit('native', [view(undefined)]));
      const all = send(24);
      await until(() => syncs.length === 2);
      expect(told).toEqual([true, true]);
      syncs[0]?.resolve();
      await until(() => syncs.length === 3);
      // Six are left, which would be enough for a short one.
      expect(told).toEqual([true, true, false]);
      all.push(...send(4));
      expect(ingest.hasEnough).toBe(true);
      for (let sync = 0; ingest.depth > 0; sync++) {
        await until(() => syncs.length > sync);
        syncs[sync]?.resolve();
        await until(() => true);
      }
      await Promise.all(all);
    });

    it('carries more in a commit while it is waited for, and less while it is not', async () => {
      const { ingest, syncs, commits, until } = slow({ maxGroup: 10, shortGroup: 4, slowMs: 0 });
      const all = Array.from({ length: 30 }, (_, i) => ingest.submit('native', [view(`a${i}`)]));
      await until(() => syncs.length === 2);
      expect(commits).toEqual([4, 4]);
      syncs[0]?.resolve();
      await until(() => syncs.length === 3);
      expect(commits).toEqual([4, 4, 10]);
      // Both are done before the next is wanted.
      for (const sync of syncs) sync.resolve();
      await until(() => syncs.length === 5);
      expect(commits).toEqual([4, 4, 10, 10, 2]);
      for (const sync of syncs) sync.resolve();
      await Promise.all(all);
      const quick = setUp({ maxGroup: 10, shortGroup: 4 });
      await Promise.all(Array.from({ length: 10 }, (_, i) => quick.ingest.submit('native', [view(`a${i}`)])));
      expect(quick.commits).toEqual([4, 4, 2]);
    });

    it('what fails is nobody’s answer, nor is what was decided on top of it (G2)', async () => {
      const { ingest, syncs, until } = slow();
      const first = ingest.submit('native', [view('a')]);
      await until(() => syncs.length === 1);
      const second = ingest.submit('native', [view('b'), view('c')]);
      await until(() => syncs.length === 2);
      for (const sync of syncs) sync.reject(new StoreError('store/full', 'the disk is full'));
      const lost = await Promise.allSettled([first, second]);
      expect(lost.map((one) => one.status)).toEqual(['rejected', 'rejected']);
      expect(ingest.depth).toBe(0);
    });

    it('stops when all of it is kept', async () => {
      const { ingest, syncs, until } = slow();
      const first = ingest.submit('native', [view('a')]);
      let stopped = false;
      await until(() => syncs.length === 1);
      const stopping = ingest.stop().then(() => (stopped = true));
      await until(() => true);
      expect(stopped).toBe(false);
      syncs[0]?.resolve();
      await first;
      await stopping;
    });
  });

  it('tells watchers every outcome in log order, and one that fails disturbs nobody', async () => {
    const { ingest } = setUp();
    const seen: (string | undefined)[] = [];
    ingest.watch(() => {
      throw new Error('a broken watcher');
    });
    const leave = ingest.watch((outcomes) => {
      for (const one of outcomes) seen.push(one.type === 'decided' ? one.entry.insertId : one.reason);
    });
    const refused: Item = { type: 'refused', project: 'p', reason: 'no such name' };
    await Promise.all([ingest.submit('native', [view('a'), refused]), ingest.submit('native', [view('b')])]);
    leave();
    await ingest.submit('native', [view('c')]);
    expect(seen).toEqual(['a', 'no such name', 'b']);
  });
});

describe('several projects', () => {
  const theirs = (id: string): Item => view(id, { project: 'q' });
  const nobodys: Item = { type: 'refused', reason: 'no such key' };

  /** A store that does with a project's changes what it is told, once each. */
  function setUpBeside(does: Map<ProjectId, (answer: Promise<number | 'stale'>) => Promise<number | 'stale'>>) {
    const real = createMemoryStore(testRules);
    const commits: (readonly (ProjectId | null)[])[] = [];
    const store: StoreAtHand = Object.assign(Object.create(real), {
      commit: (...[loaded, changes]: Parameters<StoreAtHand['commit']>) => {
        commits.push(changes.map(({ project }) => project));
        const kept = changes.filter(({ project }) => project === null || !does.has(project));
        const answers = real.commit(loaded, kept);
        return changes.map((change) => {
          const mine = change.project === null ? undefined : does.get(change.project);
          if (mine === undefined) return answers[kept.indexOf(change)];
          does.delete(change.project as ProjectId);
          return mine(Promise.resolve(1));
        });
      },
    });
    return { store: real, commits, ingest: createIngest({ store, rules: testRules, clock: () => START }) };
  }

  it('what waits is a change a project in one commit, and verdicts keep their places', async () => {
    // What takes long is kept in parts while others wait, and code that runs for the first time takes long.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    onTestFinished(() => clock.mockRestore());
    const { ingest, commits, store } = setUpBeside(new Map());
    const [mixed, alone] = await Promise.all([
      ingest.submit('native', [view('a'), nobodys, theirs('a'), view('a'), theirs('b')]),
      ingest.submit('native', [theirs('b')]),
    ]);
    expect(statuses(mixed)).toEqual(['applied', 'rejected', 'applied', 'duplicate', 'applied']);
    expect(statuses(alone)).toEqual(['duplicate']);
    expect(commits).toEqual([['p', null, 'q']]);
    const kept = (await logOf(store)).map(({ entry }) => [entry.project, entry.insertId]);
    expect(kept).toEqual([
      ['p', 'a'],
      ['q', 'a'],
      ['q', 'b'],
    ]);
  });

  it('one whose change is stale is decided again by itself, once, and each item has one effect', async () => {
    const { ingest, commits, store } = setUpBeside(new Map([['p', async () => 'stale' as const]]));
    const [mixed] = await Promise.all([
      ingest.submit('native', [theirs('a'), view('a')]),
      ingest.submit('native', [theirs('b')]),
    ]);
    expect(statuses(mixed)).toEqual(['applied', 'applied']);
    expect(commits).toEqual([['q', 'p'], ['p']]);
    expect((await logOf(store)).map(({ entry }) => entry.insertId)).toEqual(['a', 'b', 'a']);
    expect(await sumOf(store)).toBe(3);
    expect(ingest.depth).toBe(0);
  });

  it('one whose change fails takes nobody else’s along, and what of it is sent again has its effect once (G2)', async () => {
    const full = async () => Promise.reject(new StoreError('store/full', 'the disk is full'));
    const { ingest, store } = setUpBeside(new Map([['p', full]]));
    const mixed = [theirs('a'), view('a')];
    const [failed, alone] = await Promise.allSettled([
      ingest.submit('native', mixed),
      ingest.submit('native', [theirs('b')]),
    ]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'store/full' } });
    expect(alone.status === 'fulfilled' && statuses(alone.value)).toEqual(['applied']);
    expect(ingest.depth).toBe(0);
    expect(statuses(await ingest.submit('native', mixed))).toEqual(['duplicate', 'applied']);
    expect((await logOf(store)).map(({ entry }) => [entry.project, entry.insertId])).toEqual([
      ['q', 'a'],
      ['q', 'b'],
      ['p', 'a'],
    ]);
  });
});

describe('a policy that changes while a group is decided', () => {
  it('all of a group is decided under the one that is in force when it is kept, and nothing twice', async () => {
    const derived: string[] = [];
    const under = (name: string): Rules => {
      const { policy, derive } = testRules('p');
      return {
        policy: { ...policy, preset: name },
        derive(...founder) {
          derived.push(`${name} ${founder[1].value}`);
          return derive(...founder);
        },
      };
    };
    let inForce = under('before');
    const after = under('after');
    const { ingest, store, commits } = setUp({ rules: () => inForce });
    const of = (user: string, complete?: () => void): Item => {
      const { statement } = view(user, {
        command: { type: 'Track', ids: [{ kind: 'user', value: user }], name: 'View', properties: {} },
      }) as Extract<Item, { type: 'statement' }>;
      return {
        type: 'statement',
        statement,
        complete() {
          complete?.();
          return statement;
        },
      };
    };
    const verdicts = await ingest.submit('native', [of('ann'), of('bob', () => (inForce = after)), of('cyd')]);
    expect(statuses(verdicts)).toEqual(['applied', 'applied', 'applied']);
    expect(commits).toEqual([3, 3]);
    expect([...new Set(derived)]).toEqual(
      ['before', 'after'].flatMap((name) => ['ann', 'bob', 'cyd'].map((user) => `${name} ${user}`)),
    );
    expect((await logOf(store)).map(({ entry }) => entry.insertId)).toEqual(['ann', 'bob', 'cyd']);
    expect(await sumOf(store)).toBe(3);
  });
});

describe('limits and the end', () => {
  it('what waits beyond the limit is told to come again, and what was taken is kept (G12)', async () => {
    const { ingest, store } = setUp({ maxQueued: 10 });
    const taken = ingest.submit(
      'native',
      Array.from({ length: 10 }, (_, i) => view(`a${i}`)),
    );
    expect(ingest.depth).toBe(10);
    await expect(ingest.submit('native', [view('b')])).rejects.toMatchObject({
      constructor: Overloaded,
      retryAfterSeconds: 1,
    });
    await taken;
    expect(ingest.depth).toBe(0);
    expect(statuses(await ingest.submit('native', [view('b')]))).toEqual(['applied']);
    expect((await logOf(store)).length).toBe(11);
  });

  it('stop answers what waits and takes nothing more (G15)', async () => {
    const { ingest, store } = setUp({ maxGroup: 2 });
    const waiting = Array.from({ length: 9 }, (_, i) => ingest.submit('native', [view(`a${i}`)]));
    await ingest.stop();
    expect((await Promise.all(waiting)).flatMap(statuses)).toEqual(Array(9).fill('applied'));
    expect((await logOf(store)).length).toBe(9);
    await expect(ingest.submit('native', [view('late')])).rejects.toThrow(Overloaded);
  });
});

describe('[Q1] poison (G16)', () => {
  /** Rules that fail on people named `bad…`, as a bug of ours would. */
  const fragile = (project: ProjectId): Rules => {
    const { policy, derive } = testRules(project);
    return {
      policy,
      derive(one, founder, attempt) {
        if (founder.value.startsWith('bad')) throw new TypeError('of ann@example.com\n at a/ann@example.ts:1');
        return derive(one, founder, attempt);
      },
    };
  };
  const of = (name: string): Item =>
    view(name, {
      command: {
        type: 'Track',
        // The rules fail half-way: the device is met, or the good user, before the bad one.
        ids: [
          { kind: 'user', value: 'ann' },
          { kind: 'device', value: name },
        ],
        name: 'View',
        properties: {},
      },
    });

  it.each([
    ['first', ['bad', 'b', 'c']],
    ['in the middle', ['a', 'bad', 'c']],
    ['last', ['a', 'b', 'bad']],
    ['everywhere', ['bad1', 'a', 'bad2', 'bad3', 'b', 'bad4']],
  ])('%s: it is set aside whole, its neighbours are as if it had not come', async (where, names) => {
    const { ingest, store } = setUp({ rules: fragile });
    const neighbour = ingest.submit('native', [view('neighbour')]);
    const verdicts = await ingest.submit('native', names.map(of));
    expect(statuses(verdicts)).toEqual(names.map((name) => (name.startsWith('bad') ? 'quarantined' : 'applied')));
    console.log(
      `G16: ${where}: ${names.filter((name) => name.startsWith('bad')).length} poisoned, ${statuses(verdicts).filter((one) => one === 'quarantined').length} set aside, ${names.length + 1} kept`,
    );
    expect(statuses(await neighbour)).toEqual(['applied']);
    const log = await logOf(store);
    expect(log.length).toBe(names.length + 1);
    expect(digestOfStore(store, log, fragile)).toBe(digestOfLog(log, fragile));
    expect(store.graph('p').node('user:ann' as never)?.below).toEqual(
      names.filter((name) => !name.startsWith('bad')).map((name) => `device:${name}`),
    );
  });

  it('one that the rules fail on no more once it is decided is kept: what they read may have changed meanwhile', async () => {
    let left = 2;
    const mended = (project: ProjectId): Rules => {
      const good = testRules(project);
      return {
        ...good,
        derive(one, founder, attempt) {
          if (founder.value === 'bad' && left-- > 0) throw new TypeError('undefined is not a function');
          return good.derive(one, founder, attempt);
        },
      };
    };
    const { ingest, store } = setUp({ rules: mended });
    expect(statuses(await ingest.submit('native', [of('bad')]))).toEqual(['applied']);
    const log = await logOf(store);
    expect(digestOfStore(store, log, testRules)).toBe(digestOfLog(log, testRules));
  });

  it('many in one group cost two more passes, not one each', async () => {
    let derived = 0;
    const counted = (project: ProjectId): Rules => {
      const real = fragile(project);
      return {
        ...real,
        derive(...given) {
          derived += 1;
          return real.derive(...given);
        },
      };
    };
    const { ingest } = setUp({ rules: counted });
    const items = Array.from({ length: 1000 }, (_, i) => of(i % 2 === 0 ? `bad${i}` : `good${i}`));
    const verdicts = await ingest.submit('native', items);
    expect(verdicts.filter((one) => one.status === 'quarantined').length).toBe(500);
    expect(derived).toBeLessThan(3 * items.length + 10);
  });

  it('[Q2] what was set aside is told again once its fault is mended: one effect each, counted once (G4, G5)', async () => {
    let isMended = false;
    const rules = (project: ProjectId): Rules => (isMended ? testRules : fragile)(project);
    const { ingest, store } = setUp({ rules });
    const bad = (name: string, insertId: string | undefined): Item => {
      const { insertId: _, ...statement } = (of(name) as Extract<Item, { type: 'statement' }>).statement;
      return itemOf({ ...statement, time: START - 5_000, ...(insertId === undefined ? {} : { insertId }) });
    };
    await ingest.submit('native', [bad('bad1', 'i1'), bad('good', 'i2'), bad('bad2', undefined), bad('bad3', 'i3')]);
    const set = (await logOf(store)).filter(({ verdict }) => verdict.rule === 'Q1');
    expect(set.map(({ entry }) => entry.position)).toEqual([1, 3, 4]);
    for (const { verdict } of set) expect(verdict.failure).toMatch(/^TypeError at test\/ingest\.test\.ts:\d+$/);
    const again = set.map(({ entry }) => {
      const { position, at: _, ...statement } = entry;
      return itemOf({ ...statement, replays: position });
    });
    const counted = await store.counts();
    expect(counted).toMatchObject([{ applied: 1, quarantined: 3 }]);

    // They fail still: nothing is kept of it.
    expect(statuses(await ingest.submit('native', again))).toEqual(['quarantined', 'quarantined', 'quarantined']);
    expect((await logOf(store)).length).toBe(4);

    isMended = true;
    // Asked for twice at once, and again after it.
    const twice = await Promise.all([ingest.submit('native', again), ingest.submit('native', again)]);
    expect(twice.flatMap(statuses).filter((one) => one === 'applied').length).toBe(3);
    expect(statuses(await ingest.submit('native', again))).toEqual(['duplicate', 'duplicate', 'duplicate']);
    // The sender's own retry is answered with what has the effect.
    expect(await ingest.submit('native', [bad('bad1', 'i1')])).toMatchObject([{ status: 'duplicate', repeats: 5 }]);
    const log = await logOf(store);
    expect(log.slice(4).map(({ entry }) => [entry.replays, entry.time])).toEqual(
      [1, 3, 4].map((position) => [position, START - 5_000]),
    );
    const { rows } = await store.feed('p').events(0, 100, 100);
    expect(rows.map(({ position }) => position)).toEqual([2, 5, 6, 7]);
    expect(digestOfStore(store, log, rules)).toBe(digestOfLog(log, rules));
    // One more was received meanwhile, the retry.
    expect(await store.counts()).toMatchObject([{ applied: 1, quarantined: 3, duplicate: 1 }]);
    console.log('G16: 3 poisoned = 3 quarantined = 3 replayed, each with one effect, each counted once');
  });

  it('a failing storage is no poison', async () => {
    const { ingest, store } = setUp({
      rules: () => {
        throw new StoreError('store/unavailable', 'the disk is gone');
      },
    });
    await expect(ingest.submit('native', [view('a')])).rejects.toThrow('the disk is gone');
    expect((await logOf(store)).length).toBe(0);
  });
});

describe('[D1] one effect per insert id (G4)', () => {
  it('each request sent one to five times at once has one effect, whatever the groups', async () => {
    const { ingest, store } = setUp({ maxGroup: 7 });
    const jobs = Array.from({ length: 100 }, (_, i) =>
      Array.from({ length: 1 + ((i * 7) % 5) }, () => ingest.submit('native', [view(`i${i}`)])),
    );
    const answers = await Promise.all(jobs.map((sent) => Promise.all(sent)));
    for (const sent of answers) expect(sent.flatMap(statuses).filter((one) => one === 'applied').length).toBe(1);
    expect((await logOf(store)).length).toBe(100);
  });

  it('a duplicate names the item it repeats', async () => {
    const { ingest } = setUp();
    await ingest.submit('native', [view('x'), view('a')]);
    const [verdict] = await ingest.submit('native', [view('a')]);
    expect(verdict).toMatchObject({ status: 'duplicate', repeats: 2 });
  });

  it('the scope is project, wire and kind of key', async () => {
    const { ingest } = setUp();
    const verdicts = await ingest.submit('native', [
      view('a'),
      view('a', { project: 'q' }),
      view('a', { wire: 'segment' }),
      view(undefined),
      view(undefined),
      view('a'),
    ]);
    expect(statuses(verdicts)).toEqual(['applied', 'applied', 'applied', 'applied', 'applied', 'duplicate']);
  });

  it('[A5] what a wire cannot read is rejected and counted', async () => {
    const { ingest, store } = setUp();
    const [verdict] = await ingest.submit('native', [{ type: 'refused', project: 'p', reason: 'no item' }]);
    expect(verdict).toMatchObject({ status: 'rejected', rule: 'A5' });
    expect(await store.counts()).toMatchObject([{ project: 'p', rejected: 1 }]);
  });

  it('a guess with the public key never suppresses the real event (S16)', async () => {
    const { ingest } = setUp();
    expect(statuses(await ingest.submit('native', [view('order-1')]))).toEqual(['applied']);
    const trusted = view('order-1', { trust: 2 });
    expect(statuses(await ingest.submit('native', [trusted]))).toEqual(['applied']);
    expect(statuses(await ingest.submit('native', [trusted, view('order-1', { trust: 1 })]))).toEqual([
      'duplicate',
      'duplicate',
    ]);
  });

  it('[D3] of a page’s copy and a backend’s the backend’s is the event, whichever came first', async () => {
    const orders = [
      [0, 2, 0],
      [2, 0, 0],
      [0, 0, 2],
      [0, 2, 2],
      [2, 0, 2],
    ] as const;
    for (const [order, atOnce] of orders.flatMap((one) => [[one, true] as const, [one, false] as const])) {
      const { ingest, store } = setUp();
      const items = order.map((trust) => view('order-1', { trust }));
      if (atOnce) await ingest.submit('native', items);
      else for (const item of items) await ingest.submit('native', [item]);
      const { rows } = await store.feed('p').events(0, 10, 10);
      const replaced = new Set(rows.map((row) => row.replaces));
      const counted = rows.filter((row) => !replaced.has(row.position));
      const log = await logOf(store);
      expect(counted.map((row) => log.find(({ entry }) => entry.position === row.position)?.entry.trust)).toEqual([2]);
    }
  });

  it('[D3] where the wire keeps the latest copy, a page’s takes no backend’s place', async () => {
    const { ingest, store } = setUp();
    const copy = (trust: 0 | 2) => view('a', { trust, repeat: { key: 'a', keep: 'latest' } });
    const verdicts = await ingest.submit('native', [copy(0), copy(2), copy(0), copy(2)]);
    expect(verdicts.map(({ status, rule }) => [status, rule])).toEqual([
      ['applied', undefined],
      ['applied', undefined],
      ['duplicate', 'D3'],
      ['duplicate', 'D2'],
    ]);
    const { rows, gone } = await store.feed('p').events(0, 10, 10);
    expect(rows.map((row) => [row.position, row.replaces])).toEqual([[4, 2]]);
    expect(gone).toEqual([1, 2]);
  });

  it('another body under an equal key keeps the first', async () => {
    const { ingest, store } = setUp();
    const other = view('a', { command: { type: 'Track', ids: [], name: 'Other', properties: {} } });
    await ingest.submit('native', [view('a')]);
    expect(statuses(await ingest.submit('native', [other]))).toEqual(['duplicate']);
    expect((await logOf(store)).map(({ entry }) => 'name' in entry.command && entry.command.name)).toEqual(['View']);
  });

  it('[D2] a wire that keeps the latest copy: each takes the place of the one before', async () => {
    const { ingest, store } = setUp();
    const copy = (n: number) => view('a', { repeat: { key: 'a', keep: 'latest' }, sentAt: n });
    await ingest.submit('native', [copy(1), copy(2)]);
    expect(statuses(await ingest.submit('native', [copy(3)]))).toEqual(['duplicate']);
    const { rows, gone } = await store.feed('p').events(0, 10, 10);
    expect(rows.map((row) => [row.position, row.replaces])).toEqual([[3, 2]]);
    expect(gone).toEqual([1, 2]);
  });

  it('an item that was rejected whole may be sent again', async () => {
    const { ingest } = setUp();
    const nobody = view('a', { command: { type: 'Identify', ids: [] } });
    expect(statuses(await ingest.submit('native', [nobody]))).toEqual(['rejected']);
    expect(statuses(await ingest.submit('native', [view('a')]))).toEqual(['applied']);
  });
});

describe('what is kept', () => {
  it('received is the sum of the fates, over any mixture (G5)', async () => {
    const { ingest, store } = setUp();
    const refused: Item = { type: 'refused', project: 'p', reason: 'not an object' };
    const items = [...traffic(seed, 500).map(itemOf), refused, refused];
    for (let from = 0; from < items.length; from += 40) await ingest.submit('native', items.slice(from, from + 40));
    expect(await sumOf(store)).toBe(items.length);
  });

  it('[T2] a sender’s wrong clock is taken out, and items stay in the order they were sent', async () => {
    const { ingest, store, advance } = setUp();
    const DAY = 24 * 3600 * 1000;
    const ahead = START + DAY;
    await ingest.submit('native', [
      view('a', { time: ahead - 5_000, sentAt: ahead }),
      view('b', { time: START - 7_000, sentAt: START }),
      view('c', { time: START + DAY }),
      view('d'),
    ]);
    advance(-DAY);
    await ingest.submit('native', [view('e')]);
    const times = (await logOf(store)).map(({ entry }) => [entry.insertId, entry.time - START, entry.position]);
    expect(times).toEqual([
      ['a', -5_000, 1],
      ['b', -7_000, 2],
      ['c', 0, 3],
      ['d', 0, 4],
      ['e', -DAY, 5],
    ]);
  });

  it('grouping changes nothing: one request, many at once, one after another, or a portion at a time (G8)', async () => {
    const statements = traffic(seed, 300).filter(({ command }) => command.type !== 'Consent');
    const pictures = [];
    for (const [size, maxBytes] of [
      [1, 1_000_000],
      [17, 1_000_000],
      [300, 1_000_000],
      [17, 300],
      [300, 300],
    ] as const) {
      const { ingest, store } = setUp({ maxGroup: 50, maxBytes });
      const jobs = [];
      // A request is of one project, as its key is: only within a project requests keep their order (G13).
      for (const of of new Set(statements.map(({ project }) => project))) {
        const theirs = statements.filter(({ project }) => project === of);
        for (let from = 0; from < theirs.length; from += size)
          jobs.push(ingest.submit('native', theirs.slice(from, from + size).map(itemOf), 1_000));
      }
      await Promise.all(jobs);
      pictures.push(digestOfStore(store, await logOf(store)));
    }
    expect(new Set(pictures).size).toBe(1);
  });
});

describe('an item that carries what is known of somebody', () => {
  const track = (name: string, properties: JsonObject = {}): Statement => ({
    project: 'p',
    wire: 'native',
    trust: 2,
    command: { type: 'Track', ids: [{ kind: 'user', value: 'ann' }], name, properties },
  });
  const named = (graph: Graph) => graph.node(keyOf({ kind: 'user', value: 'ann' })) !== undefined;
  const completed = (complete: (graph: Graph) => Statement | undefined): Item => ({
    type: 'statement',
    statement: track('As told'),
    complete,
  });

  it('is completed at its place in the log, after those before it in its own request', async () => {
    const { ingest, store } = setUp();
    const known = completed((graph) => track('Asked', { known: named(graph) }));
    await ingest.submit('native', [known, { type: 'statement', statement: track('Seen') }, known]);
    const told = (await logOf(store)).map(({ entry }) => entry.command.type === 'Track' && entry.command.properties);
    expect(told).toEqual([{ known: false }, {}, { known: true }]);
  });

  it('may come to nothing, which nobody counts; where completing it fails it is kept as it was told', async () => {
    const { ingest, store } = setUp();
    const fails = completed(() => {
      throw new TypeError('a bug of ours');
    });
    expect(await ingest.submit('native', [completed(() => undefined), fails])).toHaveLength(2);
    const names = (await logOf(store)).map(({ entry }) => entry.command.type === 'Track' && entry.command.name);
    expect([names, await sumOf(store)]).toEqual([['As told'], 1]);
  });
});
