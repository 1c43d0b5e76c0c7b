import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Device, launchBrowser, newDevice } from './src/browser.ts';
import { PUBLIC_KEY, type Selfsame, startSelfsame } from './src/selfsame.ts';
import { type Site, startSite } from './src/site.ts';
import { until } from './src/until.ts';

/** The global the SDK makes, as far as these tests use it. */
interface Sdk {
  init(token: string, options: object): void;
  track(name: string, properties?: object): void;
  identify(id: string): void;
  reset(): void;
  register(properties: object): void;
  unregister(name: string): void;
  get_distinct_id(): string;
  get_property(name: string): string;
  opt_out_tracking(): void;
  opt_in_tracking(): void;
  readonly people: Record<string, (...args: unknown[]) => void>;
}
declare const mixpanel: Sdk;

let browser: Browser;
let selfsame: Selfsame;
let site: Site;
const devices: Device[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  selfsame = await startSelfsame();
  site = await startSite(selfsame.url);
});
afterEach(async () => {
  for (const device of devices.splice(0)) await device.context.close();
  await site.close();
  await selfsame.dispose();
});

async function visit(device?: Device): Promise<Device> {
  const mine = device ?? (await newDevice(browser));
  if (device === undefined) devices.push(mine);
  await mine.page.goto(`${site.url}/?utm_source=search&utm_campaign=spring`);
  await mine.page.evaluate(
    ([token, host]) =>
      mixpanel.init(token as string, { api_host: host, batch_flush_interval_ms: 200, persistence: 'localStorage' }),
    [PUBLIC_KEY, site.apiHost],
  );
  return mine;
}
const deviceId = (device: Device) => device.page.evaluate(() => mixpanel.get_property('$device_id'));
const track = (device: Device, name: string, properties: object = {}) =>
  device.page.evaluate(([n, p]) => mixpanel.track(n as string, p as object), [name, properties] as const);
const identify = (device: Device, id: string) => device.page.evaluate((one) => mixpanel.identify(one), id);

/** The names a person's timeline holds, once it has `count` events. */
async function timeline(kind: string, value: string, count: number): Promise<string[]> {
  return await until(
    async () => {
      const person = await selfsame.person(kind, value);
      return person === undefined ? [] : (await selfsame.events(person.id)).map((event) => event.name);
    },
    (names) => names.length >= count,
  );
}

describe('mixpanel-browser 2.83.0, unmodified', () => {
  it('anonymous, then identified, then more: one person with one history', async () => {
    const phone = await visit();
    await track(phone, 'Viewed', { product: 'cup' });
    await track(phone, 'Added');
    const device = await deviceId(phone);
    expect(await timeline('device', device, 2)).toHaveLength(2);
    await identify(phone, 'ann');
    await track(phone, 'Signed Up');
    expect((await timeline('user', 'ann', 3)).sort()).toEqual(['Added', 'Signed Up', 'Viewed']);
    const person = await selfsame.person('device', device);
    expect(person?.known).toBe(true);
    expect(await selfsame.person('user', 'ann')).toEqual(person);
    const why = await selfsame.explain(`device:${device}`, 'user:ann');
    expect(why).toMatchObject({ same: true, chain: [{ rule: 'L3a', source: 'mixpanel', trust: 0 }] });
    const viewed = (await selfsame.events(person?.id ?? '')).find((event) => event.name === 'Viewed');
    expect(viewed?.properties).toMatchObject({ product: 'cup', utm_source: 'search', utm_campaign: 'spring' });
    expect(phone.troubles).toEqual([]);
  });

  it('a second device joins at login, with what it did before', async () => {
    const phone = await visit();
    await identify(phone, 'ann');
    await track(phone, 'On phone');
    const laptop = await visit();
    await track(laptop, 'Before login');
    await identify(laptop, 'ann');
    await track(laptop, 'On laptop');
    expect((await timeline('user', 'ann', 3)).sort()).toEqual(['Before login', 'On laptop', 'On phone']);
    const person = await selfsame.person('user', 'ann');
    expect(person?.identifiers.filter((one) => one.kind === 'device')).toHaveLength(2);
    expect([...phone.troubles, ...laptop.troubles]).toEqual([]);
  });

  it('reset and another user are two people', async () => {
    const tablet = await visit();
    await identify(tablet, 'ann');
    await track(tablet, 'Ann was here');
    await timeline('user', 'ann', 1);
    await tablet.page.evaluate(() => mixpanel.reset());
    await track(tablet, 'Nobody was here');
    await identify(tablet, 'bob');
    await track(tablet, 'Bob was here');
    expect((await timeline('user', 'bob', 2)).sort()).toEqual(['Bob was here', 'Nobody was here']);
    expect(await timeline('user', 'ann', 1)).toEqual(['Ann was here']);
    expect(tablet.troubles).toEqual([]);
  });

  it('a shared device without reset: the first login keeps the device, each keeps their events', async () => {
    const tablet = await visit();
    await track(tablet, 'Anonymous');
    await identify(tablet, 'ann');
    await track(tablet, 'Ann’s');
    await timeline('user', 'ann', 2);
    await identify(tablet, 'bob');
    await track(tablet, 'Bob’s');
    expect(await timeline('user', 'bob', 1)).toEqual(['Bob’s']);
    expect((await timeline('user', 'ann', 2)).sort()).toEqual(['Anonymous', 'Ann’s']);
    expect(await selfsame.explain('user:ann', 'user:bob')).toMatchObject({ same: false });
    const refused = (await selfsame.events((await selfsame.person('user', 'bob'))?.id ?? ''))[0];
    expect(refused?.properties['$identity_failure_reason']).toBe('errAnonDistinctIdAssignedAlready');
    expect(tablet.troubles).toEqual([]);
  });

  it('super properties ride on events until unregistered; people operations become traits', async () => {
    const phone = await visit();
    await phone.page.evaluate(() => mixpanel.register({ plan: 'pro', lang: 'en' }));
    await track(phone, 'With');
    await phone.page.evaluate(() => mixpanel.unregister('plan'));
    await track(phone, 'Without');
    await phone.page.evaluate(() => {
      mixpanel.people['set']?.({ $name: 'Ann', colour: 'red' });
      mixpanel.people['increment']?.('visits', 2);
    });
    await identify(phone, 'ann');
    await track(phone, 'Signed Up');
    await timeline('user', 'ann', 3);
    // Calls of one tick may reach the server in another order, so these wait for one another.
    const traits = () => selfsame.person('user', 'ann').then((person) => person?.traits ?? {});
    await until(traits, (now) => now['visits'] === 2 && now['$name'] === 'Ann');
    await phone.page.evaluate(() => mixpanel.people['append']?.('seen', 'a'));
    await until(traits, (now) => Array.isArray(now['seen']) && now['seen'].length === 1);
    await phone.page.evaluate(() => mixpanel.people['union']?.('seen', ['a', 'b']));
    await until(traits, (now) => JSON.stringify(now['seen']) === '["a","b"]');
    await phone.page.evaluate(() => mixpanel.people['remove']?.('seen', 'a'));
    await until(traits, (now) => JSON.stringify(now['seen']) === '["b"]');
    await phone.page.evaluate(() => mixpanel.people['unset']?.('colour'));
    await until(traits, (now) => !('colour' in now));
    await phone.page.evaluate(() => mixpanel.people['set_once']?.({ $name: 'Else', first: 1 }));
    expect(await until(traits, (now) => now['first'] === 1)).toMatchObject({ $name: 'Ann', visits: 2 });
    const events = await selfsame.events((await selfsame.person('user', 'ann'))?.id ?? '');
    expect(events.find((event) => event.name === 'With')?.properties).toMatchObject({ plan: 'pro', lang: 'en' });
    expect(events.find((event) => event.name === 'Without')?.properties).not.toHaveProperty('plan');
    expect(phone.troubles).toEqual([]);
  });

  it('after opting out nothing is sent; after opting in it goes on', async () => {
    const phone = await visit();
    await track(phone, 'Before');
    const device = await deviceId(phone);
    await timeline('device', device, 1);
    await phone.page.evaluate(() => mixpanel.opt_out_tracking());
    await track(phone, 'During');
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect((await selfsame.stats()).events).toBe(1);
    await phone.page.evaluate(() => mixpanel.opt_in_tracking());
    await track(phone, 'After');
    await until(
      () => selfsame.stats(),
      (stats) => stats.events >= 3,
    );
    expect(phone.troubles).toEqual([]);
  });

  it('offline and back: nothing lost, nothing twice', async () => {
    const phone = await visit();
    await identify(phone, 'ann');
    await track(phone, 'Online');
    await timeline('user', 'ann', 1);
    await phone.context.setOffline(true);
    for (let i = 0; i < 5; i++) await track(phone, `Offline ${i}`);
    await new Promise((resolve) => setTimeout(resolve, 600));
    await phone.context.setOffline(false);
    await phone.page.evaluate(`window.dispatchEvent(new Event('online'))`);
    const names = await timeline('user', 'ann', 6);
    expect(names.sort()).toEqual(['Offline 0', 'Offline 1', 'Offline 2', 'Offline 3', 'Offline 4', 'Online']);
  });

  it('503 for a while: kept, sent again, counted once', async () => {
    const phone = await visit();
    site.failWith(503);
    for (let i = 0; i < 5; i++) await track(phone, `Event ${i}`);
    await until(
      async () => site.seen.filter((request) => request.status === 503).length,
      (count) => count >= 2,
    );
    site.failWith(0);
    const names = await timeline('device', await deviceId(phone), 5);
    expect(names.sort()).toEqual(['Event 0', 'Event 1', 'Event 2', 'Event 3', 'Event 4']);
    const stats = await selfsame.stats();
    expect(stats.received).toBe(
      stats.applied + stats.duplicate + stats.rejected + stats.quarantined + stats.suppressed,
    );
    expect(stats.events).toBe(5);
  });

  it('the unload beacon and the replay on the next page are one event', async () => {
    const phone = await visit();
    await phone.page.evaluate(
      ([token, host]) =>
        mixpanel.init(token as string, {
          api_host: host,
          batch_flush_interval_ms: 60_000,
          persistence: 'localStorage',
        }),
      [PUBLIC_KEY, site.apiHost],
    );
    const device = await deviceId(phone);
    await phone.page.evaluate(() => mixpanel.track('Leaving'));
    await phone.page.waitForTimeout(300);
    await phone.page.goto(`${site.url}/next`);
    await until(
      () => selfsame.stats(),
      (stats) => stats.applied >= 1,
    );
    await visit(phone);
    await until(
      () => selfsame.stats(),
      (stats) => stats.duplicate >= 1,
    );
    expect(await timeline('device', device, 1)).toEqual(['Leaving']);
    expect((await selfsame.stats()).events).toBe(1);
    expect(phone.troubles).toEqual([]);
  });
});
