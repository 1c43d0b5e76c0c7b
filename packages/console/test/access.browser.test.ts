import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violations } from './axe.ts';
import { type ConsoleServer, serverKey, startConsole } from './console-server.ts';
import { cutOff } from './cut-off.ts';
import { photograph } from './photograph.ts';
import { sendTraffic } from './send.ts';
import { shopTraffic } from './shop-traffic.ts';
import { launchBrowser, openPage } from './visitor.ts';

const always = 'range=all';

let server: ConsoleServer;
let browser: Browser;
/** The session of the one sign-in: its token opens once. */
let storageState: Awaited<ReturnType<BrowserContext['storageState']>>;
let person = '';
let device = '';

beforeAll(async () => {
  server = await startConsole();
  browser = await launchBrowser();
  const { page } = await openPage(browser);
  await page.goto(server.loginUrl());
  storageState = await page.context().storageState();
  await page.context().close();
  await sendTraffic(server.url, serverKey, shopTraffic(40, Date.UTC(2026, 2, 20)));
  const headers = { authorization: `Bearer ${serverKey}`, 'content-type': 'application/json' };
  const saved = { name: 'Purchases', address: `/counts?event=Purchase&${always}` };
  await fetch(`${server.url}/v1/questions`, { method: 'POST', headers, body: JSON.stringify(saved) });
  const found = await fetch(`${server.url}/v1/people/search?q=customer-10`, { headers });
  const { people } = (await found.json()) as {
    people: { id: string; identifiers: { kind: string; value: string }[] }[];
  };
  person = people[0]!.id;
  const used = people[0]!.identifiers.find(({ kind }) => kind === 'device')!;
  device = `${used.kind}:${used.value}`;
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

/** Every room, and what is on it once it is all there. */
const pages = (): readonly (readonly [path: string, ready: string])[] => [
  ['', '.trend'],
  ['live', '.totals'],
  ['people', '.person-link'],
  [`people/${person}`, '.event-item'],
  ['explain?a=user:customer-1000&b=device:none', '.why'],
  [`identity?person=${person}`, '.identity-picture'],
  ['suspicious', '.suspects, .empty'],
  [`device?of=${device}`, 'h2:text("Whose it was")'],
  [`funnel?step=Page+view&step=Sign+up&by=property:platform&show=reached:1&${always}`, '.people-behind table'],
  [`campaigns?conversion=Purchase&${always}`, '.plot'],
  [`retention?first=Page+view&return=Page+view&${always}`, '.plot'],
  [`counts?event=Purchase&from=2026-13-45&${always}`, '.plot, .notice'],
  ['board', '.board .plot'],
  ['outputs', '.room-head'],
  ['setup', '.code'],
  ['policy', '.policy'],
  ['what-if', '.room-head'],
  ['conformance', 'table'],
];

it('every room of the menu is among them', async () => {
  const { page } = await openPage(browser, { storageState });
  await page.goto(`${server.url}/p/shop`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const rooms = await page
    .locator('nav a[href^="/p/shop"]')
    .evaluateAll((links) => links.map((link) => (link.getAttribute('href') ?? '').replace(/^\/p\/shop\/?/, '')));
  expect(rooms.length).toBeGreaterThan(10);
  const tried = pages().map(([path]) => path.split('?')[0]);
  expect(rooms.filter((room) => !tried.includes(room))).toEqual([]);
  await page.context().close();
});

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  it('no room has a barrier that axe knows, is wider than its screen, or cuts off what it says', {
    timeout: 300_000,
  }, async () => {
    const { page } = await openPage(browser, { storageState, colorScheme, reducedMotion: 'reduce' });
    const found: Record<string, readonly string[]> = {};
    for (const [path, ready] of pages()) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(`${server.url}/p/shop/${path}`);
      await page.locator(ready).first().waitFor();
      const here = await violations(page);
      const wrong: string[] = [];
      for (const width of [390, 768, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        const is = await page.evaluate(() => document.documentElement.scrollWidth);
        if (is > width) wrong.push(`${is} px wide on ${width}`);
        wrong.push(...(await cutOff(page)).map((one) => `${one}, on ${width}`));
        await photograph(page, `${path.split('?')[0]}-${width}-${colorScheme}`);
      }
      const all = [...here, ...wrong];
      if (all.length > 0) found[path] = all;
    }
    expect(found).toEqual({});
    await page.context().close();
  });
});
