import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../../../e2e/src/browser.ts';
import { violations } from './axe.ts';
import { type ConsoleServer, serverKey, startConsole } from './console-server.ts';
import { openPage } from './visitor.ts';

let server: ConsoleServer;
let browser: Browser;
let page: Page;
let troubles: string[];
let receiver: Server;
let url: string;
let status = 204;
const got: string[] = [];
let map: Locator;

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    got.push(body);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as { port: number }).port}/hook`;
  server = await startConsole([], { allowPrivateOutputs: ['127.0.0.1'] });
  browser = await launchBrowser();
  ({ page, troubles } = await openPage(browser));
  map = page.getByRole('region', { name: 'Map' });
  await page.goto(server.loginUrl());
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
  receiver?.closeAllConnections();
  receiver?.close();
});

const track = (user: string, name = 'Seen', properties: object = {}) =>
  fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${serverKey}` },
    body: JSON.stringify({ items: [{ type: 'track', name, ids: { user }, properties }] }),
  });

it('Outputs: from nothing to a message that arrived, paused, halted and going on', async () => {
  await page.getByRole('link', { name: 'Outputs' }).click();
  await page.getByText('Nothing goes out yet').waitFor();
  await page.getByLabel('Name').fill('hook');
  await page.getByLabel('Address').fill(url);
  await page.getByRole('button', { name: 'Make and test' }).click();
  await page.getByText('The test item has arrived.').waitFor();
  await page.getByText(/^whsec_/).waitFor();
  expect(JSON.parse(got[0] as string)).toMatchObject({ test: true });

  await page.getByText('Waiting for the first message.').waitFor();
  const card = page.getByRole('region', { name: 'hook' });
  await track('ann');
  await card.getByText('1 sent').waitFor();
  await page.getByText('The first message has arrived at hook.').waitFor();
  await card.getByText('Up to date.').waitFor();
  await card.getByRole('button', { name: 'Pause' }).click();
  await card.getByText('Paused. What comes waits in the log.').waitFor();
  await track('ann');
  await card.getByText('1 position behind').waitFor();
  status = 410;
  await card.getByRole('button', { name: 'Resume' }).click();
  await card.getByText(/^Halted: the receiver answered 410/).waitFor();
  await page.getByRole('alert').getByText('The output hook is halted: the receiver answered 410').waitFor();
  status = 204;
  await card.getByRole('button', { name: 'Resume' }).click();
  await card.getByText('2 sent').waitFor();
  expect(troubles).toEqual([]);
});

it('Outputs: a map, a connection that keeps things back, and Live that says at which step', async () => {
  await map.getByText('no connection: it takes everything').waitFor();
  await page.getByRole('button', { name: 'Connect …' }).click();
  const form = page.getByRole('form', { name: 'New connection' });
  await form.getByLabel('From', { exact: true }).selectOption('native:server');
  await form.getByLabel('Page and screen views').uncheck();
  await form.getByLabel(/^Events that never go out/).fill('Secret');
  await form.getByRole('button', { name: 'Add a rule' }).click();
  const rule = form.getByRole('group', { name: 'Rule 1' });
  await rule.getByText('The message goes no further.').waitFor();
  await rule.getByLabel('Of the event').fill('Debug');
  await form.getByRole('button', { name: 'Connect' }).click();
  await map.getByRole('button', { name: 'native-server-to-hook' }).waitFor();

  await page.getByRole('link', { name: 'Watch messages go out' }).click();
  for (const name of ['page', 'Secret', 'Debug', 'Bought']) await track('ann', name);
  await page.getByText('settings: the connection’s switch screenViews is off').waitFor();
  await page.getByText('filters: the connection’s filter events names it').waitFor();
  await page.getByText('rules: rule 1 drops it').waitFor();
  await page.getByRole('button', { name: /^\d\d:\d\d.*sent.*Bought/ }).click();
  const details = page.getByRole('complementary', { name: 'Details of the message' });
  await details.getByText('native-server-to-hook', { exact: true }).waitFor();

  await page.getByRole('link', { name: 'Outputs', exact: true }).click();
  await map.getByText('3 kept back').waitFor();
  await map.getByRole('button', { name: 'native-server-to-hook' }).click();
  const edit = page.getByRole('form', { name: 'native-server-to-hook' });
  expect(await edit.getByLabel('Page and screen views').isChecked()).toBe(false);
  await edit.getByText('3 kept back').click();
  await edit.getByText('rule 1 drops it: 1').waitFor();
  expect(await edit.getByRole('group', { name: 'Rule 1' }).getByLabel('Of the event').inputValue()).toBe('Debug');
  await edit.getByRole('button', { name: 'Take out' }).click();
  await edit.getByText(/Without this connection its output would take everything/).waitFor();
  await edit.getByLabel('Active').uncheck();
  await edit.getByRole('button', { name: 'Save' }).click();
  await map.getByText('switched off').waitFor();
  await map.getByText('goes nowhere: no connection takes it').waitFor();
  // The refusal that was asked for, and nothing else.
  expect(troubles.filter((one) => !one.includes('409'))).toEqual([]);
});

it('Outputs: rules are written with the keyboard alone, on a phone, and act in their order', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await map.getByRole('button', { name: 'native-server-to-hook' }).click();
  const form = page.getByRole('form', { name: 'native-server-to-hook' });
  await form.getByLabel('Active').check();
  const group = (n: number) => form.getByRole('group', { name: `Rule ${n}`, exact: true });
  const add = form.getByRole('button', { name: 'Add a rule' });
  const press = async (...keys: readonly string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  // Selects are changed by typing a word of theirs; Tab goes on to the next field.
  await add.focus();
  await press('Enter');
  await group(2).getByLabel('What it does').focus();
  await page.keyboard.type('Rename');
  await press('Tab');
  await page.keyboard.type('Ordered');
  await press('Tab');
  await page.keyboard.type('Bought');
  await add.focus();
  await press('Enter');
  await group(3).getByLabel('What it does').focus();
  await page.keyboard.type('Set');
  await press('Tab');
  await page.keyboard.type('n');
  await press('Tab');
  await page.keyboard.type('the number');
  await press('Tab');
  await page.keyboard.type('5');
  await group(3).getByRole('button', { name: 'Only where a property is …' }).focus();
  await press('Enter');
  await group(3).getByLabel('Where the property').focus();
  await page.keyboard.type('paid');
  await press('Tab');
  await page.keyboard.type('true');
  // It comes before the one that drops, and the key that moved it stays at hand.
  await group(3).getByRole('button', { name: 'Move rule 3 up' }).focus();
  await press('Enter', 'Enter');
  expect(await group(1).getByLabel('Property', { exact: true }).inputValue()).toBe('n');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Move rule 1 up');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect(await violations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Save' }).focus();
  await press('Enter');
  await form.waitFor({ state: 'detached' });
  got.length = 0;
  await track('ann', 'Debug', { paid: true });
  await track('ann', 'Bought', { paid: true });
  await expect.poll(() => got.length, { timeout: 30_000 }).toBe(1);
  expect(JSON.parse(got[0] as string).event).toMatchObject({ name: 'Ordered', properties: { paid: true, n: 5 } });

  await page.setViewportSize({ width: 1280, height: 800 });
});

it('Outputs: files, from a choice to rows in a directory', async () => {
  const form = page.getByRole('form', { name: 'New output' });
  await form.getByLabel('Kind').selectOption('Files');
  await form.getByText('A directory for your warehouse').waitFor();
  expect(await form.getByLabel('Address').count()).toBe(0);
  await form.getByLabel('Name').fill('lake');
  await form.getByLabel('Format').selectOption('JSON, one a line');
  await form.getByLabel(/^Seconds until a file ends/).fill('1');
  await form.getByLabel('A row for every event of a correction').check();
  await form.getByRole('button', { name: 'Make and test' }).click();
  await form.getByText('A file was written there and taken away again.').waitFor();
  // It holds what was before it as well.
  await form.getByText('The first message has arrived at lake.').waitFor();
  const card = page.getByRole('region', { name: 'lake' });
  const directory = fileURLToPath((await card.locator('code').textContent()) as string);
  const rows = () =>
    readdirSync(join(directory, 'events')).flatMap((name) =>
      readFileSync(join(directory, 'events', name), 'utf8')
        .split('\n')
        .filter((one) => one !== ''),
    );
  await expect.poll(() => rows().some((one) => one.includes('"Bought"')), { timeout: 30_000 }).toBe(true);
});

it('Outputs: an address that is not open is refused in words', async () => {
  await page.getByLabel('Kind').selectOption('Webhook');
  await page.getByLabel('Name').fill('other');
  await page.getByLabel('Address').fill('http://10.0.0.1/');
  await page.getByRole('button', { name: 'Make and test' }).click();
  await page.getByText(/the address is private and not among allowPrivateOutputs/).waitFor();
  // What is wrong with a field is said by its name.
  await page.getByLabel('Name').fill('..');
  await page.getByRole('button', { name: 'Make and test' }).click();
  await page.getByText(/^Name: is no output id/).waitFor();
});

it('Outputs: one with a limit says that it has one, and that this is why it is behind', async () => {
  await page.getByLabel('Kind').selectOption('Webhook');
  await page.getByLabel('Name').fill('slow');
  await page.getByLabel('Address').fill(url);
  await page.getByLabel(/^Messages a second at most/).fill('1');
  await page.getByRole('button', { name: 'Make and test' }).click();
  const card = page.getByRole('region', { name: 'slow' });
  await card.getByText('at most 1 a second').waitFor();
  for (let i = 0; i < 60; i++) await track(`slow-${i}`);
  await card.getByText(/^Limited to 1 a second, \d+ s behind\.$/).waitFor();
});

it('Outputs: to a Mixpanel that stitches by itself, how many events belong to somebody else there', async () => {
  const before = troubles.length;
  // Two customers on one till: there the first has what nobody was signed in for, for good.
  const items = [
    ...[
      ['login', 'first'],
      ['track', undefined],
      ['logout', undefined],
      ['login', 'second'],
      ['track', undefined],
    ].map(([type, user], i) => ({
      ...{ type, time: new Date(Date.UTC(2026, 0, 1, 10, i)).toISOString() },
      ids: { device: 'till', ...(user === undefined ? {} : { user }) },
      ...(type === 'track' ? { name: 'Seen' } : {}),
    })),
  ];
  await fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${serverKey}` },
    body: JSON.stringify({ items }),
  });
  await page.getByLabel('Kind').selectOption('mixpanel');
  await page.getByLabel('Name').fill('mixpanel');
  await page.getByLabel('Address').fill(url);
  await page.getByLabel('Project token').fill('TOKEN');
  await page.getByRole('button', { name: 'Make and test' }).click();
  const card = page.getByRole('region', { name: 'mixpanel' });
  await card.getByRole('button', { name: 'Count what differs at Mixpanel' }).click();
  await card.getByText('Mixpanel stitches by itself: 1 event belongs to somebody else there.').waitFor();
  expect(troubles.slice(before)).toEqual([]);
});

it('Home: the health of an output with a long name fits a phone', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  const id = 'o'.repeat(64);
  await fetch(`${server.url}/v1/outputs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${serverKey}` },
    body: JSON.stringify({ id, type: 'webhook', url: 'http://127.0.0.1:9/' }),
  });
  await track('ann');
  await page.goto(`${server.url}/p/shop/`);
  await page.getByText(id).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
