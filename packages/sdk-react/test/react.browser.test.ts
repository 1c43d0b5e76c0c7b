import { fileURLToPath } from 'node:url';
import { bundle } from '@selfsame/browser/script';
import { createElement as h } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, it, onTestFinished } from 'vitest';
import { launchBrowser, newDevice } from '../../../e2e/src/browser.ts';
import { startPages } from '../../../e2e/src/pages.ts';
import { PUBLIC_KEY, startSelfsame } from '../../../e2e/src/selfsame.ts';
import { until } from '../../../e2e/src/until.ts';
import { App } from './app.ts';

it('rendered on a server, hydrated in strict mode: one client, who is here in every tab, consent', async () => {
  const selfsame = await startSelfsame({ preset: 'selfsame' });
  onTestFinished(() => selfsame.dispose());
  const options = { key: PUBLIC_KEY, endpoint: selfsame.url, consent: 'ask', sendAfter: 20 } as const;
  const script = await bundle(fileURLToPath(new URL('app-page.ts', import.meta.url)), 'iife');
  const html = `<!doctype html><div id="root">${renderToString(h(App, { options }))}</div>
    <script>process = { env: { NODE_ENV: 'development' } }; options = ${JSON.stringify(options)}</script><script src="/app.js"></script>`;
  const pages = await startPages({ '/app.js': script }, html);
  onTestFinished(() => pages.close());
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const { page, context, troubles } = await newDevice(browser);
  await page.goto(pages.url);
  const text = (id: string, on = page) => on.locator(`#${id}`).textContent();
  expect([await text('who'), await text('consent')]).toEqual(['Hello stranger', 'ask']);
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  await page.click('#agree');
  await page.waitForSelector('text=granted');
  const other = await context.newPage();
  await other.goto(pages.url);
  await page.click('#login');
  await page.waitForSelector('text=Hello react');
  await other.waitForSelector('text=Hello react');
  const events = await until(
    async () => {
      const person = await selfsame.person('user', 'react');
      return person === undefined ? [] : await selfsame.events(person.id);
    },
    (found) => found.length > 0,
  );
  expect(events.map((event) => event.name)).toEqual(['Page Seen']);
  expect(troubles).toEqual([]);
});
