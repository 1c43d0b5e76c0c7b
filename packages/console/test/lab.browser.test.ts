import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violations } from './axe.ts';
import { type ConsoleServer, serverKey, startConsole } from './console-server.ts';
import { photograph } from './photograph.ts';
import { sendBatch } from './send.ts';
import { launchBrowser, openPage } from './visitor.ts';

let server: ConsoleServer;
let browser: Browser;
let page: Page;
let troubles: string[];

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString();

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

describe('mother and son on one tablet', () => {
  it('a lane shows whose it was when, who said so, and takes a word back', async () => {
    await sendBatch(server.url, serverKey, [
      { type: 'login', ids: { device: 'tablet', user: 'mother' }, time: at(0) },
      { type: 'track', name: 'Read', ids: { device: 'tablet' }, time: at(5) },
      { type: 'logout', ids: { device: 'tablet' }, time: at(10) },
      { type: 'track', name: 'Played', ids: { device: 'tablet' }, time: at(180) },
      { type: 'login', ids: { device: 'tablet', user: 'son' }, time: at(300) },
      { type: 'track', name: 'Played', ids: { device: 'tablet' }, time: at(310) },
    ]);
    // From the mother’s own page, as support would come.
    await page.goto(`${server.url}/p/shop/people`);
    await page.getByRole('link', { name: 'mother' }).first().click();
    await page.getByRole('link', { name: 'tablet' }).click();
    await page.getByText('2 people had it').waitFor();
    const who = page.getByRole('table', { name: 'Whose it was, oldest first' });
    expect(await who.getByRole('rowheader').allTextContents()).toEqual([
      ' mother',
      ' a visit, Anonymous visitor',
      ' son',
    ]);
    await page.locator('.chart svg').waitFor();
    const words = page.getByRole('listitem').filter({ hasText: /log(in|out)/ });
    expect(await words.count()).toBe(3);
    expect(await violations(page)).toEqual([]);
    await photograph(page, 'device');
    // The son never used it: by the keyboard alone.
    const son = words.filter({ hasText: 'son' });
    await son.getByRole('button', { name: 'Take back…' }).press('Enter');
    await son.getByText('would be').waitFor();
    await page.getByLabel('Why').fill('he has his own');
    await page.getByLabel('Why').press('Enter');
    await page.getByText('was taken back').waitFor();
    await page.getByText('1 person had it').waitFor();
    await page.getByRole('button', { name: 'Put back' }).press('Enter');
    await page.getByText('2 people had it').waitFor();
    expect(troubles).toEqual([]);
  });

  it('an identifier that nobody named is said to be one', async () => {
    await page.getByLabel('A device, or any other identifier').fill('device:unheard-of');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('Nobody ever named it').waitFor();
    // The browser tells of a 404 twice, in any order.
    expect(troubles.filter((one) => one.startsWith('answer'))).toEqual(['answer: 404 /v1/devices']);
    troubles.length = 0;
  });
});
