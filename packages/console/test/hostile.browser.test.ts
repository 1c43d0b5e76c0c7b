import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../../e2e/src/browser.ts';
import { type ConsoleServer, publicKey, serverKey, startConsole } from './console-server.ts';
import { sendBatch } from './send.ts';
import { openPage } from './visitor.ts';

/** What strangers put where a name, a trait or an address is expected. Each would call `hit` if it ran. */
const payloads = [
  '<script>hit()</script>',
  '"><script>hit()</script>',
  '</title></textarea></style></script><script>hit()</script>',
  '<img src=x onerror=hit()>',
  '"><img src=x onerror="hit()">',
  '<svg onload=hit()>',
  '<svg><script>hit()</script></svg>',
  '<svg><animate onbegin=hit() attributeName=x dur=1s>',
  '<details open ontoggle=hit()>',
  '<iframe srcdoc="<script>parent.hit()</script>">',
  '<math><mtext></mtext><mglyph><style><img src=x onerror=hit()></style>',
  '<a href="javascript:hit()">x</a>',
  'javascript:hit()',
  'JaVaScRiPt:hit()//https://example.com',
  'javascript://example.com/%0ahit()',
  'https://example.com/"onmouseover="hit()',
  'data:text/html,<script>hit()</script>',
  'https:javascript:hit()',
  "';hit();//",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a payload
  '${hit()}',
  "{{constructor.constructor('hit()')()}}",
  'url("javascript:hit()")',
  '</svg><script>hit()</script>',
  '\u202e<script>hit()</script>',
  '__proto__',
  'constructor',
] as const;

let server: ConsoleServer;
let browser: Browser;
let rooms: readonly string[];

beforeAll(async () => {
  server = await startConsole();
  browser = await launchBrowser();
  const end = Date.UTC(2026, 2, 20);
  // Through every public surface: names, kinds, identifiers, properties, traits, segments, campaigns.
  for (const [n, payload] of payloads.entries()) {
    const time = new Date(end + n * 60_000).toISOString();
    const own = { device: `hostile-${n}` };
    await sendBatch(server.url, publicKey, [
      {
        type: 'track',
        name: payload,
        ids: own,
        time,
        properties: { [payload]: payload, url: payload, utm_campaign: payload, page: payload },
      },
      { type: 'track', name: 'Visit', ids: { device: payload }, time, properties: { utm_source: payload } },
      { type: 'track', name: 'Visit', ids: { [payload]: `kind-${n}` }, time },
      { type: 'login', ids: { ...own, user: `${payload} ${n}` }, time },
      {
        type: 'traits',
        ids: own,
        time,
        traits: { $name: payload, name: payload, url: payload, avatar: payload, [payload]: [payload] },
      },
      { type: 'segments', ids: own, time, segments: [payload] },
      { type: payload, ids: own },
    ]);
    const event = {
      event: payload,
      properties: { token: publicKey, $device_id: payload, $current_url: payload, time: Date.now() },
    };
    await fetch(`${server.url}/mixpanel/track`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([event]),
    });
  }
  const answer = await fetch(`${server.url}/v1/people/search?q=hostile-&limit=100`, {
    headers: { authorization: `Bearer ${serverKey}` },
  });
  const { people } = (await answer.json()) as { people: { id: string }[] };
  expect(people.length).toBeGreaterThanOrEqual(payloads.length);
  const [first, second] = payloads;
  const all = 'range=all';
  rooms = [
    '/setup',
    '/live',
    `/live?q=${encodeURIComponent(first)}`,
    '/people',
    `/people?q=${encodeURIComponent('<')}`,
    `/people/${encodeURIComponent(first)}`,
    ...people.map(({ id }) => `/people/${encodeURIComponent(id)}`),
    `/explain?a=${encodeURIComponent(`device:${first}`)}&b=${encodeURIComponent(`device:${second}`)}`,
    `/explain?a=${encodeURIComponent('device:hostile-0')}&b=${encodeURIComponent(`user:${first} 0`)}`,
    `/device?of=${encodeURIComponent(`device:${first}`)}`,
    '/device?of=device:hostile-0',
    '/suspicious',
    `/identity?of=${encodeURIComponent(`device:${first}`)}`,
    `/funnel?step=${encodeURIComponent(first)}&step=Visit&by=${encodeURIComponent(`property:${first}`)}&${all}`,
    `/funnel?step=Visit&step=${encodeURIComponent(second)}&by=property:utm_source&${all}`,
    `/campaigns?conversion=${encodeURIComponent(first)}&touch=utm_campaign&revenue=${encodeURIComponent(first)}&${all}`,
    `/retention?first=Visit&return=${encodeURIComponent(second)}&${all}`,
    `/counts?event=Visit&event=${encodeURIComponent(first)}&by=property:utm_source&${all}`,
    `/${encodeURIComponent(first)}`,
  ];
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

describe('what strangers send (S34)', () => {
  // Without the CSP too: escaping has to hold by itself, the policy is the second wall.
  it.each([
    { wall: 'escaping alone', bypassCSP: true },
    { wall: 'escaping and the CSP', bypassCSP: false },
  ])('never runs in the console: $wall', { timeout: 600_000 }, async ({ wall, bypassCSP }) => {
    const { page, troubles } = await openPage(browser, { bypassCSP });
    let executions = 0;
    await page.exposeFunction('hit', () => executions++);
    page.on('dialog', (dialog) => {
      executions++;
      void dialog.dismiss();
    });
    // Not by the link, which opens once.
    const token = new URL(server.loginUrl()).searchParams.get('token');
    await page.request.post(`${server.url}/v1/session`, { data: { token } });
    const links: string[] = [];
    for (const room of rooms) {
      await page.goto(server.url + room);
      await page.locator('h1, .empty, .failure').first().waitFor();
      await page.waitForFunction(() => document.querySelector('.loading') === null);
      // Everything that opens is opened.
      for (const summary of await page.locator('summary').all()) await summary.click();
      for (const why of await page.getByRole('button', { name: 'Why theirs?' }).all()) await why.click();
      const item = page.locator('.item-open').nth(3);
      if (await item.isVisible()) await item.click();
      links.push(
        ...(await page.locator('a[href]').evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href))),
      );
      // A picture that fails and a fragment that loads tell of it a moment later.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))));
      expect(await page.locator('#root script, #root iframe, #root [onerror], #root [onload]').count(), room).toBe(0);
    }
    console.log(`S34 ${wall}: ${payloads.length} payloads, ${rooms.length} pages, executions ${executions}`);
    expect(executions).toBe(0);
    expect(links.filter((link) => !/^https?:\/\//.test(link))).toEqual([]);
    expect(troubles.filter((trouble) => /^page:|Content Security Policy/.test(trouble))).toEqual([]);
    await page.context().close();
  });

  it('gets no page without the policy that forbids inline code and framing', async () => {
    for (const path of ['/', '/live', '/people/x']) {
      const answer = await fetch(server.url + path);
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy, path).toContain("default-src 'self'");
      expect(policy, path).toContain("frame-ancestors 'none'");
      expect(policy, path).not.toContain('unsafe');
      expect(await answer.text(), path).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i);
    }
  });
});
