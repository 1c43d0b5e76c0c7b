import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../../../e2e/src/browser.ts';
import { violations } from './axe.ts';
import { type ConsoleServer, serverKey, startConsole } from './console-server.ts';
import { photograph } from './photograph.ts';
import { sendBatch } from './send.ts';
import { openPage } from './visitor.ts';

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
    { ...seen(12, { device: 'tablet' }), insertId: 'last' },
  ];
  await fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${serverKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ items }),
  });
  const question = { name: 'Seen twice', address: '/funnel?step=Seen&step=Seen&from=2026-01-01&to=2026-01-31' };
  await fetch(`${server.url}/v1/questions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${serverKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(question),
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

it('a saved question and a known truth are compared, under every preset and under one', async () => {
  await page.goto(`${server.url}/p/shop/what-if`);
  await page.getByText('also ask the saved question').waitFor();
  await page.getByText('Measure it against a known truth').press('Enter');
  const pasted = page.getByLabel('Or pasted');
  await pasted.fill('{"insertId":"last"}');
  await page.getByRole('button', { name: 'Try' }).press('Enter');
  await page.getByText('Line 1 is none of a truth').waitFor();
  const truth = Buffer.from('{"insertId":"last","human":"son"}\n');
  await page.getByLabel('From a file').setInputFiles({ name: 'truth.ndjson', mimeType: 'text/plain', buffer: truth });
  await expect.poll(() => pasted.inputValue()).toBe(truth.toString());
  await page.getByRole('button', { name: 'Try' }).press('Enter');
  const cells = async (table: string, row: RegExp) => {
    const found = page.getByRole('table', { name: table }).getByRole('row', { name: row });
    await found.waitFor();
    return found.getByRole('cell').allTextContents();
  };
  const measured = 'How well each finds the humans';
  expect(await cells(measured, /^today/)).toEqual(['100%', '100%', '100%', '100%', '0%']);
  expect(await cells(measured, /^segment/)).toHaveLength(5);
  expect(await cells('Seen twice under every preset', /^today/)).toEqual(['2', '1', '50%']);
  expect(await violations(page)).toEqual([]);
  await photograph(page, 'lens-questions');
  await page.getByLabel('Rules to try').selectOption('selfsame');
  await page.getByRole('button', { name: 'Try' }).press('Enter');
  await page.getByText('Of 1 events whose human is known').waitFor();
  await page.getByText(/^[01] of 1 questions would be answered otherwise/).waitFor();
  expect(troubles).toEqual([]);
});

it('before something is taken back, how the saved question would change', async () => {
  await sendBatch(server.url, serverKey, [seen(20, { device: 'phone' }), seen(21, { device: 'phone', user: 'aunt' })]);
  await page.goto(`${server.url}/p/shop/explain?a=device:phone&b=user:aunt`);
  await page.getByRole('button', { name: 'Take back…' }).press('Enter');
  await page.getByRole('button', { name: 'Would the saved question change?' }).press('Enter');
  await page.getByText('1 of 1 questions would be answered otherwise').waitFor();
  const row = page.getByRole('table', { name: 'Questions, today and then' }).getByRole('row', { name: /2\. Seen/ });
  expect(await row.getByRole('cell').allTextContents()).toEqual(['2. Seen', '2', '1']);
  expect(await violations(page)).toEqual([]);
  await photograph(page, 'undo-questions');
  expect(troubles).toEqual([]);
});

it('before an identifier is pinned, how the saved question would change', async () => {
  await page.goto(`${server.url}/p/shop/device?of=device:phone`);
  await page.getByText('Move it, and pin it there').click();
  await page.getByLabel('Whose it is; empty: nobody’s').fill('user:mother');
  await page.getByLabel('Whose it is; empty: nobody’s').press('Enter');
  await page.getByRole('button', { name: 'Would the saved question change?' }).press('Enter');
  await page.getByText(/^[01] of 1 questions would be answered otherwise/).waitFor();
  expect(await violations(page)).toEqual([]);
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
