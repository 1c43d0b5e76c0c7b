import * as v from 'valibot';
import { expect, test } from 'vitest';
import { errorShape } from '../src/api/shapes/batch.ts';
import { eventsShape } from '../src/api/shapes/events.ts';
import { personShape } from '../src/api/shapes/people.ts';
import { batch, other, running, shop, type TestServer } from './running.ts';

const at = (minutes: number): string => new Date(Date.UTC(2026, 0, 1, 10, minutes)).toISOString();
const headers = { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' };

const get = async ({ url }: TestServer, path: string) => {
  const answer = await fetch(`${url}${path}`, { headers });
  return { status: answer.status, body: (await answer.json()) as unknown };
};

async function personOf(server: TestServer, user: string): Promise<string> {
  return v.parse(personShape, (await get(server, `/v1/people?kind=user&value=${user}`)).body).id;
}

async function timeline(server: TestServer, id: string, more = '') {
  const { status, body } = await get(server, `/v1/people/${id}/events?limit=50${more}`);
  return status === 200 ? v.parse(eventsShape, body) : status;
}

const lastOf = async (server: TestServer) =>
  ((await get(server, '/v1/insights/progress')).body as { last: number }).last;

const track = (name: string, ids: object, minutes: number, insertId: string) => ({
  ...{ type: 'track', name, ids, time: at(minutes), insertId },
});

test('[H1] a timeline of the past is what was answered then, event by event', async () => {
  const server = await running();
  const steps: readonly (() => Promise<unknown>)[] = [
    () => batch(server.url, shop.publicKey, [{ type: 'login', ids: { user: 'ann' }, time: at(0) }]),
    () => batch(server.url, shop.publicKey, [track('Viewed', { device: 'tablet' }, 5, 'i1')]),
    // The device is hers from here on, and so is what was done there before.
    () => batch(server.url, shop.publicKey, [{ type: 'login', ids: { device: 'tablet', user: 'ann' }, time: at(10) }]),
    () => batch(server.url, other.publicKey, [track('Theirs', { user: 'ann' }, 10, 'i1')]),
    // It arrives late.
    () => batch(server.url, shop.publicKey, [track('Opened', { device: 'tablet' }, 2, 'i2')]),
    // The backend tells the same event, better.
    () => batch(server.url, shop.serverKey, [track('Bought', { user: 'ann' }, 5, 'i1')]),
    // Somebody else had the tablet long after.
    () => batch(server.url, shop.publicKey, [{ type: 'login', ids: { device: 'tablet', user: 'bob' }, time: at(500) }]),
    () => batch(server.url, shop.publicKey, [track('Played', { device: 'tablet' }, 505, 'i3')]),
    () =>
      fetch(`${server.url}/v1/retractions`, {
        ...{ method: 'POST', headers },
        body: JSON.stringify({ identifier: 'device:tablet', reason: 'a test' }),
      }),
  ];
  const then: { position: number; answers: unknown[] }[] = [];
  for (const step of steps) {
    expect(((await step()) as Response).status).toBeLessThan(300);
    const answers = [await timeline(server, await personOf(server, 'ann'))];
    then.push({ position: await lastOf(server), answers });
  }
  const ann = await personOf(server, 'ann');
  const names = then.map(({ answers }) =>
    (answers[0] as v.InferOutput<typeof eventsShape>).events.map((one) => one.name),
  );
  expect(names).toEqual([
    [],
    [],
    ['Viewed'],
    ['Viewed'],
    ['Viewed', 'Opened'],
    ['Bought', 'Opened'],
    ['Bought', 'Opened'],
    ['Bought', 'Opened'],
    ['Bought'],
  ]);
  for (const { position, answers } of then)
    expect([position, await timeline(server, ann, `&asOf=${position}`)]).toEqual([position, answers[0]]);
});

test('a timeline of the past goes by pages, by a moment too, and knows nobody who came later', async () => {
  let now = Date.UTC(2026, 0, 1, 12);
  const server = await running({}, { clock: () => now });
  await batch(server.url, shop.publicKey, [
    track('One', { user: 'ann' }, 1, 'i1'),
    track('Two', { user: 'ann' }, 2, 'i2'),
    track('Three', { user: 'ann' }, 3, 'i3'),
  ]);
  const noon = new Date(now).toISOString();
  now += 3_600_000;
  await batch(server.url, shop.publicKey, [
    track('Late', { user: 'ann' }, 0, 'i4'),
    track('Four', { user: 'bob' }, 4, 'i5'),
  ]);
  const ann = await personOf(server, 'ann');
  const seen: string[] = [];
  for (let before = ''; ; ) {
    const { body } = await get(server, `/v1/people/${ann}/events?limit=2&asOf=${noon}${before}`);
    const page = v.parse(eventsShape, body);
    seen.push(...page.events.map(({ name }) => name));
    if (page.next === null) break;
    before = `&before=${page.next}`;
  }
  expect(seen).toEqual(['Three', 'Two', 'One']);
  expect(await timeline(server, await personOf(server, 'bob'), `&asOf=${noon}`)).toBe(404);
  expect(await timeline(server, ann, '&asOf=0')).toBe(404);
  const misasked = await get(server, `/v1/people/${ann}/events?asOf=soon`);
  expect(misasked.status).toBe(400);
  expect(v.parse(errorShape, misasked.body).error.message).toMatch(/^asOf: expected a whole number from 0/);
});
