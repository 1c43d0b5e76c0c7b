import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsoleServer, publicKey, serverKey, startConsole } from './console-server.ts';
import { sendBatch, sendTraffic } from './send.ts';
import { shopTraffic } from './shop-traffic.ts';
import { launchBrowser, openPage } from './visitor.ts';

/** For what takes a request and a drawing, on a busy machine. */
const patient = { timeout: 15_000 };

let server: ConsoleServer;
let browser: Browser;
let page: Page;
let troubles: string[];

beforeAll(async () => {
  server = await startConsole();
  await sendTraffic(server.url, serverKey, shopTraffic(60, Date.now()));
  browser = await launchBrowser();
  ({ page, troubles } = await openPage(browser));
  await page.goto(server.loginUrl());
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

const open = (path: string) => page.goto(`${server.url}/p/shop${path}`);
const ask = async <T>(path: string, question?: object): Promise<T> => {
  const answer = await fetch(server.url + path, {
    ...(question === undefined ? {} : { method: 'POST', body: JSON.stringify(question) }),
    headers: { authorization: `Bearer ${serverKey}`, 'content-type': 'application/json' },
  });
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as T;
};

describe('Home', () => {
  const figure = (label: string) => page.locator('.home-figure', { has: page.locator('dt', { hasText: label }) });

  it('says how it goes, every number a link to where it comes from', async () => {
    await sendBatch(server.url, publicKey, [
      { type: 'track', name: 'Page view', ids: { device: 'today-1' } },
      { type: 'identify', ids: { user: 'null' } },
    ]);
    await open('/');
    const from = Date.now() - 29 * 86_400_000;
    const begin = from - (from % 86_400_000);
    const { rows } = await ask<{ rows: { events: number }[] }>('/v1/insights/counts', {
      from: begin,
      events: [{ event: 'Sign up' }],
    });
    const signUps = rows.reduce((sum, row) => sum + row.events, 0);
    expect(signUps).toBeGreaterThan(10);
    await expect.poll(() => figure('Sign-ups').locator('.home-value').textContent(), patient).toBe(String(signUps));
    const days = await ask<{ rows: { people: number }[] }>('/v1/insights/days', { from: begin });
    expect(await figure('People today').locator('.home-value').textContent()).toBe(String(days.rows.at(-1)!.people));
    expect(await figure('Known').locator('.home-value').textContent()).toMatch(/^\d.*%$/);
    const brought = await ask<{ rows: { touch: string | null }[] }>('/v1/insights/attribution', {
      from: begin,
      conversion: { event: 'Sign up' },
    });
    const best = brought.rows.find(({ touch }) => touch !== null)!.touch!;
    expect(await figure('Best campaign').locator('.home-value').textContent()).toBe(best);
    expect(await page.locator('.health').textContent()).toContain('Everything is counted');
    expect(await page.locator('.trend-known[height]:not([height="0"])').count()).toBeGreaterThan(5);
    await page.locator('.reason-why', { hasText: 'names nobody' }).waitFor();
    await page.locator('.reasons a').first().click();
    await page.waitForURL(/\/live\?.*status=rejected/);
    await page.locator('.item', { hasText: 'names nobody' }).waitFor();
    await page.goBack();
    await figure('Best campaign').locator('.home-value a').click();
    await page.getByRole('heading', { name: 'Campaigns' }).waitFor();
    await page.locator('table').getByText(best).waitFor();
    expect(troubles).toEqual([]);
  });
});
