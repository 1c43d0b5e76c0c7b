import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, newDevice } from './src/browser.ts';
import { xoScript } from './src/pages.ts';
import { type Selfsame, startSelfsame, TRACKER_KEY } from './src/selfsame.ts';
import type { Xo } from './src/xo.ts';

declare const xo: Xo;

let browser: Browser;
let selfsame: Selfsame;
beforeAll(async () => {
  selfsame = await startSelfsame({ preset: 'xo' }, { tls: true, hosts: { 'collect-*': 'xo' } });
  browser = await launchBrowser({ 'collect-id.shop.test': new URL(selfsame.url).host });
});
afterAll(async () => {
  await browser?.close();
  await selfsame?.dispose();
});

describe('@attraqt/xo-js, unmodified, over TLS', () => {
  it('a region that is a host of ours and a key leads there', async () => {
    const { page, context, troubles } = await newDevice(browser);
    // The shop's page comes from nowhere: a browser asks before such a one reaches this machine.
    await context.grantPermissions(['local-network-access']);
    const body = '<!doctype html><link rel="icon" href="data:,"><title>Shop</title>';
    await page.route('https://www.shop.test/', (route) => route.fulfill({ contentType: 'text/html', body }));
    await page.goto('https://www.shop.test/');
    await page.addScriptTag({ content: await xoScript() });
    const answer = await page.evaluate((key) => {
      xo.init({ activity: { trackerKey: 'any', region: `ID.shop.test/${key.toUpperCase()}#` } });
      xo.activity.setUserIdentities({ sessionid: 's1', ecommerceid: 'ann' });
      return xo.activity.send({ action: 'view', target: {} });
    }, TRACKER_KEY);
    expect(answer).toEqual({ status: 200, body: '{"profiles":{}}' });
    const person = await selfsame.person('user', 'ann');
    expect((await selfsame.events(person?.id ?? '')).map(({ name }) => name)).toEqual(['view']);
    expect(troubles).toEqual([]);
    await context.close();
  });
});
