import * as v from 'valibot';
import { expect, test } from 'vitest';
import { identifiersShape, personShape, sharedShape } from '../src/routes/answers.ts';
import { batch, running, shop, type TestServer } from './running.ts';

const at = (minutes: number) => new Date(Date.UTC(2026, 2, 1) + minutes * 60_000).toISOString();

async function get<T>(server: TestServer, path: string, shape: v.GenericSchema<unknown, T>): Promise<T> {
  const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${shop.serverKey}` } });
  expect(answer.status, path).toBe(200);
  return v.parse(shape, await answer.json());
}
const personWith = (server: TestServer, kind: string, value: string) =>
  get(server, `/v1/people?kind=${kind}&value=${value}`, personShape);

test('a person of very many devices is answered in pages that together hold every one', async () => {
  const server = await running({
    projects: [{ ...shop, policy: { caps: { perPerson: 5_000, perKind: { anonymous: 5_000 } } } }],
  });
  for (let from = 0; from < 2_500; from += 500)
    await batch(
      server.url,
      shop.serverKey,
      Array.from({ length: 500 }, (_, i) => ({
        type: 'login',
        ids: { user: 'hot', device: `d${from + i}` },
        time: at(from + i),
      })),
    );
  const hot = await personWith(server, 'user', 'hot');
  expect(hot.identifiers).toHaveLength(1_000);
  expect(hot.identifierCount).toBeGreaterThan(2_400);
  const all: string[] = [];
  for (let next: number | null = 0; next !== null; ) {
    const page: v.InferOutput<typeof identifiersShape> = await get(
      server,
      `/v1/people/${hot.id}/identifiers?offset=${next}&limit=900`,
      identifiersShape,
    );
    all.push(...page.identifiers.map(({ kind, value, from }) => `${kind}:${value}@${from}`));
    next = page.next;
  }
  expect(all).toHaveLength(hot.identifierCount);
  expect(new Set(all).size).toBe(hot.identifierCount);
  expect(all.slice(0, 1_000)).toEqual(hot.identifiers.map(({ kind, value, from }) => `${kind}:${value}@${from}`));
});

test('says who else had a device of somebody, and when', async () => {
  const server = await running();
  await batch(server.url, shop.serverKey, [
    { type: 'traits', ids: { user: 'ann' }, traits: { name: 'Ann' } },
    { type: 'login', ids: { device: 'tablet', user: 'ann' }, time: at(0) },
    { type: 'track', name: 'Seen', ids: { device: 'tablet' }, time: at(5) },
    { type: 'logout', ids: { device: 'tablet' }, time: at(10) },
    { type: 'login', ids: { device: 'tablet', user: 'bob' }, time: at(300) },
    { type: 'track', name: 'Seen', ids: { device: 'tablet' }, time: at(305) },
    { type: 'login', ids: { device: 'phone', user: 'ann' }, time: at(400) },
  ]);
  const [ann, bob] = [await personWith(server, 'user', 'ann'), await personWith(server, 'user', 'bob')];
  const ofAnn = await get(server, `/v1/people/${ann.id}/shared`, sharedShape);
  expect(ofAnn.devices.map(({ kind, value }) => `${kind}:${value}`)).toEqual(['device:tablet']);
  // The hours in which nobody was at the tablet are nobody's.
  expect(ofAnn.devices[0]?.others.map(({ person }) => person.name)).toEqual(['bob']);
  const bobs = ofAnn.devices[0]?.others.find(({ person }) => person.id === bob.id);
  expect(bobs?.person).toEqual({ id: bob.id, name: 'bob', known: true });
  // A login on a shared device reaches back for a while.
  expect(Date.parse(bobs?.from ?? '')).toBeLessThanOrEqual(Date.parse(at(300)));
  expect(Date.parse(bobs?.from ?? '')).toBeGreaterThan(Date.parse(at(10)));
  const ofBob = await get(server, `/v1/people/${bob.id}/shared`, sharedShape);
  expect(ofBob.devices[0]?.others.map(({ person }) => person.name)).toContain('Ann');
});
