import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claimNumber, keyOf, type ProjectId, presets } from '@selfsame/identity';
import { dice, itemOf, traffic } from '@selfsame/store/traffic';
import { describe, expect, it, test } from 'vitest';
import type { SimulationResult, SimulationView, StatsAnswer } from '../src/api.ts';
import { startServer } from '../src/index.ts';
import { batch, other, running, shop, type TestServer } from './running.ts';

const asking = (key: string) => ({ 'content-type': 'application/json', authorization: `Bearer ${key}` });
const call = (server: { url: string }, method: string, path: string, body?: object, key = shop.serverKey) =>
  fetch(server.url + path, {
    method,
    headers: asking(key),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

async function start(server: TestServer, body: object): Promise<string> {
  const answer = await call(server, 'POST', '/v1/policy/simulate', body);
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { id: string }).id;
}

/** Asks until it is done; the test's own limit ends what never is. */
async function ended(server: TestServer, id: string): Promise<SimulationView> {
  for (;;) {
    const view = (await (await call(server, 'GET', `/v1/policy/simulations/${id}`)).json()) as SimulationView;
    if (view.state !== 'running') return view;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function simulate(server: TestServer, policy: object): Promise<SimulationResult> {
  const { state, reason, result } = await ended(server, await start(server, { policy }));
  expect([state, reason]).toEqual(['done', undefined]);
  return result as SimulationResult;
}

const seen = (minute: number, ids: object) => ({
  type: 'track',
  name: 'Seen',
  time: new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString(),
  ids,
});

describe('POST /v1/policy/simulate', () => {
  describe('with a truth', () => {
    /** Mother signs in, then son; what is told without a login after each was theirs. */
    const told = [
      seen(0, { device: 'tablet', user: 'mother' }),
      seen(1, { device: 'tablet' }),
      seen(10, { device: 'tablet', user: 'son' }),
      seen(11, { device: 'tablet' }),
      seen(12, { device: 'tablet' }),
    ].map((one, i) => ({ ...one, insertId: String(100 + i) }));
    const truth = ['m', 'm', 's', 's', 's'].map((human, i) => ({ insertId: 100 + i, human }));

    test('says how well the policy of today and the other find the humans', async () => {
      const server = await running();
      // Told twice, it counts once.
      await batch(server.url, shop.serverKey, [...told, told[4] as object]);
      const view = await ended(server, await start(server, { policy: { sharedDevice: 'first-login' }, truth }));
      expect(view.result?.quality?.before).toEqual({
        ...{ events: 5, precision: 1, strictPrecision: 1, recall: 1, f: 1, wrongAnonymous: 0 },
      });
      // Mother's: her two and two of the son's. Son's: his one.
      const [precision, recall] = [(4 * (2 / 4) + 1) / 5, (2 + 2 * (2 / 3) + 1 / 3) / 5];
      expect(view.result?.quality?.after).toEqual({
        events: 5,
        precision: expect.closeTo(precision, 9),
        strictPrecision: expect.closeTo(precision, 9),
        recall: expect.closeTo(recall, 9),
        f: expect.closeTo((2 * precision * recall) / (precision + recall), 9),
        wrongAnonymous: expect.closeTo(2 / 3, 9),
      });
    });

    test('who was named with a device is said by all of the log, not only by the truth', async () => {
      const server = await running();
      const visits = [0, 40, 80].map((minute) => ({ ...seen(minute, { device: 'hall' }), insertId: `v${minute}` }));
      await batch(server.url, shop.serverKey, visits);
      const strangers = visits.map(({ insertId }, i) => ({ insertId, human: `h${i}` }));
      const measured = async () => {
        const policy = { sharedDevice: 'first-login' };
        const { result } = await ended(server, await start(server, { policy, truth: strangers }));
        return result?.quality?.after;
      };
      expect(await measured()).toMatchObject({ precision: 1, strictPrecision: expect.closeTo(1 / 3, 9) });
      await batch(server.url, shop.serverKey, [seen(90, { device: 'hall', user: 'mother' })]);
      expect(await measured()).toMatchObject({ precision: expect.closeTo(1 / 3, 9) });
    });

    test('[D3] a page’s copy counts where the backend’s was taken back', async () => {
      const server = await running();
      await batch(server.url, shop.serverKey, told);
      await batch(server.url, shop.publicKey, told.slice(4));
      const counted = async () => {
        const view = await ended(server, await start(server, { policy: {}, truth }));
        return view.result?.quality?.before.events;
      };
      const retract = async (entry: number) =>
        await call(server, 'POST', '/v1/retractions', { what: 'retract', entry, reason: 'a test' });
      expect(await counted()).toBe(5);
      expect((await retract(5)).status).toBe(200);
      expect(await counted()).toBe(5);
      expect((await retract(1)).status).toBe(200);
      expect(await counted()).toBe(4);
    });

    test('every preset is measured; events that nobody knows do not count', async () => {
      const server = await running();
      await batch(server.url, shop.serverKey, told);
      const view = await ended(server, await start(server, { allPresets: true, truth: truth.slice(0, 2) }));
      expect(view.presets?.map(({ quality }) => quality?.after.events)).toEqual(Object.keys(presets).map(() => 2));
    });

    test('says so where none of it is in the log, and names what is no truth', async () => {
      const server = await running();
      await batch(server.url, shop.serverKey, told);
      const strange = [{ insertId: 'strange', human: 'm' }];
      const view = await ended(server, await start(server, { policy: {}, truth: strange }));
      expect(view).toMatchObject({ state: 'failed', reason: expect.stringContaining('no event of the truth') });
      for (const wrong of [[], [{ insertId: 'a' }], [{ insertId: 'a', human: 'm', more: 1 }], 'file']) {
        const answer = await call(server, 'POST', '/v1/policy/simulate', { policy: {}, truth: wrong });
        expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('truth')]);
      }
    });
  });

  describe('with questions', () => {
    const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 10, n)).toISOString();
    const told = [
      { type: 'login', ids: { device: 'tablet', user: 'mother' }, time: minute(0) },
      { type: 'track', name: 'Look', ids: { device: 'tablet' }, time: minute(1), properties: { utm_campaign: 'may' } },
      { type: 'track', name: 'Buy', ids: { user: 'mother' }, time: minute(3), properties: { total: 7 } },
      { type: 'login', ids: { device: 'tablet', user: 'son' }, time: minute(20) },
      { type: 'track', name: 'Look', ids: { device: 'tablet' }, time: minute(21) },
      { type: 'track', name: 'Buy', ids: { user: 'son' }, time: minute(22), properties: { total: 5 } },
      { type: 'track', name: 'Look', ids: { user: 'aunt' }, time: minute(23) },
    ];
    const questions = [
      { insight: 'funnel', name: 'Look, then buy', question: { steps: [{ event: 'Look' }, { event: 'Buy' }] } },
      { insight: 'attribution', question: { conversion: { event: 'Buy' }, revenueProperty: 'total' } },
      { insight: 'retention', question: { first: { event: 'Look' }, returning: { event: 'Buy' }, interval: 'day' } },
      { insight: 'counts', question: { events: [{ event: 'Look' }] } },
    ] as const;
    const answers = (server: TestServer) =>
      Promise.all(
        questions.map(async ({ insight, question }) =>
          (await call(server, 'POST', `/v1/insights/${insight}`, question)).json(),
        ),
      );

    test('each is answered as today, and as it is answered after the switch', async () => {
      const server = await running();
      await batch(server.url, shop.serverKey, told);
      const policy = { sharedDevice: 'first-login' };
      const { result } = await ended(server, await start(server, { policy, questions }));
      const asked = result?.questions ?? [];
      expect(asked.map(({ before }) => before)).toEqual(await answers(server));
      expect(asked[0]).toMatchObject({
        name: 'Look, then buy',
        figures: [
          { name: '1. Look', unit: 'people', before: 3, after: 2 },
          { name: '2. Buy', unit: 'people', before: 2, after: 1 },
          { name: 'get to the end', unit: 'share', before: 2 / 3, after: 1 / 2 },
        ],
      });
      expect(asked[1]?.name).toBe('2. attribution');
      expect((await call(server, 'PUT', '/v1/policy', policy)).status).toBe(200);
      expect(asked.map(({ after }) => after)).toEqual(await answers(server));
      expect(asked.map(({ after }) => after)).not.toEqual(asked.map(({ before }) => before));
    });

    test('a dry run says how the answers would change when something is taken back', async () => {
      const server = await running();
      await batch(server.url, shop.serverKey, told);
      const what = { entry: 4, questions };
      const before = await answers(server);
      const preview = await (await call(server, 'POST', '/v1/retractions?dryRun=true', what)).json();
      const { result } = await ended(server, (preview as { simulation: string }).simulation);
      const asked = result?.questions ?? [];
      expect(asked.map((one) => one.before)).toEqual(before);
      expect(asked[0]?.figures[1]).toEqual({ name: '2. Buy', unit: 'people', before: 2, after: 1 });
      expect((await call(server, 'POST', '/v1/retractions', { entry: 4, reason: 'a mistake' })).status).toBe(200);
      expect(asked.map((one) => one.after)).toEqual(await answers(server));
    });

    test('a dry run says how the answers would change when an identifier is pinned', async () => {
      const server = await running();
      await batch(server.url, shop.serverKey, told);
      const pin = { identifier: 'device:tablet', person: 'user:mother' };
      const before = await answers(server);
      const preview = await (await call(server, 'POST', '/v1/pins?dryRun=true', { ...pin, questions })).json();
      const { result } = await ended(server, (preview as { simulation: string }).simulation);
      const asked = result?.questions ?? [];
      expect(asked.map((one) => one.before)).toEqual(before);
      expect(asked[0]?.figures[1]).toEqual({ name: '2. Buy', unit: 'people', before: 2, after: 1 });
      expect((await call(server, 'POST', '/v1/pins', { ...pin, reason: 'it is hers' })).status).toBe(200);
      expect(asked.map((one) => one.after)).toEqual(await answers(server));
    });

    test('every preset has figures alone; what is no question is named', async () => {
      const server = await running();
      await batch(server.url, shop.serverKey, told);
      const few = questions.slice(0, 1);
      const { presets: all } = await ended(server, await start(server, { allPresets: true, questions: few }));
      expect(all?.map((one) => one.questions?.map(({ figures, before }) => [figures.length, before]))).toEqual(
        Object.keys(presets).map(() => [[3, undefined]]),
      );
      for (const wrong of [
        { insight: 'days', question: {} },
        { insight: 'funnel', question: { steps: [], asOf: 1 } },
      ]) {
        const answer = await call(server, 'POST', '/v1/policy/simulate', { policy: {}, questions: [wrong] });
        expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('questions')]);
      }
    });
  });

  test('a device of mother and son: who would have it, by which rule, with its evidence', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, [
      seen(0, { device: 'tablet', user: 'mother' }),
      seen(1, { device: 'tablet' }),
      seen(10, { device: 'tablet', user: 'son' }),
      seen(11, { device: 'tablet' }),
      seen(12, { device: 'tablet' }),
    ]);
    const result = await simulate(server, { sharedDevice: 'first-login' });
    expect(result).toMatchObject({
      people: { before: 2, after: 2 },
      known: { before: 2, after: 2 },
      joined: 0,
      split: 0,
      events: { moved: 2 },
      changed: 1,
    });
    expect(result.changes[0]).toMatchObject({
      what: 'moved',
      identifiers: ['device:tablet', 'user:mother', 'user:son'],
      events: 2,
      because: {
        identifier: 'device:tablet',
        rule: 'L3a',
        was: { rule: 'L7a' },
        claim: `c1.${claimNumber(keyOf({ kind: 'device', value: 'tablet' }))}`,
        source: 'native',
      },
    });
  });

  test('two people that a merge has joined, where merges of the server key are not believed', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, [
      seen(0, { user: 'a' }),
      seen(1, { user: 'b' }),
      { type: 'merge', ids: [{ user: 'a' }, { user: 'b' }] },
    ]);
    const result = await simulate(server, { mergeTrust: 3 });
    expect(result).toMatchObject({ people: { before: 1, after: 2 }, joined: 0, split: 1 });
    expect(result.changes).toMatchObject([{ what: 'split', because: { rule: 'S11', was: { rule: 'M1' } } }]);
    await call(server, 'PUT', '/v1/policy', { mergeTrust: 3 });
    expect(await simulate(server, { mergeTrust: 1 })).toMatchObject({
      people: { before: 2, after: 1 },
      joined: 1,
      split: 0,
      changes: [{ what: 'joined', because: { rule: 'M1' } }],
    });
  });

  test('every preset side by side, the present one among them without a difference', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, [
      seen(0, { device: 'd', user: 'ann' }),
      seen(10, { device: 'd', user: 'bob' }),
      seen(12, { device: 'd' }),
    ]);
    const { presets: results = [] } = await ended(server, await start(server, { allPresets: true }));
    expect(results.map(({ preset }) => preset)).toEqual(Object.keys(presets));
    expect(results.find(({ preset }) => preset === 'selfsame')).toMatchObject({ changed: 0, events: { moved: 0 } });
    expect(results.find(({ preset }) => preset === 'mixpanel-simplified')).toMatchObject({ events: { moved: 1 } });
  });

  test('would the directory’s isolation have kept them apart: past calls decided anew, and not by a change of policy', async () => {
    const server = await running({ projects: [{ ...shop, policy: { preset: 'mparticle-default' } }, other] });
    const identify = async (what: string, known_identities: object) => {
      const answer = await fetch(`${server.url}/mparticle/v1/${what}`, {
        method: 'POST',
        headers: { 'x-mp-key': shop.publicKey },
        body: JSON.stringify({ environment: 'development', known_identities }),
      });
      expect(answer.status).toBe(200);
    };
    await identify('identify', { device_application_stamp: 'D' });
    await identify('login', { device_application_stamp: 'D', customerid: 'C' });
    const policy = { preset: 'mparticle-isolation' };
    expect(await simulate(server, policy)).toMatchObject({ changed: 0 });
    const { result } = await ended(server, await start(server, { policy, fromTheStart: true }));
    expect(result?.changed).toBeGreaterThan(0);
  });

  it('is for the server key alone, and of its own project', async () => {
    const server = await running();
    expect((await call(server, 'POST', '/v1/policy/simulate', { policy: {} }, shop.publicKey)).status).toBe(403);
    const id = await start(server, { policy: {} });
    const path = `/v1/policy/simulations/${id}`;
    expect((await call(server, 'GET', path, undefined, shop.publicKey)).status).toBe(403);
    expect((await call(server, 'GET', path, undefined, other.serverKey)).status).toBe(404);
    expect((await call(server, 'DELETE', path, undefined, other.serverKey)).status).toBe(404);
    expect(await (await call(server, 'GET', '/v1/policy/simulations', undefined, other.serverKey)).json()).toEqual({
      simulations: [],
    });
    await ended(server, id);
  });

  it.each([
    {},
    { policy: {}, allPresets: true },
    { policy: { preset: 'none' } },
    { policy: { shoeSize: 43 } },
    { policy: { order: 'arrival' } },
    { policy: { directory: { strategy: 'profile_conversion', immutableIds: ['email'] } } },
  ])('refuses %j as a change of policy would', async (body) => {
    const server = await running();
    const answer = await call(server, 'POST', '/v1/policy/simulate', body);
    expect(answer.status).toBe(400);
    if (!('policy' in body) || 'allPresets' in body) return;
    const changed = await call(server, 'PUT', '/v1/policy', body.policy);
    const said = async (one: Response) => ((await one.json()) as { error: { message: string } }).error.message;
    expect((await said(answer)).replace('policy.', '')).toBe(await said(changed));
  });

  test('keeps its files in the data directory meanwhile, and the next start clears what a crash left there', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, [seen(0, { device: 'tablet', user: 'mother' })]);
    const scratch = join(server.data, 'scratch');
    // It may have ended before it is looked at.
    for (let files: readonly string[] = []; files.length === 0; files = readdirSync(scratch))
      await start(server, { policy: { sharedDevice: 'first-login' } });
    await server.stop();
    mkdirSync(join(scratch, 'what-if-left'));
    writeFileSync(join(scratch, 'what-if-left', 'columns.duckdb'), 'events of people');
    const again = await startServer(
      { config: join(server.data, '../settings.json'), data: server.data, port: 0, host: '127.0.0.1' },
      { foreground: false, logTo: { write: () => {} } },
    );
    await again.stop();
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('one that is cancelled is gone, and the next one has its turn; so many wait and no more', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, [seen(0, { user: 'a' })]);
    const ids = [];
    for (let i = 0; i < 3; i++) ids.push(await start(server, { policy: {} }));
    expect((await call(server, 'DELETE', `/v1/policy/simulations/${ids[0]}`)).status).toBe(204);
    expect((await call(server, 'DELETE', `/v1/policy/simulations/${ids[1]}`)).status).toBe(204);
    expect((await call(server, 'GET', `/v1/policy/simulations/${ids[0]}`)).status).toBe(404);
    expect(await ended(server, ids[2] as string)).toMatchObject({ state: 'done', result: { changed: 0 } });
    const many = await Promise.all(
      Array.from({ length: 30 }, () => call(server, 'POST', '/v1/policy/simulate', { policy: {} })),
    );
    // One or another may have its turn meanwhile.
    const taken = many.filter(({ status }) => status === 202).length;
    expect(taken).toBeGreaterThanOrEqual(8);
    expect(taken).toBeLessThan(many.length);
    expect(many.filter(({ status }) => status === 429)).toHaveLength(many.length - taken);
  });
});

describe('the law of what if', () => {
  const seed = Number(process.env['SELFSAME_SEED']);

  test(`simulate(P) is what switching to P gives, and simulate(the present one) is nothing (seed ${seed})`, async () => {
    const server = await running();
    const mine = traffic(seed, 600).map((one) => ({ ...one, project: 'shop' as ProjectId }));
    await server.context.ingest.submit('native', mine.map(itemOf));
    const roll = dice(seed + 1);
    const names = Object.keys(presets).toSorted(() => roll() - 0.5);
    for (const preset of names.slice(0, 4)) {
      const before = (await (await call(server, 'GET', '/v1/stats')).json()) as StatsAnswer;
      expect(await simulate(server, {})).toMatchObject({
        people: { before: before.people, after: before.people },
        joined: 0,
        split: 0,
        events: { moved: 0 },
        changes: [],
      });
      const would = await simulate(server, { preset });
      expect(would.people.before, preset).toBe(before.people);
      await call(server, 'PUT', '/v1/policy', { preset });
      const after = (await (await call(server, 'GET', '/v1/stats')).json()) as StatsAnswer;
      expect(would.people.after, preset).toBe(after.people);
    }
  });
});
