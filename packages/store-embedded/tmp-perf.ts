import { createHmac } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { presets, ownerAt, personOf, digestText, type IdentifierKey } from '@selfsame/identity';
import { createIngest, createMemoryStore } from '@selfsame/store';
import { openEmbeddedStore } from '@selfsame/store-embedded';
const rules = () => ({ policy: presets['selfsame']!, derive: (p: string, f: any, a: number) => createHmac('sha256', 'k').update(f.kind + f.value + a).digest('base64url').slice(0, 22) as never });
const dir = mkdtempSync('/tmp/sf-');
for (const make of [() => Promise.resolve(createMemoryStore(rules)), () => openEmbeddedStore({ directory: dir, rules })]) {
  const store = await make();
  const ingest = createIngest({ store, clock: () => Date.now(), rules });
  const n = 200_000; const t = performance.now(); let jobs: Promise<unknown>[] = [];
  for (let i = 0; i < n; i += 1000) {
    const items = Array.from({ length: 1000 }, (_, k) => { const u = Math.floor(Math.random() * 20000); const known = Math.random() < .6; return { type: 'statement' as const, statement: { project: 'p', wire: 'mixpanel', trust: 0 as const, time: Date.now() - 1e6 + i + k, insertId: 'x' + (i + k), command: { type: 'Track' as const, name: 'View', properties: { a: 1, url: 'https://example.com/some/page?x=y', b: 'text text text', c: 'more text here to fill', d: 'lorem ipsum dolor sit amet' }, ids: known ? [{ kind: 'user', value: 'u' + u }, { kind: 'device', value: 'd' + u }] : [{ kind: 'device', value: 'd' + u }] } } }; });
    jobs.push(ingest.submit('mixpanel', items)); if (jobs.length === 8) { await Promise.all(jobs); jobs = []; }
  }
  await Promise.all(jobs);
  console.log(Math.round(n / (performance.now() - t) * 1000), 'items/s');
  const h = await store.feed.head(); console.log(h, (await store.feed.ownership(0, 1000000)).length, await store.counts());
  await store.close();
}
const t = performance.now(); const s2 = await openEmbeddedStore({ directory: dir, rules }); console.log('reopen ms', performance.now() - t, (await s2.search('p', 'u123', 5)));
