import { createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { bundle } from '@selfsame/browser/script';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Device, launchBrowser, newDevice } from './src/browser.ts';
import { plainConfig } from './src/mparticle.ts';
import { type Pages, startPages, vendorScripts } from './src/pages.ts';
import { PUBLIC_KEY, type Selfsame, SPID_CLIENT, startSelfsame, TRACKER_KEY } from './src/selfsame.ts';
import { until } from './src/until.ts';

// biome-ignore lint/suspicious/noExplicitAny: vendors' globals, called as their pages call them.
type Global = any;
declare const mixpanel: Global;
declare const mParticle: Global;
declare const analytics: Global;
declare const AnalyticsNext: Global;
declare const xo: Global;
declare const VGS: Global;
/** What the shims' page leaves there. */
declare const client: Global;
declare const startShim: (name: string, options: object) => void;

let browser: Browser;
let pages: Pages;
let selfsame: Selfsame;

beforeAll(async () => {
  pages = await startPages({
    ...(await vendorScripts()),
    '/shims.js': await bundle(
      fileURLToPath(new URL('../packages/sdk-browser/test/shims-page.ts', import.meta.url)),
      'iife',
    ),
  });
  selfsame = await startSelfsame({ preset: 'selfsame' });
  browser = await launchBrowser({ 'collect-dev.attraqt.io': new URL(selfsame.url).host });
});
afterAll(async () => {
  await browser?.close();
  await selfsame?.dispose();
  await pages?.close();
});

async function open(script: string): Promise<Device> {
  const device = await newDevice(browser);
  await device.page.goto(pages.url);
  await device.page.addScriptTag({ url: script });
  return device;
}
async function shim(name: string): Promise<Device> {
  const device = await open('/shims.js');
  await device.page.evaluate(([vendor, options]) => startShim(vendor as string, options as object), [
    name,
    { key: PUBLIC_KEY, endpoint: selfsame.url, sendAfter: 50 },
  ] as const);
  return device;
}

/** What became of a user: who it is, and which of these events are on the timeline, once `wanted` are. */
async function story(user: string, wanted: readonly string[], of: readonly string[]) {
  const names = await until(
    async () => {
      const person = await selfsame.person('user', user);
      return person === undefined ? [] : (await selfsame.events(person.id)).map((event) => event.name);
    },
    (found) => wanted.every((name) => found.includes(name)),
  );
  return { person: await selfsame.person('user', user), names: names.filter((name) => of.includes(name)).sort() };
}

/** The same journey in a vendor's words, whoever's code hears them. */
interface Journey {
  readonly vendor: string;
  /** The page with the vendor's own SDK on it, started. */
  readonly original: () => Promise<Device>;
  /** What a page says first, with the vendor's SDK and with our shim. */
  readonly begin?: (page: Page) => Promise<void>;
  /** Looks at a product, signs up, says a trait. */
  readonly walk: (page: Page, user: string) => Promise<void>;
  /** Somebody who has an account logs in, and does something. */
  readonly logIn: (page: Page, user: string, event: string) => Promise<void>;
  readonly logOut: (page: Page) => Promise<void>;
  readonly events: readonly string[];
  readonly traits: Readonly<Record<string, unknown>>;
  readonly segments?: readonly string[];
}

const journeys: readonly Journey[] = [
  {
    vendor: 'mixpanel',
    async original() {
      const device = await open('/mixpanel.js');
      const options = { api_host: `${selfsame.url}/mixpanel`, batch_flush_interval_ms: 100 };
      await device.page.evaluate(([key, rest]) => mixpanel.init(key, rest), [PUBLIC_KEY, options] as const);
      return device;
    },
    async walk(page, user) {
      await page.evaluate(() => mixpanel.track('Product Viewed', { product: 'cup' }));
      await page.evaluate((id) => {
        mixpanel.identify(id);
        mixpanel.people.set({ plan: 'pro' });
        mixpanel.track('Signed Up');
      }, user);
    },
    logIn: (page, user, event) =>
      page.evaluate(
        ([id, name]) => {
          mixpanel.identify(id);
          mixpanel.track(name);
        },
        [user, event] as const,
      ),
    logOut: (page) => page.evaluate(() => mixpanel.reset()),
    events: ['Product Viewed', 'Signed Up'],
    traits: { plan: 'pro' },
  },
  {
    vendor: 'mparticle',
    async original() {
      const device = await open('/mparticle.js');
      const config = plainConfig(selfsame.url, 500);
      await device.page.evaluate(
        ([key, rest]) =>
          new Promise<void>((ready) => mParticle.init(key, { ...(rest as object), identityCallback: () => ready() })),
        [PUBLIC_KEY, config] as const,
      );
      return device;
    },
    walk: (page, user) =>
      page.evaluate(async (customerid) => {
        mParticle.logEvent('Product Viewed', mParticle.EventType.Navigation, { product: 'cup' });
        mParticle.upload();
        await new Promise((done) => mParticle.Identity.login({ userIdentities: { customerid } }, done));
        mParticle.Identity.getCurrentUser().setUserAttribute('plan', 'pro');
        mParticle.logEvent('Signed Up', mParticle.EventType.Other);
        mParticle.upload();
      }, user),
    logIn: (page, user, event) =>
      page.evaluate(
        async ([customerid, name]) => {
          await new Promise((done) => mParticle.Identity.login({ userIdentities: { customerid } }, done));
          mParticle.logEvent(name, mParticle.EventType.Other);
          mParticle.upload();
        },
        [user, event] as const,
      ),
    logOut: (page) => page.evaluate(() => new Promise<void>((done) => mParticle.Identity.logout({}, () => done()))),
    events: ['Product Viewed', 'Signed Up'],
    traits: { plan: 'pro' },
  },
  {
    vendor: 'segment',
    async original() {
      const device = await open('/segment.js');
      await device.page.evaluate(
        ([writeKey, url]) => {
          const settings = {
            integrations: {
              'Segment.io': {
                apiKey: writeKey,
                apiHost: `${url?.replace('http://', '')}/segment/v1`,
                protocol: 'http',
              },
            },
          };
          Object.assign(globalThis, {
            analytics: AnalyticsNext.AnalyticsBrowser.load({ writeKey, cdnSettings: settings }),
          });
        },
        [PUBLIC_KEY, selfsame.url] as const,
      );
      return device;
    },
    async walk(page, user) {
      await page.evaluate(() => void analytics.track('Product Viewed', { product: 'cup' }));
      await page.evaluate((id) => {
        void analytics.identify(id, { plan: 'pro' });
        void analytics.track('Signed Up');
      }, user);
    },
    logIn: (page, user, event) =>
      page.evaluate(
        ([id, name]) => {
          void analytics.identify(id);
          void analytics.track(name);
        },
        [user, event] as const,
      ),
    logOut: (page) => page.evaluate(() => void analytics.reset()),
    events: ['Product Viewed', 'Signed Up'],
    traits: { plan: 'pro' },
  },
  {
    vendor: 'xo',
    original: () => open('/xo.js'),
    begin: (page) => page.evaluate((trackerKey) => xo.init({ activity: { trackerKey, region: 'dev' } }), TRACKER_KEY),
    walk: (page, user) =>
      page.evaluate(async (id) => {
        await xo.activity.send({ action: 'view', target: { product: '123' } });
        xo.activity.addUserIdentity('eCommerceId', id);
        xo.activity.setUserSegments(['regular']);
        xo.activity.addUserTrait('size', 'M');
        await xo.activity.send({ action: 'purchase', target: { product: '123' }, metadata: { price: 9990 } });
      }, user),
    logIn: (page, user, event) =>
      page.evaluate(
        async ([id, action]) => {
          xo.activity.addUserIdentity('eCommerceId', id);
          // Each activity carries all of the user: what is left out would be emptied.
          xo.activity.setUser({ identities: { eCommerceId: id }, segments: ['regular'], traits: { size: 'M' } });
          await xo.activity.send({ action, target: { page: 'account' } });
        },
        [user, event] as const,
      ),
    logOut: (page) => page.evaluate(() => xo.activity.clearUser()),
    events: ['purchase', 'view'],
    traits: { size: 'M' },
    segments: ['regular'],
  },
];

describe.each(journeys)('@selfsame/browser/compat/$vendor', (journey) => {
  const { vendor, original, begin, walk, logIn, logOut, events, traits, segments } = journey;
  const start = async (isShim: boolean): Promise<Device> => {
    const device = await (isShim ? shim(vendor) : original());
    await begin?.(device.page);
    return device;
  };
  it.each(['the vendor’s own SDK', 'our shim'])(
    'she looks, signs up, leaves; he logs in on her laptop, she on her phone: %s',
    async (whose) => {
      const isShim = whose === 'our shim';
      const [ann, bob] = [`${vendor}-ann-${isShim}`, `${vendor}-bob-${isShim}`];
      const laptop = await start(isShim);
      await walk(laptop.page, ann);
      await story(ann, events, events);
      await logOut(laptop.page);
      await logIn(laptop.page, bob, 'he-was-here');
      const phone = await start(isShim);
      await logIn(phone.page, ann, 'she-came-back');
      const all = [...events, 'he-was-here', 'she-came-back'];
      const hers = await story(ann, [...events, 'she-came-back'], all);
      const his = await story(bob, ['he-was-here'], all);
      expect(hers.person).toMatchObject({ known: true, traits, ...(segments === undefined ? {} : { segments }) });
      // What came before the login is hers, and what she did on another device; his is his alone.
      expect(hers.names).toEqual([...events, 'she-came-back'].sort());
      expect(his.names).toEqual(['he-was-here']);
      expect(his.person).toMatchObject({ known: true });
      expect(his.person?.id).not.toBe(hers.person?.id);
      for (const device of [laptop, phone]) {
        expect(device.troubles.filter((one) => !/ERR_ABORTED/.test(one))).toEqual([]);
        await device.context.close();
      }
    },
  );
});

it.each(['the vendor’s own SDK', 'our shim'])('XO’s page, example by example: %s', async (whose) => {
  const isShim = whose === 'our shim';
  const { page, context, troubles } = await (isShim ? shim('xo') : open('/xo.js'));
  const [ann, till] = [`xo-page-ann-${isShim}`, `xo-page-till-${isShim}`];
  const said = await page.evaluate(
    async ([trackerKey, user, other]) => {
      const view = (name: string, more: object = {}) =>
        xo.activity.send({ action: 'view', target: { page: name }, ...more });
      xo.init({ activity: { trackerKey, region: 'dev' } });
      xo.activity.addUserIdentity('eCommerceId', user);
      xo.activity.addUserSegment('a');
      xo.activity.addUserSegment('b');
      xo.activity.addUserTrait('plan', 'basic');
      await view('first');
      xo.activity.setUserSegments(['c']);
      xo.activity.setUserTraits({ age: 45 });
      await view('second');
      // Another user for one activity alone.
      await view('till', {
        user: { identities: { sessionid: `${other}-s`, ecommerceid: other }, segments: ['t'], traits: {} },
      });
      await view('third');
      xo.activity.optOut();
      const refused = await view('unseen');
      xo.activity.optIn();
      const session = localStorage.getItem('attraqtsessionid') ?? '';
      xo.activity.clearUser();
      await view('a stranger');
      return { refused, session, hasOptedOut: xo.activity.hasOptedOut };
    },
    [TRACKER_KEY, ann, till] as const,
  );
  expect(said).toMatchObject({ refused: null, hasOptedOut: false });
  const pagesOf = (user: string, count: number) =>
    until(
      async () => {
        const person = await selfsame.person('user', user);
        const events = person === undefined ? [] : await selfsame.events(person.id);
        return events.map(({ properties }) => (properties['target'] as { page: string }).page).sort();
      },
      (found) => found.length >= count,
    );
  expect(await pagesOf(ann, 3)).toEqual(['first', 'second', 'third']);
  expect(await pagesOf(till, 1)).toEqual(['till']);
  const hers = await until(
    () => selfsame.person('user', ann),
    (one) => one?.traits['age'] === 45,
  );
  // Each setter says all there is: what it leaves out is gone.
  expect(hers).toMatchObject({ known: true, segments: ['c'] });
  expect(hers?.traits).toEqual({ age: 45 });
  expect((await selfsame.person('user', till))?.segments).toEqual(['t']);
  if (!isShim) expect((await selfsame.person('session', said.session))?.id).toBe(hers?.id);
  expect(troubles.filter((one) => !/ERR_ABORTED/.test(one))).toEqual([]);
  await context.close();
});

describe('@selfsame/browser/compat/vgs', () => {
  /** Traits as a site's backend signs them. */
  function signed(traits: object): string {
    const payload = Buffer.from(JSON.stringify({ ...traits, algorithm: 'HMAC-SHA256', t: Date.now() / 1000 })).toString(
      'base64url',
    );
    return `${createHmac('sha256', 'test').update(payload).digest('base64url')}.${payload}`;
  }
  /** Starts the SDK and answers the names of the events the page heard, and the visitor. */
  const start = (page: Page, server: string) =>
    page.evaluate(
      ([client_id, host]) =>
        new Promise<{ heard: string[]; uid: string }>((done) => {
          const heard: string[] = [];
          let uid = '';
          for (const name of ['auth.visitor', 'auth.notLoggedin', 'auth.sessionChange', 'auth.login'])
            VGS.Event.subscribe(name, (what: { uid?: string }) => {
              heard.push(name);
              uid = what?.uid ?? uid;
            });
          VGS.Event.subscribe('VGS.loginStatus', () => done({ heard, uid }));
          VGS.init({ client_id, server: host, prod: false, https: false, cookie: false });
        }),
      [SPID_CLIENT, server] as const,
    );
  const setTraits = (page: Page, text: string) =>
    page.evaluate((t) => new Promise((done) => VGS.setTraits(t, done)), text) as Promise<{
      result?: boolean;
      error?: object;
    }>;

  /** Who is logged in, asked of the platform and not of a memory: the user, or the words that nobody is. */
  const status = (page: Page) =>
    page.evaluate(
      () =>
        new Promise((done) =>
          VGS.getLoginStatus(
            ({ userId, error }: { userId?: string; error?: { description?: string } }) =>
              done(userId === undefined ? error?.description : String(userId)),
            true,
          ),
        ),
    );
  const logOut = (page: Page) => page.evaluate(() => new Promise((done) => VGS.Auth.logout(done)));

  it.each(['the script served for SPiD', 'our shim'])(
    'a stranger’s session; she logs in, with traits her site signed, and leaves; he logs in there, she on her phone: %s',
    async (whose) => {
      const isShim = whose === 'our shim';
      const [ann, bob] = [`vgs-ann-${isShim}`, `vgs-bob-${isShim}`];
      const host = `${new URL(selfsame.url).host}/spid`;
      const open = async () => {
        const device = isShim ? await shim('vgs') : await newDevice(browser);
        if (!isShim) {
          // A browser that keeps no cookies of other sites knows its visitor only on the platform's own site.
          await device.page.goto(pages.url.replace('localhost', '127.0.0.1'));
          await device.page.addScriptTag({ url: `${selfsame.url}/spid/js/spid-sdk-1.7.9.min.js` });
        }
        return { device, page: device.page, ...(await start(device.page, host)) };
      };
      /** People log in on the platform, which tells the server; with our client the page tells it. */
      const logIn = async (page: Page, visitor: string, user: string) => {
        if (isShim) await page.evaluate((id) => client.login({ user: id }), user);
        else await selfsame.post('/v1/batch', { items: [{ type: 'login', ids: { visitor, user } }] });
      };
      const laptop = await open();
      expect(laptop.heard).toEqual(['auth.visitor', 'auth.notLoggedin', 'auth.sessionChange']);
      expect(await status(laptop.page)).toBe('No session found!');
      await logIn(laptop.page, laptop.uid, ann);
      expect(await status(laptop.page)).toBe(ann);
      const traits = { Newsletter: true, 'Account type': 'Personal' };
      expect(await setTraits(laptop.page, signed(traits))).toMatchObject({ result: true });
      expect(await setTraits(laptop.page, 'forged.traits')).toMatchObject({ error: { code: 400 } });
      await logOut(laptop.page);
      expect(await status(laptop.page)).toBe('No session found!');
      await logIn(laptop.page, laptop.uid, bob);
      expect(await status(laptop.page)).toBe(bob);
      const phone = await open();
      expect(phone.uid).not.toBe(laptop.uid);
      await logIn(phone.page, phone.uid, ann);
      expect(await status(phone.page)).toBe(ann);

      const hers = await selfsame.person('user', ann);
      expect(hers).toMatchObject({ known: true, traits });
      const his = await selfsame.person('user', bob);
      expect(his).toMatchObject({ known: true });
      expect(his?.traits).not.toHaveProperty('Newsletter');
      expect(his?.id).not.toBe(hers?.id);
      expect((await selfsame.person(isShim ? 'device' : 'visitor', phone.uid))?.id).toBe(hers?.id);
      for (const { device } of [laptop, phone]) {
        expect(device.troubles).toEqual([]);
        await device.context.close();
      }
    },
  );
});
