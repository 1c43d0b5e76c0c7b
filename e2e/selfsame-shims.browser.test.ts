import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { bundle } from '@selfsame/browser/script';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Device, launchBrowser, newDevice } from './src/browser.ts';
import { analyticsScript, mparticleScript, type Pages, startPages, xoScript } from './src/pages.ts';
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
declare const startShim: (name: string, options: object) => void;

let browser: Browser;
let pages: Pages;
let selfsame: Selfsame;
const { resolve } = createRequire(import.meta.url);

beforeAll(async () => {
  pages = await startPages({
    '/mixpanel.js': readFileSync(resolve('mixpanel-browser/dist/mixpanel.umd.js')),
    '/mparticle.js': mparticleScript(),
    '/segment.js': analyticsScript(),
    '/xo.js': await xoScript(),
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

/** What became of somebody: names on the timeline, sorted, and who it is. */
async function story(kind: string, value: string, wanted: readonly string[], trait: string) {
  const person = await until(
    () => selfsame.person(kind, value),
    (one) => one?.traits[trait] !== undefined,
  );
  const names = await until(
    async () => (await selfsame.events(person?.id ?? '')).map((event) => event.name),
    (found) => wanted.every((name) => found.includes(name)),
  );
  return { person, names: names.filter((name) => wanted.includes(name)).sort() };
}

/** The same walk through a shop, in a vendor's words, whoever's code hears them. */
interface Journey {
  readonly vendor: string;
  /** The page with the vendor's own SDK on it, started; with a user id that is his alone. */
  readonly original: () => Promise<Device>;
  readonly walk: (page: Page, user: string) => Promise<void>;
  readonly events: readonly string[];
  readonly traits: Readonly<Record<string, unknown>>;
  readonly trait: string;
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
    events: ['Product Viewed', 'Signed Up'],
    traits: { plan: 'pro' },
    trait: 'plan',
  },
  {
    vendor: 'mparticle',
    async original() {
      const device = await open('/mparticle.js');
      const base = `${new URL(selfsame.url).host}/mparticle`;
      const config = {
        requestConfig: false,
        forceHttps: false,
        isDevelopmentMode: true,
        workspaceToken: 'shims',
        identityUrl: `${base}/identity/v1/`,
        v3SecureServiceUrl: `${base}/webevents/v3/JS/`,
        aliasUrl: `${base}/webevents/v1/identity/`,
        flags: { eventsV3: '100', eventBatchingIntervalMillis: '500' },
      };
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
    events: ['Product Viewed', 'Signed Up'],
    traits: { plan: 'pro' },
    trait: 'plan',
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
    events: ['Product Viewed', 'Signed Up'],
    traits: { plan: 'pro' },
    trait: 'plan',
  },
  {
    vendor: 'xo',
    async original() {
      const device = await open('/xo.js');
      return device;
    },
    walk: (page, user) =>
      page.evaluate(
        async ([trackerKey, id]) => {
          xo.init({ activity: { trackerKey, region: 'dev' } });
          await xo.activity.send({ action: 'view', target: { product: '123' } });
          xo.activity.addUserIdentity('eCommerceId', id);
          xo.activity.setUserSegments(['regular']);
          xo.activity.addUserTrait('size', 'M');
          await xo.activity.send({ action: 'purchase', target: { product: '123' }, metadata: { price: 9990 } });
        },
        [TRACKER_KEY, user] as const,
      ),
    events: ['purchase', 'view'],
    traits: { size: 'M' },
    trait: 'size',
    segments: ['regular'],
  },
];

describe.each(journeys)(
  '@selfsame/browser/compat/$vendor',
  ({ vendor, original, walk, events, traits, trait, segments }) => {
    it.each(['the vendor’s own SDK', 'our shim'])('a visitor looks, signs up and is one person: %s', async (whose) => {
      const user = `${vendor}-${whose.length}`;
      const device = whose === 'our shim' ? await shim(vendor) : await original();
      await walk(device.page, user);
      const { person, names } = await story('user', user, events, trait);
      expect(person).toMatchObject({ known: true, traits, ...(segments === undefined ? {} : { segments }) });
      // What came before the login is hers.
      expect(names).toEqual(events);
      expect(device.troubles.filter((one) => !/ERR_ABORTED/.test(one))).toEqual([]);
      await device.context.close();
    });
  },
);

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

  it.each(['the script served for SPiD', 'our shim'])(
    'a stranger’s session, and traits her site signed: %s',
    async (whose) => {
      const isShim = whose === 'our shim';
      const device = isShim ? await shim('vgs') : await newDevice(browser);
      const host = `${new URL(selfsame.url).host}/spid`;
      if (!isShim) {
        // A browser that keeps no cookies of other sites knows its visitor only on the platform's own site.
        await device.page.goto(pages.url.replace('localhost', '127.0.0.1'));
        await device.page.addScriptTag({ url: `${selfsame.url}/spid/js/spid-sdk-1.7.9.min.js` });
      }
      const { heard, uid } = await start(device.page, host);
      expect(heard).toEqual(['auth.visitor', 'auth.notLoggedin', 'auth.sessionChange']);
      expect(await setTraits(device.page, signed({ Newsletter: true, 'Account type': 'Personal' }))).toMatchObject({
        result: true,
      });
      expect(await setTraits(device.page, 'forged.traits')).toMatchObject({ error: { code: 400 } });
      const person = await selfsame.person(isShim ? 'device' : 'visitor', uid);
      expect(person).toMatchObject({ traits: { Newsletter: true, 'Account type': 'Personal' } });
      await device.context.close();
    },
  );
});
