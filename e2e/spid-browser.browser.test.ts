import { createHmac } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Device, launchBrowser, newDevice } from './src/browser.ts';
import { type Pages, startPages } from './src/pages.ts';
import { type Selfsame, SPID_CLIENT, startSelfsame } from './src/selfsame.ts';

/** The globals of our script, as far as the tests use them. */
declare const VGS: {
  init(options: object): void;
  getSession(): { userId: number; sig: string } | null;
  getLoginStatus(callback?: (answer: unknown) => void, force?: boolean): void;
  setTraits(traits: string, callback?: (answer: unknown) => void): void;
  hasProduct(id: number, callback: (answer: unknown) => void): void;
  hasSubscription(id: number, callback: (answer: unknown) => void): void;
  getLoginURI(redirect?: string): string;
  Event: { subscribe(name: string, handler: (what: unknown) => void): void };
  Auth: { logout(callback?: (answer: unknown) => void): void };
};
declare const SPiD: {
  init(options: object): void;
  hasSession(callback: (error: unknown, answer: unknown) => void): void;
  setTraits(traits: string, callback: (error: unknown, answer: unknown) => void): void;
  hasProduct(id: number, callback: (error: unknown, answer: unknown) => void): void;
  hasSubscription(id: number, callback: (error: unknown, answer: unknown) => void): void;
  acceptAgreement(callback: (error: unknown, answer: unknown) => void): void;
  logout(callback: (error: unknown, answer: unknown) => void): void;
  event: { subscribe(name: string, handler: () => void): void };
};

/** A project whose logins are over after a second. */
const short = {
  id: 'short',
  publicKey: 'short-public',
  serverKey: 'short-server-key-that-is-long-enough-to-pass',
  policy: { preset: 'spid' },
  keys: { spid: 'short-client' },
  wires: { spid: { sessionSeconds: 1 } },
};

/** A project whose users get tokens of their own, and come back to the shop's page with them. */
const tokens = (back: string) => ({
  id: 'tokens',
  publicKey: 'tokens-public',
  serverKey: 'tokens-server-key-that-is-long-enough-to-pass',
  policy: { preset: 'spid' },
  keys: { spid: 'tokens-client' },
  // Its pages are at another address than the one users come back to.
  wires: { spid: { redirectUris: [back], origins: [new URL(back.replace('localhost', '127.0.0.1')).origin] } },
});

let browser: Browser;
let pages: Pages;
let selfsame: Selfsame;
let device: Device;
let page: Page;

beforeAll(async () => {
  pages = await startPages({});
  selfsame = await startSelfsame({ preset: 'spid' }, { projects: [short, tokens(`${pages.url}/back`)] });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await selfsame.dispose();
  await pages.close();
});
beforeEach(async () => {
  device = await newDevice(browser);
  page = device.page;
  await open();
  return async () => {
    expect(device.troubles).toEqual([]);
    await device.context.close();
  };
});

/** The shop's page, on the platform's own site: browsers that keep no cookies of other sites know nobody elsewhere. */
async function open(version = '1.7.9.min'): Promise<void> {
  await page.goto(pages.url.replace('localhost', '127.0.0.1'));
  await page.addScriptTag({ url: `${selfsame.url}/spid/js/spid-sdk-${version}.js` });
}

const options = (client = SPID_CLIENT) => ({
  client_id: client,
  server: `${new URL(selfsame.url).host}/spid`,
  prod: false,
  https: false,
  logging: true,
});

const names = [
  'visitor',
  'login',
  'logout',
  'notLoggedin',
  'sessionChange',
  'statusChange',
  'userChange',
  'sessionInit',
];

/** `VGS.init`, and every event until the status is known: names in their order, and what the visitor event held. */
const init = (given: object) =>
  page.evaluate(
    ([opts, all]) =>
      new Promise<{ seen: string[]; visitor: { uid: string; user_id?: string } }>((resolve) => {
        const seen: string[] = [];
        let visitor = { uid: '' };
        for (const name of [...all.map((one) => `auth.${one}`), 'VGS.error', 'VGS.loginException', 'VGS.loginStatus'])
          VGS.Event.subscribe(name, (what) => {
            seen.push(name);
            if (name === 'auth.visitor') visitor = what as typeof visitor;
            if (name === 'VGS.loginStatus') resolve({ seen, visitor });
          });
        VGS.init(opts);
      }),
    [{ status: true, ...given }, names] as const,
  );
const setTraits = (traits: string) =>
  page.evaluate((text) => new Promise((resolve) => VGS.setTraits(text, resolve)), traits);
const signed = (traits: object, secret = 'test') => {
  const payload = Buffer.from(JSON.stringify({ ...traits, algorithm: 'HMAC-SHA256', t: Date.now() / 1000 })).toString(
    'base64url',
  );
  return `${createHmac('sha256', secret).update(payload).digest('base64url')}.${payload}`;
};
const platform = async (item: object, api: Pick<Selfsame, 'post'> = selfsame) =>
  expect((await api.post('/v1/batch', { items: [item] })).status).toBe(200);
const eventsOf = async (user: string, api: Pick<Selfsame, 'person' | 'events'> = selfsame) =>
  (await api.events((await api.person('user', user))?.id ?? '')).map(({ wire, name }) => `${wire} ${name}`);

describe('our spid-sdk.js, VGS (1.x)', () => {
  it('a stranger, who then logs in and out', async () => {
    const first = await init(options());
    expect(first.seen).toEqual([
      ...['auth.visitor', 'VGS.error', 'auth.notLoggedin', 'auth.sessionChange', 'VGS.loginStatus'],
    ]);
    const { uid } = first.visitor;
    expect(first.visitor).toEqual({ uid: expect.stringMatching(/^[0-9A-Za-z]{20}$/) });

    // Before a login the traits are the visitor's.
    expect(await setTraits(signed({ plan: 'free', 'Goals reached': 12 }))).toMatchObject({ result: true });
    expect((await selfsame.person('visitor', uid))?.traits).toEqual({ plan: 'free', 'Goals reached': 12 });

    await platform({ type: 'login', ids: { visitor: uid, user: '1001' } });
    await open();
    const second = await init(options());
    expect(second.seen).toEqual([
      ...['auth.visitor', 'auth.statusChange', 'auth.login', 'auth.sessionChange', 'auth.sessionInit'],
      'VGS.loginStatus',
    ]);
    expect(second.visitor).toEqual({ uid, user_id: '1001' });
    const session = await page.evaluate(() => VGS.getSession());
    expect(session?.userId).toBe(1001);

    // After it they are the user's, and so are those of before.
    expect(await setTraits(signed({ plan: 'gold' }))).toMatchObject({ result: true });
    expect((await selfsame.person('user', '1001'))?.traits).toEqual({ plan: 'gold', 'Goals reached': 12 });

    // What the session was signed with is no set of traits.
    expect(await setTraits(session?.sig ?? '')).toMatchObject({ error: { code: 400 } });
    expect(await setTraits(signed({ plan: 'x' }, 'wrong'))).toMatchObject({ error: { code: 400 } });

    // The page finds its session in a cookie, and asks nobody.
    await open();
    await page.evaluate((opts) => VGS.init(opts), options());
    expect(await page.evaluate(() => VGS.getSession()?.userId)).toBe(1001);

    const left = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const seen: string[] = [];
          for (const name of ['auth.logout', 'auth.statusChange', 'auth.sessionChange'])
            VGS.Event.subscribe(name, () => seen.push(name));
          VGS.Auth.logout((answer) => resolve({ seen, answer, session: VGS.getSession() }));
        }),
    );
    expect(left).toMatchObject({
      seen: ['auth.statusChange', 'auth.logout', 'auth.sessionChange'],
      answer: { result: true },
      session: null,
    });
    await open();
    const last = await init(options());
    expect(last.seen).toContain('auth.notLoggedin');
    expect(last.visitor).toEqual({ uid, user_id: '1001' });
    expect(await setTraits(signed({ after: true }))).toMatchObject({ result: true });
    expect((await selfsame.person('user', '1001'))?.traits).toEqual({ plan: 'gold', 'Goals reached': 12, after: true });
    expect(await eventsOf('1001')).toEqual([
      ...['spid Traits set', 'spid Login', 'spid Traits set', 'spid Logout', 'spid Traits set'],
    ]);
  });

  it('a page that waits for the script is called, once', async () => {
    await page.goto(pages.url.replace('localhost', '127.0.0.1'));
    await page.evaluate(() => {
      const called: string[] = [];
      const vgsAsyncInit = () => called.push(`VGS ${typeof VGS.init}`);
      const asyncSPiD = () => called.push(`SPiD ${typeof SPiD.init}`);
      Object.assign(globalThis, { called, vgsAsyncInit, asyncSPiD });
    });
    for (const version of ['1.7.9.min', '2.2.0'])
      await page.addScriptTag({ url: `${selfsame.url}/spid/js/spid-sdk-${version}.js` });
    const called = () => page.evaluate(() => (globalThis as unknown as { called: string[] }).called);
    await expect.poll(async () => (await called()).length).toBeGreaterThanOrEqual(2);
    await page.waitForTimeout(50);
    expect(await called()).toEqual(['VGS function', 'SPiD function']);
  });

  it('somebody remembered is logged in again, and that is told once', async () => {
    const api = selfsame.as(short.serverKey);
    const { visitor } = await init(options('short-client'));
    await platform({ type: 'login', ids: { visitor: visitor.uid, user: '1002' } }, api);
    await page.waitForTimeout(1_100);
    await open();
    const { seen } = await init({ ...options('short-client'), cookie: false });
    expect(seen).toEqual([
      ...['VGS.loginException', 'auth.visitor', 'auth.statusChange', 'auth.login', 'auth.sessionChange'],
      ...['auth.sessionInit', 'VGS.loginStatus'],
    ]);
    expect(await eventsOf('1002', api)).toEqual(['spid Login', 'spid Autologin']);
  });

  it('an unknown client, and calls of a platform without products', async () => {
    const { seen } = await init(options('nobody'));
    expect(seen).toEqual(['VGS.error', 'auth.notLoggedin', 'auth.sessionChange', 'VGS.loginStatus']);
    await page.evaluate((opts) => VGS.init(opts), options());
    for (const call of ['hasProduct', 'hasSubscription'] as const) {
      const asked = page.waitForRequest((one) => one.url().includes(`/ajax/${call.toLowerCase()}.js?product_id=7&`));
      const answer = await page.evaluate((name) => new Promise((resolve) => VGS[name](7, resolve)), call);
      expect(answer).toMatchObject({ result: false });
      await asked;
    }
    const uri = new URL(await page.evaluate(() => VGS.getLoginURI('http://a.test/?b=c')));
    expect([uri.pathname, uri.searchParams.get('redirect_uri')]).toEqual(['/spid/flow/login', 'http://a.test/?b=c']);
  });

  it('a server that does not answer is an error, and the next request goes out', async () => {
    await page.route('**/ajax/hasSession.js*', (route) => route.abort());
    const { seen } = await init({ ...options(), logging: false });
    expect(seen).toEqual(['VGS.error', 'auth.notLoggedin', 'auth.sessionChange', 'VGS.loginStatus']);
    expect(await setTraits(signed({ a: 1 }))).toMatchObject({ result: true });
    expect(device.troubles.splice(0)).not.toEqual([]);
  });
});

describe('our spid-sdk.js, SPiD (2.x)', () => {
  it('the same for pages of 2.x', async () => {
    await open('2.2.0');
    const result = await page.evaluate(
      async ([opts, all, traits]) => {
        const seen: string[] = [];
        for (const name of ['error', ...all]) SPiD.event.subscribe(`SPiD.${name}`, () => seen.push(name));
        const call = (run: (callback: (error: unknown, answer: unknown) => void) => void) =>
          new Promise((resolve) => run((error, answer) => resolve({ error, answer })));
        SPiD.init({ ...opts, useSessionCluster: false });
        const session = await call((callback) => SPiD.hasSession(callback));
        const set = await call((callback) => SPiD.setTraits(traits, callback));
        const refused = await call((callback) => SPiD.setTraits(`${traits}x`, callback));
        return { seen, session, set, refused };
      },
      [options(), names, signed({ a: 1 })] as const,
    );
    expect(result.seen).toEqual(['error', 'visitor', 'notLoggedin', 'statusChange']);
    expect(result.set).toMatchObject({ error: null, answer: { result: true } });
    expect(result.refused).toMatchObject({ error: { code: 400 }, answer: { result: false } });
    const { uid } = (result.session as { answer: { visitor: { uid: string } } }).answer.visitor;
    expect((await selfsame.person('visitor', uid))?.traits).toEqual({ a: 1 });

    await platform({ type: 'login', ids: { visitor: uid, user: '1003' } });
    const after = await page.evaluate(async () => {
      const seen: string[] = [];
      for (const name of ['login', 'sessionInit', 'logout'])
        SPiD.event.subscribe(`SPiD.${name}`, () => seen.push(name));
      const answer = await new Promise((resolve) => SPiD.hasSession((_error, now) => resolve(now)));
      await new Promise((resolve) => SPiD.logout(resolve));
      return { seen, answer };
    });
    expect(after).toMatchObject({ seen: ['login', 'sessionInit', 'logout'], answer: { userId: 1003 } });
    expect(await eventsOf('1003')).toEqual(['spid Traits set', 'spid Login', 'spid Logout']);
  });

  it('nobody has bought anything, and who is logged in can accept an agreement, which is told once', async () => {
    await open('2.2.0');
    const call = (run: 'hasProduct' | 'hasSubscription' | 'acceptAgreement') =>
      page.evaluate(
        ([name, opts]) =>
          new Promise<{ error: unknown; answer: { visitor?: { uid: string }; userId?: number } }>((resolve) => {
            SPiD.init({ ...opts, useSessionCluster: false });
            const done = (error: unknown, answer: unknown) => resolve({ error, answer: answer as object });
            if (name === 'acceptAgreement') SPiD.acceptAgreement(done);
            else SPiD[name](7, done);
          }),
        [run, options()] as const,
      );
    for (const name of ['hasProduct', 'hasSubscription'] as const) {
      const asked = page.waitForRequest((one) => one.url().includes(`/ajax/${name.toLowerCase()}.js?product_id=7&`));
      expect(await call(name)).toEqual({ error: null, answer: { result: false, serverTime: expect.any(Number) } });
      await asked;
    }
    // After it the SDK asks who is there.
    const stranger = await call('acceptAgreement');
    expect(stranger).toMatchObject({ error: { code: 401 }, answer: { result: false } });
    await platform({ type: 'login', ids: { visitor: stranger.answer.visitor?.uid, user: '1004' } });
    for (let twice = 0; twice < 2; twice += 1)
      expect(await call('acceptAgreement')).toMatchObject({ error: null, answer: { userId: 1004 } });
    expect(await eventsOf('1004')).toEqual(['spid Login', 'spid Accept agreement']);
  });
});

describe('a browser at /oauth/authorize', () => {
  it('comes back with a code once somebody is logged in, and the code is a token of theirs', async () => {
    const back = `${pages.url}/back`;
    const { serverKey, keys } = tokens(back);
    const api = selfsame.as(serverKey);
    const query = new URLSearchParams({ client_id: keys.spid, redirect_uri: back, response_type: 'code', state: 'x' });
    const goThere = async () => {
      await page.goto(`${selfsame.url}/spid/oauth/authorize?${query}`);
      const { origin, pathname, searchParams } = new URL(page.url());
      expect([origin + pathname, searchParams.get('state')]).toEqual([back, 'x']);
      return searchParams;
    };
    const { visitor } = await init(options(keys.spid));
    expect((await goThere()).get('error')).toBe('login_required');
    await platform({ type: 'login', ids: { visitor: visitor.uid, user: '1005' } }, api);
    await platform({ type: 'login', ids: { user: '1006' } }, api);
    const code = (await goThere()).get('code') ?? '';

    const exchange = async () => {
      const fields = { grant_type: 'authorization_code', code, redirect_uri: back };
      const body = new URLSearchParams({ ...fields, client_id: keys.spid, client_secret: serverKey });
      const reply = await fetch(`${selfsame.url}/spid/oauth/token`, { method: 'POST', body });
      return (await reply.json()) as { access_token?: string; user_id?: string; error?: string };
    };
    const { access_token, user_id } = await exchange();
    expect(user_id).toBe('1005');
    expect(await exchange()).toMatchObject({ error: 'invalid_grant' });
    const status = async (user: string) => {
      const headers = { authorization: `Bearer ${access_token}` };
      return (await fetch(`${selfsame.url}/spid/api/2/user/${user}/traits`, { headers })).status;
    };
    expect([await status('1005'), await status('1006')]).toEqual([200, 403]);
  });
});

describe('JSONP as VGS 1.x waits for it', () => {
  /** How the original 1.x works: it loads a script, polls for `triggerResponse` and runs it. */
  it('a page that waits as the original does is answered', async () => {
    await page.evaluate(() => {
      const got: unknown[] = [];
      const callbacks = { f171705ac9f4832: (value: unknown) => got.push(value) };
      const Ajax = { responseReceived: () => got.push('received') };
      Object.assign(globalThis, { VGS: { callbacks, Ajax }, got });
    });
    const query = `callback=f171705ac9f4832&connectionId=0&client_id=${SPID_CLIENT}&redirect_uri=x`;
    await page.addScriptTag({ url: `${selfsame.url}/spid/rpc/hasSession.js?${query}` });
    const got = await page.evaluate(() => {
      const window = globalThis as unknown as { triggerResponse(): void; got: unknown[] };
      window.triggerResponse();
      return window.got;
    });
    expect(got).toMatchObject([{ error: { type: 'UserException' } }, 'received']);
  });
});
