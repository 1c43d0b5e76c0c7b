import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Device, launchBrowser, newDevice } from './src/browser.ts';
import { age, call, init, type Mparticle, workspace } from './src/mparticle.ts';
import { mparticleScript, type Pages, startPages } from './src/pages.ts';
import { type ProjectApi, type Selfsame, startSelfsame } from './src/selfsame.ts';
import { until } from './src/until.ts';

declare const mParticle: Mparticle;

const strategies = [
  'mparticle-default',
  'mparticle-conversion',
  'mparticle-link',
  'mparticle-isolation',
  'mparticle-best-match',
] as const;
type Strategy = (typeof strategies)[number];

/** The vendor's hosts, for pages that change nothing (sheet §1.1, way 4). */
/** A name of the customer's own for us, as he would give to `domain` (way 2). */
const OWN_HOST = 'mp.shop.test';
const vendorHosts = ['jssdkcdns.mparticle.com', 'identity.mparticle.com', 'jssdks.mparticle.com'];

let browser: Browser;
let pages: Pages;
let selfsame: Selfsame;
const devices: Device[] = [];

beforeAll(async () => {
  pages = await startPages({ '/sdk.js': mparticleScript() });
  selfsame = await startSelfsame(
    { preset: 'selfsame' },
    {
      tls: true,
      projects: strategies.map((one) => workspace(one, { aliasDelaySeconds: 0 })),
      hosts: { '*.mparticle.com': 'mparticle', [OWN_HOST]: 'mparticle' },
    },
  );
  const address = new URL(selfsame.url).host;
  browser = await launchBrowser(Object.fromEntries([...vendorHosts, OWN_HOST].map((name) => [name, address])));
});
afterAll(async () => {
  await browser?.close();
  await selfsame?.dispose();
  await pages?.close();
});
afterEach(async () => {
  for (const device of devices.splice(0)) await device.context.close();
});

const project = (strategy: Strategy): ProjectApi => selfsame.as(workspace(strategy).serverKey);
/** One key in the page's code: the answer of this address names all the others (way 3). */
const config = () => ({
  isDevelopmentMode: true,
  configUrl: `${new URL(selfsame.url).host}/mparticle/tags/JS/v2/`,
});

async function load(device?: Device): Promise<Device> {
  const mine = device ?? (await newDevice(browser));
  if (device === undefined) devices.push(mine);
  await mine.page.goto(pages.url);
  await mine.page.addScriptTag({ url: '/sdk.js' });
  return mine;
}
/** Opens the page and starts the SDK. */
async function visit(strategy: Strategy, given: object = {}, device?: Device) {
  const mine = await load(device);
  const told = await init(mine.page, workspace(strategy).publicKey, { ...config(), ...given });
  return { ...mine, told };
}
const log = ({ page }: Pick<Device, 'page'>, name: string, attributes: object = {}) =>
  page.evaluate(
    ([event, more]) => {
      mParticle.logEvent(event as string, 1, more as object);
      mParticle.upload();
    },
    [name, attributes] as const,
  );

/** The names on the timeline of a profile, sorted, once `wanted` is among them. */
async function timeline(strategy: Strategy, mpid: string, wanted: string): Promise<string[]> {
  const api = project(strategy);
  return await until(
    async () => {
      const person = await api.person('mpid', mpid);
      return person === undefined ? [] : (await api.events(person.id)).map((event) => event.name).sort();
    },
    (names) => names.includes(wanted),
  );
}
/** Without what is none: the SDK never reads the empty body of a 202, and Chromium calls that request aborted. */
const real = (troubles: readonly string[]) =>
  troubles.filter((one) => !/^failed: POST \S+\/(events|Alias) net::ERR_ABORTED$/.test(one));
const MPID = /^[1-9]\d{0,15}$/;
let serial = 0;
const customer = () => `C${++serial}-${process.pid}`;

describe.each(strategies)('@mparticle/web-sdk, unmodified, under %s', (strategy) => {
  const separate = strategy === 'mparticle-link' || strategy === 'mparticle-isolation';
  const isBest = strategy === 'mparticle-best-match';

  it('identifies at the start, logs in, modifies, logs out and in again', async () => {
    const c = customer();
    const { page, told, troubles } = await visit(strategy);
    expect(told).toMatchObject({ httpCode: 200, isLoggedIn: false });
    const a = told.mpid as string;
    expect(a).toMatch(MPID);
    await log({ page }, 'Before');

    const login = await call(page, 'login', { customerid: c, email: `${c}@x.se` });
    expect(login).toMatchObject({ httpCode: 200, isLoggedIn: !isBest });
    const b = login.mpid as string;
    if (separate) expect(b).not.toBe(a);
    else expect(b).toBe(a);
    await log({ page }, 'Known', { price: 5, ok: true });

    const modify = await call(page, 'modify', { email: `${c}@y.se` });
    expect(modify).toMatchObject({ httpCode: 200, mpid: b, isLoggedIn: !isBest });
    expect(modify.body).toMatchObject({ change_results: [{ identity_type: 'email', modified_mpid: b }] });

    const logout = await call(page, 'logout');
    expect(logout).toMatchObject({ httpCode: 200, isLoggedIn: false });
    const after = logout.mpid as string;
    if (strategy === 'mparticle-isolation' || isBest) expect(after).toBe(a);
    else expect([a, b]).not.toContain(after);
    await log({ page }, 'After');

    expect(await call(page, 'login', { customerid: c })).toMatchObject({ httpCode: 200, mpid: b });

    const api = project(strategy);
    expect(await timeline(strategy, a, 'Before')).toContain('Before');
    expect(await timeline(strategy, b, 'Known')).toContain('Known');
    expect(await timeline(strategy, after, 'After')).toContain('After');
    expect((await api.person('user', c))?.id).toBe((await api.person('mpid', b))?.id);
    expect(await api.person('mpid', b)).toMatchObject({ known: !isBest });
    expect((await api.person('email', `${c}@y.se`))?.id).toBe((await api.person('mpid', b))?.id);
    expect(await api.person('email', `${c}@x.se`)).toBeUndefined();
    if (separate) {
      expect(await timeline(strategy, b, 'Known')).not.toContain('Before');
      expect(await api.person('mpid', a)).toMatchObject({ known: false });
    }
    expect(real(troubles)).toEqual([]);
  });

  it('two devices of one customer meet on one profile', async () => {
    const c = customer();
    const phone = await visit(strategy);
    const laptop = await visit(strategy);
    const one = await call(phone.page, 'login', { customerid: c });
    const two = await call(laptop.page, 'login', { customerid: c });
    expect(two.mpid).toBe(one.mpid);
    const person = await project(strategy).person('mpid', String(one.mpid));
    expect(person?.identifiers.filter((id) => id.kind === 'device' && id.to === null).length).toBe(2);
    expect(real([...phone.troubles, ...laptop.troubles])).toEqual([]);
  });
});

const usual: Strategy = 'mparticle-conversion';

describe('@mparticle/web-sdk, unmodified: a page’s life', () => {
  it('reloads inside the session without a question, and asks again in a new session', async () => {
    const c = customer();
    const first = await visit(usual);
    await call(first.page, 'login', { customerid: c });
    const asked: string[] = [];
    first.page.on('request', (request) => asked.push(new URL(request.url()).pathname.split('/').at(-1) as string));
    const again = await visit(usual, {}, first);
    expect(again.told).toMatchObject({ httpCode: -3, mpid: first.told.mpid });
    expect(asked).not.toContain('identify');
    await age(first.page, 40 * 60_000);
    const later = await visit(usual, {}, first);
    expect(later.told).toMatchObject({ httpCode: 200, mpid: first.told.mpid, isLoggedIn: true });
    expect(asked).toContain('identify');
    await log(later, 'Later');
    expect(await timeline(usual, String(first.told.mpid), 'session_end')).toContain('session_start');
    expect(real(first.troubles)).toEqual([]);
  });

  it('a second tab keeps its profile after a login in the first', async () => {
    const c = customer();
    const strategy = 'mparticle-link';
    const one = await visit(strategy);
    const page = await one.context.newPage();
    await page.goto(pages.url);
    await page.addScriptTag({ url: '/sdk.js' });
    const told = await init(page, workspace(strategy).publicKey, config());
    expect(told.mpid).toBe(one.told.mpid);
    const login = await call(one.page, 'login', { customerid: c });
    await log({ page }, 'Second tab');
    expect(await timeline(strategy, String(told.mpid), 'Second tab')).toContain('Second tab');
    expect(login.mpid).not.toBe(told.mpid);
  });

  it('opting out sends one word and then nothing; opting in resumes', async () => {
    const one = await visit(usual);
    const mpid = String(one.told.mpid);
    const consent = () =>
      project(usual)
        .person('mpid', mpid)
        .then((person) => person?.consent);
    await one.page.evaluate(() => {
      mParticle.setOptOut(true);
      mParticle.upload();
    });
    expect(await until(consent, (word) => word === 'denied')).toBe('denied');
    expect(await call(one.page, 'identify')).toMatchObject({ httpCode: -6 });
    await log(one, 'Unheard');
    const again = await visit(usual, {}, one);
    expect(again.told.httpCode).toBe(-3);
    await one.page.evaluate(() => {
      mParticle.setOptOut(false);
      mParticle.upload();
    });
    expect(await until(consent, (word) => word === 'granted')).toBe('granted');
    await log(one, 'Heard');
    expect(await timeline(usual, mpid, 'Heard')).not.toContain('Unheard');
    // What the SDK says to a page that logs events while it is opted out.
    expect(real(one.troubles)).toEqual(['console: Event logging is currently disabled.']);
  });

  it('attributes, lists, tags, removals, screens and commerce reach the person', async () => {
    const one = await visit(usual);
    const mpid = String(one.told.mpid);
    await one.page.evaluate(() => {
      const user = mParticle.Identity.getCurrentUser()!;
      user.setUserAttribute('plan', 'pro');
      user.setUserAttribute('age', 5);
      user.setUserAttributeList('likes', ['tea', 'cups']);
      user.setUserTag('vip');
      user.setUserAttribute('gone', 'x');
      mParticle.logPageView('Home', { a: '1' });
      const tee = mParticle.eCommerce.createProduct('Tee', 'SKU1', 19.5, 2);
      mParticle.eCommerce.logProductAction(mParticle.ProductActionType['AddToCart'] as number, tee);
      mParticle.upload();
    });
    await timeline(usual, mpid, 'commerce_event');
    await one.page.evaluate(() => {
      mParticle.Identity.getCurrentUser()!.removeUserAttribute('gone');
      mParticle.logEvent('Removed');
      mParticle.upload();
    });
    expect(await timeline(usual, mpid, 'Removed')).toEqual(expect.arrayContaining(['Home', 'commerce_event']));
    const person = await until(
      () => project(usual).person('mpid', mpid),
      (now) => now?.traits['plan'] === 'pro' && !('gone' in now.traits),
    );
    expect(person?.traits).toEqual({ plan: 'pro', age: 5, likes: ['tea', 'cups'], vip: null });
    expect(real(one.troubles)).toEqual([]);
  });

  it('consent rides along and is kept by purpose', async () => {
    const one = await visit(usual);
    const mpid = String(one.told.mpid);
    await one.page.evaluate(() => {
      const consent = mParticle.Consent.createGDPRConsent(true, 1_700_000_000_000, 'terms-3');
      const state = mParticle.Consent.createConsentState().addGDPRConsentState('Analytics', consent);
      mParticle.Identity.getCurrentUser()!.setConsentState(state);
    });
    await log(one, 'Agreed');
    await timeline(usual, mpid, 'Agreed');
    const person = await until(
      () => project(usual).person('mpid', mpid),
      (now) => now?.purposes !== undefined,
    );
    expect(person?.purposes).toMatchObject({ 'gdpr.analytics': { consented: true, document: 'terms-3' } });
    // To be asked for one purpose is no word on being tracked.
    expect(person).toMatchObject({ consent: 'not-asked', traits: {} });
    expect(real(one.troubles)).toEqual([]);
  });

  it('an alias shows what was done before the login under the customer too', async () => {
    const strategy = 'mparticle-link';
    const one = await visit(strategy);
    const anonymous = String(one.told.mpid);
    await log(one, 'Looked around');
    await timeline(strategy, anonymous, 'Looked around');
    const source = await one.page.evaluateHandle(() => mParticle.Identity.getCurrentUser()!);
    const login = await call(one.page, 'login', { customerid: customer() });
    const told = await one.page.evaluate(
      (before) =>
        new Promise<object>((resolve) => {
          const request = mParticle.Identity.createAliasRequest(before, mParticle.Identity.getCurrentUser()!);
          mParticle.Identity.aliasUsers(request, resolve);
        }),
      source,
    );
    expect(told).toMatchObject({ httpCode: 202 });
    expect(await timeline(strategy, String(login.mpid), 'Looked around')).toContain('Looked around');
    expect(await timeline(strategy, anonymous, 'Looked around')).toContain('Looked around');
    expect(real(one.troubles)).toEqual([]);
  });

  it('search tells found and not found, and makes nobody', async () => {
    const c = customer();
    const one = await visit('mparticle-link');
    await call(one.page, 'login', { customerid: c });
    const search = (identities: object) =>
      one.page.evaluate(
        ([key, identities]) =>
          new Promise<{ httpCode: number; body: { mpid?: string } }>((resolve) =>
            mParticle.Identity.search(key as string, identities as object, (result) => resolve(result as never)),
          ),
        [workspace('mparticle-link').publicKey, identities] as const,
      );
    expect(await search({ customerid: c })).toMatchObject({ httpCode: 200 });
    expect(await search({ customerid: `${c}-nobody` })).toMatchObject({ httpCode: 404 });
    expect(await project('mparticle-link').person('user', `${c}-nobody`)).toBeUndefined();
  });

  it.each([
    ['domain', { domain: OWN_HOST }],
    [
      'each address by itself',
      {
        configUrl: `${OWN_HOST}/tags/JS/v2/`,
        identityUrl: `${OWN_HOST}/v1/`,
        v1SecureServiceUrl: `${OWN_HOST}/v1/JS/`,
        v2SecureServiceUrl: `${OWN_HOST}/v2/JS/`,
        v3SecureServiceUrl: `${OWN_HOST}/v3/JS/`,
        aliasUrl: `${OWN_HOST}/v1/identity/`,
      },
    ],
  ])('reaches us by its own settings alone: %s', async (_way, settings) => {
    const device = await load();
    const asked = new Set<string>();
    device.page.on('request', (request) => asked.add(new URL(request.url()).host));
    // The answer to the configuration call would name every address itself (way 3).
    const told = await init(device.page, workspace(usual).publicKey, {
      isDevelopmentMode: true,
      requestConfig: false,
      workspaceToken: 'WT1',
      flags: { eventsV3: '100', eventBatchingIntervalMillis: '5000' },
      ...settings,
    });
    expect(told).toMatchObject({ httpCode: 200 });
    await log(device, 'Own way');
    expect(await timeline(usual, String(told.mpid), 'Own way')).toContain('Own way');
    expect([...asked]).toEqual([OWN_HOST]);
    expect(real(device.troubles)).toEqual([]);
  });

  it('needs no change when the vendor’s hosts lead here', async () => {
    const device = await load();
    const told = await init(device.page, workspace(usual).publicKey, { isDevelopmentMode: true });
    expect(told).toMatchObject({ httpCode: 200 });
    await log(device, 'By name');
    expect(await timeline(usual, String(told.mpid), 'By name')).toContain('By name');
    expect(real(device.troubles)).toEqual([]);
  });

  it('works from the bundle of the snippet', async () => {
    const device = await newDevice(browser);
    devices.push(device);
    await device.page.goto(pages.url);
    await device.page.evaluate(() => {
      Object.assign(globalThis, { mParticle: { config: { isDevelopmentMode: true, rq: [] } } });
    });
    await device.page.addScriptTag({
      url: `${selfsame.url}/mparticle/tags/JS/v2/${workspace(usual).publicKey}/mparticle.js`,
    });
    const mpid = await until(
      () => device.page.evaluate(() => mParticle.Identity.getCurrentUser()?.getMPID()),
      (one) => one !== undefined,
    );
    await log(device, 'By snippet');
    expect(await timeline(usual, String(mpid), 'By snippet')).toContain('By snippet');
    expect(real(device.troubles)).toEqual([]);
  });
});

describe('@mparticle/web-sdk, unmodified: when it goes wrong', () => {
  const identity = /\/identity\/v1\/(identify|login|logout)$/;
  const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };

  it('an unknown key: the callback hears −1, the server counts it', async () => {
    const device = await load();
    const told = await init(device.page, 'no-such-key', {
      ...config(),
      identityUrl: `${new URL(selfsame.url).host}/mparticle/identity/v1/`,
    });
    expect(told).toMatchObject({ httpCode: -1, mpid: null });
    expect(String(told.body)).toContain('401');
    expect((await selfsame.stats()).unknownKey).toBeGreaterThan(0);
  });

  it('a configuration that cannot be had: goes on with the page’s own addresses', async () => {
    const device = await load();
    await device.context.route(/\/config\?/, (route) => route.fulfill({ status: 503, headers: cors }));
    const told = await init(device.page, workspace(usual).publicKey, { isDevelopmentMode: true, domain: OWN_HOST });
    expect(told).toMatchObject({ httpCode: 200 });
    await log(device, 'Without it');
    expect(await timeline(usual, String(told.mpid), 'Without it')).toContain('Without it');
  });

  it.each([401, 403, 404, 429, 503])('%i: the callback hears −1, the next call works', async (status) => {
    const device = await load();
    await device.context.route(identity, (route) =>
      route.fulfill({ status, headers: { ...cors, 'retry-after': '1' } }),
    );
    const told = await init(device.page, workspace(usual).publicKey, config());
    expect(told).toMatchObject({ httpCode: -1, mpid: null });
    await device.context.unroute(identity);
    const again = await call(device.page, 'identify');
    expect(again).toMatchObject({ httpCode: 200 });
    await log(device, `After ${status}`);
    expect(await timeline(usual, String(again.mpid), `After ${status}`)).toContain(`After ${status}`);
  });

  it('a dropped connection: −1, and the request made again makes no second profile', async () => {
    const device = await load();
    let drops = 0;
    let mpid: unknown;
    await device.context.route(identity, async (route) => {
      // The server has answered; the page never hears of it.
      mpid = ((await (await route.fetch()).json()) as { mpid: unknown }).mpid;
      drops += 1;
      await route.abort('connectionreset');
    });
    expect(await init(device.page, workspace(usual).publicKey, config())).toMatchObject({ httpCode: -1 });
    await device.context.unroute(identity);
    expect(drops).toBeGreaterThan(0);
    expect(await call(device.page, 'identify')).toMatchObject({ httpCode: 200, mpid });
  });

  it('events that meet 503 come again and count once', async () => {
    const device = await visit(usual);
    let failures = 0;
    await device.context.route(/\/v3\/JS\/.*\/events$/, async (route) => {
      failures += 1;
      // Taken by the server, but the page is told otherwise.
      await route.fetch();
      if (failures < 3) await route.fulfill({ status: 503, headers: cors });
      else await route.continue();
    });
    await log(device, 'Once');
    await until(
      async () => failures,
      (count) => count >= 3,
      30_000,
    );
    const names = await timeline(usual, String(device.told.mpid), 'Once');
    expect(names.filter((name) => name === 'Once')).toEqual(['Once']);
  });

  it('a refusal reaches the page with the vendor’s error body', async () => {
    const one = await visit('mparticle-isolation');
    const told = await call(one.page, 'login');
    expect(told).toMatchObject({ httpCode: 400, body: { ErrorCode: 'LOOKUP_ERROR', StatusCode: 400 } });
  });
});
