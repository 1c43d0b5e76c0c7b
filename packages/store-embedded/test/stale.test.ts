import { createIngest, type Store } from '@selfsame/store';
import { itemOf, testRules, traffic } from '@selfsame/store/traffic';
import { expect, it } from 'vitest';
import { openEmbeddedStore } from '../src/index.ts';
import { temporary } from './temporary.ts';

const seed = Number(process.env['SELFSAME_SEED']);
console.log(`stale in the embedded store: SELFSAME_SEED=${seed}`);

const PROJECTS = ['p', 'q', 'r', 's'];

it('one loop never finds what it decided stale, however many projects and callers come at once', async () => {
  const store = await openEmbeddedStore({ directory: temporary(), rules: testRules });
  let commits = 0;
  let changed = 0;
  const stale = Promise.withResolvers<never>();
  const watched: Store = Object.assign(Object.create(store), {
    commit(...asked: Parameters<Store['commit']>) {
      commits += 1;
      const answers = store.commit(...asked);
      changed += answers.length;
      for (const answer of answers)
        answer.then((at) => at === 'stale' && stale.reject(new Error(`commit ${commits} was stale`)));
      return answers;
    },
  });
  // Groups are decided while the ones before them are synced.
  const ingest = createIngest({ store: watched, rules: testRules, clock: () => 1e6, maxGroup: 20, aheadFrom: 1 });
  const all = traffic(seed, 400).map((statement, i) =>
    ingest.submit('native', [itemOf({ ...statement, project: PROJECTS[i % PROJECTS.length] as string })]),
  );
  await Promise.race([Promise.all(all), stale.promise]);
  await ingest.stop();
  expect(commits).toBeGreaterThan(10);
  expect(changed).toBeGreaterThan(commits);
  await store.close();
});
