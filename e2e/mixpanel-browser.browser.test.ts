import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StatsAnswer } from '../packages/server/src/api.ts';
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
  set_group(key: string, ids: readonly string[]): void;
  get_group(key: string, id: string): { set(traits: object): void };
  readonly people: Record<string, (...args: unknown[]) => void>;
}
declare const mixpanel: Sdk;

let browser: Browser;
let selfsame: Selfsame;
let site: Site;
const devices: Device[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
  selfsame = await startSelfsame();
  site = await startSite(selfsame.url);
});
afterAll(async () => {
  await browser.close();
  await site.close();
  await selfsame.dispose();
});
afterEach(async () => {
  site.failWith(0);
  for (const device of devices.splice(0)) await device.context.close();
});

/** Opens the shop, on a fresh device unless one is given, and starts the SDK there. */
async function visit(device?: Device, options: object = {}, at = site): Promise<Device> {
  const mine = device ?? (await newDevice(browser));
  if (device === undefined) devices.push(mine);
  await mine.page.goto(`${at.url}/?utm_source=search&utm_campaign=spring`);
  await mine.page.evaluate(([token, config]) => mixpanel.init(token as string, config as object), [
    PUBLIC_KEY,
    { api_host: at.apiHost, batch_flush_interval_ms: 200, persistence: 'localStorage', ...options },
  ] as const);
  return mine;
}
const deviceId = (device: Device) => device.page.evaluate(() => mixpanel.get_property('$device_id'));
const track = (device: Device, name: string, properties: object = {}) =>
  device.page.evaluate(([n, p]) => mixpanel.track(n as string, p as object), [name, properties] as const);
const identify = (device: Device, id: string) => device.page.evaluate((one) => mixpanel.identify(one), id);

let people = 0;
/** A user id that no other test uses: they share one server. */
const somebody = (name: string): string => `${name}-${++people}`;

/** The names a person's timeline holds, sorted, once it has `count` events. */
async function timeline(kind: string, value: string, count: number, at = selfsame): Promise<string[]> {
  const names = await until(
    async () => {
      const person = await at.person(kind, value);
      return person === undefined ? [] : (await at.events(person.id)).map((event) => event.name);
    },
    (found) => found.length >= count,
  );
  return names.sort();
}

/** What the counters say since now. */
async function countFromHere(): Promise<
  () => Promise<Pick<StatsAnswer, 'events' | 'applied' | 'duplicate' | 'rejected'>>
> {
  const from = await selfsame.stats();
  return async () => {
    const now = await selfsame.stats();
    expect(now.received).toBe(now.applied + now.duplicate + now.rejected + now.quarantined + now.suppressed);
    return {
      events: now.events - from.events,
      applied: now.applied - from.applied,
      duplicate: now.duplicate - from.duplicate,
      rejected: now.rejected - from.rejected,
    };
  };
}

describe('mixpanel-browser, unmodified', () => {
  it('anonymous, then identified, then more: one person with one history', async () => {
    const ann = somebody('ann');
    const phone = await visit();
    await track(phone, 'Viewed', { product: 'cup' });
    await track(phone, 'Added');
    const device = await deviceId(phone);
    expect(await timeline('device', device, 2)).toEqual(['Added', 'Viewed']);
    await identify(phone, ann);
    await track(phone, 'Signed Up');
    expect(await timeline('user', ann, 3)).toEqual(['Added', 'Signed Up', 'Viewed']);
    const person = await selfsame.person('device', device);
    expect(person?.known).toBe(true);
    expect(await selfsame.person('user', ann)).toEqual(person);
    const why = await selfsame.explain(`device:${device}`, `user:${ann}`);
    expect(why).toMatchObject({ same: true, chain: [{ rule: 'L3a', source: 'mixpanel', trust: 0 }] });
    const viewed = (await selfsame.events(person?.id ?? '')).find((event) => event.name === 'Viewed');
    expect(viewed?.properties).toMatchObject({
      product: 'cup',
      utm_source: 'search',
      utm_campaign: 'spring',
      distinct_id: ann,
      $distinct_id_before_identity: `$device:${device}`,
      $is_reshuffled: true,
    });
    expect(viewed?.properties).not.toHaveProperty('token');
    expect(phone.troubles).toEqual([]);
  });

  it('a second device joins at login, with what it did before', async () => {
    const ann = somebody('ann');
    const phone = await visit();
    await identify(phone, ann);
    await track(phone, 'On phone');
    const laptop = await visit();
    await track(laptop, 'Before login');
    await identify(laptop, ann);
    await track(laptop, 'On laptop');
    expect(await timeline('user', ann, 3)).toEqual(['Before login', 'On laptop', 'On phone']);
    const person = await selfsame.person('user', ann);
    expect(person?.identifiers.filter((one) => one.kind === 'device')).toHaveLength(2);
    expect([...phone.troubles, ...laptop.troubles]).toEqual([]);
  });

  it('reset and another user are two people', async () => {
    const [ann, bob] = [somebody('ann'), somebody('bob')];
    const tablet = await visit();
    await identify(tablet, ann);
    await track(tablet, 'Ann was here');
    await timeline('user', ann, 1);
    await tablet.page.evaluate(() => mixpanel.reset());
    await track(tablet, 'Nobody was here');
    await identify(tablet, bob);
    await track(tablet, 'Bob was here');
    expect(await timeline('user', bob, 2)).toEqual(['Bob was here', 'Nobody was here']);
    expect(await timeline('user', ann, 1)).toEqual(['Ann was here']);
    expect(tablet.troubles).toEqual([]);
  });

  it('a shared device without reset: the first login keeps the device, each keeps their events', async () => {
    const [ann, bob] = [somebody('ann'), somebody('bob')];
    const tablet = await visit();
    await track(tablet, 'Anonymous');
    await identify(tablet, ann);
    await track(tablet, 'By Ann');
    await timeline('user', ann, 2);
    await identify(tablet, bob);
    await track(tablet, 'By Bob');
    expect(await timeline('user', bob, 1)).toEqual(['By Bob']);
    expect(await timeline('user', ann, 2)).toEqual(['Anonymous', 'By Ann']);
    expect(await selfsame.explain(`user:${ann}`, `user:${bob}`)).toMatchObject({ same: false });
    const refused = (await selfsame.events((await selfsame.person('user', bob))?.id ?? ''))[0];
    expect(refused?.properties['$identity_failure_reason']).toBe('errAnonDistinctIdAssignedAlready');
    expect(tablet.troubles).toEqual([]);
  });

  it('super properties ride on events until unregistered; people operations become traits', async () => {
    const ann = somebody('ann');
    const phone = await visit();
    await phone.page.evaluate(() => mixpanel.register({ plan: 'pro', lang: 'en' }));
    await track(phone, 'With');
    await phone.page.evaluate(() => mixpanel.unregister('plan'));
    await track(phone, 'Without');
    await phone.page.evaluate(() => {
      mixpanel.people['set']?.({ $name: 'Ann', colour: 'red' });
      mixpanel.people['increment']?.('visits', 2);
    });
    await identify(phone, ann);
    await track(phone, 'Signed Up');
    await timeline('user', ann, 3);
    // Calls of one tick may reach the server in another order, so these wait for one another.
    const traits = () => selfsame.person('user', ann).then((person) => person?.traits ?? {});
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
    const last = await until(traits, (now) => now['first'] === 1);
    expect(last).toMatchObject({ $name: 'Ann', visits: 2, $initial_referrer: '$direct' });
    const events = await selfsame.events((await selfsame.person('user', ann))?.id ?? '');
    expect(events.find((event) => event.name === 'With')?.properties).toMatchObject({ plan: 'pro', lang: 'en' });
    expect(events.find((event) => event.name === 'Without')?.properties).not.toHaveProperty('plan');
    expect(phone.troubles).toEqual([]);
  });

  it('groups have profiles, and two people of one group stay two', async () => {
    const [ann, bob, acme] = [somebody('ann'), somebody('bob'), somebody('Acme')];
    const visitors = [];
    for (const user of [ann, bob]) {
      const phone = await visit();
      visitors.push(phone);
      await identify(phone, user);
      await phone.page.evaluate((group) => {
        mixpanel.set_group('company', [group]);
        mixpanel.get_group('company', group).set({ seats: 3 });
      }, acme);
      await track(phone, 'In group');
      await timeline('user', user, 1);
    }
    const group = () => selfsame.person('group.company', acme);
    expect(await until(group, (one) => one?.traits['seats'] === 3)).toMatchObject({ known: false });
    const [one, other] = [await selfsame.person('user', ann), await selfsame.person('user', bob)];
    expect(one?.id).not.toBe(other?.id);
    expect(one?.identifiers.map(({ kind }) => kind).sort()).toEqual(['device', 'user']);
    await until(
      () => selfsame.person('user', ann),
      (person) => JSON.stringify(person?.traits['company']) === JSON.stringify([acme]),
    );
    const events = await selfsame.events(one?.id ?? '');
    expect(events[0]?.properties).toMatchObject({ company: [acme] });
    expect(visitors.flatMap((phone) => phone.troubles)).toEqual([]);
  });

  it('after opting out nothing is sent; after opting in it goes on', async () => {
    const phone = await visit();
    const device = await deviceId(phone);
    await track(phone, 'Before');
    await timeline('device', device, 1);
    const count = await countFromHere();
    await phone.page.evaluate(() => mixpanel.opt_out_tracking());
    await track(phone, 'During');
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(await count()).toMatchObject({ events: 0, applied: 0, rejected: 0 });
    await phone.page.evaluate(() => mixpanel.opt_in_tracking());
    await track(phone, 'After');
    // The SDK says `$opt_in` by itself.
    expect(await timeline('device', device, 3)).toEqual(['$opt_in', 'After', 'Before']);
    expect(phone.troubles).toEqual([]);
  });

  it('offline and back: nothing lost, nothing twice', async () => {
    const ann = somebody('ann');
    const phone = await visit();
    await identify(phone, ann);
    await track(phone, 'Online');
    await timeline('user', ann, 1);
    await phone.context.setOffline(true);
    for (let i = 0; i < 5; i++) await track(phone, `Offline ${i}`);
    await new Promise((resolve) => setTimeout(resolve, 600));
    await phone.context.setOffline(false);
    await phone.page.evaluate(`window.dispatchEvent(new Event('online'))`);
    const names = await timeline('user', ann, 6);
    expect(names).toEqual(['Offline 0', 'Offline 1', 'Offline 2', 'Offline 3', 'Offline 4', 'Online']);
  });

  it('503 for a while: kept, sent again, counted once', async () => {
    const count = await countFromHere();
    const phone = await visit();
    const before = site.seen.length;
    site.failWith(503);
    for (let i = 0; i < 5; i++) await track(phone, `Event ${i}`);
    await until(
      async () => site.seen.slice(before).filter((request) => request.status === 503).length,
      (failed) => failed >= 2,
    );
    site.failWith(0);
    const names = await timeline('device', await deviceId(phone), 5);
    expect(names).toEqual(['Event 0', 'Event 1', 'Event 2', 'Event 3', 'Event 4']);
    expect(await count()).toMatchObject({ events: 5, applied: 5 });
    expect(phone.troubles.filter((trouble) => !trouble.includes('503'))).toEqual([]);
  });

  it('the unload beacon and the replay on the next page are one event', async () => {
    const count = await countFromHere();
    // Long enough to leave before the first flush; the next page replays after twice this time.
    const phone = await visit(undefined, { batch_flush_interval_ms: 5_000 });
    const device = await deviceId(phone);
    await track(phone, 'Leaving');
    await phone.page.waitForTimeout(300);
    await phone.page.goto(`${site.url}/next`);
    await until(count, (now) => now.applied >= 1);
    await visit(phone);
    await until(count, (now) => now.duplicate >= 1, 30_000);
    expect(await timeline('device', device, 1)).toEqual(['Leaving']);
    expect(await count()).toMatchObject({ events: 1 });
    expect(phone.troubles).toEqual([]);
  });

  it.each([
    ['GET and a host that ends in a slash', { api_method: 'GET' }, '/'],
    ['JSON in the form, one request an event', { batch_requests: false, api_payload_format: 'json' }, ''],
    ['flags asked for', { flags: true }, ''],
    ['remote settings asked for', { remote_settings_mode: 'strict' }, ''],
    ['a cookie for its memory, headers of the app’s own', { persistence: 'cookie', xhr_headers: { 'X-App': '1' } }, ''],
  ])('%s', async (_name, options, ending) => {
    const phone = await visit(undefined, { ...options, api_host: site.apiHost + ending });
    const device = await deviceId(phone);
    await track(phone, 'Viewed', { text: 'ü+/?&="<>' });
    expect(await timeline('device', device, 1)).toEqual(['Viewed']);
    const person = await selfsame.person('device', device);
    expect((await selfsame.events(person?.id ?? ''))[0]?.properties['text']).toBe('ü+/?&="<>');
    // The SDK itself complains of empty settings, and of any that take half a second.
    expect(phone.troubles.filter((trouble) => !/settings/.test(trouble))).toEqual([]);
  });
});

describe('mixpanel-browser, unmodified, under the other policies', () => {
  async function under(preset: string, run: (server: Selfsame, shop: Site) => Promise<void>): Promise<void> {
    const server = await startSelfsame({ preset });
    const shop = await startSite(server.url);
    try {
      await run(server, shop);
    } finally {
      await shop.close();
      await server.dispose();
    }
  }

  it('our own: an identify alone links, and a shared device is a timeline', () =>
    under('selfsame', async (server, shop) => {
      const tablet = await visit(undefined, {}, shop);
      await track(tablet, 'Anonymous');
      await identify(tablet, 'ann');
      expect(await timeline('user', 'ann', 1, server)).toEqual(['Anonymous']);
      await track(tablet, 'By Ann');
      await timeline('user', 'ann', 2, server);
      await identify(tablet, 'bob');
      await track(tablet, 'By Bob');
      expect(await timeline('user', 'bob', 1, server)).toEqual(['By Bob']);
      expect(await timeline('user', 'ann', 2, server)).toEqual(['Anonymous', 'By Ann']);
      expect(tablet.troubles).toEqual([]);
    }));

  it('original: identify joins, a second user on the device stays apart', () =>
    under('mixpanel-original', async (server, shop) => {
      const tablet = await visit(undefined, {}, shop);
      await track(tablet, 'Anonymous');
      await identify(tablet, 'ann');
      await track(tablet, 'By Ann');
      expect(await timeline('distinct_id', 'ann', 2, server)).toEqual(['Anonymous', 'By Ann']);
      await identify(tablet, 'bob');
      await track(tablet, 'By Bob');
      expect(await timeline('distinct_id', 'bob', 1, server)).toEqual(['By Bob']);
      const device = `$device:${await deviceId(tablet)}`;
      expect(await server.person('distinct_id', device)).toEqual(await server.person('distinct_id', 'ann'));
      expect(tablet.troubles).toEqual([]);
    }));
});
