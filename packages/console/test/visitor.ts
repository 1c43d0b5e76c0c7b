import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A page of its own profile, and everything that went wrong in it: errors, failed answers, breaches of the CSP. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly troubles: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const troubles: string[] = [];
  page.on('console', (message) => message.type() === 'error' && troubles.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => troubles.push(`page: ${error.message}`));
  page.on(
    'response',
    (answer) => answer.status() >= 400 && troubles.push(`answer: ${answer.status()} ${new URL(answer.url()).pathname}`),
  );
  return { page, troubles };
}
