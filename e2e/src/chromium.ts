import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { closing } from './ending.ts';
import type { LaunchOptions, OtherBrowser } from './tab.ts';

/** Debian's Chromium as its users have it: with a profile, and with pages that are kept for going back. */
export async function launchChromium({ cookies }: LaunchOptions = {}): Promise<OtherBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'selfsame-chromium-'));
  const content = cookies === 'none' ? { default_content_setting_values: { cookies: 2 } } : {};
  mkdirSync(join(profile, 'Default'));
  writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify({ profile: content }));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['SELFSAME_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
    // Playwright switches that off by itself.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  return {
    async newTab() {
      const page = await context.newPage();
      return {
        goto: async (url) => void (await page.goto(url)),
        back: async () => void (await page.goBack({ waitUntil: 'commit' })),
        evaluate: (expression) => page.evaluate(expression),
        setOnline: (isOnline) => context.setOffline(!isOnline),
        close: () => page.close(),
      };
    },
    async close() {
      await closing(context.close());
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
