import * as v from 'valibot';
import { expect, test } from 'vitest';
import {
  formerIdsShape,
  identifiersShape,
  personShape,
  segmentsShape,
  sharedShape,
  traitsShape,
} from '../src/api/shapes/people.ts';
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
  const pages = await pagesOf(server, `/v1/people/${hot.id}/identifiers`, 900, identifiersShape);
  const all = pages.flatMap((page) => page.identifiers.map(({ kind, value, from }) => `${kind}:${value}@${from}`));
  expect(all).toHaveLength(hot.identifierCount);
  expect(new Set(all).size).toBe(hot.identifierCount);
  expect(all.slice(0, 1_000)).toEqual(hot.identifiers.map(({ kind, value, from }) => `${kind}:${value}@${from}`));

  const ids = (await pagesOf(server, `/v1/people/${hot.id}/former-ids`, 1_000, formerIdsShape)).flatMap(
    (page) => page.formerIds,
  );
  expect(hot.formerIds).toEqual(ids.slice(0, 1_000));
  expect(new Set(ids).size).toBe(hot.formerIdCount);
  expect(hot.formerIdCount).toBeGreaterThan(2_400);
});

test('the traits and segments of people who were merged are answered in pages that hold every one, and none is large', async () => {
  const server = await running();
  const people = ['ann', 'ann-s', 'ann.s'];
  await batch(
    server.url,
    shop.serverKey,
    people.flatMap((user) => [
      {
        type: 'traits',
        ids: { user },
        traits: Object.fromEntries(Array.from({ length: 700 }, (_, i) => [`${user}-${i}`, 'x'.repeat(200)])),
      },
      { type: 'segments', ids: { user }, segments: Array.from({ length: 1_500 }, (_, i) => `${user}-${i}`) },
    ]),
  );
  const merges = people.slice(1).map((user) => ({ type: 'merge', ids: [{ user: 'ann' }, { user }] }));
  await batch(server.url, shop.serverKey, merges);

  const person = await personWith(server, 'user', 'ann');
  const of = `/v1/people/${person.id}`;
  const traits = await pagesOf(server, `${of}/traits`, 1_000, traitsShape);
  const names = traits.flatMap((page) => page.traits.map(({ name }) => name));
  expect(new Set(names).size).toBe(2_100);
  expect(names).toHaveLength(person.traitCount);
  // 2,100 of more than 200 bytes: a thousand are less than a page may hold, and the page before the last is full.
  for (const page of traits) expect(JSON.stringify(page).length).toBeLessThan(300_000);
  expect(Object.keys(person.traits)).toEqual(names.slice(0, Object.keys(person.traits).length));
  expect(Object.keys(person.traitSources)).toEqual(Object.keys(person.traits));
  expect(traits[0]?.traits[0]).toMatchObject({ value: 'x'.repeat(200), wire: 'native', trust: 2 });

  const segments = await pagesOf(server, `${of}/segments`, 400, segmentsShape);
  expect(person.segmentCount).toBe(1_500);
  expect(person.segments).toHaveLength(1_000);
  expect(segments.flatMap((page) => page.segments).slice(0, 1_000)).toEqual(person.segments);
  expect(segments.flatMap((page) => page.segments)).toHaveLength(person.segmentCount);
});

/** Every page of a list, each asked for by the `next` of the one before. */
async function pagesOf<T extends { readonly next: number | null }>(
  server: TestServer,
  path: string,
  limit: number,
  shape: v.GenericSchema<unknown, T>,
): Promise<readonly T[]> {
  const pages: T[] = [];
  for (let next: number | null = 0; next !== null; ) {
    const page: T = await get(server, `${path}?offset=${next}&limit=${limit}`, shape);
    pages.push(page);
    next = page.next;
  }
  return pages;
}

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
