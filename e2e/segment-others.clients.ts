import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { analyticsOf } from './src/analytics-io.ts';
import { badDay } from './src/bad-day.ts';
import { type Device, launchBrowser, newDevice } from './src/browser.ts';
import { client, clientFile } from './src/clients.ts';
import { type Flaky, startFlaky } from './src/flaky.ts';
import { type Pages, startPages } from './src/pages.ts';
import { PUBLIC_KEY, type Selfsame, startSelfsame } from './src/selfsame.ts';
import { until } from './src/until.ts';

/** What these libraries have in common. */
interface Library {
  track(message: object): void;
  page(message: object): void;
  identify(message: object): void;
  /** Sends what waits. */
  drain(): Promise<unknown>;
}
type Made = new (...args: readonly unknown[]) => Omit<Library, 'drain'> & Record<string, () => Promise<unknown>>;

const libraries: readonly (readonly [name: string, make: (url: string) => Library])[] = [
  [
    'analytics-node',
    (host) => {
      const Analytics = client<Made>('analytics-node');
      const made = new Analytics(PUBLIC_KEY, { host, path: '/segment/v1/batch', flushInterval: 50 });
      return Object.assign(made, { drain: () => (made['flush'] as () => Promise<unknown>)() });
    },
  ],
  [
    '@rudderstack/rudder-sdk-node',
    (host) => {
      const Analytics = client<Made & { default?: Made }>('@rudderstack/rudder-sdk-node');
      const made = new (Analytics.default ?? Analytics)(PUBLIC_KEY, {
        dataPlaneUrl: `${host}/segment`,
        flushInterval: 50,
      });
      return Object.assign(made, { drain: () => (made['flush'] as () => Promise<unknown>)() });
    },
  ],
  [
    '@customerio/cdp-analytics-node',
    (host) => {
      const { Analytics } = client<{ readonly Analytics: Made }>('@customerio/cdp-analytics-node');
      const made = new Analytics({ writeKey: PUBLIC_KEY, host, path: '/segment/v1/batch', flushInterval: 50 });
      return Object.assign(made, { drain: () => new Promise((resolve) => setTimeout(resolve, 200)) });
    },
  ],
];

let selfsame: Selfsame;
let flaky: Flaky;
beforeAll(async () => {
  selfsame = await startSelfsame({ preset: 'selfsame' });
  flaky = await startFlaky(selfsame.url);
});
afterAll(async () => {
  await flaky.close();
  await selfsame.dispose();
});

let serial = 0;
/** Users and devices of one test, and the names of somebody's events once there are `count`. */
const people = () => {
  serial += 1;
  const own = (name: string) => `${name}-${serial}`;
  const events = (user: string, count: number) =>
    until(
      async () => {
        const person = await selfsame.person('user', own(user));
        return person === undefined ? [] : (await selfsame.events(person.id)).map(({ name }) => name).sort();
      },
      (names) => names.length >= count,
    );
  return { own, events };
};

describe.each(libraries)('%s, unmodified', (_name, make) => {
  it('anonymous, login, logout, another user, a second device: each event once, with its owner', async () => {
    const { own, events } = people();
    const library = make(flaky.url);
    const at = (minutes: number) => new Date(Date.now() - (60 - minutes) * 60_000);
    const [phone, laptop] = [own('phone'), own('laptop')];
    library.track({ anonymousId: phone, event: 'Viewed', timestamp: at(0) });
    library.identify({ anonymousId: phone, userId: own('ann'), traits: { plan: 'pro' }, timestamp: at(1) });
    library.track({ anonymousId: phone, userId: own('ann'), event: 'Paid', timestamp: at(2) });
    library.identify({ anonymousId: phone, userId: own('bob'), timestamp: at(50) });
    library.track({ anonymousId: phone, userId: own('bob'), event: 'Looked', timestamp: at(51) });
    library.track({ anonymousId: laptop, event: 'Read', timestamp: at(52) });
    library.identify({ anonymousId: laptop, userId: own('ann'), timestamp: at(53) });
    await library.drain();
    expect(await events('ann', 3)).toEqual(['Paid', 'Read', 'Viewed']);
    expect(await events('bob', 1)).toEqual(['Looked']);
    expect((await selfsame.person('user', own('ann')))?.traits).toMatchObject({ plan: 'pro' });
  });

  it('503 for a while: kept, sent again, counted once', async () => {
    const { own, events } = people();
    const library = make(flaky.url);
    const before = flaky.broken.failed;
    flaky.fail(2);
    library.track({ userId: own('ann'), event: 'Paid' });
    await library.drain();
    expect(await events('ann', 1)).toEqual(['Paid']);
    expect(flaky.broken.failed - before).toBe(2);
  });

  it('a lost answer: sent again, counted once', async () => {
    const { own, events } = people();
    const library = make(flaky.url);
    const { duplicate } = await selfsame.stats();
    flaky.lose(1);
    library.track({ userId: own('ann'), event: 'Paid' });
    await library.drain();
    await until(
      () => selfsame.stats(),
      (now) => now.duplicate > duplicate,
    );
    expect(await events('ann', 1)).toEqual(['Paid']);
  });
});

/** What a page says to these libraries. */
type Page = Record<'track' | 'identify' | 'reset', (...args: readonly unknown[]) => unknown>;
declare const library: Page;
declare const analyticsIo: { start(plugin: string, settings: object): Page };
declare const RudderAnalytics: new () => Page & { load(key: string, url: string, options: object): void };
declare const rudderanalytics: { readonly RudderAnalytics: typeof RudderAnalytics };

/** How a page starts each of them; the global `library` is then its own. */
const pagesOf: Readonly<
  Record<string, { readonly scripts: readonly string[]; start(device: Device, url: string): Promise<unknown> }>
> = {
  '@rudderstack/analytics-js': {
    scripts: ['/rudder.js'],
    start: ({ page }, url) =>
      page.evaluate(
        ([key, dataPlaneUrl]) => {
          const mine = new rudderanalytics.RudderAnalytics();
          // What RudderStack's control plane says of a source without destinations.
          const source = {
            id: 's',
            name: 'shop',
            writeKey: key,
            enabled: true,
            workspaceId: 'w',
            connections: [],
            destinations: [],
            config: {},
            dataplanes: {},
          };
          mine.load(key, dataPlaneUrl, {
            getSourceConfig: () => ({ source, updatedAt: '2026-01-01T00:00:00Z' }),
            loadIntegration: false,
            polyfillIfRequired: false,
            queueOptions: { minRetryDelay: 200, maxRetryDelay: 500 },
          });
          Object.assign(globalThis, { library: mine });
        },
        [PUBLIC_KEY, `${url}/segment`] as const,
      ),
  },
  'analytics with @analytics/segment': {
    scripts: ['/analytics.js'],
    start: ({ page }, url) =>
      page.evaluate(
        ([writeKey, cdn]) => {
          Object.assign(globalThis, { analytics: Object.assign([], { _cdn: cdn, _writeKey: writeKey }) });
          const settings = { writeKey, customScriptSrc: '/segment.js' };
          Object.assign(globalThis, { library: analyticsIo.start('segment', settings) });
        },
        [PUBLIC_KEY, `${url}/segment`] as const,
      ),
  },
};

describe.each(Object.keys(pagesOf))('%s, unmodified', (name) => {
  let browser: Browser;
  let pages: Pages;
  const devices: Device[] = [];
  beforeAll(async () => {
    const segment = createRequire(import.meta.url).resolve('@segment/analytics-next');
    pages = await startPages({
      '/rudder.js': clientFile('@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js'),
      '/analytics.js': await analyticsOf('segment'),
      '/segment.js': readFileSync(segment.replace(/dist\/cjs\/index\.js$/, 'dist/umd/standalone.js')),
    });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await pages.close();
  });
  afterEach(async () => {
    for (const { context } of devices.splice(0)) await context.close();
  });

  const visit = async () => {
    const device = await newDevice(browser);
    devices.push(device);
    await device.page.goto(pages.url);
    const client = pagesOf[name];
    for (const url of client?.scripts ?? []) await device.page.addScriptTag({ url });
    await client?.start(device, flaky.url);
    return device;
  };
  const call = ({ page }: Device, method: keyof Page, ...args: readonly unknown[]) =>
    page.evaluate(async ([what, more]) => void (await library[what](...more)), [method, args] as const);

  it('anonymous, login, logout, another user, a second device: each event once, with its owner', async () => {
    const { own, events } = people();
    const phone = await visit();
    await call(phone, 'track', 'Viewed', { mood: '🌳' });
    await call(phone, 'identify', own('ann'), { plan: 'pro' });
    await call(phone, 'track', 'Paid');
    expect(await events('ann', 2)).toEqual(['Paid', 'Viewed']);
    await call(phone, 'reset');
    await call(phone, 'identify', own('bob'));
    await call(phone, 'track', 'Looked');
    expect(await events('bob', 1)).toEqual(['Looked']);
    const laptop = await visit();
    await call(laptop, 'track', 'Read');
    await call(laptop, 'identify', own('ann'));
    expect(await events('ann', 3)).toEqual(['Paid', 'Read', 'Viewed']);
    expect((await selfsame.person('user', own('ann')))?.traits).toMatchObject({ plan: 'pro' });
    expect([...phone.troubles, ...laptop.troubles]).toEqual([]);
  });

  it('503 for a while, and a lost answer: kept, sent again, counted once', async () => {
    const { own, events } = people();
    const phone = await visit();
    await call(phone, 'identify', own('ann'));
    await badDay(
      flaky,
      (name) => call(phone, 'track', name),
      (count) => events('ann', count),
    );
  });
});
