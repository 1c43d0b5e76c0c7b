import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, newDevice } from './src/browser.ts';
import { type ProjectFile, type Selfsame, startSelfsame } from './src/selfsame.ts';
import { until } from './src/until.ts';

/** The project that a server without a settings file makes, which has the shop. */
const demo: ProjectFile = { id: 'demo', publicKey: 'demo-public', serverKey: 'demo-server-key', policy: {} };

let selfsame: Selfsame;
let browser: Browser;
beforeAll(async () => {
  selfsame = await startSelfsame({ preset: 'selfsame' }, { projects: [demo] });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await selfsame?.dispose();
});

describe('@selfsame/browser in the demo shop', () => {
  it('is what the shop runs on: a visitor looks, signs up, leaves, and is one person', async () => {
    const { page, troubles, context } = await newDevice(browser);
    await page.goto(`${selfsame.url}/shop/product.html?id=reading-lamp&utm_source=mail`);
    await page.getByText('Product Viewed').waitFor();
    await page.goto(`${selfsame.url}/shop/sign-up.html`);
    await page.getByLabel('Name').fill('Ann');
    await page.getByLabel('E-mail').fill('ann@example.com');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.waitForURL((url) => !url.pathname.includes('sign-up'));
    await page.goto(`${selfsame.url}/shop/account.html`);
    await page.getByRole('button', { name: 'Log out', exact: true }).click();
    await page.waitForURL(/shop\/$/);
    const api = selfsame.as(demo.serverKey);
    const person = await until(
      () => api.person('email', 'ann@example.com'),
      (one) => one?.traits['name'] === 'Ann',
    );
    expect(person).toMatchObject({ known: true });
    const events = await until(
      () => api.events(String(person?.id)),
      (all) => all.some((event) => event.name === 'Logged Out'),
    );
    // What the visitor did before they signed up is theirs as well.
    expect(events.map((event) => event.name)).toEqual(
      expect.arrayContaining(['Page Viewed', 'Product Viewed', 'Signed Up']),
    );
    expect(events.find((event) => event.name === 'Product Viewed')?.properties).toMatchObject({ utm_source: 'mail' });
    expect(troubles.filter((one) => !/net::ERR_ABORTED$/.test(one))).toEqual([]);
    await context.close();
  });

  it('the visitor’s cookie is the server’s, and each of the devices that one browser plays has its own', async () => {
    const { page, context } = await newDevice(browser);
    const cookie = async () =>
      (await context.cookies()).find(({ name }) => name === `ss_${demo.publicKey}`)?.value ?? 'none';
    const answer = await page.goto(`${selfsame.url}/shop/product.html?id=reading-lamp`);
    const set = await answer?.headerValue('set-cookie');
    await page.getByText('Product Viewed').waitFor();
    const phone = await cookie();
    expect(set).toContain(`ss_${demo.publicKey}=${phone}; Path=/; Max-Age=31536000`);
    const api = selfsame.as(demo.serverKey);
    expect(
      await until(
        () => api.person('device', phone),
        (one) => one !== undefined,
      ),
    ).toBeTruthy();
    const become = async (name: string) => {
      await page.getByLabel('This browser plays').selectOption(name);
      await page.waitForURL(/shop\/$/);
    };
    await become('Laptop');
    expect(await cookie()).not.toBe(phone);
    await page.goto(`${selfsame.url}/shop/product.html?id=reading-lamp`);
    await become('Phone');
    expect(await cookie()).toBe(phone);
    await context.close();
  });
});
