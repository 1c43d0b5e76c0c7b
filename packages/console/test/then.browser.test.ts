import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../../e2e/src/browser.ts';
import { startServer } from '../../server/src/index.ts';
import { violations } from './axe.ts';
import { buildConsole } from './console-server.ts';
import { photograph } from './photograph.ts';
import { sendBatch } from './send.ts';
import { openPage } from './visitor.ts';

const serverKey = 'then-server-key-that-is-long-enough';
const directory = mkdtempSync(join(tmpdir(), 'selfsame-then-'));
/** The server's clock: the test says what day it is. */
let now = Date.UTC(2026, 2, 2, 12);

let server: Awaited<ReturnType<typeof startServer>>;
let browser: Browser;
let page: Page;
let troubles: string[];

beforeAll(async () => {
  await buildConsole();
  const config = join(directory, 'settings.json');
  const shop = { id: 'shop', name: 'Shop', publicKey: 'then-public', serverKey, signingSecret: 'test' };
  const apps = {
    ...{ id: 'apps', name: 'Apps', publicKey: 'then-apps', serverKey: 'then-apps-server-key', signingSecret: 'test' },
    policy: { preset: 'mparticle-default' },
  };
  writeFileSync(config, JSON.stringify({ projects: [shop, apps] }));
  server = await startServer(
    { config, data: join(directory, 'data'), port: 0, host: '127.0.0.1' },
    { foreground: false, clock: () => now, logTo: { write: () => {} } },
  );
  browser = await launchBrowser();
  ({ page, troubles } = await openPage(browser));
  // Monday, Tuesday, Thursday.
  await sendBatch(server.url, serverKey, [{ type: 'track', name: 'Seen', ids: { device: 'phone' } }]);
  now = Date.UTC(2026, 2, 3, 12);
  await sendBatch(server.url, serverKey, [
    { type: 'login', ids: { device: 'phone', user: 'ann' } },
    { type: 'track', name: 'Seen', ids: { user: 'bob' } },
  ]);
  now = Date.UTC(2026, 2, 5, 12);
  await sendBatch(server.url, serverKey, [{ type: 'merge', ids: [{ user: 'ann' }, { user: 'bob' }] }]);
  await page.goto(server.loginUrl);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('what did we believe on Tuesday', () => {
  it('an explanation, day by day', async () => {
    await page.goto(`${server.url}/p/shop/explain?a=device:phone&b=user:bob`);
    await page.getByText('One person', { exact: true }).waitFor();
    const day = page.getByLabel('As we believed at the end of');
    await day.fill('2026-03-03');
    await page.getByText('Two different people').waitFor();
    expect(await violations(page)).toEqual([]);
    await photograph(page, 'tuesday');
    await day.fill('2026-03-02');
    await page.getByText('Never seen', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Today' }).press('Enter');
    await page.getByText('One person', { exact: true }).waitFor();
    expect(troubles).toEqual([]);
  });

  it('a device, and the day before anybody had it', async () => {
    await page.goto(`${server.url}/p/shop/device?of=device:phone`);
    await page.getByText('1 person had it').waitFor();
    await page.getByLabel('As we believed at the end of').fill('2026-03-02');
    await page.getByText('Nobody ever logged in on it').waitFor();
    expect(troubles).toEqual([]);
  });

  it('who was one with whom: the identity room by day, and by each word of the log', async () => {
    await page.goto(`${server.url}/p/shop/identity?of=user:bob`);
    await page.getByText('3 identifiers.').waitFor();
    const joined = page.locator('.identity-node:not(.identity-apart)');
    const links = page.getByRole('list', { name: 'Links, oldest first' }).getByRole('listitem');
    expect([await links.count(), await joined.count()]).toEqual([2, 3]);
    const day = page.getByLabel('As we believed at the end of');
    await day.fill('2026-03-03');
    // Both were known, and two: the phone hung on one of them.
    await expect.poll(async () => [await links.count(), await page.locator('.identity-node').count()]).toEqual([1, 3]);
    expect(await page.locator('.identity-apart').count()).toBeGreaterThan(0);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Today' }).press('Enter');
    await expect.poll(() => links.count()).toBe(2);
    expect(troubles).toEqual([]);
  });

  it('the API takes a moment, or a position of the log', async () => {
    const ask = async (asOf: string) => {
      const headers = { authorization: `Bearer ${serverKey}` };
      const answer = await fetch(`${server.url}/v1/explain?a=device:phone&b=user:bob&asOf=${asOf}`, { headers });
      return { status: answer.status, same: ((await answer.json()) as { same?: boolean }).same };
    };
    expect(await ask('2026-03-05T12:00:00Z')).toEqual({ status: 200, same: true });
    expect(await ask('2026-03-05T11:59:59Z')).toEqual({ status: 200, same: false });
    expect(await ask('4')).toEqual({ status: 200, same: true });
    expect(await ask('3')).toEqual({ status: 200, same: false });
    expect((await ask('soon')).status).toBe(400);
  });
});

describe('identity mode report', () => {
  it('what enforce would not believe, by wire and day', async () => {
    const headers = { authorization: `Bearer ${serverKey}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ identityMode: 'report' });
    expect((await fetch(`${server.url}/v1/policy`, { method: 'PUT', headers, body })).status).toBe(200);
    await page.goto(`${server.url}/p/shop/policy`);
    await page.getByText('None so far').waitFor();
    await sendBatch(server.url, 'then-public', [{ type: 'login', ids: { device: 'phone', user: 'ann' } }]);
    await page.reload();
    const row = page.getByRole('row', { name: /^2026-03-05/ });
    await row.waitFor();
    expect(await row.textContent()).toContain('Selfsame1');
    expect(await violations(page)).toEqual([]);
    expect(troubles).toEqual([]);
  });
});

describe('would mParticle’s isolation have kept them apart', () => {
  const ask = async (path: string, body: object) => {
    const headers = { 'x-mp-key': 'then-apps', 'content-type': 'application/json' };
    const answer = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    expect([path, answer.ok]).toEqual([path, true]);
    return (await answer.json().catch(() => ({}))) as { mpid?: string };
  };
  const call = (name: string, ids: object, previous?: string) =>
    ask(`/mparticle/v1/${name}`, {
      client_sdk: { platform: 'web', sdk_vendor: 'mparticle', sdk_version: '2' },
      environment: 'production',
      request_id: name,
      request_timestamp_ms: now,
      known_identities: ids,
      ...(previous === undefined ? {} : { previous_mpid: previous }),
    });

  it('the lens says so, preset by preset', async () => {
    // A visitor looked around, then Ann logged in there: one profile by default, two under isolation.
    const { mpid = '' } = await call('identify', { device_application_stamp: 'kiosk' });
    await ask('/mparticle/v3/JS/then-apps/events', {
      mpid,
      events: [
        {
          event_type: 'custom_event',
          data: { event_name: 'Looked around', custom_event_type: 'other', timestamp_unixtime_ms: now },
        },
      ],
    });
    const login = await call('login', { device_application_stamp: 'kiosk', customerid: 'ann' }, mpid);
    expect(login.mpid).toBe(mpid);
    await page.goto(`${server.url}/p/apps/what-if`);
    await page.getByRole('button', { name: 'Try' }).press('Enter');
    const people = async (preset: string) => {
      const row = page.getByRole('row', { name: new RegExp(`^${preset} `) });
      await row.waitFor();
      return (await row.getByRole('cell').first().textContent()) ?? '';
    };
    expect(await people('mparticle-default')).toBe('1');
    expect(await people('mparticle-isolation')).toBe('2');
    expect(await violations(page)).toEqual([]);
    await photograph(page, 'isolation');
    expect(troubles).toEqual([]);
  });
});
