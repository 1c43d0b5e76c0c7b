import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { launchChromium } from '../../../e2e/src/chromium.ts';
import { launchFirefox } from '../../../e2e/src/firefox.ts';
import { PUBLIC_KEY, type Selfsame, startSelfsame } from '../../../e2e/src/selfsame.ts';
import type { OtherBrowser, Tab } from '../../../e2e/src/tab.ts';
import { until } from '../../../e2e/src/until.ts';
import { launchWebkit } from '../../../e2e/src/webkit.ts';
import { COUNT_ERRORS, type Gateway, startGateway } from './gateway.ts';

let server: Selfsame;
let gateway: Gateway;
let browser: OtherBrowser;

beforeAll(async () => {
  server = await startSelfsame({ preset: 'selfsame' });
});
afterAll(() => server?.dispose());

/** A page that says who is here, and one thing, with the script that the server serves. */
const pageOf = (user: string, event: string, before = '') => `<!doctype html><script>${COUNT_ERRORS}${before}</script>
  <script src="${server.url}/sdk.js"></script><script>
  selfsame('init', { key: '${PUBLIC_KEY}', endpoint: '${server.url}' });
  selfsame('login', { user: '${user}' }); selfsame('track', '${event}');</script>`;

// A site on a port of its own has storage of its own, until a port is given again; cookies are the host's.
beforeEach(async () => {
  gateway = await startGateway(server.url, {
    '/sandboxed': `<!doctype html><script>${COUNT_ERRORS}</script>
      <iframe sandbox="allow-scripts" srcdoc="${pageOf('in-a-sandbox', 'seen').replaceAll('"', '&quot;')}"></iframe>`,
    '/framing': `<!doctype html><script>${COUNT_ERRORS}
      document.write('<iframe src="' + location.origin.replace('localhost', '127.0.0.1') + '/framed"></iframe>');</script>`,
    '/framed': pageOf('in-a-frame', 'seen'),
    '/snippet': `<!doctype html><script>${COUNT_ERRORS}
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
  // Where storage is forbidden nothing is in it.
  await tab.evaluate(`(() => { try { localStorage.clear(); } catch {} })()`);
  await tab.close();
  await gateway.close();
});

/** Opens the site with the script in it, started. `before` runs when nothing of ours is there yet. */
async function open(given?: Tab, options: object = {}, before = ''): Promise<Tab> {
  const tab = given ?? (await browser.newTab());
  await tab.goto(`${gateway.site}/`);
  await tab.evaluate(`(() => { ${before} })()`);
  await start(tab, options);
  return tab;
}
async function start(tab: Tab, options: object = {}): Promise<void> {
  await tab.evaluate(`new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = '${server.url}/sdk.js';
    script.onload = () => resolve(1);
    document.head.append(script);
  })`);
  const all = { key: PUBLIC_KEY, endpoint: gateway.endpoint, sendAfter: 50, ...options };
  await tab.evaluate(`void selfsame.init(${JSON.stringify(all)})`);
}
/** Closes a tab in which nothing has gone wrong. */
async function leave(tab: Tab): Promise<void> {
  expect(await tab.evaluate('window.pageErrors')).toEqual([]);
  await tab.close();
}
const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `event ${from + i}`);
const track = (tab: Tab, ...names: string[]) =>
  tab.evaluate(`${JSON.stringify(names)}.map((name) => void selfsame.track(name)).length`);
const login = (tab: Tab, user: string) => tab.evaluate(`void selfsame.login({ user: '${user}' })`);
const device = (tab: Tab) => tab.evaluate<string>('selfsame.getUser().device');
const cameTo = (count: number) =>
  until(
    async () => gateway.batches.length,
    (batches) => batches >= count,
    60_000,
  );
const came = (name: string) =>
  until(
    async () => gateway.batches.flatMap((batch) => batch.names),
    (names) => names.includes(name),
    60_000,
  );

/** What somebody's timeline holds once there are `count` events. */
async function timelineOf(kind: string, value: string, count: number) {
  return await until(
    async () => {
      const person = await server.person(kind, value);
      return person === undefined ? [] : await server.events(person.id);
    },
    (found) => found.length >= count,
    60_000,
  );
}
const timeline = async (kind: string, value: string, count: number) =>
  (await timelineOf(kind, value, count)).map((event) => event.name).sort();

/** What a browser's pages made, what came of it and how often it was sent, over all that was tried. */
let sum = { made: 0, received: 0, doubled: 0, sent: 0 };

/** As many events as were made are on the timeline, each once. Answers the insert ids of all that was sent. */
async function all(kind: string, value: string, made: number): Promise<readonly string[]> {
  const names = await timeline(kind, value, made);
  expect(names).toEqual(numbered(0, made).sort());
  const ids = gateway.batches.flatMap((batch) => batch.ids);
  sum = {
    made: sum.made + made,
    received: sum.received + names.length,
    doubled: sum.doubled + names.length - new Set(names).size,
    sent: sum.sent + ids.length,
  };
  return ids;
}

const browsers = [
  ['Chromium', launchChromium],
  ['Firefox', launchFirefox],
  ['WebKit', launchWebkit],
] as const;

describe.each(browsers)('G27: a good guest in %s', { timeout: 180_000 }, (browserName, launch) => {
  /** Everybody is a person of one browser alone. */
  const as = (user: string) => `${user} of ${browserName}`;
  beforeAll(async () => {
    browser = await launch();
    sum = { made: 0, received: 0, doubled: 0, sent: 0 };
  });
  afterAll(() => browser?.close());

  it('bad weather: offline, reload, reset, lost answers, 503, two tabs, unload: made = received, none doubled', async () => {
    const before = await server.stats();
    const [one, two] = [await open(), await open()];
    const id = await device(one);
    expect(await device(two)).toBe(id);
    await track(one, ...numbered(0, 10));
    gateway.weather = 503;
    await track(one, ...numbered(10, 20));
    await came('event 19');
    gateway.weather = 'answer lost';
    // Reloading while a request is on its way, and with a queue.
    await open(one);
    await track(two, ...numbered(20, 30));
    await came('event 29');
    gateway.weather = 'reset';
    await track(one, ...numbered(30, 40));
    await came('event 39');
    await two.setOnline(false);
    await track(two, ...numbered(40, 50));
    await two.evaluate('selfsame.flush()');
    expect(gateway.batches.flatMap((batch) => batch.names)).not.toContain('event 49');
    gateway.weather = 'fine';
    await two.setOnline(true);
    await came('event 49');
    await track(two, ...numbered(50, 60));
    await leave(two);
    await track(one, ...numbered(60, 70));
    // The page is left in the same breath.
    await open(one);
    const ids = await all('device', id, 70);
    expect(new Set(ids).size).toBe(70);
    const after = await server.stats();
    expect([after.events - before.events, after.rejected - before.rejected]).toEqual([70, 0]);
    await leave(one);
  });

  it('an answer that never comes: given up, and sent again with the same insert ids', async () => {
    // The half-minute that a request may take, in a tenth of a second.
    const tab = await open(
      undefined,
      {},
      `const real = setTimeout; window.setTimeout = (run, ms) => real(run, ms === 30_000 ? 100 : ms);`,
    );
    gateway.weather = 'silent';
    await track(tab, ...numbered(0, 5));
    await cameTo(2);
    gateway.weather = 'fine';
    const ids = await all('device', await device(tab), 5);
    expect(new Set(ids).size).toBe(5);
    await leave(tab);
  });

  it('Retry-After is obeyed, which a page of another origin can see', async () => {
    const tab = await open();
    gateway.weather = 429;
    gateway.retryAfter = '2';
    await track(tab, ...numbered(0, 1));
    await cameTo(1);
    gateway.weather = 'fine';
    await all('device', await device(tab), 1);
    const [first = 0, second = 0] = gateway.batches.map((batch) => batch.at);
    expect(second - first).toBeGreaterThan(1_950);
    await leave(tab);
  });

  it('two tabs in fine weather send nothing twice, and agree on who is here', async () => {
    const [one, two] = [await open(), await open()];
    await login(one, as('tabs'));
    // A tab hears of the other's writes in the browser's own time.
    const knows = (tab: Tab, isKnown: boolean) =>
      expect.poll(() => tab.evaluate('selfsame.getUser().isKnown')).toBe(isKnown);
    await knows(two, true);
    for (let from = 0; from < 50; from += 10)
      await Promise.all([track(one, ...numbered(from, from + 10)), track(two, ...numbered(from + 50, from + 60))]);
    const ids = await all('user', as('tabs'), 100);
    // And the login.
    expect([ids.length, new Set(ids).size]).toEqual([101, 101]);
    await two.evaluate('void selfsame.logout()');
    await knows(one, false);
    await leave(one);
    await leave(two);
  });

  it('a full storage loses nothing while the page lives', async () => {
    const tab = await open(
      undefined,
      {},
      `for (let size = 4_000_000; size >= 1; size >>= 1)
        for (let i = 0; i < 3; i++) try { localStorage.setItem('full ' + size + ' ' + i, 'x'.repeat(size)); } catch {}`,
    );
    gateway.weather = 503;
    await login(tab, as('full'));
    await track(tab, ...numbered(0, 20));
    gateway.weather = 'fine';
    await all('user', as('full'), 20);
    await leave(tab);
  });

  it('in a frame of another site, and in one of nowhere where all storage is forbidden, the page works', async () => {
    for (const [path, user] of [
      ['/framing', 'in-a-frame'],
      ['/sandboxed', 'in-a-sandbox'],
    ] as const) {
      const before = (await server.stats()).events;
      const tab = await browser.newTab();
      await tab.goto(`${gateway.site}${path}`);
      await until(
        async () => (await server.stats()).events,
        (events) => events > before,
      );
      expect(new Set(await timeline('user', user, 1))).toEqual(new Set(['seen']));
      await leave(tab);
    }
  });

  it('before consent nothing is stored and nothing sent', async () => {
    const tab = await open(undefined, { consent: 'ask' });
    await login(tab, as('asked'));
    await track(tab, ...numbered(0, 2));
    await tab.evaluate('selfsame.flush()');
    const kept = () => tab.evaluate<[string[], string]>('[Object.keys(localStorage), document.cookie]');
    expect([await kept(), gateway.batches]).toEqual([[[], ''], []]);
    await tab.evaluate('void selfsame.optIn()');
    await all('user', as('asked'), 2);
    const [names, cookie] = await kept();
    expect([names.includes(`ss.${PUBLIC_KEY}.visitor`), cookie.includes(`ss_${PUBLIC_KEY}=`)]).toEqual([true, true]);
    await leave(tab);
  });

  it.each(['doNotTrack', 'globalPrivacyControl'])('%s is respected where the site says so', async (signal) => {
    const value = signal === 'doNotTrack' ? "'1'" : 'true';
    const ask = `Object.defineProperty(navigator, '${signal}', { value: ${value} })`;
    const tab = await open(undefined, { respect: ['dnt', 'gpc'] }, ask);
    expect(await tab.evaluate(`selfsame.track('one').then((one) => one.status)`)).toBe('suppressed');
    expect(await tab.evaluate('[Object.keys(localStorage), document.cookie]')).toEqual([[], '']);
    expect(gateway.batches).toEqual([]);
    await leave(tab);
  });

  // A clock that is behind is believed, as with every wire: who is late looks the same.
  it.each([
    ['a day ahead is put right', 86_400_000, 0],
    ['a day behind costs nothing', -86_400_000, -86_400_000],
  ])('a clock %s', async (how, wrong, counted) => {
    const tab = await open(undefined, {}, `const real = Date.now.bind(Date); Date.now = () => real() + ${wrong};`);
    await login(tab, as(how));
    await track(tab, ...numbered(0, 5));
    await all('user', as(how), 5);
    const [event] = await timelineOf('user', as(how), 5);
    expect(Math.abs(Date.parse(event?.time ?? '') - Date.now() - counted)).toBeLessThan(3_600_000);
    await leave(tab);
  });

  it('the snippet: what was said before the script came is done, one bad word costs nothing', async () => {
    const tab = await browser.newTab();
    await tab.goto(`${gateway.site}/snippet?utm_source=${browserName}`);
    const mine = async (count: number) =>
      await until(
        async () =>
          (await timelineOf('user', 'queued', 2)).filter(
            ({ name, properties }) => name === 'page' && properties['utm_source'] === browserName,
          ),
        (events) => events.length >= count,
      );
    const [page] = await mine(1);
    expect(page).toMatchObject({ name: 'page', properties: { initial_utm_source: browserName, path: '/snippet' } });
    await tab.evaluate(`history.pushState({}, '', '/next')`);
    expect((await mine(2)).map((event) => event.properties['path']).sort()).toEqual(['/next', '/snippet']);
    expect(await timeline('user', 'queued', 3)).toContain('before it came');
    await leave(tab);
  });

  it('a host that an ad blocker stops: a path of the site itself takes its place', async () => {
    // A port that browsers never ask: the page sees what it sees with an ad blocker.
    const tab = await open(undefined, { endpoint: ['http://127.0.0.1:1', gateway.ownPath] });
    await login(tab, as('blocked'));
    await track(tab, ...numbered(0, 3));
    await all('user', as('blocked'), 3);
    await leave(tab);
  });

  it('the browser may keep the page for going back, and who logged in meanwhile is known there', async () => {
    const tab = await open();
    await track(tab, ...numbered(0, 1));
    await tab.evaluate(`addEventListener('pageshow', ({ persisted }) => { window.persisted = persisted; })`);
    await timeline('device', await device(tab), 1);
    await tab.goto(`${gateway.site}/next`);
    await start(tab);
    await login(tab, as('went back'));
    // A page that comes back is not loaded again.
    await tab.back();
    const how = await until(
      () => tab.evaluate(`window.persisted ? 'kept' : window.selfsame ? 'going' : 'anew'`).catch(() => 'going'),
      (state) => state !== 'going',
    );
    // What is kept is the browser's choice, and one that is short of memory keeps nothing; here it always did.
    if (browserName === 'Chromium') expect(how).toBe('kept');
    if (how === 'anew') await start(tab);
    expect(await tab.evaluate('selfsame.getUser().isKnown')).toBe(true);
    await track(tab, ...numbered(1, 2));
    await all('user', as('went back'), 2);
    await leave(tab);
  });

  it('all cookies blocked, and storage with them: the page works from memory', async () => {
    const usual = browser;
    browser = await launch({ cookies: 'none' });
    onTestFinished(async () => {
      await browser.close();
      browser = usual;
    });
    const tab = await open();
    expect(await tab.evaluate(`(() => { document.cookie = 'a=1'; return document.cookie; })()`)).toBe('');
    await login(tab, as('without cookies'));
    await track(tab, ...numbered(0, 3));
    await all('user', as('without cookies'), 3);
    await leave(tab);
  });

  it('over all of these: made = received, none doubled, no page error', () => {
    const { made, received, doubled, sent } = sum;
    console.log(`${browserName}: made ${made}, received ${received}, doubled ${doubled}, sent ${sent}, page errors 0`);
    expect([received, doubled]).toEqual([made, 0]);
  });
});
