import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../../../e2e/src/browser.ts';
import { ofColours, violations } from './axe.ts';
import { type ConsoleServer, serverKey, startConsole } from './console-server.ts';
import { cutOff } from './cut-off.ts';
import { photograph } from './photograph.ts';
import { sendBatch, sendTraffic } from './send.ts';
import { shopTraffic } from './shop-traffic.ts';
import { openPage } from './visitor.ts';

const always = 'range=all';

let server: ConsoleServer;
let browser: Browser;
/** Wants nothing any more: what is sent there halts its output. */
let gone: Server;
/** The session of the one sign-in: its token opens once. */
let storageState: Awaited<ReturnType<BrowserContext['storageState']>>;
let person = '';
let device = '';

beforeAll(async () => {
  gone = createServer((_request, response) => response.writeHead(410).end());
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  server = await startConsole([], { allowPrivateOutputs: ['127.0.0.1'] });
  browser = await launchBrowser();
  const { page } = await openPage(browser);
  await page.goto(server.loginUrl());
  storageState = await page.context().storageState();
  await page.context().close();
  await sendTraffic(server.url, serverKey, shopTraffic(40, Date.UTC(2026, 2, 20)));
  const headers = { authorization: `Bearer ${serverKey}`, 'content-type': 'application/json' };
  const saved = { name: 'Purchases', address: `/counts?event=Purchase&${always}` };
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  await post('/v1/questions', saved);
  const hook = { id: 'a-receiver-with-a-rather-long-name', type: 'webhook' };
  await post('/v1/outputs', { ...hook, url: `http://127.0.0.1:${(gone.address() as AddressInfo).port}/hook` });
  await post('/v1/outputs', { id: 'lake', type: 'files', format: 'ndjson' });
  await post('/v1/connections', {
    id: 'pages-to-the-receiver',
    input: 'native:server',
    output: hook.id,
    filters: { events: ['Debug'] },
    rules: [{ do: 'drop', when: { event: 'A name of an event that goes on and on without a space' } }],
  });
  // Of what goes out one is kept back, and the other is what halts; and everybody's e-mail is suspicious.
  const seen = ['Debug', 'Seen'].map((name) => ({ type: 'track', name, ids: { user: 'customer-1001' } }));
  const shared = Array.from({ length: 101 }, (_, i) => ({
    type: 'login',
    ids: { user: `member-${i}`, email: 'everybody-of-the-club@a-long-domain.example' },
    time: new Date(Date.UTC(2026, 2, 20, 10, 0, i)).toISOString(),
  }));
  await sendBatch(server.url, serverKey, [...seen, ...shared]);
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
  gone?.close();
});

/** Opens a connection of the map, and what it kept back. */
async function openConnection(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'pages-to-the-receiver' }).click();
  await page.getByRole('form', { name: 'pages-to-the-receiver' }).getByText('1 kept back').click();
}
/** Tries rules beside today's: every preset, or the one that is named. */
const tryRules = (preset?: string) => async (page: Page) => {
  if (preset !== undefined) await page.getByLabel('Rules to try').selectOption(preset);
  await page.getByRole('button', { name: 'Try' }).click();
  await page.getByLabel('What would be different').waitFor();
};

/** Every room, what is on it once it is all there, and what is done there first. */
const pages = (): readonly (readonly [path: string, ready: string, act?: (page: Page) => Promise<void>])[] => [
  ['', '.trend'],
  ['live', '.totals'],
  ['people', '.person-link'],
  [`people/${person}`, '.event-item'],
  ['explain?a=user:customer-1000&b=device:none', '.why'],
  [`identity?person=${person}`, '.identity-picture'],
  ['suspicious', '.suspects'],
  [`device?of=${device}`, 'h2:text("Whose it was")'],
  [`funnel?step=Page+view&step=Sign+up&by=property:platform&show=reached:1&${always}`, '.people-behind table'],
  [`campaigns?conversion=Purchase&${always}`, '.plot'],
  [`retention?first=Page+view&return=Page+view&${always}`, '.plot'],
  [`counts?event=Purchase&from=2026-13-45&${always}`, 'main .plot, main .notice'],
  ['board', '.board .plot'],
  ['outputs', '.status-rejected:text("halted")'],
  ['outputs?connection', '.map', openConnection],
  ['setup', '.code'],
  ['policy', '.policy'],
  ['what-if', '.room-head', tryRules()],
  ['what-if?one', '.room-head', tryRules('mixpanel-original')],
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
  const tried = pages().map(([path]) => path.split('?', 1)[0]);
  expect(rooms.filter((room) => !tried.includes(room))).toEqual([]);
  await page.context().close();
});

it('no room has a barrier that axe knows in either theme, is wider than its screen, or cuts off what it says', {
  timeout: 300_000,
}, async () => {
  const { page } = await openPage(browser, { storageState, colorScheme: 'light', reducedMotion: 'reduce' });
  const found: Record<string, readonly string[]> = {};
  for (const [path, ready, act] of pages()) {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${server.url}/p/shop/${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator(ready).first().waitFor();
    await act?.(page);
    const wrong = [...(await violations(page))];
    // The other theme has other colours and nothing else: every one of its styles is a pair of them.
    await page.emulateMedia({ colorScheme: 'dark' });
    wrong.push(...(await violations(page, ofColours)).map((one) => `${one}, in the dark`));
    for (const width of [390, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      const is = await page.evaluate(() => document.documentElement.scrollWidth);
      if (is > width) wrong.push(`${is} px wide on ${width}`);
      wrong.push(...(await cutOff(page)).map((one) => `${one}, on ${width}`));
      for (const colorScheme of ['dark', 'light'] as const) {
        if (process.env['SELFSAME_PHOTOS'] !== undefined) await page.emulateMedia({ colorScheme });
        await photograph(page, `${path.split(/[=?]/, 2).join('-')}-${width}-${colorScheme}`);
      }
    }
    await page.emulateMedia({ colorScheme: 'light' });
    if (wrong.length > 0) found[path] = wrong;
  }
  expect(found).toEqual({});
  await page.context().close();
});
