import { copyFileSync, existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { keyOf, type Policy, type ProjectId, type Rules } from '@selfsame/identity';
import { createIngest, repeatKey, type StoreAtHand } from '@selfsame/store';
import { dice, digestOfLog, digestOfStore, itemOf, logOf, testRules, traffic } from '@selfsame/store/traffic';
import { describe, expect, it } from 'vitest';
import { foldBeside, openEmbeddedStore } from '../src/index.ts';
import { forgotten, scarsOf } from './scars.ts';
import { temporary } from './temporary.ts';

const seed = Number(process.env['SELFSAME_SEED']);
console.log(`refold beside: SELFSAME_SEED=${seed}`);

/** Rules that one call changes, as an operator does. */
function changing(): { readonly rules: (project: ProjectId) => Rules; policy: Policy } {
  const now = {
    policy: testRules('p' as ProjectId).policy,
    rules: (project: ProjectId): Rules => ({ ...testRules(project), policy: now.policy }),
  };
  return now;
}

const under = (policy: Policy) => (project: ProjectId) => ({ ...testRules(project), policy });

async function tell(store: StoreAtHand, from: number, to: number, rules: (project: ProjectId) => Rules): Promise<void> {
  let now = 1e6 + from;
  const ingest = createIngest({ store, rules, clock: () => ++now });
  await ingest.submit('native', traffic(seed, to).slice(from).map(itemOf));
}

async function expectFold(store: StoreAtHand, rules: (project: ProjectId) => Rules): Promise<void> {
  const log = await logOf(store);
  expect(digestOfStore(store, log, rules)).toBe(digestOfLog(log, rules));
}

const other = (policy: Policy): Policy => ({ ...policy, sharedDevice: 'first-login', mergeTrust: 2 });
const pace = { entries: 60, bytes: 1e6, atOnce: 5, held: 1e5 };

describe('a graph folded beside another', () => {
  it('takes its place with whatever has come meanwhile, and is the fold of the log, also after a restart (G7)', async () => {
    const directory = temporary();
    const now = changing();
    const store = await openEmbeddedStore({ directory, rules: now.rules, pace });
    const first = now.policy;
    await tell(store, 0, 200, now.rules);
    const { epoch } = await store.feed('p').head();
    foldBeside(directory, under(other(first)), () => {});
    // Until it is taken, the graph is that of the policy in force.
    await tell(store, 200, 260, now.rules);
    await expectFold(store, now.rules);
    await store.adopt(under(other(first)), () => (now.policy = other(first)));
    expect((await store.feed('p').head()).epoch).not.toBe(epoch);
    await expectFold(store, now.rules);
    await tell(store, 260, 400, now.rules);
    await expectFold(store, now.rules);
    await store.close();
    const replayed: number[] = [];
    const again = await openEmbeddedStore({ directory, rules: now.rules, onReplay: (done) => replayed.push(done) });
    expect(replayed).toEqual([]);
    await expectFold(again, now.rules);
    // [D1] Every insert id is known, whichever graph noted it.
    const log = await logOf(again);
    const last = new Map(log.flatMap(({ entry }) => [[repeatKey(entry) ?? '', entry.position] as const]));
    last.delete('');
    expect((await again.load({ repeats: [...last.keys()] })).repeats).toEqual(last);
    await again.close();
  });

  it('goes back to the one before without folding the log again, and knows what came since', async () => {
    const directory = temporary();
    const now = changing();
    const store = await openEmbeddedStore({ directory, rules: now.rules, pace });
    const first = now.policy;
    await tell(store, 0, 300, now.rules);
    foldBeside(directory, under(other(first)), () => {});
    await store.adopt(under(other(first)), () => (now.policy = other(first)));
    const before = (await logOf(store)).length;
    await tell(store, 300, 340, now.rules);
    const from: number[] = [];
    foldBeside(directory, under(first), (done) => from.push(done));
    expect(Math.min(...from)).toBeGreaterThan(before);
    await store.adopt(under(first), () => (now.policy = first));
    await expectFold(store, now.rules);
    expect(existsSync(join(directory, 'graph-former.db'))).toBe(true);
    await store.close();
  });

  it('is brought up to the log beside intake: commits wait for a handful of entries, however many were left', async () => {
    const directory = temporary();
    const now = changing();
    const store = await openEmbeddedStore({ directory, rules: now.rules });
    const first = now.policy;
    await tell(store, 0, 200, now.rules);
    foldBeside(directory, under(other(first)), () => {});
    const ingest = createIngest({ store, rules: now.rules, clock: Date.now });
    // Of what traffic says much may be suppressed; nobody said no on the devices between.
    const more = traffic(seed + 1, 4_000).flatMap((one, n) => {
      const ids = [{ kind: 'device', value: `calm${n % 50}` }];
      const seen = { type: 'Track', ids, name: 'Seen', properties: {} } as const;
      return [
        itemOf({ ...one, insertId: `more${n}.` }),
        itemOf({ project: 'p' as ProjectId, wire: 'native', trust: 0, insertId: `calm${n}.`, command: seen }),
      ];
    });
    await ingest.submit('native', more.splice(0, 2_400));
    const left = store.last();
    let isTaken = false;
    const senders = Array.from({ length: 4 }, async () => {
      while (!isTaken && more.length > 0) await ingest.submit('native', more.splice(0, 1));
    });
    const waited = await store.adopt(under(other(first)), () => (now.policy = other(first)));
    isTaken = true;
    await Promise.all(senders);
    expect(left).toBeGreaterThan(1_000);
    expect(store.last()).toBeGreaterThan(left);
    expect(waited).toBeLessThanOrEqual(50);
    await expectFold(store, now.rules);
    await store.close();
  });

  it('is left to the other process once more where something was taken back meanwhile', async () => {
    const directory = temporary();
    const now = changing();
    const store = await openEmbeddedStore({ directory, rules: now.rules });
    const first = now.policy;
    await tell(store, 0, 200, now.rules);
    foldBeside(directory, under(other(first)), () => {});
    const ingest = createIngest({ store, rules: now.rules, clock: Date.now });
    const command = { type: 'Retract', told: [{ entry: 3 }], reason: 'a test', by: 'the test' } as const;
    await ingest.submit('native', [itemOf({ project: 'p', wire: 'native', trust: 3, insertId: 'undo', command })]);
    const take = () => void (now.policy = other(first));
    expect(await store.adopt(under(other(first)), take)).toBeUndefined();
    expect(now.policy).toBe(first);
    await expectFold(store, now.rules);
    foldBeside(directory, under(other(first)), () => {});
    expect(await store.adopt(under(other(first)), take)).toBe(0);
    await expectFold(store, now.rules);
    await store.close();
  });

  it('gives up where the store is closed meanwhile, and leaves what was', async () => {
    const directory = temporary();
    const now = changing();
    const store = await openEmbeddedStore({ directory, rules: now.rules });
    await tell(store, 0, 200, now.rules);
    foldBeside(directory, under(other(now.policy)), () => {});
    await tell(store, 200, 900, now.rules);
    const change = store.adopt(under(other(now.policy)), () => expect.unreachable());
    await Promise.all([expect(change).rejects.toMatchObject({ code: 'store/closed' }), store.close()]);
    const again = await openEmbeddedStore({ directory, rules: now.rules });
    await expectFold(again, now.rules);
    await again.close();
  });

  it('commits, questions and checkpoints at the same time as it is taken', async () => {
    const directory = temporary();
    const now = changing();
    const store = await openEmbeddedStore({ directory, rules: now.rules, pace });
    const roll = dice(seed);
    let told = 100;
    await tell(store, 0, told, now.rules);
    for (let i = 0; i < 6; i++) {
      const next = i % 2 === 0 ? other(now.policy) : testRules('p' as ProjectId).policy;
      foldBeside(directory, under(next), () => {});
      const more = told + 1 + Math.floor(roll() * 80);
      await Promise.all([
        tell(store, told, more, now.rules),
        store.adopt(under(next), () => (now.policy = next)),
        store.checkpoint(),
        store.search('p' as ProjectId, 'a', 5),
      ]);
      told = more;
      await expectFold(store, now.rules);
    }
    await store.close();
  });

  it('[F1] scars that are written meanwhile leave one whole graph, and nothing of what stood there', async () => {
    for (const turns of [0, 3, 13, 34]) {
      const directory = temporary();
      const now = changing();
      const store = await openEmbeddedStore({ directory, rules: now.rules, pace });
      const first = now.policy;
      await tell(store, 0, 200, now.rules);
      const ingest = createIngest({ store, rules: now.rules, clock: Date.now });
      const { user, device } = forgotten;
      const ids = Object.entries({ user, device }).map(([kind, value]) => ({ kind, value }));
      await ingest.submit('native', [
        itemOf({ project: 'p', wire: 'native', trust: 2, command: { type: 'Identify', ids } }),
      ]);
      foldBeside(directory, under(other(first)), () => {});
      await tell(store, 200, 400, now.rules);
      const change = store
        .adopt(under(other(first)), () => (now.policy = other(first)))
        .catch((error: unknown) => error);
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
      await store.scar(scarsOf(await logOf(store)));
      const changed = await change;
      // It was made before the scars or is to be made again.
      if (now.policy === first) expect(changed).toMatchObject({ code: 'store/unavailable' });
      expect((await logOf(store)).filter(({ entry }) => entry.scar === 'whole')).toHaveLength(1);
      await expectFold(store, now.rules);
      foldBeside(directory, under(other(first)), () => {});
      if (now.policy === first) await store.adopt(under(other(first)), () => (now.policy = other(first)));
      await expectFold(store, now.rules);
      expect(store.graph('p').node(keyOf({ kind: 'user', value: user }))).toBeUndefined();
      await store.close();
    }
  });

  it('a crash anywhere leaves one whole graph, of the policy that is kept', async () => {
    const directory = temporary();
    const now = changing();
    const store = await openEmbeddedStore({ directory, rules: now.rules, pace });
    const first = now.policy;
    await tell(store, 0, 200, now.rules);
    foldBeside(directory, under(other(first)), () => {});
    const cut = () => {
      const copy = temporary();
      for (const name of readdirSync(directory))
        if (/^(selfsame|graph|graph-next)\.db(-wal)?$/.test(name))
          copyFileSync(join(directory, name), join(copy, name));
      return copy;
    };
    // Not taken; taken by the policies alone; the present one aside; the next one in its place.
    const crashes = [cut(), cut(), cut(), cut()];
    await store.close();
    const rest = cut();
    for (const [i, place] of [...crashes, rest].entries()) {
      if (i === 2 || i === 3) {
        for (const suffix of ['', '-wal'])
          if (existsSync(join(place, `graph.db${suffix}`)))
            renameSync(join(place, `graph.db${suffix}`), join(place, `graph-former.db${suffix}`));
      }
      if (i === 3) renameSync(join(place, 'graph-next.db'), join(place, 'graph.db'));
      const rules = under(i === 0 || i === 4 ? first : other(first));
      const after = await openEmbeddedStore({ directory: place, rules, pace });
      await expectFold(after, rules);
      // And the change can be made (again).
      const coming = under(i === 0 ? other(first) : first);
      foldBeside(place, coming, () => {});
      await after.adopt(coming, () => {});
      await after.close();
    }
  });
});
