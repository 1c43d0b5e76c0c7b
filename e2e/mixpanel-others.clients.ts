import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { analyticsOf } from './src/analytics-io.ts';
import { badDay } from './src/bad-day.ts';
import { type Device, launchBrowser, newDevice } from './src/browser.ts';
import { clientFile, clientsFolder, labelOf } from './src/clients.ts';
import { type Flaky, startFlaky } from './src/flaky.ts';
import { type Pages, startPages } from './src/pages.ts';
import { PUBLIC_KEY, SERVER_KEY, type Selfsame, startSelfsame } from './src/selfsame.ts';
import { until } from './src/until.ts';

declare const mixpanel: Record<'init' | 'track' | 'identify' | 'reset', (...args: readonly unknown[]) => void>;
declare const library: Record<'track' | 'identify' | 'reset', (...args: readonly unknown[]) => Promise<unknown>>;
declare const analyticsIo: {
  start(plugin: string, plugged: object): typeof library;
};

let browser: Browser;
let selfsame: Selfsame;
let flaky: Flaky;
let pages: Pages;
const devices: Device[] = [];

/** Where each generation keeps the script that a page loads. */
const generations: readonly (readonly [name: string, path: string, keeps: boolean])[] = [
  ['mixpanel-browser-2.29', 'mixpanel-browser-2.29/build/mixpanel.umd.js', false],
  ['mixpanel-browser-2.40', 'mixpanel-browser-2.40/dist/mixpanel.umd.js', true],
  ['mixpanel-browser-2.47', 'mixpanel-browser-2.47/dist/mixpanel.umd.js', true],
  ['mixpanel-browser-2.55', 'mixpanel-browser-2.55/dist/mixpanel.umd.js', true],
];

beforeAll(async () => {
  selfsame = await startSelfsame();
  flaky = await startFlaky(selfsame.url);
  pages = await startPages({
    ...Object.fromEntries(generations.map(([name, path]) => [`/${name}.js`, clientFile(path)])),
    '/newest.js': readFileSync(createRequire(import.meta.url).resolve('mixpanel-browser/dist/mixpanel.min.js')),
    '/analytics.js': await analyticsOf('mixpanel'),
  });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await pages.close();
  await flaky.close();
  await selfsame.dispose();
});
afterEach(async () => {
  for (const { context } of devices.splice(0)) await context.close();
});

let serial = 0;
const own = (name: string) => `${name}-${serial}`;
const events = (user: string, count: number) =>
  until(
    async () => {
      const person = await selfsame.person('user', own(user));
      return person === undefined ? [] : (await selfsame.events(person.id)).map(({ name }) => name).sort();
    },
    (names) => names.length >= count,
  );
async function open(): Promise<Device> {
  const device = await newDevice(browser);
  devices.push(device);
  await device.page.goto(pages.url);
  return device;
}

describe.each(generations.map(([name, , keeps]) => [labelOf(name), name, keeps] as const))(
  '%s, unmodified',
  (_label, name, keeps) => {
    const visit = async () => {
      const device = await open();
      await device.page.addScriptTag({ url: `/${name}.js` });
      await device.page.evaluate(
        ([token, host]) =>
          mixpanel.init(token, {
            api_host: `${host}/mixpanel`,
            track_pageview: false,
            batch_requests: true,
            batch_flush_interval_ms: 200,
            persistence: 'localStorage',
          }),
        [PUBLIC_KEY, flaky.url] as const,
      );
      return device;
    };
    const call = ({ page }: Device, method: 'track' | 'identify' | 'reset', ...args: readonly unknown[]) =>
      page.evaluate(([what, more]) => void mixpanel[what](...more), [method, args] as const);

    it('anonymous, login, logout, another user, a second device: each event once, with its owner', async () => {
      serial += 1;
      const phone = await visit();
      await call(phone, 'track', 'Viewed', { mood: '🌳' });
      await call(phone, 'identify', own('ann'));
      await call(phone, 'track', 'Paid');
      expect(await events('ann', 2)).toEqual(['Paid', 'Viewed']);
      await call(phone, 'reset');
      await call(phone, 'identify', own('bob'));
      await call(phone, 'track', 'Looked');
      const laptop = await visit();
      await call(laptop, 'track', 'Read');
      await call(laptop, 'identify', own('ann'));
      await call(laptop, 'track', 'Read on');
      expect(await events('ann', 4)).toEqual(['Paid', 'Read', 'Read on', 'Viewed']);
      expect(await events('bob', 1)).toEqual(['Looked']);
      expect([...phone.troubles, ...laptop.troubles]).toEqual([]);
    });

    // The first generation has no queue: what it cannot send it forgets.
    if (!keeps) return;
    it('503 for a while, and a lost answer: kept, sent again, counted once', async () => {
      serial += 1;
      const phone = await visit();
      await call(phone, 'identify', own('ann'));
      await badDay(
        flaky,
        (name) => call(phone, 'track', name),
        (count) => events('ann', count),
      );
    });
  },
);

describe('analytics with @analytics/mixpanel, unmodified', () => {
  it('anonymous, login, logout, another user, a second device: each event once, with its owner', async () => {
    serial += 1;
    const visit = async () => {
      const device = await open();
      await device.page.addScriptTag({ url: '/analytics.js' });
      await device.page.evaluate(
        ([token, host]) => {
          const options = { api_host: `${host}/mixpanel`, batch_flush_interval_ms: 200, persistence: 'localStorage' };
          Object.assign(globalThis, {
            library: analyticsIo.start('mixpanel', { token, customScriptSrc: '/newest.js', options }),
          });
        },
        [PUBLIC_KEY, selfsame.url] as const,
      );
      return device;
    };
    const call = ({ page }: Device, method: 'track' | 'identify' | 'reset', ...args: readonly unknown[]) =>
      page.evaluate(async ([what, more]) => void (await library[what](...more)), [method, args] as const);
    const phone = await visit();
    await call(phone, 'track', 'Viewed');
    await call(phone, 'identify', own('ann'), { plan: 'pro' });
    await call(phone, 'track', 'Paid');
    expect(await events('ann', 2)).toEqual(['Paid', 'Viewed']);
    await call(phone, 'reset');
    await call(phone, 'identify', own('bob'));
    await call(phone, 'track', 'Looked');
    const laptop = await visit();
    await call(laptop, 'track', 'Read');
    await call(laptop, 'identify', own('ann'));
    await call(laptop, 'track', 'Read on');
    expect(await events('ann', 4)).toEqual(['Paid', 'Read', 'Read on', 'Viewed']);
    expect(await events('bob', 1)).toEqual(['Looked']);
    const person = await until(
      () => selfsame.person('user', own('ann')),
      (one) => one?.traits['plan'] === 'pro',
    );
    expect(person?.traits).toMatchObject({ plan: 'pro' });
    expect([...phone.troubles, ...laptop.troubles]).toEqual([]);
  });
});

describe('mixpanel-import, unmodified', () => {
  /** Runs it in a process of its own in which the vendor's host leads to Selfsame. */
  async function run(
    server: Selfsame,
    records: readonly object[],
    recordType: string,
  ): Promise<Record<string, unknown>> {
    const { port } = new URL(server.url);
    const script = `
      const tls = require('node:tls');
      const { connect } = tls;
      tls.connect = (options, ...more) =>
        connect(options.host?.endsWith('.mixpanel.com') || options.hostname?.endsWith('.mixpanel.com')
          ? { ...options, host: '127.0.0.1', hostname: undefined, port: ${port}, servername: 'api.mixpanel.com', rejectUnauthorized: false }
          : options, ...more);
      const load = require('mixpanel-import');
      load({ token: '${PUBLIC_KEY}', secret: '${SERVER_KEY}' }, ${JSON.stringify(records)},
        { recordType: '${recordType}', abridged: true, verbose: false, showProgress: false, fixData: true, strict: true, compress: true })
        .then((summary) => { process.stdout.write('\\n~' + JSON.stringify(summary)); process.exit(0); })
        .catch((error) => { console.error(error); process.exit(1); });
    `;
    const child = spawn(process.execPath, ['-e', script], {
      cwd: clientsFolder,
      env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (part) => (said += part));
    child.stderr.on('data', (part) => (said += part));
    await new Promise((done) => child.once('close', done));
    const summary = said.split('\n~')[1];
    if (summary === undefined) throw new Error(`it did not end well: ${said.slice(0, 2_000)}`);
    return JSON.parse(summary) as Record<string, unknown>;
  }

  it('a history of events and profiles arrives once, also when it is imported twice', async () => {
    const server = await startSelfsame(undefined, { tls: true, hosts: { 'api.mixpanel.com': 'mixpanel' } });
    try {
      const history = Array.from({ length: 50 }, (_, i) => ({
        event: `E${i % 5}`,
        properties: { distinct_id: `u${i % 3}`, $user_id: `u${i % 3}`, time: 1_700_000_000 + i, $insert_id: `i-${i}` },
      }));
      for (let times = 0; times < 2; times++)
        expect(await run(server, history, 'event')).toMatchObject({ success: 50, failed: 0 });
      expect(await run(server, [{ $distinct_id: 'u1', $set: { plan: 'pro' } }], 'user')).toMatchObject({ failed: 0 });
      const person = await server.person('user', 'u1');
      expect(await server.events(person?.id ?? '')).toHaveLength(17);
      expect(person?.traits).toMatchObject({ plan: 'pro' });
    } finally {
      await server.dispose();
    }
  });
});
