import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../../../e2e/src/browser.ts';
import { type ConsoleServer, startConsole } from './console-server.ts';
import { openPage } from './visitor.ts';

/** A project with keys of its own for the wires that have such; the one beside it has none. */
const keyed = {
  id: 'keyed',
  publicKey: 'keyed-public-key',
  serverKey: 'keyed-server-key-that-is-long-enough-to-pass',
  signingSecret: 'test',
  keys: { xo: '30cbb5fc-375f-4cf2-8efd-ed86d909718e', spid: '4e8463569caf7ca019000007' },
};

let server: ConsoleServer;
let browser: Browser;
let page: Page;
let troubles: string[];

beforeAll(async () => {
  server = await startConsole([keyed]);
  browser = await launchBrowser();
  ({ page, troubles } = await openPage(browser));
  await page.goto(server.loginUrl());
  await page.getByRole('heading', { level: 1 }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

const wires = [
  'script tag',
  '@selfsame/browser',
  'mixpanel-browser',
  'fetch',
  'curl',
  'mParticle',
  'Segment',
  'Crownpeak XO',
  'SPiD',
];
const said = () => page.locator('.test-item [role=status]');

async function press(wire: string): Promise<string> {
  await page.locator('label.tab', { hasText: new RegExp(`^${wire}$`) }).click();
  expect(await said().textContent()).toContain('as its SDK would');
  await page.getByRole('button', { name: 'Send a test item' }).click();
  await page.locator('.test-came, .test-refused').waitFor();
  return (await said().textContent()) ?? '';
}

it('Setup: every snippet has a button that turns green once an item of its wire has arrived', async () => {
  await page.goto(`${server.url}/p/keyed/setup`);
  await page.locator('label.tab').first().waitFor();
  const shown = await page.locator('label.tab').allTextContents();
  expect(shown).toEqual(wires);
  for (const wire of wires) {
    expect([wire, await press(wire)]).toEqual([
      wire,
      expect.stringContaining(wire === 'SPiD' ? 'The wire knows this client and answers.' : 'It arrived.'),
    ]);
    expect(await page.locator('.test-came').count()).toBe(1);
  }
  await page.getByText('The first event arrived').waitFor();
  // What was sent stands in the log, by the wire it says.
  const answer = await fetch(`${server.url}/v1/log`, { headers: { authorization: `Bearer ${keyed.serverKey}` } });
  const lines = (await answer.text()).trim().split('\n');
  expect(new Set(lines.map((line) => (JSON.parse(line) as { wire: string }).wire))).toEqual(
    new Set(['native', 'mixpanel', 'mparticle', 'segment', 'xo']),
  );
  expect(troubles).toEqual([]);
});

it('and says why nothing arrived where the wire knows no such client', async () => {
  await page.goto(`${server.url}/p/shop/setup`);
  await page.getByText('Waiting for the first event').waitFor();
  expect(await press('SPiD')).toContain('once its settings name a client, keys.spid.');
  expect(await page.locator('.test-came').count()).toBe(0);
  await server.stop();
  expect(await press('Segment')).toContain('The server does not answer.');
  await server.start();
  // Another snippet begins anew.
  expect(await press('mixpanel-browser')).toContain('It arrived.');
});
