import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { age, call, init, type Mparticle, workspace } from './src/mparticle.ts';
import {
  type Bed,
  frozenDevice,
  IDENTITY,
  log,
  OWN_HOST,
  real,
  type Strategy,
  startBed,
  strategies,
} from './src/mparticle-bed.ts';
import { until } from './src/until.ts';

declare const mParticle: Mparticle;

let bed: Bed;
beforeAll(async () => {
  bed = await startBed();
});
afterAll(() => bed?.close());
afterEach(() => bed.leave());

const MPID = /^[1-9]\d{0,15}$/;
let serial = 0;
const customer = () => `C${++serial}-${process.pid}`;

describe.each(strategies)('@mparticle/web-sdk, unmodified, under %s', (strategy) => {
  const separate = strategy === 'mparticle-link' || strategy === 'mparticle-isolation';
  const isBest = strategy === 'mparticle-best-match';

  it('identifies at the start, logs in, modifies, logs out and in again', async () => {
    const c = customer();
    const { page, told, troubles } = await bed.visit(strategy);
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

    const api = bed.project(strategy);
    expect(await bed.timeline(strategy, a, 'Before')).toContain('Before');
    expect(await bed.timeline(strategy, b, 'Known')).toContain('Known');
    expect(await bed.timeline(strategy, after, 'After')).toContain('After');
    expect((await api.person('user', c))?.id).toBe((await api.person('mpid', b))?.id);
    expect(await api.person('mpid', b)).toMatchObject({ known: !isBest });
    expect((await api.person('email', `${c}@y.se`))?.id).toBe((await api.person('mpid', b))?.id);
    expect(await api.person('email', `${c}@x.se`)).toBeUndefined();
    if (separate) {
      expect(await bed.timeline(strategy, b, 'Known')).not.toContain('Before');
      expect(await api.person('mpid', a)).toMatchObject({ known: false });
    }
    expect(real(troubles)).toEqual([]);
  });

  it('two devices of one customer meet on one profile', async () => {
    const c = customer();
    const phone = await bed.visit(strategy);
    const laptop = await bed.visit(strategy);
    const one = await call(phone.page, 'login', { customerid: c });
    const two = await call(laptop.page, 'login', { customerid: c });
    expect(two.mpid).toBe(one.mpid);
    const person = await bed.project(strategy).person('mpid', String(one.mpid));
    expect(person?.identifiers.filter((id) => id.kind === 'device' && id.to === null).length).toBe(2);
    expect(real([...phone.troubles, ...laptop.troubles])).toEqual([]);
  });
});

const usual: Strategy = 'mparticle-conversion';

describe('@mparticle/web-sdk, unmodified: a page’s life', () => {
  it('reloads inside the session without a question, and asks again in a new session', async () => {
    const c = customer();
    const first = await bed.visit(usual);
    await call(first.page, 'login', { customerid: c });
    const asked: string[] = [];
    first.page.on('request', (request) => asked.push(new URL(request.url()).pathname.split('/').at(-1) as string));
    const again = await bed.visit(usual, {}, first);
    expect(again.told).toMatchObject({ httpCode: -3, mpid: first.told.mpid });
    expect(asked).not.toContain('identify');
    await age(first.page, 40 * 60_000);
    const later = await bed.visit(usual, {}, first);
    expect(later.told).toMatchObject({ httpCode: 200, mpid: first.told.mpid, isLoggedIn: true });
    expect(asked).toContain('identify');
    await log(later, 'Later');
    expect(await bed.timeline(usual, String(first.told.mpid), 'session_end')).toContain('session_start');
    expect(real(first.troubles)).toEqual([]);
  });

  it('a second tab keeps its profile after a login in the first', async () => {
    const c = customer();
    const strategy = 'mparticle-link';
    const one = await bed.visit(strategy);
    const page = await one.context.newPage();
    await page.goto(bed.pages.url);
    await page.addScriptTag({ url: '/sdk.js' });
    const told = await init(page, workspace(strategy).publicKey, bed.config());
    expect(told.mpid).toBe(one.told.mpid);
    const login = await call(one.page, 'login', { customerid: c });
    await log({ page }, 'Second tab');
    expect(await bed.timeline(strategy, String(told.mpid), 'Second tab')).toContain('Second tab');
    expect(login.mpid).not.toBe(told.mpid);
  });

  it('opting out sends one word and then nothing; opting in resumes', async () => {
    const one = await bed.visit(usual, {}, await frozenDevice(bed.browser));
    const mpid = String(one.told.mpid);
    const consent = () =>
      bed
        .project(usual)
        .person('mpid', mpid)
        .then((person) => person?.consent);
    // From this word on the SDK no longer sends when it is told to, only when its time has come.
    await one.page.evaluate(() => mParticle.setOptOut(true));
    await one.page.clock.runFor(5_000);
    expect(await until(consent, (word) => word === 'denied')).toBe('denied');
    expect(await call(one.page, 'identify')).toMatchObject({ httpCode: -6 });
    await log(one, 'Unheard');
    await bed.open(one);
    const asked: string[] = [];
    one.page.on('request', (request) => asked.push(new URL(request.url()).pathname.split('/').at(-1) as string));
    const again = await bed.visit(usual, {}, one);
    expect(again.told.httpCode).toBe(-3);
    await log(one, 'Unheard');
    await one.page.clock.runFor(11_000);
    expect(asked).toContain('config');
    expect(asked.filter((name) => name === 'identify' || name === 'events')).toEqual([]);
    await one.page.evaluate(() => {
      mParticle.setOptOut(false);
      mParticle.upload();
    });
    expect(await until(consent, (word) => word === 'granted')).toBe('granted');
    await log(one, 'Heard');
    expect(await bed.timeline(usual, mpid, 'Heard')).not.toContain('Unheard');
    // What the SDK says to a page that logs events while it is opted out.
    expect(real(one.troubles)).toEqual(Array(2).fill('console: Event logging is currently disabled.'));
  });

  it('attributes, lists, tags, removals, screens and commerce reach the person', async () => {
    const one = await bed.visit(usual);
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
    await bed.timeline(usual, mpid, 'commerce_event');
    await one.page.evaluate(() => {
      mParticle.Identity.getCurrentUser()!.removeUserAttribute('gone');
      mParticle.logEvent('Removed');
      mParticle.upload();
    });
    expect(await bed.timeline(usual, mpid, 'Removed')).toEqual(expect.arrayContaining(['Home', 'commerce_event']));
    const person = await until(
      () => bed.project(usual).person('mpid', mpid),
      (now) => now?.traits['plan'] === 'pro' && !('gone' in now.traits),
    );
    expect(person?.traits).toEqual({ plan: 'pro', age: 5, likes: ['tea', 'cups'], vip: null });
    expect(real(one.troubles)).toEqual([]);
  });

  it('consent rides along and is kept by purpose', async () => {
    const one = await bed.visit(usual);
    const mpid = String(one.told.mpid);
    await one.page.evaluate(() => {
      const consent = mParticle.Consent.createGDPRConsent(true, 1_700_000_000_000, 'terms-3');
      const state = mParticle.Consent.createConsentState().addGDPRConsentState('Analytics', consent);
      mParticle.Identity.getCurrentUser()!.setConsentState(state);
    });
    await log(one, 'Agreed');
    await bed.timeline(usual, mpid, 'Agreed');
    const person = await until(
      () => bed.project(usual).person('mpid', mpid),
      (now) => now?.purposes !== undefined,
    );
    expect(person?.purposes).toMatchObject({ 'gdpr.analytics': { consented: true, document: 'terms-3' } });
    // To be asked for one purpose is no word on being tracked.
    expect(person).toMatchObject({ consent: 'not-asked', traits: {} });
    expect(real(one.troubles)).toEqual([]);
  });

  it('an alias shows what was done before the login under the customer too', async () => {
    const strategy = 'mparticle-link';
    const one = await bed.visit(strategy);
    const anonymous = String(one.told.mpid);
    await log(one, 'Looked around');
    await bed.timeline(strategy, anonymous, 'Looked around');
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
    expect(await bed.timeline(strategy, String(login.mpid), 'Looked around')).toContain('Looked around');
    expect(await bed.timeline(strategy, anonymous, 'Looked around')).toContain('Looked around');
    expect(real(one.troubles)).toEqual([]);
  });

  it('search tells found and not found, and makes nobody', async () => {
    const c = customer();
    const one = await bed.visit('mparticle-link');
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
    expect(await bed.project('mparticle-link').person('user', `${c}-nobody`)).toBeUndefined();
  });

  it.each([
    ['domain', () => ({ domain: OWN_HOST })],
    ['domain with our prefix', () => ({ domain: `${new URL(bed.selfsame.url).host}/mparticle` })],
    [
      'each address by itself',
      () => ({
        configUrl: `${OWN_HOST}/tags/JS/v2/`,
        identityUrl: `${OWN_HOST}/v1/`,
        v1SecureServiceUrl: `${OWN_HOST}/v1/JS/`,
        v2SecureServiceUrl: `${OWN_HOST}/v2/JS/`,
        v3SecureServiceUrl: `${OWN_HOST}/v3/JS/`,
        aliasUrl: `${OWN_HOST}/v1/identity/`,
      }),
    ],
  ])('reaches us by its own settings alone: %s', async (_way, settings) => {
    const device = await bed.load();
    const asked = new Set<string>();
    device.page.on('request', (request) => asked.add(new URL(request.url()).host));
    // The answer to the configuration call would name every address itself (way 3).
    const told = await init(device.page, workspace(usual).publicKey, {
      isDevelopmentMode: true,
      requestConfig: false,
      workspaceToken: 'WT1',
      flags: { eventsV3: '100', eventBatchingIntervalMillis: '5000' },
      ...settings(),
    });
    expect(told).toMatchObject({ httpCode: 200 });
    await log(device, 'Own way');
    expect(await bed.timeline(usual, String(told.mpid), 'Own way')).toContain('Own way');
    expect([OWN_HOST, new URL(bed.selfsame.url).host]).toEqual(expect.arrayContaining([...asked]));
    expect(asked.size).toBe(1);
    expect(real(device.troubles)).toEqual([]);
  });

  it('needs no change when the vendor’s hosts lead here', async () => {
    const device = await bed.load();
    const told = await init(device.page, workspace(usual).publicKey, { isDevelopmentMode: true });
    expect(told).toMatchObject({ httpCode: 200 });
    await log(device, 'By name');
    expect(await bed.timeline(usual, String(told.mpid), 'By name')).toContain('By name');
    expect(real(device.troubles)).toEqual([]);
  });

  it('works from the bundle of the snippet', async () => {
    const device = await bed.open();
    await device.page.evaluate(() => {
      Object.assign(globalThis, { mParticle: { config: { isDevelopmentMode: true, rq: [] } } });
    });
    await device.page.addScriptTag({
      url: `${bed.selfsame.url}/mparticle/tags/JS/v2/${workspace(usual).publicKey}/mparticle.js`,
    });
    const mpid = await until(
      () => device.page.evaluate(() => mParticle.Identity.getCurrentUser()?.getMPID()),
      (one) => one !== undefined,
    );
    await log(device, 'By snippet');
    expect(await bed.timeline(usual, String(mpid), 'By snippet')).toContain('By snippet');
    expect(real(device.troubles)).toEqual([]);
  });
});

describe('@mparticle/web-sdk, unmodified: when it goes wrong', () => {
  it('an unknown key: the callback hears −1, the server counts it', async () => {
    const device = await bed.load();
    const told = await init(device.page, 'no-such-key', {
      ...bed.config(),
      identityUrl: `${new URL(bed.selfsame.url).host}/mparticle/identity/v1/`,
    });
    expect(told).toMatchObject({ httpCode: -1, mpid: null });
    expect(String(told.body)).toContain('401');
    expect((await bed.selfsame.stats()).unknownKey).toBeGreaterThan(0);
  });

  it('a configuration that cannot be had: goes on with the page’s own address, and asks nobody else', async () => {
    const device = await bed.load();
    await device.context.route(/\/config\?/, (route) => route.fulfill({ status: 503 }));
    const asked = new Set<string>();
    device.page.on('request', (request) => asked.add(new URL(request.url()).host));
    const told = await init(device.page, workspace(usual).publicKey, { isDevelopmentMode: true, domain: OWN_HOST });
    expect(told).toMatchObject({ httpCode: 200 });
    await log(device, 'Without it');
    expect(await bed.timeline(usual, String(told.mpid), 'Without it')).toContain('Without it');
    expect([...asked]).toEqual([OWN_HOST]);
  });

  it('a dropped connection: −1, and the request made again makes no second profile', async () => {
    const device = await bed.load();
    let drops = 0;
    let mpid: unknown;
    await device.context.route(IDENTITY, async (route) => {
      // The server has answered; the page never hears of it.
      mpid = ((await (await route.fetch()).json()) as { mpid: unknown }).mpid;
      drops += 1;
      await route.abort('connectionreset');
    });
    expect(await init(device.page, workspace(usual).publicKey, bed.config())).toMatchObject({ httpCode: -1 });
    await device.context.unroute(IDENTITY);
    expect(drops).toBeGreaterThan(0);
    expect(await call(device.page, 'identify')).toMatchObject({ httpCode: 200, mpid });
  });

  it('a refusal reaches the page with the vendor’s error body', async () => {
    const one = await bed.visit('mparticle-isolation');
    const told = await call(one.page, 'login');
    expect(told).toMatchObject({ httpCode: 400, body: { ErrorCode: 'LOOKUP_ERROR', StatusCode: 400 } });
  });
});
