import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchFirefox } from '../../../e2e/src/firefox.ts';
import { PUBLIC_KEY, type Selfsame, startSelfsame } from '../../../e2e/src/selfsame.ts';
import type { OtherBrowser, Tab } from '../../../e2e/src/tab.ts';
import { until } from '../../../e2e/src/until.ts';
import { launchWebkit } from '../../../e2e/src/webkit.ts';
import { type Gateway, startGateway } from './gateway.ts';

let server: Selfsame;
let browser: OtherBrowser;
let gateway: Gateway;

/** Has a page count its errors, before anything else runs in it. */
const counting = `window.pageErrors = []; addEventListener('error', (event) => pageErrors.push(event.message));
  addEventListener('unhandledrejection', (event) => pageErrors.push(String(event.reason)));`;

// A site on a port of its own has storage of its own; cookies are the host's.
beforeEach(async () => {
  gateway = await startGateway(server.url, {
    '/sandboxed': `<!doctype html><iframe sandbox="allow-scripts" srcdoc='<script src="${server.url}/sdk.js"></script>
      <script>selfsame("init", { key: "${PUBLIC_KEY}", endpoint: "${server.url}" });
      selfsame.login({ user: "in-a-frame" }); selfsame.track("in a frame");</script>'></iframe>`,
    '/snippet': `<!doctype html><script>${counting}</script><script>
      selfsame = window.selfsame || function () { (selfsame.q = selfsame.q || []).push(arguments) };
      selfsame('track', 'before it came'); selfsame('nonsense'); selfsame('login', { user: 'queued' });
      </script><script async data-key="${PUBLIC_KEY}" data-plugins="pageviews, campaign" src="${server.url}/sdk.js"></script>`,
  });
});
afterEach(async () => {
  const tab = await browser.newTab();
  await tab.goto(`${gateway.site}/`);
  await tab.evaluate(
    `document.cookie.split('; ').map((one) => { document.cookie = one.split('=')[0] + '=; path=/; max-age=0'; }).length`,
  );
  await tab.close();
  await gateway.close();
});

/** Opens the site with the script in it, started. */
async function open(given?: Tab, options: object = {}): Promise<Tab> {
  const tab = given ?? (await browser.newTab());
  await tab.goto(`${gateway.site}/`);
  await tab.evaluate(`(() => { ${counting} })()`);
  await tab.evaluate(`new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = '${server.url}/sdk.js';
    script.onload = () => resolve(1);
    document.head.append(script);
  })`);
  const all = { key: PUBLIC_KEY, endpoint: gateway.endpoint, sendAfter: 50, ...options };
  await tab.evaluate(`void selfsame.init(${JSON.stringify(all)})`);
  return tab;
}
/** Closes a tab in which nothing has gone wrong. */
async function leave(tab: Tab): Promise<void> {
  expect(await tab.evaluate('window.pageErrors ?? []')).toEqual([]);
  await tab.close();
}
const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `event ${from + i}`);
const track = (tab: Tab, ...names: string[]) =>
  tab.evaluate(`${JSON.stringify(names)}.map((name) => void selfsame.track(name)).length`);
const device = (tab: Tab) => tab.evaluate<string>('selfsame.getUser().device');
const came = (name: string) =>
  until(
    async () => gateway.batches.flatMap((batch) => batch.names),
    (names) => names.includes(name),
  );

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

describe.each([
  ['Firefox', launchFirefox],
  ['WebKit', launchWebkit],
] as const)('[G27] a good guest in %s', (name, launch) => {
  beforeAll(async () => {
    // Each has a server to itself: both play the same people.
    server = await startSelfsame({ preset: 'selfsame' });
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.dispose();
  });

  it('bad weather: 503, reload, lost answers, reset, two tabs, unload: made = received, none doubled', async () => {
    const before = await server.stats();
    const [one, two] = [await open(), await open()];
    const id = await device(one);
    expect(await device(two)).toBe(id);
    await track(one, ...numbered(0, 10));
    gateway.weather = 503;
    await track(one, ...numbered(10, 20));
    await came('event 19');
    gateway.weather = 'answer lost';
    await open(one);
    await track(two, ...numbered(20, 30));
    await came('event 29');
    gateway.weather = 'reset';
    await track(one, ...numbered(30, 40));
    await came('event 39');
    gateway.weather = 'fine';
    await track(two, ...numbered(40, 50));
    await leave(two);
    await track(one, ...numbered(50, 60));
    // The page is left in the same breath.
    await open(one);
    expect(await timeline('device', id, 60)).toEqual(numbered(0, 60).sort());
    const after = await server.stats();
    expect([after.events - before.events, after.rejected - before.rejected]).toEqual([60, 0]);
    const ids = gateway.batches.flatMap((batch) => batch.ids);
    expect(new Set(ids).size).toBe(60);
    console.log(`${name}: made 60, received ${after.events - before.events}, sent ${ids.length}`);
    await leave(one);
  });

  it('a full storage loses nothing while the page lives', async () => {
    const tab = await browser.newTab();
    await tab.goto(`${gateway.site}/`);
    await tab.evaluate(`(() => { for (let size = 4_000_000; size >= 1; size >>= 1)
      for (let i = 0; i < 3; i++) try { localStorage.setItem('full ' + size + ' ' + i, 'x'.repeat(size)); } catch {} })()`);
    await open(tab);
    gateway.weather = 503;
    await tab.evaluate(`void selfsame.login({ user: 'full' })`);
    await track(tab, ...numbered(0, 20));
    gateway.weather = 'fine';
    expect(await timeline('user', 'full', 20)).toEqual(numbered(0, 20).sort());
    await leave(tab);
  });

  it('storage and cookies forbidden, in a frame of nowhere: the page works from memory', async () => {
    const tab = await browser.newTab();
    await tab.goto(`${gateway.site}/sandboxed`);
    expect(await timeline('user', 'in-a-frame', 1)).toEqual(['in a frame']);
    await leave(tab);
  });

  it('before consent nothing is stored and nothing sent', async () => {
    const tab = await open(undefined, { consent: 'ask' });
    await tab.evaluate(`void selfsame.login({ user: 'asked' })`);
    await track(tab, 'one', 'two');
    await tab.evaluate('selfsame.flush()');
    const kept = () => tab.evaluate<[string[], string]>('[Object.keys(localStorage), document.cookie]');
    expect([await kept(), gateway.batches]).toEqual([[[], ''], []]);
    await tab.evaluate('void selfsame.optIn()');
    expect(await timeline('user', 'asked', 2)).toEqual(['one', 'two']);
    const [names, cookie] = await kept();
    expect([names.includes(`ss.${PUBLIC_KEY}.visitor`), cookie.includes(`ss_${PUBLIC_KEY}=`)]).toEqual([true, true]);
    await leave(tab);
  });

  it('the snippet: what was said before the script came is done, one bad word costs nothing', async () => {
    const tab = await browser.newTab();
    await tab.goto(`${gateway.site}/snippet?utm_source=mail`);
    expect(await timeline('user', 'queued', 2)).toEqual(['before it came', 'page']);
    await leave(tab);
  });
});
