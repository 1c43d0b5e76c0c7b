import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../../e2e/src/browser.ts';
import { PUBLIC_KEY, type Selfsame, startSelfsame } from '../../../e2e/src/selfsame.ts';
import { until } from '../../../e2e/src/until.ts';
import { type Gateway, startGateway } from './gateway.ts';

/** The global of the script, as far as the tests use it. */
interface Global {
  init(options: object): void;
  track(name: string, properties?: object): Promise<{ status: string }>;
  login(ids: object): Promise<{ status: string; getUser(): { isKnown: boolean } }>;
  logout(): Promise<unknown>;
  optIn(): Promise<unknown>;
  getUser(): { device: string; isKnown: boolean };
  flush(): Promise<void>;
  push(...entries: unknown[]): void;
}
declare const selfsame: Global;

let server: Selfsame;
let browser: Browser;
let gateway: Gateway;
let context: BrowserContext;
/** Errors of any page. */
let errors: string[];

beforeAll(async () => {
  server = await startSelfsame({ preset: 'selfsame' });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});
beforeEach(async () => {
  gateway = await startGateway(server.url, {
    '/sandboxed': `<!doctype html><iframe sandbox="allow-scripts" srcdoc='<script src="${server.url}/sdk.js"></script>
      <script>selfsame("init", { key: "${PUBLIC_KEY}", endpoint: "${server.url}" });
      selfsame.login({ user: "in-a-frame" }); selfsame.track("in a frame");</script>'></iframe>`,
    '/snippet': `<!doctype html><script>
      selfsame = window.selfsame || function () { (selfsame.q = selfsame.q || []).push(arguments) };
      selfsame('track', 'before it came'); selfsame('nonsense'); selfsame('login', { user: 'queued' });
      </script><script async data-key="${PUBLIC_KEY}" data-plugins="pageviews, campaign" src="${server.url}/sdk.js"></script>`,
  });
  context = await browser.newContext();
  errors = [];
  context.on('weberror', (error) => errors.push(error.error().message));
});
afterEach(async () => {
  await context.close();
  await gateway.close();
});

/** Opens the site with the script in it, started. */
async function open(page?: Page, options: object = {}): Promise<Page> {
  const tab = page ?? (await context.newPage());
  await tab.goto(`${gateway.site}/`);
  await start(tab, options);
  return tab;
}
async function start(page: Page, options: object = {}): Promise<void> {
  await page.addScriptTag({ url: `${server.url}/sdk.js` });
  await page.evaluate((given) => selfsame.init(given), {
    key: PUBLIC_KEY,
    endpoint: gateway.endpoint,
    sendAfter: 50,
    ...options,
  });
}
const track = (page: Page, ...names: string[]) =>
  page.evaluate((all) => all.map((name) => selfsame.track(name)).length, names);
const device = (page: Page) => page.evaluate(() => selfsame.getUser().device);

/** The names on the timeline of somebody, sorted, once there are `count`. */
async function timeline(kind: string, value: string, count: number): Promise<string[]> {
  const names = await until(
    async () => {
      const person = await server.person(kind, value);
      return person === undefined ? [] : (await server.events(person.id)).map((event) => event.name);
    },
    (found) => found.length >= count,
    30_000,
  );
  return names.sort();
}
const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `event ${from + i}`);

describe('[G27] a good guest in a real browser', () => {
  it('bad weather: offline, reload, reset, lost answers, 503, two tabs, unload — made = received, none doubled', async () => {
    const before = await server.stats();
    const one = await open();
    const two = await open();
    const id = await device(one);
    expect(await device(two)).toBe(id);
    await track(one, ...numbered(0, 10));
    gateway.weather = 503;
    await track(one, ...numbered(10, 20));
    await track(two, ...numbered(20, 30));
    await until(
      async () => gateway.batches.length,
      (count) => count >= 2,
    );
    gateway.weather = 'answer lost';
    // Reloading while a request is on its way, and with a queue.
    await open(one);
    await track(one, ...numbered(30, 40));
    await until(
      async () => gateway.batches.flatMap((batch) => batch.names),
      (names) => names.includes('event 39'),
    );
    gateway.weather = 'reset';
    await track(two, ...numbered(40, 50));
    await until(
      async () => gateway.batches.flatMap((batch) => batch.names),
      (names) => names.includes('event 49'),
    );
    await context.setOffline(true);
    await track(one, ...numbered(50, 60));
    await one.evaluate(() => selfsame.flush());
    await context.setOffline(false);
    gateway.weather = 'fine';
    await track(two, ...numbered(60, 70));
    await two.close();
    await track(one, ...numbered(70, 80));
    // The page is left in the same breath.
    await open(one);
    expect(await timeline('device', id, 80)).toEqual(numbered(0, 80).sort());
    const after = await server.stats();
    expect([after.events - before.events, after.rejected - before.rejected]).toEqual([80, 0]);
    await one.evaluate(() => selfsame.flush());
    await until(
      () => one.evaluate(() => Object.keys(localStorage).filter((name) => name.includes('.q.'))),
      (left) => left.length === 0,
      30_000,
    );
    const ids = gateway.batches.flatMap((batch) => batch.ids);
    console.log(
      `made 80, received ${after.events - before.events}, sent ${ids.length}, repeats ${after.duplicate - before.duplicate}, page errors ${errors.length}`,
    );
    expect(new Set(ids).size).toBe(80);
    expect(errors).toEqual([]);
  });

  it('Retry-After is obeyed, which a page of another origin can see', async () => {
    const page = await open();
    gateway.weather = 429;
    gateway.retryAfter = '2';
    await track(page, 'one');
    await until(
      async () => gateway.batches.length,
      (count) => count > 0,
    );
    gateway.weather = 'fine';
    await start(await open());
    expect(await timeline('device', await device(page), 1)).toEqual(['one']);
    const [first = 0, second = 0] = gateway.batches.map((batch) => batch.at);
    expect(second - first).toBeGreaterThan(1_950);
  });

  it('two tabs in fine weather send nothing twice, and agree on who is here', async () => {
    const one = await open();
    const two = await open();
    await one.evaluate(() => selfsame.login({ user: 'tabs' }));
    expect(await two.evaluate(() => selfsame.getUser().isKnown)).toBe(true);
    for (let from = 0; from < 50; from += 10)
      await Promise.all([track(one, ...numbered(from, from + 10)), track(two, ...numbered(from + 50, from + 60))]);
    expect(await timeline('user', 'tabs', 100)).toEqual(numbered(0, 100).sort());
    const ids = gateway.batches.flatMap((batch) => batch.ids);
    expect([ids.length, new Set(ids).size]).toEqual([101, 101]);
  });

  it('a full storage loses nothing while the page lives', async () => {
    const page = await context.newPage();
    await page.goto(`${gateway.site}/`);
    await page.evaluate(() => {
      for (let size = 4_000_000; size >= 1; size >>= 1)
        for (let i = 0; i < 3; i++)
          try {
            localStorage.setItem(`full ${size} ${i}`, 'x'.repeat(size));
          } catch {}
    });
    await start(page);
    gateway.weather = 503;
    await page.evaluate(() => selfsame.login({ user: 'full' }));
    await track(page, ...numbered(0, 20));
    gateway.weather = 'fine';
    expect(await timeline('user', 'full', 20)).toEqual(numbered(0, 20).sort());
    expect(errors).toEqual([]);
  });

  it('storage and cookies forbidden, in a frame of nowhere: the page works from memory', async () => {
    const page = await context.newPage();
    await page.goto(`${gateway.site}/sandboxed`);
    expect(await timeline('user', 'in-a-frame', 1)).toEqual(['in a frame']);
    expect(errors).toEqual([]);
  });

  it('before consent nothing is stored and nothing sent', async () => {
    const page = await open(undefined, { consent: 'ask' });
    await page.evaluate(() => selfsame.login({ user: 'asked' }));
    await track(page, 'one', 'two');
    await page.evaluate(() => selfsame.flush());
    const kept = () => page.evaluate(() => [Object.keys(localStorage), document.cookie]);
    expect([await kept(), gateway.batches]).toEqual([[[], ''], []]);
    await page.evaluate(() => selfsame.optIn());
    expect(await timeline('user', 'asked', 2)).toEqual(['one', 'two']);
    const [names, cookie] = await kept();
    expect([names?.includes(`ss.${PUBLIC_KEY}.visitor`), cookie?.includes(`ss_${PUBLIC_KEY}=`)]).toEqual([true, true]);
  });

  it.each(['doNotTrack', 'globalPrivacyControl'])('%s is respected where the site says so', async (name) => {
    await context.addInitScript(
      (one) => Object.defineProperty(navigator, one, { value: one === 'doNotTrack' ? '1' : true }),
      name,
    );
    const page = await open(undefined, { respect: ['dnt', 'gpc'] });
    expect(await page.evaluate(async () => (await selfsame.track('one')).status)).toBe('suppressed');
    expect(await page.evaluate(() => [Object.keys(localStorage), document.cookie])).toEqual([[], '']);
    expect(gateway.batches).toEqual([]);
  });

  it('a browser whose clock is a day ahead: events keep their moment', async () => {
    const page = await context.newPage();
    await page.clock.install({ time: Date.now() + 86_400_000 });
    await open(page);
    await page.evaluate(() => selfsame.login({ user: 'ahead' }));
    await track(page, 'one');
    await page.clock.runFor(1_000);
    await timeline('user', 'ahead', 1);
    const [event] = await server.events((await server.person('user', 'ahead'))?.id ?? '');
    expect(Math.abs(Date.parse(event?.time ?? '') - Date.now())).toBeLessThan(60_000);
  });

  it('the snippet: what was said before the script came is done, one bad word costs nothing', async () => {
    const page = await context.newPage();
    await page.goto(`${gateway.site}/snippet?utm_source=mail`);
    expect(await timeline('user', 'queued', 2)).toEqual(['before it came', 'page']);
    const events = await server.events((await server.person('user', 'queued'))?.id ?? '');
    expect(events.find((one) => one.name === 'page')?.properties).toMatchObject({
      utm_source: 'mail',
      initial_utm_source: 'mail',
      path: '/snippet',
    });
    await page.evaluate(() => history.pushState({}, '', '/next'));
    expect(await timeline('user', 'queued', 3)).toEqual(['before it came', 'page', 'page']);
    expect(errors).toEqual([]);
  });

  it('a host that an ad blocker stops: the site’s own path takes its place', async () => {
    await context.route('http://blocked.test/**', (route) => route.abort('blockedbyclient'));
    const page = await open(undefined, { endpoint: ['http://blocked.test', gateway.endpoint] });
    await page.evaluate(() => selfsame.login({ user: 'blocked' }));
    await track(page, 'one');
    expect(await timeline('user', 'blocked', 1)).toEqual(['one']);
    expect(errors).toEqual([]);
  });

  it('the browser may keep the page for going back, and who logged in meanwhile is known there', async () => {
    // Playwright switches that off by itself.
    const keeping = await chromium.launch({
      executablePath: process.env['SELFSAME_CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    });
    try {
      const page = await (await keeping.newContext()).newPage();
      await open(page);
      await track(page, 'before');
      await page.evaluate(() => addEventListener('pageshow', ({ persisted }) => Object.assign(window, { persisted })));
      await timeline('device', await device(page), 1);
      await page.goto(`${gateway.site}/next`);
      await start(page);
      await page.evaluate(() => selfsame.login({ user: 'went-back' }));
      // A page that comes back is not loaded again.
      await page.goBack({ waitUntil: 'commit' });
      await page.waitForFunction(() => (window as { persisted?: boolean }).persisted === true);
      expect(await page.evaluate(() => selfsame.getUser().isKnown)).toBe(true);
      await track(page, 'after');
      expect(await timeline('user', 'went-back', 2)).toEqual(['after', 'before']);
    } finally {
      await keeping.close();
    }
  });
});
