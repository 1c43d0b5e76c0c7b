import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../../../e2e/src/browser.ts';
import { type ConsoleServer, publicKey, serverKey, startConsole } from './console-server.ts';
import { openPage } from './visitor.ts';

let server: ConsoleServer;
let browser: Browser;
let page: Page;
let troubles: string[];

beforeAll(async () => {
  server = await startConsole();
  browser = await launchBrowser();
  ({ page, troubles } = await openPage(browser));
  await page.goto(server.loginUrl());
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

async function identify(call: string, known_identities: object): Promise<string> {
  const answer = await fetch(`${server.url}/mparticle/v1/${call}`, {
    method: 'POST',
    headers: { 'x-mp-key': publicKey },
    body: JSON.stringify({ environment: 'development', known_identities }),
  });
  return ((await answer.json()) as { mpid: string }).mpid;
}

it('shows a profile’s MPID and record, and what a call answered and why', async () => {
  const mpid = await identify('login', {
    device_application_stamp: 'D-one',
    customerid: 'C1',
    email: 'ann@example.com',
  });
  await identify('login', { device_application_stamp: 'D-one', customerid: 'C2' });
  const headers = { authorization: `Bearer ${serverKey}` };
  const found = await fetch(`${server.url}/v1/people?kind=user&value=C1`, { headers });
  const { id } = (await found.json()) as { id: string };
  await page.goto(`${server.url}/people/${id}`);
  expect(await page.locator('h1').textContent()).toBe('C1');
  const card = page.getByLabel('Directory profile');
  await card.getByText(mpid).waitFor();
  expect(await card.getByText('ann@example.com').count()).toBe(1);
  await page.goto(`${server.url}/live`);
  await page
    .locator('.item-name', { hasText: /^login$/ })
    .first()
    .click();
  const details = page.getByLabel('Details of the item');
  await details.locator('.notes').getByText('none of its login identifiers').waitFor();
  expect(await details.getByText(`login →`).count()).toBe(1);
  // In mParticle's names, not ours.
  expect(await details.locator('.plain .id-kind').allTextContents()).toEqual([
    'device_application_stamp',
    'customerid',
  ]);
  expect(await details.locator('.notes').first().textContent()).toContain('customerid joined');
});

it('shows a call that the server turned away, with its status and why', async () => {
  const answer = await fetch(`${server.url}/mparticle/v1/login`, {
    method: 'POST',
    headers: { 'x-mp-key': publicKey },
    body: 'x'.repeat(300_000),
  });
  expect(answer.status).toBe(413);
  await page.goto(`${server.url}/live?q=413`);
  await page.getByRole('button', { name: 'turned away' }).click();
  const details = page.getByLabel('Details of the item');
  await details.getByRole('paragraph').filter({ hasText: 'the body is larger than this path takes' }).waitFor();
  expect(await details.locator('.tag').textContent()).toBe('413');
});

it('shows consent by purpose, and that nothing was said of any', async () => {
  const mpid = await identify('login', { customerid: 'C-consent' });
  const headers = { authorization: `Bearer ${serverKey}` };
  const found = await fetch(`${server.url}/v1/people?kind=mpid&value=${mpid}`, { headers });
  const { id } = (await found.json()) as { id: string };
  await page.goto(`${server.url}/people/${id}`);
  const card = page.getByLabel('Consent');
  await card.getByText('Nothing was said of any purpose.').waitFor();
  const analytics = {
    consented: true,
    timestamp_unixtime_ms: Date.now() - 60_000,
    document: 'terms 2',
    location: 'banner',
  };
  const hostile = { consented: false, location: '<img src=x onerror=alert(1)>' };
  const sent = await fetch(`${server.url}/mparticle/v3/JS/${publicKey}/events`, {
    method: 'POST',
    body: JSON.stringify({
      mpid,
      events: [],
      consent_state: { gdpr: { analytics, ads: hostile }, ccpa: { data_sale_opt_out: { consented: true } } },
    }),
  });
  expect(sent.status).toBe(202);
  await page.reload();
  await card.getByText('gdpr.analytics').waitFor();
  const rows = await card.getByRole('listitem').allTextContents();
  expect(rows).toEqual([
    'ccpa.data_sale_opt_outOpted out',
    'gdpr.adsRefused<img src=x onerror=alert(1)>',
    expect.stringMatching(/^gdpr\.analyticsGranted since .+terms 2, banner$/),
  ]);
});

it('changes the strategy, says what each means, and what enforce is for (S12)', async () => {
  await page.goto(`${server.url}/policy`);
  // To read, until somebody edits them.
  await page.getByText('The settings file rules').waitFor();
  expect(await page.getByLabel('Strategy').count()).toBe(0);
  await page.getByRole('button', { name: 'Edit' }).press('Enter');
  await page.getByLabel('Strategy').selectOption('Profile link');
  await page.getByText('A new login gets a profile of its own').waitFor();
  await page.getByLabel('Identity mode').selectOption('Open');
  await page.getByText('can learn whether you know it').waitFor();
  // What was chosen is still there after a look at another page.
  await page.getByRole('link', { name: 'Explain' }).click();
  await page.getByRole('heading', { name: 'Explain' }).waitFor();
  await page.getByRole('link', { name: 'Rules' }).click();
  expect(await page.getByLabel('Strategy').inputValue()).toBe('profile_link');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('strategy: default → profile_link').waitFor();
  await page.getByLabel('Why, for the history').fill('as the apps are set up');
  await page.getByRole('button', { name: 'Yes, change it' }).click();
  await page.getByText('Applied: strategy: default → profile_link').waitFor();
  await expect
    .poll(async () => {
      const answer = await fetch(`${server.url}/v1/policy`, { headers: { authorization: `Bearer ${serverKey}` } });
      return ((await answer.json()) as { directory: object }).directory;
    })
    .toMatchObject({ strategy: 'profile_link', loginIds: ['user', 'email'] });
  // The page shows what the strategy brought along.
  await page.getByText('The console rules').waitFor();
  const entries = page.getByRole('list', { name: 'Changes of the rules, newest first' }).locator('> li');
  expect(await entries.first().textContent()).toMatch(
    /by operatorin forceas the apps are set upstrategy: default → profile_link/,
  );
  await page.getByRole('button', { name: 'Edit' }).press('Enter');
  await expect.poll(() => page.getByLabel('Login ids').inputValue()).toBe('user, email');
  await page.getByLabel('Immutable ids').fill('other');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('button', { name: 'Yes, change it' }).click();
  await page.getByRole('alert').getByText('Nothing was changed.').waitFor();
  await page.getByText('not also in loginIds').waitFor();
  expect(await page.getByLabel('Immutable ids').inputValue()).toBe('other');
  // The refused change, and nothing else.
  expect(troubles.filter((one) => !/400/.test(one))).toEqual([]);
});
