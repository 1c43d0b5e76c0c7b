import * as v from 'valibot';
import { expect, test } from 'vitest';
import { deviceShape } from '../src/api/shapes/device.ts';
import type { EventsAnswer } from '../src/api.ts';
import { batch, other, running, shop, type TestServer } from './running.ts';

const at = (minutes: number): string => new Date(Date.UTC(2026, 0, 1, 10, minutes)).toISOString();

async function device(server: TestServer, query: string, key = shop.serverKey) {
  const answer = await fetch(`${server.url}/v1/devices?${query}`, { headers: { authorization: `Bearer ${key}` } });
  expect(answer.status).toBe(200);
  return v.parse(deviceShape, await answer.json());
}

const family = [
  { type: 'login', ids: { device: 'tablet', user: 'mother' }, time: at(0) },
  { type: 'track', name: 'Read', ids: { device: 'tablet' }, time: at(5) },
  { type: 'logout', ids: { device: 'tablet' }, time: at(10) },
  { type: 'track', name: 'Played', ids: { device: 'tablet' }, time: at(180) },
  { type: 'login', ids: { device: 'tablet', user: 'son' }, time: at(300) },
  { type: 'track', name: 'Played', ids: { device: 'tablet' }, time: at(310) },
];

test('mother and son on one tablet: whose it was when, who said so, and when it was silent', async () => {
  const server = await running();
  await batch(server.url, shop.serverKey, family);
  const tablet = await device(server, 'kind=device&value=tablet');
  expect(tablet).toMatchObject({ firstSeen: at(0), lastSeen: at(310), owners: 2, wordCount: 3, stretchCount: 3 });
  expect(tablet.stretches.map(({ person, isVisit, rule }) => [person.name, isVisit, rule])).toEqual([
    ['mother', false, 'L7a'],
    ['Anonymous visitor', true, 'L7c'],
    ['son', false, 'L7a'],
  ]);
  expect(
    tablet.words.map(({ what, with: who, time, trust, stands }) => [what, who?.value, time, trust, stands]),
  ).toEqual([
    ['login', 'mother', at(0), 2, true],
    ['logout', undefined, at(10), 2, true],
    ['login', 'son', at(300), 2, true],
  ]);
  expect(tablet.silences).toEqual([
    { from: at(10), to: at(180) },
    { from: at(180), to: at(300) },
  ]);
  expect(tablet.stretches.map(({ because }) => because)).toEqual([
    'theirs, because they logged in at that moment',
    'nobody’s: more than half an hour from any login',
    'theirs, because they logged in half an hour later',
  ]);
  const ask = async (path: string) => {
    const headers = { authorization: `Bearer ${shop.serverKey}` };
    return (await (await fetch(`${server.url}${path}`, { headers })).json()) as never;
  };
  const { id } = (await ask('/v1/people?kind=user&value=son')) as { id: string };
  const { events } = (await ask(`/v1/people/${id}/events`)) as EventsAnswer;
  expect(events.map(({ name, because }) => [name, because?.says, because?.rule])).toEqual([
    ['Played', 'theirs, because they logged in ten minutes before', 'L7a'],
  ]);
  const pair = '/v1/explain?a=device:tablet&b=user:mother';
  expect(await ask(`${pair}&at=${at(5)}`)).toMatchObject({
    same: true,
    chain: [{ rule: 'L7a', because: 'theirs, because they logged in five minutes before', item: { type: 'identify' } }],
    policy: { preset: 'selfsame', version: 1 },
  });
  expect(await ask(`${pair}&at=${at(180)}`)).toMatchObject({
    same: false,
    refusal: { rule: 'L7c', reason: 'at that moment the device was nobody’s: more than half an hour from any login' },
  });
  expect(await ask(`${pair}&at=yesterday`)).toMatchObject({ error: { code: expect.any(String) } });
  // [H1] As of the position before the son came.
  const then = await device(server, 'kind=device&value=tablet&asOf=3');
  expect(then.words).toHaveLength(2);
  expect(then.owners).toBe(1);
});

test('what a limit or a more trusted word refused stands there as refused; merges are words too', async () => {
  const server = await running();
  await batch(server.url, shop.serverKey, [
    { type: 'login', ids: { device: 'd', user: 'ann' }, time: at(0) },
    { type: 'merge', ids: [{ user: 'ann' }, { user: 'anna' }], time: at(1) },
  ]);
  await batch(server.url, shop.publicKey, [{ type: 'login', ids: { device: 'd', user: 'eve' }, time: at(0) }]);
  const { words } = await device(server, 'kind=device&value=d');
  expect(words.find((one) => one.with?.value === 'eve')).toMatchObject({ stands: false, rule: 'S10', trust: 0 });
  const ann = await device(server, 'kind=user&value=ann');
  expect(ann.words).toMatchObject([
    { what: 'merge', with: { kind: 'user', value: 'anna' }, stands: true, claim: 'c2' },
  ]);
});

test('an identifier nobody named, and one of another project, are not found (S2)', async () => {
  const server = await running();
  await batch(server.url, other.serverKey, family);
  const answers = await Promise.all(
    ['tablet', 'none'].map((value) =>
      fetch(`${server.url}/v1/devices?kind=device&value=${value}`, {
        headers: { authorization: `Bearer ${shop.serverKey}` },
      }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
});
