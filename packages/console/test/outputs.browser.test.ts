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

const track = (user: string) =>
  fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${serverKey}` },
    body: JSON.stringify({ items: [{ type: 'track', name: 'Seen', ids: { user } }] }),
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

  const card = page.getByRole('region', { name: 'hook' });
  await track('ann');
  await card.getByText('1 sent').waitFor();
  await card.getByText('Up to date.').waitFor();
  await card.getByRole('button', { name: 'Pause' }).click();
  await card.getByText('Paused. What comes waits in the log.').waitFor();
  await track('ann');
  await card.getByText('1 positions behind').waitFor();
  status = 410;
  await card.getByRole('button', { name: 'Resume' }).click();
  await card.getByText(/^Halted: the receiver answered 410/).waitFor();
  status = 204;
  await card.getByRole('button', { name: 'Resume' }).click();
  await card.getByText('2 sent').waitFor();
  expect(troubles).toEqual([]);
});

it('Outputs: an address that is not open is refused in words', async () => {
  await page.getByLabel('Name').fill('other');
  await page.getByLabel('Address').fill('http://10.0.0.1/');
  await page.getByRole('button', { name: 'Make and test' }).click();
  await page.getByText(/the address is private and not among allowPrivateOutputs/).waitFor();
});
