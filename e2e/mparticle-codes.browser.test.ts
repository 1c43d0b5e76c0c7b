import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Device } from './src/browser.ts';
import { call, init, type Mparticle, type Told, workspace } from './src/mparticle.ts';
import {
  ALIAS,
  type Bed,
  frozenDevice,
  IDENTITY,
  log,
  type Strategy,
  startBed,
  watchBatches,
} from './src/mparticle-bed.ts';
import { until } from './src/until.ts';

declare const mParticle: Mparticle;
/** What reached the app that a page is shown in. */
declare const heard: string[];

let bed: Bed;
beforeAll(async () => {
  bed = await startBed();
});
afterAll(() => bed?.close());
afterEach(() => bed.leave());

const usual: Strategy = 'mparticle-conversion';
const { publicKey } = workspace(usual);
let serial = 0;
const customer = () => `K${++serial}-${process.pid}`;
/** Longer than any identifier may be: the server refuses it with 400. */
const tooLong = `${'x'.repeat(600)}@x.se`;
const cors = { 'access-control-allow-origin': '*' };

/** The identity, search and alias calls that leave the device from now on. */
function watchCalls({ context }: Pick<Device, 'context'>): readonly string[] {
  const calls: string[] = [];
  context.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/\/(identify|login|logout|modify|search|Alias)$/.test(pathname))
      calls.push(pathname.split('/').at(-1) as string);
  });
  return calls;
}
const isInitialized = ({ page }: Device) => page.evaluate(() => mParticle.isInitialized() === true);
const identitiesOf = ({ page }: Device) =>
  page.evaluate(() => mParticle.Identity.getCurrentUser()?.getUserIdentities().userIdentities);
/** What another answer to the call would have made of the SDK: the server is not asked. */
const tell = (device: Device, answer: Answer) =>
  device.context.route(IDENTITY, (route) =>
    answer === 'no connection'
      ? route.abort('connectionreset')
      : route.fulfill({ ...answer, headers: { ...cors, ...answer.headers } }),
  );
type Answer = 'no connection' | { status: number; body?: string; headers?: Record<string, string> };
/** The server's own answer under another status. */
const retell = (device: Device, status: number) =>
  device.context.route(IDENTITY, async (route) => route.fulfill({ response: await route.fetch(), status }));

describe('@mparticle/web-sdk, unmodified: what a callback hears of an answer', () => {
  const failed = (status: number): [Answer, string] => [
    { status, headers: { 'retry-after': '1' } },
    `Received HTTP Code of ${status}`,
  ];
  const unread = expect.any(String);

  it.each<[string, readonly [Answer, unknown][]]>([
    ['401, 403, 404 or 429', [401, 403, 404, 429].map(failed)],
    ['5xx or a broken connection', [...[500, 503].map(failed), ['no connection', unread]]],
    [
      'what cannot be read',
      [
        [{ status: 400 }, unread],
        [{ status: 200 }, unread],
        [{ status: 200, body: '{"mpid":' }, unread],
        [{ status: 204 }, unread],
      ],
    ],
  ])('no user yet, and the answer is %s: −1, never asked again by itself; events wait', async (_what, answers) => {
    const device = await bed.load(await frozenDevice(bed.browser));
    const calls = watchCalls(device);
    for (const [answer, body] of answers) {
      await tell(device, answer);
      const asked = calls.length;
      const told = asked === 0 ? await init(device.page, publicKey, bed.config()) : await call(device.page, 'identify');
      expect(told).toEqual({ httpCode: -1, mpid: null, isLoggedIn: null, body });
      expect(await isInitialized(device)).toBe(false);
      await log(device, `Waited ${asked}`);
      await device.page.clock.runFor(11_000);
      await device.context.unroute(IDENTITY);
      // A browser may send a request again itself when the connection breaks.
      if (answer !== 'no connection') expect(calls.length).toBe(asked + 1);
    }
    const waited = calls.length;
    const again = await call(device.page, 'identify');
    expect(again).toMatchObject({ httpCode: 200 });
    expect(calls.length).toBe(waited + 1);
    await log(device, 'Went on');
    const names = await bed.timeline(usual, String(again.mpid), 'Went on');
    expect(names.filter((name) => name.startsWith('Waited')).length).toBe(answers.length);
  });

  it.each<[string, object, (device: Device) => unknown, object]>([
    // The server itself refuses what is too long for an identifier.
    [
      '400 with its reason',
      { identifyRequest: { userIdentities: { email: tooLong } } },
      () => undefined,
      { httpCode: 400, body: { ErrorCode: 'BAD_REQUEST', StatusCode: 400 } },
    ],
    ['200 without an MPID', {}, (device) => tell(device, { status: 200, body: '{}' }), { httpCode: 200, body: {} }],
  ])('the first identify, %s: no user, events wait for the next', async (_what, given, before, told) => {
    const device = await bed.load();
    await before(device);
    expect(await init(device.page, publicKey, { ...bed.config(), ...given })).toMatchObject({ mpid: null, ...told });
    expect(await isInitialized(device)).toBe(true);
    await log(device, 'Waited');
    await device.context.unroute(IDENTITY);
    const again = await call(device.page, 'identify', {});
    expect(again).toMatchObject({ httpCode: 200 });
    await log(device, 'Went on');
    expect(await bed.timeline(usual, String(again.mpid), 'Went on')).toContain('Waited');
  });

  it('200: the new user, his identities remembered, what waited sent at once, the change told as an event', async () => {
    const email = `${customer()}@x.se`;
    const device = await bed.visit('mparticle-link', {}, await frozenDevice(bed.browser));
    const sent = watchBatches(device);
    await device.page.evaluate(() => mParticle.logEvent('Before'));
    const login = await call(device.page, 'login', { email });
    expect(login).toMatchObject({ httpCode: 200, isLoggedIn: true });
    expect(login.mpid).not.toBe(device.told.mpid);
    expect(await identitiesOf(device)).toEqual({ email });
    // The clock stands still: nothing leaves by timer.
    await until(
      async () => sent.length,
      (count) => count === 2,
    );
    expect(sent).toMatchObject([
      { mpid: device.told.mpid, names: expect.arrayContaining(['Before']) },
      { mpid: login.mpid, names: ['user_identity_change'] },
    ]);
    await bed.timeline('mparticle-link', String(device.told.mpid), 'Before');
  });

  it('202 instead: the SDK takes the MPID and forgets the identities, so we do not answer so', async () => {
    const c = customer();
    const device = await bed.visit('mparticle-link');
    await retell(device, 202);
    const login = await call(device.page, 'login', { customerid: c });
    expect(login).toMatchObject({ httpCode: 202, isLoggedIn: true });
    expect(login.mpid).not.toBe(device.told.mpid);
    expect(await identitiesOf(device)).toEqual({});
    const modify = await call(device.page, 'modify', { email: `${c}@x.se` });
    expect(modify).toMatchObject({ httpCode: 202, mpid: login.mpid });
    expect(await identitiesOf(device)).toEqual({});
    await device.context.unroute(IDENTITY);
    expect(await call(device.page, 'modify', { email: `${c}@x.se` })).toMatchObject({ httpCode: 200 });
    expect(await identitiesOf(device)).toEqual({ email: `${c}@x.se` });
  });

  it('later calls refused or unheard: the user stays who he was, and the next call works', async () => {
    const c = customer();
    const device = await bed.visit(usual);
    const { mpid } = device.told;
    for (const verb of ['identify', 'login', 'logout', 'modify'] as const) {
      expect(await call(device.page, verb, { email: tooLong })).toMatchObject({
        httpCode: 400,
        mpid,
        body: { ErrorCode: 'BAD_REQUEST' },
      });
      // The server's own answer to a key it does not know.
      await device.context.route(IDENTITY, (route) =>
        route.continue({ headers: { ...route.request().headers(), 'x-mp-key': 'no-such-key' } }),
      );
      expect(await call(device.page, verb, { email: `${c}@x.se` })).toMatchObject({
        httpCode: -1,
        mpid,
        body: 'Received HTTP Code of 401',
      });
      await device.context.unroute(IDENTITY);
    }
    expect(await identitiesOf(device)).toEqual({});
    expect(await call(device.page, 'login', { customerid: c })).toMatchObject({ httpCode: 200, mpid });
  });

  it('modify: a null removes, and what the SDK remembers goes with it', async () => {
    const c = customer();
    const device = await bed.visit(usual);
    await call(device.page, 'login', { customerid: c, email: `${c}@x.se` });
    const told = await call(device.page, 'modify', { email: null });
    expect(told).toMatchObject({
      httpCode: 200,
      isLoggedIn: true,
      body: { change_results: [{ identity_type: 'email' }] },
    });
    expect((await bed.project(usual).person('user', c))?.profiles?.[0]?.record.map((one) => one.kind).sort()).toEqual([
      'device',
      'user',
    ]);
    expect(await bed.project(usual).person('email', `${c}@x.se`)).toBeUndefined();
  });

  it('search hears the true status: 400, 401, and −1 when nobody answers or nothing is asked', async () => {
    const device = await bed.visit(usual);
    const calls = watchCalls(device);
    const search = (key: string, identities: object) =>
      device.page.evaluate(
        ([apiKey, given]) =>
          new Promise<object>((resolve) => mParticle.Identity.search(apiKey as string, given as object, resolve)),
        [key, identities] as const,
      );
    expect(await search(publicKey, { customer_id: 'C1' })).toMatchObject({ httpCode: 400, body: { StatusCode: 400 } });
    expect(await search('no-such-key', { email: 'a@x.se' })).toEqual({ httpCode: 401, body: undefined });
    await device.context.route(/\/search/, (route) => route.abort('connectionreset'));
    expect(await search(publicKey, { email: 'a@x.se' })).toEqual({ httpCode: -1 });
    const asked = calls.length;
    expect(await search(publicKey, { email: '' })).toEqual({ httpCode: -1 });
    expect(await search('', { email: 'a@x.se' })).toEqual({ httpCode: -1 });
    expect(calls.length).toBe(asked);
  });
});

describe('@mparticle/web-sdk, unmodified: codes it makes itself', () => {
  it('−2 while another call is in flight: the second is dropped and nobody hears of it', async () => {
    const [first, second] = [customer(), customer()];
    const device = await bed.visit(usual);
    const calls = watchCalls(device);
    const codes = await device.page.evaluate(
      (customers) =>
        Promise.all(
          customers.map(
            (customerid) =>
              new Promise<number>((resolve) =>
                mParticle.Identity.login({ userIdentities: { customerid } }, (result) => resolve(result.httpCode)),
              ),
          ),
        ),
      [first, second],
    );
    expect(codes).toEqual([200, -2]);
    expect(calls).toEqual(['login']);
    expect(await bed.project(usual).person('user', first)).toBeDefined();
    expect(await bed.project(usual).person('user', second)).toBeUndefined();
    expect(await call(device.page, 'login', { customerid: first })).toMatchObject({ httpCode: 200 });
  });

  it('−3 in a session that goes on: a body out of the SDK’s memory, no request; asked again for other identities', async () => {
    const c = customer();
    const first = await bed.visit(usual);
    await call(first.page, 'login', { customerid: c });
    const calls = watchCalls(first);
    const again = await bed.visit(usual, {}, first);
    expect(again.told).toMatchObject({
      httpCode: -3,
      mpid: first.told.mpid,
      body: { mpid: first.told.mpid, is_logged_in: true, matched_identities: { customerid: c } },
    });
    const same = { identifyRequest: { userIdentities: { customerid: c } } };
    expect((await bed.visit(usual, same, first)).told).toMatchObject({ httpCode: -3 });
    expect(calls).toEqual([]);
    const other = { identifyRequest: { userIdentities: { customerid: c, email: `${c}@x.se` } } };
    expect((await bed.visit(usual, other, first)).told).toMatchObject({ httpCode: 200, mpid: first.told.mpid });
    expect(calls).toEqual(['identify']);
    expect((await bed.project(usual).person('email', `${c}@x.se`))?.id).toBe(
      (await bed.project(usual).person('user', c))?.id,
    );
  });

  it('−4 for what can be no request: nothing leaves the page', async () => {
    const device = await bed.visit(usual);
    const calls = watchCalls(device);
    const ask = (verb: 'identify' | 'login' | 'logout' | 'modify', request: object) =>
      device.page.evaluate(
        ([name, given]) =>
          new Promise<number>((resolve) =>
            mParticle.Identity[name as 'login'](given as object, (result) => resolve(result.httpCode)),
          ),
        [verb, request] as const,
      );
    for (const verb of ['identify', 'login', 'logout', 'modify'] as const) {
      expect(await ask(verb, { userIdentities: { customer_id: 'C1' } })).toBe(-4);
      expect(await ask(verb, { userIdentities: { customerid: 5 } })).toBe(-4);
      expect(await ask(verb, { userIdentities: 'C1' })).toBe(-4);
      expect(await ask(verb, { onUserAlias: 'C1' })).toBe(-4);
      expect(await ask(verb, { customerid: 'C1' })).toBe(-4);
    }
    expect(await ask('modify', { userIdentities: {} })).toBe(-4);
    // Falsy values are taken out first, so this modify is empty too.
    expect(await ask('modify', { userIdentities: { email: '' } })).toBe(-4);
    expect(calls).toEqual([]);
  });

  it('−5 in an app’s web view: calls and events go to the app by the bridge our settings name, none to us', async () => {
    const device = await bed.load();
    const calls = watchCalls(device);
    const sent = watchBatches(device);
    await device.page.evaluate(
      ([key, given, bridgeName]) => {
        const heard: string[] = [];
        const methods = [
          'identify',
          'login',
          'logout',
          'modify',
          'aliasUsers',
          'logEvent',
          'setSessionAttribute',
          'upload',
        ];
        // What an Android app with the vendor's SDK puts on the page.
        const bridge = Object.fromEntries(methods.map((name) => [name, () => heard.push(name)]));
        Object.assign(globalThis, { heard, [bridgeName as string]: bridge });
        mParticle.init(key as string, given as object);
      },
      [publicKey, bed.config(), `mParticleAndroid_ss-${usual}_v2`] as const,
    );
    // In a web view no identity callback is called at the start.
    await device.page.waitForFunction(() => heard.includes('setSessionAttribute'), undefined, { timeout: 60_000 });
    const told = await device.page.evaluate(() => {
      const codes: number[] = [];
      for (const verb of ['identify', 'login', 'logout', 'modify'] as const)
        mParticle.Identity[verb]({ userIdentities: { customerid: 'C1' } }, (result) => codes.push(result.httpCode));
      const alias = { sourceMpid: '1', destinationMpid: '2', startTime: 1, endTime: 2 };
      mParticle.Identity.aliasUsers(alias, (result) => codes.push((result as Told).httpCode));
      mParticle.logEvent('In the app');
      mParticle.upload();
      return { codes, heard };
    });
    expect(told.codes).toEqual([-5, -5, -5, -5, -5]);
    expect(told.heard).toEqual(
      expect.arrayContaining(['identify', 'login', 'logout', 'modify', 'aliasUsers', 'logEvent', 'upload']),
    );
    expect([calls, sent]).toEqual([[], []]);
  });

  it.each<[string, () => Promise<Device>]>([
    [
      'after opting out',
      async () => {
        const device = await bed.visit(usual);
        await device.page.evaluate(() => mParticle.setOptOut(true));
        return device;
      },
    ],
    [
      'without a key',
      async () => {
        const device = await bed.load();
        await device.page.evaluate((given) => mParticle.init('', given), { ...bed.config(), requestConfig: false });
        return device;
      },
    ],
  ])('−6 %s: no identity call, search or alias leaves the page', async (_when, start) => {
    const device = await start();
    const calls = watchCalls(device);
    for (const verb of ['identify', 'login', 'logout', 'modify'] as const)
      expect(await call(device.page, verb, { customerid: 'C1' })).toMatchObject({ httpCode: -6 });
    const others = await device.page.evaluate(async (key) => {
      const request = { sourceMpid: '1', destinationMpid: '2', startTime: 1, endTime: 2 };
      return [
        await new Promise((resolve) => mParticle.Identity.search(key, { email: 'a@x.se' }, resolve)),
        await new Promise((resolve) => mParticle.Identity.aliasUsers(request, resolve)),
      ];
    }, publicKey);
    expect(others).toMatchObject([{ httpCode: -6 }, { httpCode: -6 }]);
    expect(calls).toEqual([]);
  });
});

describe('@mparticle/web-sdk, unmodified: what an alias hears', () => {
  const link: Strategy = 'mparticle-link';
  const ask = ({ page }: Device, request: object) =>
    page.evaluate((given) => new Promise<object>((resolve) => mParticle.Identity.aliasUsers(given, resolve)), request);

  it('202, and 200 as well; 400 with the reason; −1 of everything else; −4 of what can be none', async () => {
    const device = await bed.visit(link);
    const login = await call(device.page, 'login', { customerid: customer() });
    const calls = watchCalls(device);
    const given = { sourceMpid: device.told.mpid, destinationMpid: login.mpid, startTime: 1, endTime: 2 };
    expect(await ask(device, given)).toEqual({ httpCode: 202 });
    expect(await ask(device, { ...given, sourceMpid: '9007199254740993' })).toEqual({
      httpCode: 400,
      message: 'source_mpid or destination_mpid is unknown',
    });
    const other = async (status: number) => {
      await device.context.unroute(ALIAS);
      await device.context.route(ALIAS, (route) => route.fulfill({ status, headers: cors }));
      return await ask(device, given);
    };
    expect(await other(200)).toEqual({ httpCode: 200 });
    for (const status of [403, 404, 429, 500, 503])
      expect(await other(status)).toEqual({ httpCode: -1, message: `Received HTTP Code of ${status}` });
    await device.context.unroute(ALIAS);
    // The server's own answer to a key it does not know.
    await device.context.route(ALIAS, (route) => {
      const { publicKey: mine } = workspace(link);
      return route.continue({ url: route.request().url().replace(mine, 'no-such-key') });
    });
    expect(await ask(device, given)).toEqual({ httpCode: -1, message: 'Received HTTP Code of 401' });
    await device.context.unroute(ALIAS);
    await device.context.route(ALIAS, (route) => route.abort('connectionreset'));
    expect(await ask(device, given)).toMatchObject({ httpCode: -1, message: expect.any(String) });
    await device.context.unroute(ALIAS);

    const asked = calls.length;
    for (const wrong of [
      { sourceMpid: '' },
      { destinationMpid: undefined },
      { destinationMpid: given.sourceMpid },
      { startTime: 0 },
      { endTime: null },
      { startTime: 3 },
    ])
      expect(await ask(device, { ...given, ...wrong })).toMatchObject({ httpCode: -4, message: expect.any(String) });
    expect(calls.length).toBe(asked);
  });

  it('−1 where the strategy has none: the server’s own 403', async () => {
    const device = await bed.visit('mparticle-isolation');
    const login = await call(device.page, 'login', { customerid: customer() });
    const given = { sourceMpid: device.told.mpid, destinationMpid: login.mpid, startTime: 1, endTime: 2 };
    expect(await ask(device, given)).toEqual({ httpCode: -1, message: 'Received HTTP Code of 403' });
  });
});
