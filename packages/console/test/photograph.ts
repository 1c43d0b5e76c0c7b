import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Takes a picture of a whole page into the folder that `SELFSAME_PHOTOS` names, for somebody to look at; without it, none. */
export async function photograph(page: Page, name: string): Promise<void> {
  const folder = process.env['SELFSAME_PHOTOS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  // What is fixed to the window would stand in the middle of a page that has been scrolled.
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({
    path: join(folder, `${name.replaceAll(/[^A-Za-z0-9-]+/g, '_').slice(0, 80)}.png`),
    fullPage: true,
  });
}
