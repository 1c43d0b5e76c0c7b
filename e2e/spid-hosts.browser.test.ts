import { createHmac } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, newDevice } from './src/browser.ts';
import { type Selfsame, SPID_CLIENT, startSelfsame } from './src/selfsame.ts';

declare const VGS: {
  init(options: object): void;
  setTraits(traits: string, callback: (answer: unknown) => void): void;
  Event: { subscribe(name: string, handler: (what: { uid: string; user_id?: string }) => void): void };
};

/** The platform's host, and the one beside it that 1.x asks for the session unless a page says otherwise. */
const hosts = ['id.shop.test', 'session.id.shop.test'];

let browser: Browser;
let selfsame: Selfsame;
beforeAll(async () => {
  selfsame = await startSelfsame(
    { preset: 'spid' },
    { tls: true, hosts: Object.fromEntries(hosts.map((name) => [name, 'spid'])) },
  );
  browser = await launchBrowser(Object.fromEntries(hosts.map((name) => [name, new URL(selfsame.url).host])));
});
afterAll(async () => {
  await browser?.close();
  await selfsame?.dispose();
});

const signed = (traits: object) => {
  const payload = Buffer.from(JSON.stringify(traits)).toString('base64url');
  return `${createHmac('sha256', 'test').update(payload).digest('base64url')}.${payload}`;
};

describe('our spid-sdk.js, VGS (1.x), on hosts of its own', () => {
  it('a browser is one visitor at the session host and at the platform’s', async () => {
    const { page, context, troubles } = await newDevice(browser);
    // The shop's page is on the platform's site and comes from nowhere: a browser asks before such a one reaches this machine.
    await context.grantPermissions(['local-network-access']);
    const body = '<!doctype html><link rel="icon" href="data:,"><title>Shop</title>';
    await page.route('https://www.shop.test/', (route) => route.fulfill({ contentType: 'text/html', body }));
    const visitor = async () => {
      await page.goto('https://www.shop.test/');
      await page.addScriptTag({ url: 'https://id.shop.test/js/spid-sdk-1.7.9.min.js' });
      return await page.evaluate(
        (client_id) =>
          new Promise<{ uid: string; user_id?: string }>((resolve) => {
            VGS.Event.subscribe('auth.visitor', resolve);
            VGS.init({ client_id, server: 'id.shop.test', status: true });
          }),
        SPID_CLIENT,
      );
    };
    const setTraits = (traits: object) =>
      page.evaluate((text) => new Promise((resolve) => VGS.setTraits(text, resolve)), signed(traits));

    const { uid } = await visitor();
    expect(await setTraits({ plan: 'free' })).toMatchObject({ result: true });
    expect((await selfsame.person('visitor', uid))?.traits).toEqual({ plan: 'free' });

    await selfsame.post('/v1/batch', { items: [{ type: 'login', ids: { visitor: uid, user: '1001' } }] });
    expect(await visitor()).toEqual({ uid, user_id: '1001' });
    expect(await setTraits({ plan: 'gold' })).toMatchObject({ result: true });
    expect((await selfsame.person('user', '1001'))?.traits).toEqual({ plan: 'gold' });
    expect(troubles).toEqual([]);
    await context.close();
  });
});
