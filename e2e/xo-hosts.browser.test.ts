import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchBrowser, newDevice } from './src/browser.ts';
import { xoScript } from './src/pages.ts';
import { type Selfsame, startSelfsame, TRACKER_KEY } from './src/selfsame.ts';
import type { Xo } from './src/xo.ts';

declare const xo: Xo;

let browser: Browser;
let selfsame: Selfsame;
beforeAll(async () => {
  selfsame = await startSelfsame({ preset: 'xo' }, { tls: true, hosts: { 'collect-*': 'xo' } });
  const { host } = new URL(selfsame.url);
  browser = await launchBrowser({ 'collect-id.shop.test': host, 'collect-eu.attraqt.io': host });
});
afterAll(async () => {
  await browser?.close();
  await selfsame?.dispose();
});

describe('@attraqt/xo-js, unmodified, over TLS', () => {
  /** The shop's page, with the SDK. It comes from nowhere: a browser asks before such a one reaches this machine. */
  async function open() {
    const { page, context, troubles } = await newDevice(browser);
    onTestFinished(() => context.close());
    await context.grantPermissions(['local-network-access']);
    const body = '<!doctype html><link rel="icon" href="data:,"><title>Shop</title>';
    await page.route('https://www.shop.test/', (route) => route.fulfill({ contentType: 'text/html', body }));
    await page.goto('https://www.shop.test/');
    await page.addScriptTag({ content: await xoScript() });
    return { page, troubles };
  }

  it.each([
    [
      'a region that is a host of ours and a key leads there',
      'ann',
      { trackerKey: 'any', region: `ID.shop.test/${TRACKER_KEY.toUpperCase()}#` },
      `https://collect-id.shop.test/${TRACKER_KEY}`,
    ],
    [
      'no region is `eu`, and the host of that is ours where its name leads here',
      'bob',
      { trackerKey: TRACKER_KEY },
      `https://collect-eu.attraqt.io/${TRACKER_KEY}`,
    ],
  ])('%s', async (_name, user, activity, url) => {
    const { page, troubles } = await open();
    const asked = page.waitForRequest((one) => one.method() === 'POST');
    const answer = await page.evaluate(
      ([options, ecommerceid]) => {
        xo.init({ activity: options });
        xo.activity.setUserIdentities({ sessionid: `of ${ecommerceid}`, ecommerceid });
        return xo.activity.send({ action: 'view', target: {} });
      },
      [activity, user] as const,
    );
    expect(answer).toEqual({ status: 200, body: '{"profiles":{}}' });
    expect((await asked).url().split('#')[0]).toBe(url);
    const person = await selfsame.person('user', user);
    expect((await selfsame.events(person?.id ?? '')).map(({ name }) => name)).toEqual(['view']);
    expect(troubles).toEqual([]);
  });
});
