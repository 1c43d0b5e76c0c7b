import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, newDevice } from './src/browser.ts';
import { workspace } from './src/mparticle.ts';
import { type Selfsame, startSelfsame } from './src/selfsame.ts';
import { until } from './src/until.ts';

const demo = { ...workspace('mparticle-conversion'), id: 'demo' };
let browser: Browser;
let selfsame: Selfsame;
beforeAll(async () => {
  selfsame = await startSelfsame({ preset: 'selfsame' }, { projects: [demo] });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await selfsame?.dispose();
});

describe('@mparticle/web-sdk, unmodified, in the demo shop', () => {
  it('runs when the visitor chooses it', async () => {
    const { page, troubles, context } = await newDevice(browser);
    await page.goto(`${selfsame.url}/shop/`);
    await page.getByLabel('The page uses').selectOption('mParticle');
    await page.getByText('identify: 200').waitFor();
    await page.goto(`${selfsame.url}/shop/product.html?id=reading-lamp`);
    await page.getByRole('button', { name: 'Add to basket' }).click();
    await page.waitForURL(/basket/);
    await page.goto(`${selfsame.url}/shop/sign-up.html`);
    await page.getByLabel('Name').fill('Ann');
    await page.getByLabel('E-mail').fill('ann@example.com');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.waitForURL((url) => !url.pathname.includes('sign-up'));
    const api = selfsame.as(demo.serverKey);
    const person = await until(
      () => api.person('email', 'ann@example.com'),
      (one) => one?.traits['$FirstName'] === 'Ann',
    );
    expect(person).toMatchObject({ known: true });
    const names = await until(
      async () => (await api.events(String(person?.id))).map((event) => event.name),
      (all) => all.includes('Signed Up'),
    );
    // What the visitor did before they signed up is theirs as well.
    expect(names).toEqual(expect.arrayContaining(['Product', 'commerce_event', 'Signed Up']));
    await page.goto(`${selfsame.url}/shop/account.html`);
    await page.getByRole('button', { name: 'Log out', exact: true }).click();
    await page.waitForURL(/shop\/$/);
    const mpids = person?.identifiers.filter((one) => one.kind === 'mpid').map((one) => one.value);
    const now = await page.locator('.panel-body dd').first().textContent();
    expect(mpids).not.toContain(now);
    // A page that is left early has requests that end with it.
    expect(troubles.filter((one) => !/net::ERR_ABORTED$/.test(one))).toEqual([]);
    await context.close();
  });
});
