import { describe, expect, test } from 'vitest';
import type {
  ClaimView,
  EventsAnswer,
  ExplainAnswer,
  PersonView,
  RetractionsAnswer,
  UndoneAnswer,
  UndoPreview,
} from '../src/api.ts';
import { batch, running, shop, type TestServer } from './running.ts';

const call = async <T>(server: TestServer, method: string, path: string, body?: object, key = shop.serverKey) => {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
};

const person = async (server: TestServer, kind: string, value: string) =>
  (await call<PersonView>(server, 'GET', `/v1/people?kind=${kind}&value=${value}`)).body;

const events = async (server: TestServer, id: string) =>
  (await call<EventsAnswer>(server, 'GET', `/v1/people/${id}/events`)).body.events.map((one) => one.name);

const identifiers = (one: PersonView) => one.identifiers.map(({ kind, value }) => `${kind}:${value}`).sort();

/** A tester's phone that logged in as ann. */
async function mixedUp() {
  const server = await running();
  await batch(server.url, shop.serverKey, [
    { type: 'track', name: 'Tried', ids: { device: 'testers' } },
    { type: 'track', name: 'Bought', ids: { user: 'ann', device: 'anns' } },
    { type: 'traits', ids: { user: 'ann' }, traits: { plan: 'gold' } },
    { type: 'login', ids: { user: 'ann', device: 'testers' } },
  ]);
  const explained = await call<ExplainAnswer>(server, 'GET', '/v1/explain?a=device:testers&b=user:ann');
  const id = explained.body.chain?.[0]?.claim as string;
  return { server, id };
}

describe('a claim is taken back and put back', () => {
  test('and everything reads as if it had never come, then exactly as before', async () => {
    const { server, id } = await mixedUp();
    const before = await person(server, 'user', 'ann');
    expect(identifiers(before)).toEqual(['device:anns', 'device:testers', 'user:ann']);
    expect(await events(server, before.id)).toEqual(['Bought', 'Tried']);

    const dry = await call<UndoPreview & { dryRun: true }>(server, 'POST', `/v1/claims/${id}/retract?dryRun=true`, {});
    expect(dry.status).toBe(200);
    expect(dry.body).toMatchObject({
      dryRun: true,
      people: { split: [before.id], joined: [] },
      events: { moved: 1, gone: 0 },
    });
    expect(await person(server, 'user', 'ann')).toEqual(before);

    const done = await call(server, 'POST', `/v1/claims/${id}/retract`, { reason: 'a tester’s phone' });
    expect(done).toEqual({
      status: 200,
      body: { id, stands: false, reason: 'a tester’s phone', at: expect.any(String), by: 'server key', position: 5 },
    });
    const ann = await person(server, 'user', 'ann');
    expect(identifiers(ann)).toEqual(['device:anns', 'user:ann']);
    expect(await events(server, ann.id)).toEqual(['Bought']);
    const tester = await person(server, 'device', 'testers');
    expect(tester.known).toBe(false);
    expect(await events(server, tester.id)).toEqual(['Tried']);
    const view = await call<ClaimView>(server, 'GET', `/v1/claims/${id}`);
    expect(view.body).toMatchObject({
      stands: false,
      rule: 'U2',
      identifier: { kind: 'device', value: 'testers' },
      owner: { kind: 'user', value: 'ann' },
      history: [{ what: 'retract', reason: 'a tester’s phone', by: 'server key' }],
    });

    const again = await call(server, 'POST', `/v1/claims/${id}/retract`, { reason: 'twice' });
    expect(again.body).toEqual(done.body);

    const back = await call(server, 'POST', `/v1/claims/${id}/restore`, { reason: 'it was ann after all' });
    expect(back.body).toMatchObject({ stands: true, reason: 'it was ann after all' });
    expect(await person(server, 'user', 'ann')).toEqual(before);
    expect(await events(server, before.id)).toEqual(['Bought', 'Tried']);
    const { history } = (await call<ClaimView>(server, 'GET', `/v1/claims/${id}`)).body;
    expect(history.map(({ what }) => what)).toEqual(['retract', 'restore']);
  });

  test('a merge too', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, [
      { type: 'track', name: 'A', ids: { user: 'ann' } },
      { type: 'track', name: 'B', ids: { user: 'bob' } },
      { type: 'merge', ids: [{ user: 'ann' }, { user: 'bob' }] },
    ]);
    const merged = await person(server, 'user', 'bob');
    const { body } = await call<ExplainAnswer>(server, 'GET', '/v1/explain?a=user:ann&b=user:bob');
    const id = body.chain?.[0]?.claim as string;
    await call(server, 'POST', `/v1/claims/${id}/retract`, { reason: 'twins' });
    expect((await person(server, 'user', 'bob')).id).not.toBe((await person(server, 'user', 'ann')).id);
    expect((await call<ClaimView>(server, 'GET', `/v1/claims/${id}`)).body).toMatchObject({
      type: 'merge',
      stands: false,
    });
    await call(server, 'POST', `/v1/claims/${id}/restore`, { reason: 'no twins' });
    expect(await person(server, 'user', 'bob')).toEqual(merged);
  });

  test('a link that a trait made too [C1]', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, [
      { type: 'traits', ids: { user: 'ann' }, traits: { email: 'ann@example.com' } },
    ]);
    const { body } = await call<ExplainAnswer>(server, 'GET', '/v1/explain?a=email:ann@example.com&b=user:ann');
    const id = body.chain?.[0]?.claim as string;
    expect((await call<ClaimView>(server, 'GET', `/v1/claims/${id}`)).body).toMatchObject({
      type: 'link',
      stands: true,
    });
    await call(server, 'POST', `/v1/claims/${id}/retract`, { reason: 'a typo' });
    expect(identifiers(await person(server, 'user', 'ann'))).toEqual(['user:ann']);
  });

  test('what cannot be done is said', async () => {
    const { server, id } = await mixedUp();
    const path = `/v1/claims/${id}/retract`;
    expect((await call(server, 'POST', path, { reason: 'x' }, shop.publicKey)).status).toBe(403);
    expect((await call(server, 'POST', path, {})).status).toBe(400);
    expect((await call(server, 'POST', path, { reason: '' })).status).toBe(400);
    expect((await call(server, 'POST', '/v1/claims/c999.1/retract', { reason: 'x' })).status).toBe(404);
    expect((await call(server, 'POST', '/v1/claims/nothing/retract', { reason: 'x' })).status).toBe(404);
    expect((await call<ClaimView>(server, 'GET', `/v1/claims/${id}`)).body).toMatchObject({
      stands: true,
      history: [],
    });
  });
});

describe('an undo is put back by its own position', () => {
  test('and by what it took back, and what another undo holds stays taken back', async () => {
    const { server, id } = await mixedUp();
    const by = (reason: string) => ({ identifier: 'device:testers', reason });
    const list = async () =>
      (await call<RetractionsAnswer>(server, 'GET', '/v1/retractions')).body.retractions.map(
        ({ position, what, entries, holds, of }) => [position, what, entries, holds, of],
      );
    const mine = await call<{ position: number }>(server, 'POST', `/v1/claims/${id}/retract`, { reason: 'not hers' });
    const without = identifiers(await person(server, 'user', 'ann'));
    const all = await call<UndoneAnswer & { position: number }>(server, 'POST', '/v1/retractions', by('ours'));
    expect(all.body).toMatchObject({ entries: 2, held: 1, of: null, what: 'retract' });
    expect(await list()).toEqual([
      [all.body.position, 'retract', 2, 2, null],
      [mine.body.position, 'retract', 1, 1, null],
    ]);
    // By what it took back.
    const back = await call<{ position: number }>(server, 'POST', '/v1/retractions', {
      ...by('not ours'),
      what: 'restore',
    });
    expect(back.body).toMatchObject({ entries: 2, held: 1, of: all.body.position, what: 'restore' });
    expect((await call(server, 'GET', '/v1/people?kind=device&value=testers')).status).toBe(200);
    expect(identifiers(await person(server, 'user', 'ann'))).toEqual(without);
    expect((await call<ClaimView>(server, 'GET', `/v1/claims/${id}`)).body.stands).toBe(false);
    // By its position, looked at first.
    const again = await call<{ position: number }>(server, 'POST', '/v1/retractions', by('ours after all'));
    const path = `/v1/retractions/${again.body.position}/restore`;
    const dry = await call<UndoneAnswer>(server, 'POST', `${path}?dryRun=true`, {});
    expect(dry.body).toMatchObject({
      dryRun: true,
      entries: 2,
      held: 1,
      events: { gone: 0, back: 0 },
      identifiers: { back: 1 },
    });
    expect((await call(server, 'POST', path, { reason: 'not ours' })).body).toMatchObject({ entries: 2, held: 1 });
    expect(identifiers(await person(server, 'user', 'ann'))).toEqual(without);
    expect((await call(server, 'POST', path, { reason: 'twice' })).status).toBe(409);
    // The first in its turn, and then nothing is left.
    const first = `/v1/retractions/${mine.body.position}/restore`;
    expect((await call(server, 'POST', first, {})).status).toBe(400);
    expect((await call(server, 'POST', first, { reason: 'hers' })).body).toMatchObject({ entries: 1, held: 0 });
    expect(identifiers(await person(server, 'user', 'ann'))).toContain('device:testers');
    expect((await list()).map(([, what, , holds]) => `${what} ${holds}`)).toEqual([
      'restore 0',
      'restore 0',
      'retract 0',
      'restore 0',
      'retract 0',
      'retract 0',
    ]);
    const nothing = await call(server, 'POST', '/v1/retractions', { ...by('x'), what: 'restore' });
    expect(nothing.status).toBe(404);
    for (const none of [1, 999, back.body.position])
      expect((await call(server, 'POST', `/v1/retractions/${none}/restore`, { reason: 'x' })).status).toBe(404);
    expect((await call(server, 'POST', '/v1/retractions/x/restore', { reason: 'x' })).status).toBe(400);
  });

  test('one claim of many is put back, whoever took it back', async () => {
    const { server, id } = await mixedUp();
    await call(server, 'POST', '/v1/retractions', { identifier: 'device:testers', reason: 'ours' });
    const { body } = await call<ClaimView>(server, 'POST', `/v1/claims/${id}/restore`, {
      reason: 'this login was hers',
    });
    expect(body.stands).toBe(true);
    expect(await events(server, (await person(server, 'user', 'ann')).id)).toEqual(['Bought']);
  });
});

describe('what fits a selection is taken back', () => {
  test('an identifier everywhere, a source, a range of time, one entry', async () => {
    const server = await running();
    const day = (n: number) => `2026-01-0${n}T00:00:00.000Z`;
    await batch(server.url, shop.serverKey, [
      { type: 'login', ids: { user: 'ann', device: 'qa' }, time: day(1), insertId: 'qa-1' },
      { type: 'login', ids: { user: 'bob', device: 'qa' }, time: day(2), insertId: 'qa-2' },
      { type: 'track', name: 'Order', ids: { user: 'ann' }, time: day(3), insertId: 'shop-1' },
      { type: 'track', name: 'Order', ids: { user: 'ann' }, time: day(4), insertId: 'shop-2' },
    ]);
    const qa = { identifier: 'device:qa', reason: 'a tester’s device' };
    const { body } = await call<{ entries: number }>(server, 'POST', '/v1/retractions', qa);
    expect(body).toMatchObject({ entries: 2, what: 'retract' });
    expect(identifiers(await person(server, 'user', 'ann'))).toEqual(['user:ann']);
    expect((await call(server, 'GET', '/v1/people?kind=device&value=qa')).status).toBe(404);
    await call(server, 'POST', '/v1/retractions', { ...qa, what: 'restore' });
    expect((await call(server, 'GET', '/v1/people?kind=device&value=qa')).status).toBe(200);

    const dry = await call<UndoPreview>(server, 'POST', '/v1/retractions?dryRun=true', {
      source: { wire: 'native', insertIdPrefix: 'shop-' },
      from: day(4),
    });
    expect(dry.body).toMatchObject({ entries: 1, events: { moved: 0, gone: 1, first: day(4) } });
    await call(server, 'POST', '/v1/retractions', { from: day(4), to: day(5), reason: 'sent twice' });
    const ann = await person(server, 'user', 'ann');
    expect(await events(server, ann.id)).toEqual(['Order']);
    const list = await call<{ retractions: { what: string; reason: string; entries: number }[] }>(
      server,
      'GET',
      '/v1/retractions',
    );
    expect(list.body.retractions.map(({ what, entries }) => [what, entries])).toEqual([
      ['retract', 1],
      ['restore', 2],
      ['retract', 2],
    ]);
    expect((await call(server, 'POST', '/v1/retractions', { reason: 'all' })).status).toBe(400);
    expect((await call(server, 'POST', '/v1/retractions', { entry: 999, reason: 'none' })).status).toBe(404);
  });
});
