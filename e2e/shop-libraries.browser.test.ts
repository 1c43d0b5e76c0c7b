import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, newDevice } from './src/browser.ts';
import { type ProjectFile, type Selfsame, startSelfsame } from './src/selfsame.ts';
import { until } from './src/until.ts';

const demo: ProjectFile & { readonly keys: object } = {
  id: 'demo',
  publicKey: 'demo-public',
  serverKey: 'demo-server-key',
  policy: {},
  keys: { xo: '5f5c2d52-9a54-4f0b-8ed5-4d2c6f6c3b11' },
};

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

/** Each library with the names of its events, and the trait that holds the customer's name. Our own and mParticle's have tests of their own. */
const libraries = [
  ['Mixpanel', ['Page Viewed', 'Product Viewed', 'Signed Up'], '$name'],
  ['Crownpeak XO', ['view', 'Signed Up'], 'name'],
  ['SPiD', ['Page Viewed', 'Product Viewed', 'Signed Up'], 'name'],
  ['Segment', ['page', 'Product Viewed', 'Signed Up'], 'name'],
] as const;

describe('the demo shop on the vendors’ libraries', () => {
  it.each(libraries)('%s: a visitor looks, signs up, leaves, and is one person', async (library, events, trait) => {
    const { page, troubles, context } = await newDevice(browser);
    await page.goto(`${selfsame.url}/shop/`);
    // The page loads itself anew with it.
    await Promise.all([page.waitForEvent('load'), page.getByLabel('The page uses').selectOption(library)]);
    await page.goto(`${selfsame.url}/shop/product.html?id=reading-lamp`);
    await page.getByLabel('Sent, newest first').getByRole('listitem').nth(1).waitFor();
    await page.goto(`${selfsame.url}/shop/sign-up.html`);
    const customer = `${library.replaceAll(' ', '-').toLowerCase()}@example.com`;
    await page.getByLabel('Name').fill(library);
    await page.getByLabel('E-mail').fill(customer);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.waitForURL((url) => !url.pathname.includes('sign-up'));
    const user = await page.evaluate(() => JSON.parse(localStorage.getItem('shop-session') ?? '{}').id as string);
    await page.goto(`${selfsame.url}/shop/account.html`);
    await page.getByRole('button', { name: 'Log out', exact: true }).click();
    await page.waitForURL(/shop\/$/);
    const api = selfsame.as(demo.serverKey);
    const names = await until(
      async () => {
        const person = await api.person('user', user);
        return person === undefined ? [] : (await api.events(person.id)).map((event) => event.name);
      },
      (all) => ['Signed Up', 'Logged Out'].every((name) => all.includes(name)),
    );
    // What the visitor did before they signed up is theirs as well.
    expect(names).toEqual(expect.arrayContaining([...events]));
    expect(await api.person('user', user)).toMatchObject({ known: true, traits: { [trait]: library } });
    // A page that is left early has requests that end with it.
    expect(troubles.filter((one) => !/net::ERR_ABORTED$/.test(one))).toEqual([]);
    await context.close();
  });
});
