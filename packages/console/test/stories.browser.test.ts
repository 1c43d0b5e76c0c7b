import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../../e2e/src/browser.ts';
import { type ConsoleServer, serverKey, startConsole } from './console-server.ts';
import { sendBatch, sendTraffic } from './send.ts';
import { shopTraffic } from './shop-traffic.ts';
import { openPage } from './visitor.ts';

/** A story for each kind of user: from a link somebody sent them to what they came for, each in a window of their own. */

const end = Date.UTC(2026, 2, 20);
/** For what takes a request and a drawing, on a busy machine. */
const patient = { timeout: 60_000 };
const site = { id: 'site', publicKey: 'site-public', serverKey: 'site-server-key-long-enough', signingSecret: 's' };

let server: ConsoleServer;
let browser: Browser;
let storageState: Awaited<ReturnType<BrowserContext['storageState']>>;
let web: Server;
/** What the engineer's web server sends, and what the operator's receiver got. */
let html = '';
const received: string[] = [];

beforeAll(async () => {
  web = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    if (request.method === 'POST') received.push(body);
    response.writeHead(200, { 'content-type': 'text/html' }).end(html);
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  server = await startConsole([site], { allowPrivateOutputs: ['127.0.0.1'] });
  await sendTraffic(server.url, serverKey, shopTraffic(60, end));
  browser = await launchBrowser();
  const { page } = await openPage(browser);
  await page.goto(server.loginUrl());
  await page.getByRole('heading', { level: 1 }).waitFor();
  storageState = await page.context().storageState();
  await page.context().close();
});
afterAll(async () => {
  await browser?.close();
  web?.closeAllConnections();
  web?.close();
  await server?.dispose();
});

const webUrl = () => `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
const ask = async <T>(path: string, question?: object): Promise<T> => {
  const answer = await fetch(server.url + path, {
    ...(question === undefined ? {} : { method: 'POST', body: JSON.stringify(question) }),
    headers: { authorization: `Bearer ${serverKey}`, 'content-type': 'application/json' },
  });
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as T;
};

/** Opens a link as somebody who has a session, lets them do their work, and nothing may have gone wrong. */
async function somebody(link: string, work: (page: Page) => Promise<void>): Promise<void> {
  const { page, troubles } = await openPage(browser, { storageState });
  await page.goto(server.url + link);
  await work(page);
  expect(troubles).toEqual([]);
  await page.context().close();
}

describe('from a link to done', () => {
  it('an engineer pastes the snippet into a page, sees its event arrive, and why another is refused', async () => {
    await somebody('/p/site/setup', async (page) => {
      await page.getByText('Waiting for the first event').waitFor();
      html = (await page.locator('.code', { hasText: '/sdk.js' }).locator('code, pre').first().textContent()) ?? '';
      expect(html).toContain('data-key="site-public"');
      const { page: visitor } = await openPage(browser);
      await visitor.goto(webUrl());
      await page.getByText('The first event arrived').waitFor(patient);
      await visitor.evaluate(`selfsame('login', { user: 'customer-42' }); void 0`);
      await page.getByRole('link', { name: 'Live', exact: true }).first().click();
      await page.getByRole('button', { name: /Product Viewed/ }).waitFor(patient);
      await sendBatch(server.url, site.publicKey, [{ type: 'identify', ids: { user: 'null' } }]);
      const refused = page.locator('.item', { hasText: 'rejected' });
      await refused.getByText('names nobody').waitFor(patient);
      await page.goto(`${server.url}/p/site/people?q=customer-42`);
      await page.locator('.person-link').click();
      await page.locator('.event-item', { hasText: 'Product Viewed' }).waitFor(patient);
      await visitor.context().close();
    });
  });

  it('an analyst opens a colleague’s funnel, asks who was lost, takes them along, and leaves it on the board', async () => {
    const steps = [{ event: 'Page view' }, { event: 'Sign up' }];
    await somebody('/p/shop/funnel?step=Page+view&step=Sign+up&range=all', async (page) => {
      const answer = await ask<{ steps: { people: number }[] }>('/v1/insights/funnel', { steps });
      const lost = answer.steps[0]!.people - answer.steps[1]!.people;
      await page
        .getByRole('table')
        .first()
        .getByRole('button', { name: String(lost), exact: true })
        .click();
      const group = page.getByRole('region', { name: 'People behind this figure' });
      await expect.poll(() => group.getByRole('link').count(), patient).toBe(lost);
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        group.getByRole('button', { name: 'CSV' }).click(),
      ]);
      const chunks: Buffer[] = [];
      for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).toString('utf8').trim().split('\r\n')).toHaveLength(lost + 1);
      await page.getByText('Save', { exact: true }).click();
      await page.getByLabel('Name of this question').fill('Lost before sign-up');
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: 'Board' }).last().click();
      const card = page.getByRole('region', { name: 'Lost before sign-up' });
      await card.getByText('get to the end').waitFor(patient);
      await card.getByText('The funnel, step by step').first().click();
      await card
        .getByRole('button', { name: String(answer.steps[1]!.people), exact: true })
        .first()
        .click();
      await page.waitForURL(/\/funnel\?.*show=reached/);
    });
  });

  it('support finds a customer by a part of an e-mail and sees what they did, on which device, and that they agreed', async () => {
    await sendBatch(server.url, serverKey, [
      { type: 'login', ids: { device: 'help-phone', user: 'help-1', email: 'aino.needs-help@example.com' } },
      { type: 'traits', ids: { user: 'help-1' }, traits: { name: 'Aino Needs Help', plan: 'member' } },
      {
        type: 'track',
        name: 'Payment failed',
        ids: { device: 'help-phone', user: 'help-1' },
        properties: { code: 51 },
      },
      { type: 'consent', ids: { user: 'help-1' }, consent: 'granted' },
    ]);
    await somebody('/p/shop/people', async (page) => {
      await page.keyboard.press('/');
      await page.keyboard.type('needs-help');
      await page.getByRole('link', { name: 'Aino Needs Help' }).click();
      await page.getByRole('heading', { name: 'Aino Needs Help' }).waitFor(patient);
      await page.locator('.event-item', { hasText: 'Payment failed' }).waitFor(patient);
      await page.locator('.identifier', { hasText: 'help-phone' }).first().waitFor();
      await page.getByText('granted').first().waitFor();
      await page.locator('.event-item', { hasText: 'Payment failed' }).locator('summary').click();
      await page.locator('.event-item pre', { hasText: '"code": 51' }).waitFor();
    });
  });

  it('a data engineer asks why two are one, takes the word back, and sees that they are two', async () => {
    await sendBatch(server.url, serverKey, [
      { type: 'track', name: 'Tried', ids: { device: 'test-rig' } },
      { type: 'track', name: 'Bought', ids: { user: 'real-buyer' } },
      { type: 'login', ids: { user: 'real-buyer', device: 'test-rig' } },
    ]);
    await somebody('/p/shop/explain?a=device:test-rig&b=user:real-buyer', async (page) => {
      await page.getByText('One person', { exact: true }).waitFor(patient);
      await page.locator('.why').getByText('with the server key (T2)').first().waitFor();
      await page.getByRole('button', { name: 'Take back…' }).click();
      await page.getByLabel('Why').fill('a test rig');
      await page.getByRole('button', { name: 'Take back', exact: true }).click();
      await page.getByText('Two different people').waitFor(patient);
      const { same } = await ask<{ same: boolean }>('/v1/explain?a=device:test-rig&b=user:real-buyer');
      expect(same).toBe(false);
    });
  });

  it('an operator reads the health, sends what is known to a receiver, changes the policy, and signs out', async () => {
    await somebody('/p/shop', async (page) => {
      await page.locator('.health').getByText('Everything is counted').waitFor(patient);
      await page.getByRole('link', { name: 'Outputs', exact: true }).click();
      await page.getByLabel('Name').fill('warehouse');
      await page.getByLabel('Address').fill(webUrl());
      await page.getByRole('button', { name: 'Make and test' }).click();
      await page.getByText('The test item has arrived.').waitFor(patient);
      expect(JSON.parse(received[0]!)).toMatchObject({ test: true });
      await page.getByRole('link', { name: 'Rules', exact: true }).click();
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByLabel('Shared devices').selectOption('last-login');
      await page.getByRole('button', { name: 'Apply', exact: true }).click();
      await page.getByRole('button', { name: 'Yes, change it' }).click();
      await page.locator('.notice-good').waitFor(patient);
      const { sharedDevice } = await ask<{ sharedDevice: string }>('/v1/project');
      expect(sharedDevice).toBe('last-login');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByLabel('Token').waitFor(patient);
    });
  });
});
