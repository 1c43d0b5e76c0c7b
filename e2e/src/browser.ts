import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { closing } from './ending.ts';

/** Chromium without a window, as Debian builds it: a fraction of the work of the browser that people have. */
export const headless: string = process.env['SELFSAME_CHROMIUM'] ?? '/usr/bin/chromium-headless-shell';

/** A browser that opens no connections by itself. `hosts` maps names to an `address:port`. Its `close` always ends. */
export async function launchBrowser(hosts: Readonly<Record<string, string>> = {}): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: headless,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-sync',
      `--host-resolver-rules=${Object.entries(hosts).map(([name, address]) => `MAP ${name} ${address}`)}`,
    ],
  });
  const close = browser.close.bind(browser);
  return Object.assign(browser, { close: () => closing(close()) });
}

/** A visitor's browser: a profile of its own, and everything that went wrong in it. */
export interface Device {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Console errors, page errors, failed requests and answers of 400 and above. */
  readonly troubles: string[];
}

/** A fresh device. Headless Chromium names itself a crawler to the SDK, so it gets a visitor's user agent. */
export async function newDevice(browser: Browser): Promise<Device> {
  const context = await browser.newContext({
    // A server on its own machine makes its own certificate.
    ignoreHTTPSErrors: true,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const troubles: string[] = [];
  page.on('console', (message) => message.type() === 'error' && troubles.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => troubles.push(`page: ${error.message}`));
  page.on('requestfailed', (request) =>
    troubles.push(`failed: ${request.method()} ${new URL(request.url()).pathname} ${request.failure()?.errorText}`),
  );
  page.on(
    'response',
    (response) =>
      response.status() >= 400 && troubles.push(`answer: ${response.status()} ${new URL(response.url()).pathname}`),
  );
  return { context, page, troubles };
}
