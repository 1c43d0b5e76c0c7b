import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../../e2e/src/browser.ts';
import { violations } from './axe.ts';
import { lookOf } from './look.ts';
import { photograph } from './photograph.ts';
import { openPage } from './visitor.ts';

const root = join(import.meta.dirname, '..');
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

let built: string;
let server: Server;
let browser: Browser;
let url: string;

beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), 'selfsame-parts-'));
  const vite = join(root, '../../node_modules/vite/bin/vite.js');
  const options = ['build', '--config', 'vite.parts.config.ts', '--outDir', built, '--logLevel', 'error'];
  const env = { ...process.env, NODE_ENV: 'production' };
  execFileSync(process.execPath, [vite, ...options], { cwd: root, env });
  server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://parts').pathname);
    try {
      const file = readFileSync(join(built, path));
      response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' }).end(file);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/parts.html`;
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  server?.close();
  rmSync(built, { recursive: true, force: true });
});

describe('the page of parts, full of what strangers send', () => {
  it.each([390, 768, 1440])('holds every part within its frame at %i px', async (width) => {
    const { page } = await openPage(browser, { viewport: { width, height: 900 }, reducedMotion: 'reduce' });
    await page.goto(url);
    await expect.poll(() => page.locator('.plot').count()).toBe(4);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    const wide = await page.locator('.card').evaluateAll((cards) =>
      cards.flatMap((card) => {
        const right = card.getBoundingClientRect().right;
        const scrolls = (one: Element): boolean =>
          one !== card &&
          (getComputedStyle(one).overflowX !== 'visible' || (one.parentElement !== null && scrolls(one.parentElement)));
        return [...card.querySelectorAll('*')]
          .filter(
            (one) =>
              one.getBoundingClientRect().right > right + 1 &&
              !scrolls(one) &&
              one.closest('.popover-body, svg') === null,
          )
          .map((one) => `${one.tagName}.${one.getAttribute('class')}`);
      }),
    );
    expect(wide).toEqual([]);
    await photograph(page, `parts-${width}`);
    await page.context().close();
  });

  it('runs nothing of theirs and has no barrier that axe knows, in either theme', async () => {
    const { page } = await openPage(browser, { reducedMotion: 'reduce' });
    await page.goto(url);
    await expect.poll(() => page.locator('.plot').count()).toBe(4);
    expect(await page.evaluate(() => (window as { ran?: number }).ran)).toBeUndefined();
    expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    const papers = await page
      .locator('.theme')
      .evaluateAll((themes) => themes.map((one) => getComputedStyle(one).backgroundColor));
    expect(new Set(papers).size).toBe(2);
    await page.context().close();
  });

  // Not a comparison of pixels: decision 23 says why, and how a new look is taken for the old one.
  it.each(['light', 'dark'])('looks as it did in the %s theme', async (theme) => {
    const { page } = await openPage(browser, { reducedMotion: 'reduce' });
    await page.goto(url);
    await expect.poll(() => page.locator('.plot').count()).toBe(4);
    // A question that takes long shows how far it is after a while.
    await page.locator(`.theme-${theme} .working`).waitFor();
    await expect(`${await lookOf(page, `.theme-${theme}`)}\n`).toMatchFileSnapshot(`../parts/look-${theme}.txt`);
    await page.context().close();
  });
});
