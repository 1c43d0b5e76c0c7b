import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../../../e2e/src/browser.ts';
import type { ConformanceAnswer } from '../../server/src/api.ts';
import { type ConsoleServer, serverKey, startConsole } from './console-server.ts';
import { openPage } from './visitor.ts';

let server: ConsoleServer;
let browser: Browser;
let page: Page;
let troubles: string[];

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

it('the Conformance page shows every behaviour of the last run, and those of one wire', async () => {
  const asked = await fetch(`${server.url}/v1/conformance`, { headers: { authorization: `Bearer ${serverKey}` } });
  const { results } = (await asked.json()) as ConformanceAnswer;
  await page.getByRole('link', { name: 'Conformance' }).click();
  const rows = page.getByRole('table', { name: 'Every behaviour' }).locator('tbody tr');
  const shown = async () =>
    (await rows.evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)))).map(
      ([behaviour, client, , result]) => ({ behaviour, client, result }),
    );
  await rows.first().waitFor();
  const expected = (wire?: string) =>
    results
      .filter((one) => wire === undefined || one.wire === wire)
      .map(({ behaviour, client, result }) => ({ behaviour, client, result }));
  expect(await shown()).toEqual(expected());
  await page.getByLabel('Wire', { exact: true }).selectOption('segment');
  expect(await shown()).toEqual(expected('segment'));
  expect(troubles).toEqual([]);
});
