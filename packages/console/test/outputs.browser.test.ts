import { createServer, type Server } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ConsoleServer, serverKey, startConsole } from './console-server.ts';
import { launchBrowser, openPage } from './visitor.ts';

let server: ConsoleServer;
let browser: Browser;
let page: Page;
let troubles: string[];
let receiver: Server;
let url: string;
let status = 204;
const got: string[] = [];

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
  await page.goto(server.loginUrl());
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
  receiver?.closeAllConnections();
  receiver?.close();
});

const track = (user: string, name = 'Seen') =>
  fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${serverKey}` },
    body: JSON.stringify({ items: [{ type: 'track', name, ids: { user } }] }),
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
  await card.getByText('1 positions behind').waitFor();
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
  const map = page.getByRole('region', { name: 'Map' });
  await map.getByText('no connection: it takes everything').waitFor();
  await page.getByRole('button', { name: 'Connect …' }).click();
  const form = page.getByRole('form', { name: 'New connection' });
  await form.getByLabel('From', { exact: true }).selectOption('native:server');
  await form.getByLabel('Page and screen views').uncheck();
  await form.getByLabel(/^Events that never go out/).fill('Secret');
  await form.getByLabel(/^Rules/).fill('[{ "do": "drop" ');
  await form.getByRole('button', { name: 'Connect' }).click();
  await form.getByRole('status').getByText(/JSON/).waitFor();
  await form.getByLabel(/^Rules/).fill('[{ "do": "drop", "when": { "event": "Debug" } }]');
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
  await edit.getByRole('button', { name: 'Take out' }).click();
  await edit.getByText(/Without this connection its output would take everything/).waitFor();
  await edit.getByLabel('Active').uncheck();
  await edit.getByRole('button', { name: 'Save' }).click();
  await map.getByText('switched off').waitFor();
  await map.getByText('goes nowhere: no connection takes it').waitFor();
  // The refusal that was asked for, and nothing else.
  expect(troubles.filter((one) => !one.includes('409'))).toEqual([]);
});

it('Outputs: an address that is not open is refused in words', async () => {
  await page.getByLabel('Name').fill('other');
  await page.getByLabel('Address').fill('http://10.0.0.1/');
  await page.getByRole('button', { name: 'Make and test' }).click();
  await page.getByText(/the address is private and not among allowPrivateOutputs/).waitFor();
});
