import { createHmac } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Device, launchBrowser, newDevice } from './src/browser.ts';
import { call, init, type Mparticle, plainConfig, workspace } from './src/mparticle.ts';
import { type Pages, startPages, vendorScripts } from './src/pages.ts';
import { type ProjectApi, PUBLIC_KEY, type Selfsame, startSelfsame, TRACKER_KEY } from './src/selfsame.ts';
import { until } from './src/until.ts';
import type { Xo } from './src/xo.ts';

/** The vendors' clients, unmodified, with pages that hand on what their backend signed (docs/signed-identity.md). */

declare const mParticle: Mparticle;
declare const xo: Xo;
declare const mixpanel: {
  init(token: string, options: object): void;
  track(name: string, properties?: object): void;
  identify(id: string): void;
  get_property(name: string): string;
};
interface Analytics {
  identify(id: string): Promise<unknown>;
  track(event: string, properties?: object): Promise<unknown>;
  user(): { anonymousId(): string };
}
declare const AnalyticsNext: { AnalyticsBrowser: { load(settings: object): PromiseLike<[Analytics]> } };
declare let analytics: Analytics;

const original = { ...workspace('mixpanel-original', {}, { identityMode: 'enforce' }), wires: {} };
const phone = workspace('mparticle-default', {}, { identityMode: 'enforce' });

let browser: Browser;
let pages: Pages;
let selfsame: Selfsame;

beforeAll(async () => {
  pages = await startPages(await vendorScripts());
  selfsame = await startSelfsame({ preset: 'selfsame', identityMode: 'enforce' }, { projects: [original, phone] });
  browser = await launchBrowser({ 'collect-dev.attraqt.io': new URL(selfsame.url).host });
  // The backend tells of its customer first, so that no page may name her.
  await selfsame.post('/v1/batch', { items: [{ type: 'track', name: 'Bought', ids: { user: 'ann' } }] });
  await selfsame
    .as(original.serverKey)
    .post('/v1/batch', { items: [{ type: 'track', name: 'Bought', ids: { distinct_id: 'ann' } }] });
});
afterAll(async () => {
  await browser?.close();
  await selfsame?.dispose();
  await pages?.close();
});

/** Who somebody is, as a customer's backend signs it under the project's signing secret. */
function signed(ids: object): string {
  const payload = Buffer.from(JSON.stringify({ use: 'identity', ids, t: Date.now() / 1000 })).toString('base64url');
  return `${createHmac('sha256', 'test').update(payload).digest('base64url')}.${payload}`;
}

async function visit(script: string): Promise<Device> {
  const device = await newDevice(browser);
  await device.page.goto(pages.url);
  await device.page.addScriptTag({ url: script });
  return device;
}

/** Waits until an event has come that is of whoever has this identifier: is that Ann? */
const ownerOf = async (project: ProjectApi, event: string, kind: string, value: string): Promise<boolean> => {
  const isThere = async () => {
    const person = await project.person(kind, value);
    const isTold = person !== undefined && (await project.events(person.id)).some(({ name }) => name === event);
    return isTold ? person : undefined;
  };
  const person = await until(isThere, (one) => one !== undefined);
  return person?.identifiers.some((id) => id.value === 'ann') === true;
};

const keptNoToken = async (project: ProjectApi) =>
  expect(await (await project.get('/v1/log')).text()).not.toContain('$selfsame_signed');

describe('under enforce', () => {
  it('mixpanel-browser: who signs in alone, or with another’s text, is not believed; with her own she is', async () => {
    const { page, context } = await visit('/mixpanel.js');
    const device = await page.evaluate(
      ([key, host, token]) => {
        mixpanel.init(key, { api_host: `${host}/mixpanel`, batch_flush_interval_ms: 200 });
        mixpanel.identify('ann');
        mixpanel.track('Tried', { $selfsame_signed: token });
        return mixpanel.get_property('$device_id');
      },
      [PUBLIC_KEY, selfsame.url, signed({ user: 'bob' })] as const,
    );
    expect(await ownerOf(selfsame, 'Tried', 'device', device)).toBe(false);
    await page.evaluate((token) => mixpanel.track('Signed in', { $selfsame_signed: token }), signed({ user: 'ann' }));
    expect(await ownerOf(selfsame, 'Signed in', 'device', device)).toBe(true);
    await context.close();
  });

  it('mixpanel-browser under the original merge: what she did before is hers with the text', async () => {
    const project = selfsame.as(original.serverKey);
    const { page, context } = await visit('/mixpanel.js');
    const handle = await page.evaluate(
      ([key, host, token]) => {
        mixpanel.init(key, { api_host: `${host}/mixpanel`, batch_flush_interval_ms: 200 });
        const before = mixpanel.get_property('distinct_id');
        mixpanel.track('Landed');
        mixpanel.identify('ann');
        mixpanel.track('Signed in', { $selfsame_signed: token });
        return before;
      },
      [original.publicKey, selfsame.url, signed({ user: 'ann' })] as const,
    );
    await until(
      async () => (await project.get('/v1/log')).text(),
      (log) => log.includes('"name":"Signed in"'),
    );
    expect(await ownerOf(project, 'Landed', 'distinct_id', handle)).toBe(true);
    await context.close();
    await keptNoToken(project);
  });

  it('@segment/analytics-next', async () => {
    const { page, context } = await visit('/segment.js');
    const device = await page.evaluate(
      async ([writeKey, cdnURL, token]) => {
        [analytics] = await AnalyticsNext.AnalyticsBrowser.load({ writeKey, cdnURL });
        await analytics.identify('ann');
        await analytics.track('Tried', { $selfsame_signed: token });
        return analytics.user().anonymousId();
      },
      [PUBLIC_KEY, `${selfsame.url}/segment`, signed({ user: 'bob' })] as const,
    );
    expect(await ownerOf(selfsame, 'Tried', 'device', device)).toBe(false);
    await page.evaluate(
      async (token) => void (await analytics.track('Signed in', { $selfsame_signed: token })),
      signed({ user: 'ann' }),
    );
    expect(await ownerOf(selfsame, 'Signed in', 'device', device)).toBe(true);
    await context.close();
  });

  it('@attraqt/xo-js', async () => {
    const { page, context } = await visit('/xo.js');
    const sends = (action: string, text: string) =>
      page.evaluate(
        async ([token, what]) => {
          xo.activity.addUserTrait('$selfsame_signed', token);
          await xo.activity.send({ action: what, target: { product: '123' } });
          return localStorage.getItem('attraqtsessionid') ?? '';
        },
        [text, action] as const,
      );
    await page.evaluate((trackerKey) => {
      xo.init({ activity: { trackerKey, region: 'dev' } });
      xo.activity.addUserIdentity('eCommerceId', 'ann');
    }, TRACKER_KEY);
    const session = await sends('view', signed({ user: 'bob' }));
    expect(await ownerOf(selfsame, 'view', 'session', session)).toBe(false);
    await sends('purchase', signed({ user: 'ann' }));
    expect(await ownerOf(selfsame, 'purchase', 'session', session)).toBe(true);
    await context.close();
  });

  it('@mparticle/web-sdk: login and modify name whom the text signs, and what its batches repeat of it is kept nowhere', async () => {
    const project = selfsame.as(phone.serverKey);
    const config = plainConfig(selfsame.url, 200);
    const token = (ids: object) => `$selfsame_signed:${signed(ids)}`;
    const { page, context } = await visit('/mparticle.js');
    await init(page, phone.publicKey, config);
    expect(await call(page, 'login', { customerid: 'ann' })).toMatchObject({ isLoggedIn: false });
    expect(await call(page, 'login', { customerid: 'ann', other10: token({ user: 'bob' }) })).toMatchObject({
      isLoggedIn: false,
    });
    const hers = await call(page, 'login', { customerid: 'ann', other10: token({ user: 'ann' }) });
    expect(hers).toMatchObject({ httpCode: 200, isLoggedIn: true });
    const modified = (text: object) => call(page, 'modify', { email: 'ann@example.com', other10: token(text) });
    expect(await modified({ user: 'ann' })).toMatchObject({ httpCode: 400 });
    expect(await modified({ user: 'ann', email: 'ann@example.com' })).toMatchObject({ httpCode: 200 });
    await page.evaluate(() => {
      mParticle.logEvent('Signed in');
      mParticle.upload();
    });
    expect(await ownerOf(project, 'Signed in', 'mpid', hers.mpid ?? '')).toBe(true);
    expect((await project.person('email', 'ann@example.com'))?.id).toBe((await project.person('user', 'ann'))?.id);
    await keptNoToken(project);
    await context.close();
  });

  it('nothing of a text is kept', () => keptNoToken(selfsame));
});
