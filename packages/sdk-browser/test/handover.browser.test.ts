import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, newDevice } from '../../../e2e/src/browser.ts';
import { type Pages, startPages } from '../../../e2e/src/pages.ts';
import { PUBLIC_KEY, type Selfsame, startSelfsame } from '../../../e2e/src/selfsame.ts';
import { until } from '../../../e2e/src/until.ts';
import { signIdentity } from '../../sdk-node/src/index.ts';
import { bundle } from '../build/script.ts';
import { deviceIn, leadsTo } from '../src/handover.ts';
import type { Client, Options } from '../src/index.ts';

declare const client: Client;
declare const start: (options: Options, domains: readonly string[]) => void;

let selfsame: Selfsame;
let browser: Browser;
let pages: Pages;
beforeAll(async () => {
  selfsame = await startSelfsame({ preset: 'selfsame' });
  const script = await bundle(fileURLToPath(new URL('handover-page.ts', import.meta.url)), 'iife');
  pages = await startPages(
    { '/page.js': script },
    '<!doctype html><script src="/page.js"></script><a id="on" href="#">On</a>',
  );
  const { host } = new URL(pages.url);
  browser = await launchBrowser({
    'one.test': host.replace('localhost', '127.0.0.1'),
    'two.test': host.replace('localhost', '127.0.0.1'),
  });
});
afterAll(async () => {
  await browser?.close();
  await pages?.close();
  await selfsame?.dispose();
});

/** Starts the client on the page it is on; its backend signs with this secret, at this time. */
async function begin(page: Page): Promise<string> {
  const options = { key: PUBLIC_KEY, endpoint: selfsame.url, sendAfter: 20 };
  await page.evaluate((given) => start(given, ['one.test', 'two.test']), options);
  return await page.evaluate(() => client.getUser().device);
}

describe('from one site to another', () => {
  it.each([
    ['a good signature: one visitor', (ids: Record<string, string>) => signIdentity(ids, 'test'), true],
    ['forged: two', (ids: Record<string, string>) => signIdentity(ids, 'other'), false],
    [
      'ten minutes old: two',
      (ids: Record<string, string>) => signIdentity(ids, 'test', { t: Date.now() / 1_000 - 600 }),
      false,
    ],
  ])('%s', async (name, sign, isOne) => {
    const { page, context } = await newDevice(browser);
    await page.exposeFunction('sign', sign);
    await page.goto('http://one.test/');
    const device = await begin(page);
    await page.evaluate(() => void client.track('on one'));
    await page.evaluate(() => document.querySelector('a')?.setAttribute('href', 'http://two.test/landing?a=1'));
    await page.hover('#on');
    const answered = await page.waitForFunction(() => (document.querySelector('a') as HTMLAnchorElement).href);
    expect(await answered.jsonValue()).toBe('http://two.test/landing?a=1');
    // The signature comes a moment after the hover; whoever clicks sooner goes without.
    await until(
      async () => {
        await page.evaluate(() =>
          document.querySelector('a')?.addEventListener('click', (event) => event.preventDefault(), { once: true }),
        );
        await page.click('#on');
        return await page.evaluate(() => (document.querySelector('a') as HTMLAnchorElement).href);
      },
      (href) => href.includes('ss_from='),
    );
    await page.click('#on');
    await page.waitForURL(/two\.test/);
    await begin(page);
    // The parameter does not stay in the address.
    expect(page.url()).toBe('http://two.test/landing?a=1');
    const user = `handed over: ${name}`;
    if (isOne)
      await until(
        () => page.evaluate(() => client.getUser().device),
        (now) => now === device,
      );
    else await page.evaluate(() => client.flush());
    await page.evaluate((id) => client.login({ user: id }), user);
    const person = await selfsame.person('user', user);
    const owner = await until(
      () => selfsame.person('device', device),
      (one) => one !== undefined,
    );
    expect(person?.id === owner?.id).toBe(isOne);
    await context.close();
  });

  it('links to the site itself and to strangers are left alone; what is no signature says nothing', () => {
    const to = (url: string) => leadsTo(new URL(url), ['two.test'], 'one.test');
    expect(
      [
        'https://two.test/',
        'https://www.two.test/',
        'https://one.test/',
        'https://eviltwo.test/',
        'mailto:a@two.test',
      ].map(to),
    ).toEqual([true, true, false, false, false]);
    expect(['', 'a', 'a.b', 'a.bnVsbA'].map(deviceIn)).toEqual([undefined, undefined, undefined, undefined]);
  });
});
