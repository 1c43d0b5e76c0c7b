import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clientFile, labelOf } from './src/clients.ts';
import { call, type Mparticle } from './src/mparticle.ts';
import { type Bed, EVENTS, log, real, startBed } from './src/mparticle-bed.ts';
import { until } from './src/until.ts';

declare const mParticle: Mparticle;

const preset = 'mparticle-default';
/** Identity calls, also where an old generation keeps to the vendor's hosts, which lead to Selfsame here. */
const CALLS = /\/v1\/(identify|login|logout)$/;
let serial = 0;

/** What pages load now: one generation after another. */
const scripts: Record<string, Uint8Array> = {};
let bed: Bed;
beforeAll(async () => {
  bed = await startBed(scripts);
});
afterAll(() => bed?.close());
afterEach(() => bed.leave());

const generations = ['2.11', '2.30', '2.51'].map((one) => `mparticle-web-sdk-${one}`);
describe.each(generations.map((name) => [labelOf(name), name] as const))('%s, unmodified', (_label, name) => {
  beforeAll(() => {
    scripts['/sdk.js'] = clientFile(`${name}/dist/mparticle.js`);
  });

  const own = (name: string) => `${name}-${serial}`;
  /** The names of a customer's own events, sorted, once there are `count`. */
  const events = (customer: string, count: number) =>
    until(
      async () => {
        const api = bed.project(preset);
        const person = await api.person('user', own(customer));
        const all = person === undefined ? [] : await api.events(person.id);
        return all
          .map(({ name }) => name)
          .filter((name) => /^[A-Z]/.test(name))
          .sort();
      },
      (names) => names.length >= count,
    );

  it('anonymous, login, logout, another user, a second device: each event once, with its owner', async () => {
    serial += 1;
    const phone = await bed.visit(preset);
    expect(phone.told).toMatchObject({ httpCode: 200, isLoggedIn: false });
    await log(phone, 'Viewed', { mood: '🌳' });
    expect(await call(phone.page, 'login', { customerid: own('ann') })).toMatchObject({
      httpCode: 200,
      isLoggedIn: true,
    });
    await log(phone, 'Paid');
    expect(await events('ann', 2)).toEqual(['Paid', 'Viewed']);
    expect(await call(phone.page, 'logout')).toMatchObject({ httpCode: 200, isLoggedIn: false });
    expect(await call(phone.page, 'login', { customerid: own('bob') })).toMatchObject({
      httpCode: 200,
      isLoggedIn: true,
    });
    await log(phone, 'Looked');
    expect(await events('bob', 1)).toEqual(['Looked']);
    const laptop = await bed.visit(preset);
    await call(laptop.page, 'login', { customerid: own('ann') });
    await log(laptop, 'Read');
    expect(await events('ann', 3)).toEqual(['Paid', 'Read', 'Viewed']);
    expect(real([...phone.troubles, ...laptop.troubles])).toEqual([]);
  });

  it('503 for a while: the callback hears of it, events come again and count once', async () => {
    serial += 1;
    const { page } = await bed.visit(preset);
    await call(page, 'login', { customerid: own('ann') });
    let failing = true;
    const headers = { 'access-control-allow-origin': '*' };
    await page.route(CALLS, (route) => (failing ? route.fulfill({ status: 503, headers }) : route.fallback()));
    await page.route(EVENTS, (route) => (failing ? route.fulfill({ status: 503, headers }) : route.fallback()));
    expect((await call(page, 'login', { customerid: own('ann') })).httpCode).not.toBe(200);
    await log({ page }, 'During');
    await new Promise((resolve) => setTimeout(resolve, 500));
    failing = false;
    await log({ page }, 'After');
    expect(await events('ann', 2)).toEqual(['After', 'During']);
    expect(await call(page, 'login', { customerid: own('ann') })).toMatchObject({ httpCode: 200 });
  });

  it('a lost answer: sent again, counted once', async () => {
    serial += 1;
    const { page } = await bed.visit(preset);
    await call(page, 'login', { customerid: own('ann') });
    let lost = 0;
    await page.route(EVENTS, async (route) => {
      if (lost > 0 || route.request().method() !== 'POST') return route.fallback();
      lost += 1;
      const path = new URL(route.request().url()).pathname.replace(/^\/mparticle/, '');
      await route.fetch({ url: `${bed.selfsame.url}/mparticle${path}` });
      await route.abort('connectionreset');
    });
    await log({ page }, 'Once');
    await until(
      async () => lost,
      (count) => count > 0,
    );
    expect(await events('ann', 1)).toEqual(['Once']);
    await log({ page }, 'After');
    expect(await events('ann', 2)).toEqual(['After', 'Once']);
    await page.evaluate(() => mParticle.upload());
    expect(await events('ann', 2)).toEqual(['After', 'Once']);
  });
});

describe(`${labelOf('mparticle-web-sdk-2.11')}, unmodified, with batches off`, () => {
  beforeAll(() => {
    scripts['/sdk.js'] = clientFile('mparticle-web-sdk-2.11/dist/mparticle.js');
  });

  it('sends events one by one, and each is there with its owner', async () => {
    const { page, told, troubles } = await bed.visit(preset, {
      requestConfig: false,
      workspaceToken: 'WT1',
      flags: { eventsV3: '0' },
    });
    const paths: string[] = [];
    page.on('request', (request) => paths.push(new URL(request.url()).pathname));
    expect(await call(page, 'login', { customerid: 'one-by-one' })).toMatchObject({ httpCode: 200 });
    await page.evaluate(() => {
      mParticle.logEvent('Viewed', 1, { mood: '🌳' });
      mParticle.logEvent('Paid', 1, {});
    });
    expect(await bed.timeline(preset, String(told.mpid), 'Paid')).toEqual(expect.arrayContaining(['Paid', 'Viewed']));
    expect(paths.filter((path) => /\/v2\/JS\/[^/]+\/Events$/.test(path)).length).toBeGreaterThanOrEqual(2);
    expect(real(troubles)).toEqual([]);
  });
});
