import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { violations } from './axe.ts';
import { type ConsoleServer, serverKey, startConsole } from './console-server.ts';
import { photograph } from './photograph.ts';
import { launchBrowser, openPage } from './visitor.ts';

let server: ConsoleServer;
let browser: Browser;
let page: Page;
let troubles: string[];

const seen = (minute: number, ids: object) => ({
  type: 'track',
  name: 'Seen',
  time: new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString(),
  ids,
});

beforeAll(async () => {
  server = await startConsole();
  browser = await launchBrowser();
  ({ page, troubles } = await openPage(browser));
  await page.goto(server.loginUrl());
  const items = [
    seen(0, { device: 'tablet', user: 'mother' }),
    seen(10, { device: 'tablet', user: 'son' }),
    seen(12, { device: 'tablet' }),
  ];
  await fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${serverKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ items }),
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

it('mother and son on one tablet: every preset side by side, then one of them tried, and applied', async () => {
  await page.getByRole('link', { name: 'What if' }).click();
  await page.getByRole('button', { name: 'Try' }).click();
  const row = page.getByRole('row', { name: /^mixpanel-simplified/ });
  await row.waitFor();
  expect(await row.getByRole('cell').allTextContents()).toEqual(expect.arrayContaining(['2', '2', '0', '0', '1']));
  // By the keyboard alone.
  await page.getByLabel('Rules to try').selectOption('mixpanel-simplified');
  await page.getByRole('button', { name: 'Try' }).press('Enter');
  const difference = page.getByLabel('What would be different');
  await difference.getByText('the first to log in').waitFor();
  expect(await difference.textContent()).toContain('1 events and traits would be somebody else’s');
  expect(await difference.getByText('[L3a]').count()).toBe(1);
  await page.getByRole('button', { name: 'Apply mixpanel-simplified' }).click();
  await page.getByRole('button', { name: 'Yes, for everybody' }).click();
  await page.getByText('mixpanel-simplified is in force').waitFor();
  const headers = { authorization: `Bearer ${serverKey}` };
  const policy = (await (await fetch(`${server.url}/v1/policy`, { headers })).json()) as { preset: string };
  expect(policy.preset).toBe('mixpanel-simplified');
  // What is today's changes nothing.
  await page.getByRole('button', { name: 'Try' }).click();
  await page.getByText('Nothing would change').waitFor();
  expect(troubles).toEqual([]);
});

it('the Rules are tried before they are applied, with the difference, and gone back from by one click', async () => {
  await page.getByRole('link', { name: 'Rules', exact: true }).click();
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByLabel('Shared devices').selectOption('last-login');
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await page.getByLabel('What would be different').getByText('the last to log in').first().waitFor();
  // Another change is another question.
  await page.getByLabel('Shared devices').selectOption('by-interval');
  expect(await page.getByLabel('What would be different').count()).toBe(0);
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  await page.getByLabel('Why, for the history').fill('the son has his own');
  await page.getByLabel('Why, for the history').press('Enter');
  await page.getByText('Applied: shared devices: first-login → by-interval').waitFor();
  expect(await violations(page)).toEqual([]);
  await photograph(page, 'rules');
  const entries = page.getByRole('list', { name: 'Changes of the rules, newest first' }).locator('> li');
  const said = async () => (await entries.allTextContents()).map((one) => one.replace(/ · .*? · /, ' '));
  expect((await said())[0]).toContain(
    '3 by operatorin forcethe son has his ownshared devices: first-login → by-interval',
  );
  // What If’s are the second: their graph is kept.
  expect((await said())[1]).toContain('Takes a moment.');
  await page.getByRole('button', { name: 'Go back to 2' }).press('Enter');
  await page.getByText('The rules of entry 2 are in force again.').waitFor();
  expect((await said())[0]).toContain('4 by operator, back to 2in force');
  const rules = page.getByLabel('The rules in force');
  await rules.getByText('First login').waitFor();
  expect(troubles).toEqual([]);
});
