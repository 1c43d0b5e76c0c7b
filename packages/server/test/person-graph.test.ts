import * as v from 'valibot';
import { expect, it } from 'vitest';
import { personGraphShape } from '../src/api/shapes/people.ts';
import { batch, running, shop, type TestServer } from './running.ts';

const headers = { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' };
const idOf = async ({ url }: TestServer, user: string) =>
  ((await (await fetch(`${url}/v1/people?kind=user&value=${user}`, { headers })).json()) as { id: string }).id;
/** Who had which identifier, the links between them by entry, and whose picture it is. */
async function graphOf({ url }: TestServer, id: string, asOf: number | undefined) {
  const answer = await fetch(`${url}/v1/people/${id}/graph${asOf === undefined ? '' : `?asOf=${asOf}`}`, { headers });
  if (answer.status === 404) return undefined;
  const { nodes, links, id: whose } = v.parse(personGraphShape, await answer.json());
  const theirs = nodes.filter(({ person }) => person === whose).map(({ value }) => value);
  return {
    theirs: theirs.sort(),
    others: nodes
      .map(({ value }) => value)
      .filter((value) => !theirs.includes(value))
      .sort(),
    links: links.map(({ position, from, to }) => `${position} ${from.value} ${to.value}`),
    claims: links.map(({ claim }) => claim),
  };
}

it('the graph of a person as of a position: what was theirs, and what joined them only later [H1]', async () => {
  const server = await running();
  await batch(server.url, shop.serverKey, [
    { type: 'login', ids: { user: 'eva', device: 'laptop' } },
    { type: 'login', ids: { user: 'eve', device: 'phone' } },
    { type: 'merge', ids: [{ user: 'eva' }, { user: 'eve' }] },
  ]);
  const id = await idOf(server, 'eve');
  const all = ['eva', 'eve', 'laptop', 'phone'];
  const now = await graphOf(server, id, undefined);
  expect(now).toMatchObject({ theirs: all, others: [] });
  expect(now?.links).toHaveLength(3);
  // As of now is now.
  expect(await graphOf(server, id, 3)).toEqual(now);
  // Whoever the two are named after now: each was somebody, and apart.
  const two = await graphOf(server, id, 2);
  expect([...(two?.theirs ?? []), ...(two?.others ?? [])].sort()).toEqual(all);
  expect([two?.theirs.length, two?.links.map((one) => one.slice(0, 1)).sort()]).toEqual([2, ['1', '2']]);
  // Before the second was ever named there is only the first.
  expect(await graphOf(server, id, 1)).toMatchObject({ theirs: ['eva', 'laptop'], others: [] });
  expect(await graphOf(server, id, 0)).toBeUndefined();
  // What was believed is shown also where it was taken back since.
  const merge = now?.claims[now.links.findIndex((one) => one.startsWith('3'))] as string;
  const body = JSON.stringify({ reason: 'two people' });
  expect((await fetch(`${server.url}/v1/claims/${merge}/retract`, { method: 'POST', headers, body })).status).toBe(200);
  expect((await graphOf(server, id, undefined))?.links).toHaveLength(1);
  expect(await graphOf(server, id, 3)).toEqual(now);
});

it('devices that were merged have each login once, however many they are and however often two had them in turn', async () => {
  const server = await running();
  const devices = Array.from({ length: 30 }, (_, n) => `d${n}`);
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();
  const merges = devices.slice(1).map((device) => ({ type: 'merge', ids: [{ device: 'd0' }, { device }] }));
  const logins = Array.from({ length: 120 }, (_, n) => ({
    type: 'login',
    time: at(n * 2),
    ids: { user: n % 2 === 0 ? 'ann' : 'bob', device: devices[n % 30] },
  }));
  await batch(server.url, shop.serverKey, [...merges, ...logins]);
  const id = await idOf(server, 'ann');
  const { links } = v.parse(
    personGraphShape,
    await (await fetch(`${server.url}/v1/people/${id}/graph`, { headers })).json(),
  );
  const said = links.filter(({ to }) => to.kind === 'user');
  expect(said).toHaveLength(60);
  expect(new Set(said.map(({ claim }) => claim)).size).toBe(60);
  // Every device is shared with the other, who is read once for all of its stretches.
  const shared = await (await fetch(`${server.url}/v1/people/${id}/shared`, { headers })).json();
  const { devices: theirs } = shared as { devices: { others: { person: { name: string } }[]; otherCount: number }[] };
  expect(theirs).toHaveLength(30);
  for (const { otherCount } of theirs) expect(otherCount).toBeGreaterThan(40);
  const names = new Set(theirs.flatMap(({ others }) => others.map(({ person }) => person.name)));
  expect([names.has('bob'), names.has('ann')]).toEqual([true, false]);
});
