import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../../e2e/src/browser.ts';
import { type ConsoleServer, startConsole } from './console-server.ts';
import { sendBatch } from './send.ts';
import { openPage } from './visitor.ts';

/** Midnight, an hour before and after it, around a change of the clocks where there is one. */
const zones = [
  // 8 March has 23 hours.
  {
    id: 'york',
    timeZone: 'America/New_York',
    last: '2026-03-09T03:30Z',
    next: '2026-03-09T04:30Z',
    days: ['8 Mar 2026', '9 Mar 2026'],
  },
  // 25 October has 25.
  {
    id: 'berlin',
    timeZone: 'Europe/Berlin',
    last: '2026-10-25T22:30Z',
    next: '2026-10-25T23:30Z',
    days: ['25 Oct 2026', '26 Oct 2026'],
  },
  {
    id: 'kathmandu',
    timeZone: 'Asia/Kathmandu',
    last: '2026-03-08T18:05Z',
    next: '2026-03-08T18:25Z',
    days: ['8 Mar 2026', '9 Mar 2026'],
  },
] as const;

let server: ConsoleServer;
let browser: Browser;
/** The session of the one sign-in: its token opens once. */
let storageState: Awaited<ReturnType<BrowserContext['storageState']>>;

beforeAll(async () => {
  server = await startConsole(
    zones.map(({ id, timeZone }) => ({
      id,
      timeZone,
      publicKey: `${id}-public`,
      serverKey: `${id}-server-key`,
      signingSecret: 's',
    })),
  );
  browser = await launchBrowser();
  const { page } = await openPage(browser);
  await page.goto(server.loginUrl());
  storageState = await page.context().storageState();
  await page.context().close();
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

const rows = (page: Page, caption: string) =>
  page
    .locator('table', { has: page.locator('caption', { hasText: caption }) })
    .locator('tbody tr')
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));

describe.each(zones)('in $timeZone', ({ id, timeZone, last, next, days }) => {
  it('an event stands under its day in every room, wherever the reader sits', async () => {
    const track = (time: string, device: string) => ({ type: 'track', name: 'Seen', ids: { device }, time });
    await sendBatch(server.url, `${id}-server-key`, [track(last, 'd1'), track(next, 'd1'), track(next, 'd2')]);
    // The reader's own clock is far from the project's.
    const { page } = await openPage(browser, { storageState, timezoneId: 'Pacific/Honolulu' });
    await page.goto(`${server.url}/p/${id}/counts?event=Seen&range=all&count=events`);
    await page.locator('.plot').waitFor();
    expect((await rows(page, 'Counts over time')).map((row) => [row[0], row.at(-1)])).toEqual([
      [days[1], '2'],
      [days[0], '1'],
    ]);
    // The axis has the same days.
    const ticks = await page.locator('.plot [data-part="x-axis tick label"] text').allTextContents();
    expect(ticks.some((tick) => days[1].startsWith(tick) && tick !== '')).toBe(true);
    expect(await page.locator('.room-head').textContent()).toContain(`Days are those of ${timeZone}`);

    // A range from a day to the same day is that day, and nothing of its neighbours.
    const day = new Date(`${days[0]} UTC`).toISOString().slice(0, 10);
    await page.goto(`${server.url}/p/${id}/counts?event=Seen&count=events&from=${day}&to=${day}`);
    await expect.poll(() => rows(page, 'Counts over time')).toEqual([[days[0], 'Seen', '1', '0', '1']]);

    // Whose it is, is asked of that day too; so are a funnel and a campaign.
    await page.locator('tbody').getByRole('button', { name: '1', exact: true }).click();
    const behind = page.getByRole('region', { name: 'People behind this figure' });
    await expect.poll(() => behind.getByRole('link').count()).toBe(1);
    expect(await behind.textContent()).toContain(`day of ${days[0]}`);
    await page.goto(`${server.url}/p/${id}/funnel?step=Seen&step=Seen&from=${day}&to=${day}`);
    await expect.poll(async () => (await rows(page, 'The funnel, step'))[0]?.[1]).toBe('1');
    await page.goto(`${server.url}/p/${id}/campaigns?conversion=Seen&from=${day}&to=${day}`);
    await expect.poll(() => rows(page, 'Conversions by campaign')).toEqual([['(no touch)', '1', '1', '100%']]);

    await page.goto(`${server.url}/p/${id}/retention?first=Seen&return=Seen&every=day&range=all`);
    await page.locator('.plot').waitFor();
    const cohorts = await rows(page, 'People of each cohort');
    expect(cohorts.map((row) => row.slice(0, 4))).toEqual([
      [days[0], '1', '0%', '100%'],
      [days[1], '1', '0%', '0%'],
    ]);

    await page.goto(`${server.url}/p/${id}/people?q=d1`);
    await page.locator('.person-link').click();
    await page.locator('.day h3').first().waitFor();
    const long = (await page.locator('.day h3').allTextContents()).map((text) => text.replace(/^\S+ /, ''));
    expect(long).toEqual([days[1], days[0]].map((one) => one.replace('Mar', 'March').replace('Oct', 'October')));
    await page.context().close();
  });
});
