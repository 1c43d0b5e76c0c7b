import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { peopleListShape, peopleNamesShape, searchShape } from '../src/api/shapes/people-lists.ts';
import { batch, running, shop, type TestServer } from './running.ts';

const headers = { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' };
const day = 86_400_000;
const at = (days: number) => new Date(Date.UTC(2026, 2, 1) + days * day).toISOString();

const query = async (server: TestServer, question: object) => {
  const answer = await fetch(`${server.url}/v1/people/query`, {
    method: 'POST',
    headers,
    body: JSON.stringify(question),
  });
  const body = await answer.json();
  expect(answer.status, JSON.stringify(body)).toBe(200);
  return v.parse(peopleListShape, body);
};
const names = async (server: TestServer, question: object) =>
  (await query(server, question)).people.map(({ name }) => name);

/** Three customers and two visitors; what they did lies on different days. */
const world = [
  {
    type: 'traits',
    ids: { user: '1' },
    traits: { name: 'Tomás Ahmadi-Lee', email: 'tomas@shop.example', plan: 'pro' },
  },
  { type: 'segments', ids: { user: '1' }, segments: ['vip', 'north'] },
  { type: 'track', name: 'Seen', ids: { user: '1', device: 'd1' }, time: at(1) },
  { type: 'track', name: 'Seen', ids: { user: '1' }, time: at(9) },
  { type: 'traits', ids: { user: '2' }, traits: { name: '=HYPERLINK("x")', plan: 'free', visits: 12 } },
  { type: 'segments', ids: { user: '2' }, segments: ['north'] },
  { type: 'track', name: 'Seen', ids: { user: '2' }, time: at(5) },
  { type: 'login', ids: { user: '20', email: 'zoe@mail.example' }, time: at(3) },
  {
    type: 'track',
    name: 'Seen',
    ids: { device: 'anna-phone' },
    time: at(7),
    properties: { $browser: 'Chrome', $os: 'Linux', utm_campaign: 'spring' },
  },
  { type: 'track', name: 'Seen', ids: { device: 'd9' }, time: at(8) },
];

describe('POST /v1/people/query', () => {
  test('[P3] [M6] lists a visitor beside whoever has the merged device that they are named after', async () => {
    const server = await running({ projects: [{ ...shop, policy: { preset: 'by-interval' } }] });
    await batch(server.url, shop.publicKey, [
      { type: 'merge', ids: [{ device: 'd1' }, { device: 'd2' }] },
      { type: 'traits', ids: { device: 'd2' }, traits: { plan: 'free' }, time: at(3) },
      { type: 'track', name: 'Seen', ids: { device: 'd2' }, time: at(3) },
    ]);
    await batch(server.url, shop.serverKey, [
      { type: 'login', ids: { user: 'ann', device: 'd1' }, time: at(1) },
      { type: 'logout', ids: { device: 'd2' }, time: at(2) },
    ]);
    const { people } = await query(server, { traits: ['plan'] });
    expect(people).toMatchObject([
      { known: false, events: 1, traits: { plan: 'free' } },
      { known: true, events: 0, traits: {} },
    ]);
    for (const { id } of people) {
      const person = await fetch(`${server.url}/v1/people/${id}`, { headers });
      expect(await person.json()).toMatchObject({ id });
    }
    const traits = [{ property: 'plan', op: 'eq', value: 'free' }];
    expect((await query(server, { who: { traits } })).people).toMatchObject([{ id: people[0]?.id }]);
  });

  test('lists, sorts and pages everybody; who has no name is called by what is known', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, world);
    const all = ['Tomás Ahmadi-Lee', 'Anonymous visitor', 'Chrome on Linux, spring campaign', '=HYPERLINK("x")', '20'];
    expect(await query(server, {})).toMatchObject({ total: 5, people: all.map((name) => ({ name })) });
    expect(await query(server, { limit: 2, offset: 2 })).toMatchObject({
      total: 5,
      people: [{ name: all[2] }, { name: all[3] }],
    });
    expect((await names(server, { sort: 'events' }))[0]).toBe('Tomás Ahmadi-Lee');
    expect((await names(server, { sort: 'first-active', descending: false }))[0]).toBe('Tomás Ahmadi-Lee');
    expect((await query(server, { text: 'tomas', traits: ['plan', 'none'] })).people[0]).toMatchObject({
      events: 2,
      firstActive: at(1),
      lastActive: at(9),
      segments: ['vip', 'north'],
      traits: { plan: 'pro' },
      identifierCount: 3,
    });
    const search = await fetch(`${server.url}/v1/people/search?q=anna-phone`, { headers });
    expect(v.parse(searchShape, await search.json()).people.map(({ name }) => name)).toEqual([all[2]]);
  });

  test('finds people by a word of a name, a part of an e-mail, the beginning of an identifier', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, world);
    const texts: readonly [what: string, text: string, found: readonly string[]][] = [
      ['the first word of a name', 'tom', ['Tomás Ahmadi-Lee']],
      ['another word', 'LEE', ['Tomás Ahmadi-Lee']],
      ['two words', 'ahmadi lee', ['Tomás Ahmadi-Lee']],
      ['with its accent', 'tomás', ['Tomás Ahmadi-Lee']],
      ['the middle of a word, which is none', 'hmadi', []],
      ['a part of an e-mail among the traits', 'mas@sho', ['Tomás Ahmadi-Lee']],
      ['a part of an e-mail that is an identifier', 'mail.ex', ['20']],
      ['the beginning of an identifier', 'anna-ph', ['Chrome on Linux, spring campaign']],
      ['kind:value, whole', 'user:2', ['=HYPERLINK("x")']],
      ['kind:value, its beginning', 'device:ann', ['Chrome on Linux, spring campaign']],
      ['a device of somebody', 'device:d1', ['Tomás Ahmadi-Lee']],
      ['nothing but marks', '%_', []],
      ['a quote', "' OR 1=1 --", []],
    ];
    for (const [what, text, found] of texts) expect([what, await names(server, { text })]).toEqual([what, found]);
  });

  test('finds one by person id', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, world);
    const { id } = (await query(server, { text: 'tomas' })).people[0]!;
    expect(await names(server, { text: id })).toEqual(['Tomás Ahmadi-Lee']);
  });

  test('[L7c] finds one alone by person id, and by a shared identifier whoever had it', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, [
      ...['ann', 'bob'].map((user, i) => ({ type: 'login', ids: { user, device: 'shared' }, time: at(i) })),
      ...[3, 4].map((days) => ({ type: 'track', name: 'Seen', ids: { device: 'shared' }, time: at(days) })),
    ]);
    const { people } = await query(server, {});
    expect(people).toHaveLength(4);
    const idsOf = async (text: string) => (await query(server, { text })).people.map(({ id }) => id);
    for (const { id } of people) expect(await idsOf(id)).toEqual([id]);
    expect(await idsOf('device:shared')).toEqual(people.map(({ id }) => id));
    const csv = await fetch(`${server.url}/v1/people/export`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ text: people[0]?.id }),
    });
    expect((await csv.text()).trim().split('\n')).toHaveLength(2);
  });

  test('filters by what is known of people, in lists and in questions', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, world);
    const filters: readonly [what: string, who: object, found: readonly string[]][] = [
      ['known', { known: true }, ['Tomás Ahmadi-Lee', '=HYPERLINK("x")', '20']],
      ['not known', { known: false }, ['Anonymous visitor', 'Chrome on Linux, spring campaign']],
      ['a trait', { traits: [{ property: 'plan', op: 'eq', value: 'pro' }] }, ['Tomás Ahmadi-Lee']],
      ['a number', { traits: [{ property: 'visits', op: 'gt', value: 3 }] }, ['=HYPERLINK("x")']],
      [
        'a trait that is not there',
        { traits: [{ property: 'plan', op: 'not-set' }] },
        ['Anonymous visitor', 'Chrome on Linux, spring campaign', '20'],
      ],
      ['a segment', { segments: ['north'] }, ['Tomás Ahmadi-Lee', '=HYPERLINK("x")']],
      ['two segments', { segments: ['north', 'vip'] }, ['Tomás Ahmadi-Lee']],
      ['a kind', { kinds: ['email'] }, ['Tomás Ahmadi-Lee', '20']],
    ];
    for (const [what, who, found] of filters) {
      expect([what, await names(server, { who })]).toEqual([what, found]);
      const counted = await fetch(`${server.url}/v1/insights/counts`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ events: [{ event: 'Seen' }], interval: 'month', who }),
      });
      const { rows } = (await counted.json()) as { rows: { people: number }[] };
      // Customer 20 logged in and did nothing that is counted.
      expect([what, rows[0]?.people ?? 0]).toEqual([what, found.filter((name) => name !== '20').length]);
    }
  });

  test('by when they were last active', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, world);
    expect(await names(server, { active: { from: at(6), to: at(9) } })).toEqual([
      'Anonymous visitor',
      'Chrome on Linux, spring campaign',
    ]);
  });

  test('names what people can be chosen by', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, world);
    const answer = await fetch(`${server.url}/v1/people/names`, { headers });
    const found = v.parse(peopleNamesShape, await answer.json());
    expect(found.segments).toEqual([
      { name: 'north', count: 2 },
      { name: 'vip', count: 1 },
    ]);
    expect(found.traits.find(({ name }) => name === 'plan')).toEqual({ name: 'plan', count: 2 });
    expect(found.kinds.map(({ name }) => name).toSorted()).toEqual(['device', 'email', 'user']);
  });

  test('leaves as CSV in which no cell is a formula (S35)', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, world);
    const answer = await fetch(`${server.url}/v1/people/export`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ who: { known: true }, sort: 'last-active', traits: ['plan'] }),
    });
    expect(answer.headers.get('content-type')).toContain('text/csv');
    const lines = (await answer.text()).split('\r\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^﻿?name,known,.*,plan$/);
    expect(lines[2]).toMatch(/^"'=HYPERLINK\(""x""\)",yes,/);
    expect(lines[1]).toMatch(/,pro$/);
  });
});
