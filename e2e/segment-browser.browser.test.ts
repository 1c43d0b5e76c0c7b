import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Device, launchBrowser, newDevice } from './src/browser.ts';
import { analyticsScript, type Pages, startPages } from './src/pages.ts';
import { PUBLIC_KEY, type Selfsame, startSelfsame } from './src/selfsame.ts';
import { until } from './src/until.ts';

/** The part of analytics.js that these tests use. */
interface Analytics {
  track(event: string, properties?: object): Promise<unknown>;
  page(name?: string): Promise<unknown>;
  identify(id: string, traits?: object): Promise<unknown>;
  group(id: string, traits?: object): Promise<unknown>;
  alias(id: string): Promise<unknown>;
  reset(): void;
  user(): { anonymousId(): string };
}
declare const AnalyticsNext: {
  AnalyticsBrowser: { load(settings: object, options?: object): PromiseLike<[Analytics]> };
};
declare let analytics: Analytics;

let browser: Browser;
let pages: Pages;
let selfsame: Selfsame;
const devices: Device[] = [];

beforeAll(async () => {
  pages = await startPages({ '/sdk.js': analyticsScript() });
  selfsame = await startSelfsame({ preset: 'selfsame' });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await selfsame.dispose();
  await pages.close();
});
afterEach(async () => {
  for (const device of devices.splice(0)) await device.context.close();
});

/** Users of one test; the server is the same for all. */
let ann = '';
let bob = '';
let tests = 0;
beforeEach(() => {
  tests += 1;
  ann = `ann-${tests}`;
  bob = `bob-${tests}`;
});

async function visit(device?: Device, options: object = {}): Promise<Device> {
  const mine = device ?? (await newDevice(browser));
  if (device === undefined) devices.push(mine);
  await mine.page.goto(`${pages.url}/?utm_source=search&utm_campaign=spring`);
  await mine.page.addScriptTag({ url: '/sdk.js' });
  await mine.page.evaluate(
    async ([writeKey, cdnURL, more]) => {
      [analytics] = await AnalyticsNext.AnalyticsBrowser.load({ writeKey, cdnURL }, more as object);
    },
    [PUBLIC_KEY, `${selfsame.url}/segment`, options] as const,
  );
  return mine;
}
const track = (device: Device, event: string, properties: object = {}) =>
  device.page.evaluate(([name, more]) => void analytics.track(name as string, more as object), [
    event,
    properties,
  ] as const);
const identify = (device: Device, id: string, traits: object = {}) =>
  device.page.evaluate(([one, more]) => void analytics.identify(one as string, more as object), [id, traits] as const);
const deviceId = (device: Device) => device.page.evaluate(() => analytics.user().anonymousId());

/** The names a person's timeline holds, sorted, once it has `count` events. */
async function timeline(kind: string, value: string, count: number): Promise<string[]> {
  return await until(
    async () => {
      const person = await selfsame.person(kind, value);
      return person === undefined ? [] : (await selfsame.events(person.id)).map((event) => event.name).sort();
    },
    (names) => names.length >= count,
  );
}

describe('@segment/analytics-next, unmodified', () => {
  it('needs one address: its settings say where to send', async () => {
    const phone = await visit();
    await phone.page.evaluate(() => void analytics.page('Home'));
    await track(phone, 'Viewed', { product: 'cup' });
    const device = await deviceId(phone);
    expect(await timeline('device', device, 2)).toEqual(['Viewed', 'page']);
    await identify(phone, ann, { plan: 'pro' });
    await track(phone, 'Signed Up');
    expect(await timeline('user', ann, 3)).toEqual(['Signed Up', 'Viewed', 'page']);
    const person = await until(
      () => selfsame.person('user', ann),
      (one) => one?.traits['plan'] === 'pro',
    );
    expect(await selfsame.person('device', device)).toEqual(person);
    const events = await selfsame.events(person?.id ?? '');
    expect(events.find((event) => event.name === 'Viewed')?.properties).toMatchObject({
      product: 'cup',
      utm_source: 'search',
      utm_campaign: 'spring',
    });
    expect(events.find((event) => event.name === 'page')?.properties).toMatchObject({ name: 'Home', title: 'Shop' });
    expect(await selfsame.explain(`device:${device}`, `user:${ann}`)).toMatchObject({
      same: true,
      chain: [{ source: 'segment', trust: 0 }],
    });
    expect(phone.troubles).toEqual([]);
  });

  it('a second device joins at login; reset and another user are two people', async () => {
    const phone = await visit();
    await identify(phone, ann);
    await track(phone, 'On phone');
    const laptop = await visit();
    await track(laptop, 'Before login');
    await identify(laptop, ann);
    expect(await timeline('user', ann, 2)).toEqual(['Before login', 'On phone']);
    await laptop.page.evaluate(() => analytics.reset());
    await track(laptop, 'Nobody');
    await identify(laptop, bob);
    await track(laptop, 'Bob');
    expect(await timeline('user', bob, 2)).toEqual(['Bob', 'Nobody']);
    expect(await timeline('user', ann, 2)).toEqual(['Before login', 'On phone']);
    expect([...phone.troubles, ...laptop.troubles]).toEqual([]);
  });

  it('groups and aliases are taken', async () => {
    const phone = await visit();
    await identify(phone, ann);
    await phone.page.evaluate(() => void analytics.group('acme', { seats: 3 }));
    await phone.page.evaluate(() => void analytics.alias('ann-new'));
    const group = await until(
      () => selfsame.person('group.id', 'acme'),
      (one) => one !== undefined,
    );
    expect(group?.traits).toEqual({ seats: 3 });
    await track(phone, 'After');
    expect(await timeline('user', ann, 1)).toEqual(['After']);
    expect(phone.troubles).toEqual([]);
  });

  it('batches', async () => {
    const deliveryStrategy = { strategy: 'batching', config: { size: 5, timeout: 200 } };
    const before = (await selfsame.stats()).wires['segment'];
    const phone = await visit(undefined, { integrations: { 'Segment.io': { deliveryStrategy } } });
    for (let i = 0; i < 12; i++) await track(phone, `Event ${i}`);
    expect(await timeline('device', await deviceId(phone), 12)).toHaveLength(12);
    const after = (await selfsame.stats()).wires['segment'];
    expect((after?.applied ?? 0) - (before?.applied ?? 0)).toBe(12);
    expect(phone.troubles).toEqual([]);
  });

  it('offline and back: nothing lost, nothing twice', async () => {
    const phone = await visit();
    await track(phone, 'Online');
    await timeline('device', await deviceId(phone), 1);
    await phone.context.setOffline(true);
    for (let i = 0; i < 5; i++) await track(phone, `Offline ${i}`);
    await phone.context.setOffline(false);
    const names = await timeline('device', await deviceId(phone), 6);
    expect(names).toEqual(['Offline 0', 'Offline 1', 'Offline 2', 'Offline 3', 'Offline 4', 'Online']);
  });
});
