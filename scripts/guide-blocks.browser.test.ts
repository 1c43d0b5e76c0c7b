import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { accessSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../e2e/src/browser.ts';
import { until } from '../e2e/src/until.ts';
import { signIdentity, signTraits } from '../packages/sdk-node/src/index.ts';
import { blocksOf, call, guideText, reader } from './guide-reader.ts';

let browser: Awaited<ReturnType<typeof launchBrowser>>;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const session = 'localStorage.attraqtsessionid';

it('every block of every guide is tried', () => {
  const titles = ['from-xo', 'from-segment', 'from-mparticle', 'from-spid', 'own-sdk'].flatMap((name) =>
    blocksOf(name).map(({ title }) => title),
  );
  // The tests below say each by its name.
  const tests = readFileSync(import.meta.filename, 'utf8');
  expect(titles.filter((title) => !tests.includes(`'${title}'`))).toEqual([]);
  expect(titles.length).toBeGreaterThan(12);
});

it('docs/guides/from-xo: the rest of XO’s page', async () => {
  const { page, run, has, person, open } = await reader(browser, 'from-xo');
  await open();
  const mine = `session:${await page.evaluate(session)}`;
  await run('Somebody says no');
  const seen = await has(mine, '"product":"seen"');
  expect(JSON.stringify(seen)).not.toContain('unseen');
  expect(`session:${await page.evaluate(session)}`).toBe(mine);

  await run('All of a user at once');
  await has('user:customer-42', '"page":"account"');
  expect(await person(mine)).toMatchObject({
    known: true,
    segments: ['regular', 'newsletter'],
    traits: { plan: 'basic' },
  });
  await run('One segment or one trait more');
  await has('user:customer-42', '"page":"sizes"');
  expect(await person(mine)).toMatchObject({
    segments: ['regular', 'newsletter', 'vip'],
    traits: { plan: 'basic', size: 'M' },
  });

  await run('Another user for one activity alone');
  await has('user:customer-43', 'till-1');
  expect((await person('session:till-session'))?.id).toBe((await person('user:customer-43'))?.id);
  await page.evaluate(`void xo.activity.send({ action: 'view', target: { page: 'after' } })`);
  await has('user:customer-42', '"page":"after"');

  await run('A session id of your own');
  await has('session:my-own-session', '"page":"own-session"');
  expect(await page.evaluate(session)).toBe('my-own-session');
  expect(await person('session:my-own-session')).toMatchObject({ known: false, traits: {}, segments: [] });
});

it('docs/guides/from-segment: the rest of Segment’s page', async () => {
  const { page, run, has, heard, person, open, url } = await reader(browser, 'from-segment');
  await open();
  await page.getByRole('button', { name: 'Log in' }).click();
  const user = 'user:customer-42';
  await has(user, 'Logged In');
  await run('What a page is called');
  const [docs] = (await has(user, '"section":"install"')).filter((event) => JSON.stringify(event).includes('install'));
  expect(docs).toMatchObject({ name: 'page', properties: { name: 'Getting started', category: 'Docs' } });
  await run('The company');
  const company = await until(
    () => person('group.id:acme'),
    (one) => one !== undefined,
  );
  expect(company).toMatchObject({ traits: { seats: 25 } });
  expect(company?.id).not.toBe((await person(user))?.id);
  await run('Traits beside an event are said of the person too');
  await has(user, 'Plan Changed');
  expect(await person(user)).toMatchObject({ traits: { plan: 'team' } });

  await call(`${url}/segment/v1/track`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ writeKey: 'your-write-key', anonymousId: 'old-anonymous-id', event: 'Of Before' }),
  });
  expect((await person('device:old-anonymous-id'))?.known).toBe(false);
  await run('Ids of before');
  await has(user, 'Of Before');

  const sent: string[] = [];
  page.on('request', (one) => one.method() === 'POST' && sent.push(one.postData() ?? ''));
  await page.evaluate(`Object.defineProperty(navigator, 'onLine', { get: () => window.online, configurable: true });
    window.online = false; dispatchEvent(new Event('offline'));
    void analytics.track('While Offline'); void 0`);
  // The server is there: what the page asks by itself is answered.
  expect(
    await page.evaluate(`fetch('${url}/segment/v1/projects/your-write-key/settings').then((one) => one.status)`),
  ).toBe(200);
  expect(sent).toEqual([]);
  await page.evaluate(`window.online = true; dispatchEvent(new Event('online')); void 0`);
  const all = await has(user, 'While Offline');
  expect(all.filter((event) => event.name === 'While Offline')).toHaveLength(1);

  await run('Who the browser says it is');
  expect(await heard('who is here ')).toBe('customer-42 {plan: pro}');
  await has('device:till-7', 'Till Opened');
});

it('docs/guides/own-sdk: a shared device, consent, what a backend signed, a tag manager', async () => {
  const { page, run, has, person, open } = await reader(browser, 'own-sdk');
  await open();
  await page.getByRole('button', { name: 'Log in' }).click();
  await has('user:customer-42', 'Logged In');
  await run('Somebody else on the same computer');
  const his = await has('user:customer-43', 'Basket Viewed');
  expect(JSON.stringify(his)).not.toContain('Logged In');
  expect((await person('user:customer-43'))?.id).not.toBe((await person('user:customer-42'))?.id);

  const secret = 'another-long-random-secret';
  const identity = await signIdentity({ user: 'customer-42' }, secret);
  await page.route('**/signed-login', (route) => route.fulfill({ body: identity }));
  await run('A login that nobody can forge');
  const text = await signTraits({ tier: 'gold' }, secret, { sub: 'customer-42' });
  await page.route('**/signed-traits', (route) => route.fulfill({ body: text }));
  await page.evaluate(`void selfsame.login({ user: 'customer-42' })`);
  await run('Traits that nobody can change on the way');
  await until(
    () => person('user:customer-42'),
    (one) => one?.traits['tier'] === 'gold',
  );
  await run('What a tag says');
  await has('user:customer-42', 'Newsletter Ordered');
  expect((await person('email:ann@example.com'))?.id).toBe((await person('user:customer-42'))?.id);

  const sent: string[] = [];
  page.on('request', (one) => one.url().endsWith('/v1/batch') && sent.push(one.postData() ?? ''));
  await page.context().clearCookies();
  await page.evaluate('localStorage.clear()');
  await open('/consent.html');
  await page.waitForFunction(`selfsame.consent?.() === 'ask'`);
  expect([await page.evaluate('[Object.keys(localStorage), document.cookie]'), sent]).toEqual([[[], ''], []]);
  await page.getByRole('button', { name: 'Agree' }).click();
  const device = await page.evaluate<string>('selfsame.getUser().device');
  await has(`device:${device}`, 'Terms Viewed');
  await page.getByRole('button', { name: 'Object' }).click();
  await until(
    () => person(`device:${device}`),
    (one) => one?.consent === 'denied',
  );
});

describe('docs/guides/from-mparticle', () => {
  it('the rest of IDSync', async () => {
    const { page, run, has, heard, person, open } = await reader(browser, 'from-mparticle', { tls: true });
    await open();
    await heard('who is here 200 ');
    await page.getByRole('button', { name: 'Log in' }).click();
    await has('user:customer-42', 'Logged In');
    const mpid = () => page.evaluate('mParticle.Identity.getCurrentUser().getMPID()');
    const ann = await mpid();
    await run('More is known of who is here');
    expect(await heard('modified ')).toBe('200');
    expect(await mpid()).toBe(ann);
    const values = (await person(`mpid:${ann}`))?.identifiers.map(({ kind, value }) => `${kind}:${value}`);
    expect(values).toEqual(expect.arrayContaining(['user:customer-42', 'email:ann@new.example', 'other:card-9']));

    await run('Attributes and consent');
    expect(await has('user:customer-42', 'order-7')).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'Basket' })]),
    );
    const asked = [expect.objectContaining({ purpose: 'gdpr.analytics', said: 'granted' })];
    expect(await person(`mpid:${ann}`)).toMatchObject({
      traits: { sizes: ['S', 'M'], 'early bird': null },
      consentByPurpose: asked,
    });
    expect((await person(`mpid:${ann}`))?.traits).not.toHaveProperty('plan');

    await run('A logout may say who is there from now on');
    expect(await heard('left ')).toMatch(/^200 .*other2: kiosk-3/);
    expect(await mpid()).not.toBe(ann);
    expect(await person('other2:kiosk-3')).toMatchObject({ known: false });

    await open('/blank.html');
    await page.evaluate('localStorage.clear()');
    await page.addScriptTag({ url: '/node_modules/@mparticle/web-sdk/dist/mparticle.js' });
    await run('The page knows its customer already');
    expect(await heard('known at the start ')).toBe(`200 ${ann}`);
  });

  it('what came before a login goes along to another profile', async () => {
    const wires = '"wires": { "mparticle": { "aliasDelaySeconds": 0 } }';
    expect(guideText('from-mparticle')).toContain(wires);
    const { page, run, has, heard, open } = await reader(browser, 'from-mparticle', {
      tls: true,
      more: (text) => text.replace('mparticle-conversion', 'mparticle-link').replace('"policy"', `${wires}, "policy"`),
    });
    await open();
    await heard('who is here 200 ');
    // The SDK asks for the time since it knew the profile: not for what the page said before the first answer.
    await page.evaluate(`mParticle.logEvent('Looked Around')`);
    await run('What came before the login goes along to the profile it led to');
    expect(await heard('taken along ')).toBe('202');
    await has('user:customer-44', 'Looked Around');
  });

  const rows = [...guideText('from-mparticle').matchAll(/^\| `(mparticle-[\w-]+)` +\| [^|]+\| ([^|]+)\|$/gm)].map(
    ([, preset = '', says = '']) => ({ preset, says }),
  );
  const identity = async (url: string) => {
    const authorization = `Basic ${btoa('your-web-api-key:a-long-random-secret-of-your-backend')}`;
    const ask = async (path: string, known_identities: object) => {
      const body = JSON.stringify({ client_sdk: { platform: 'web' }, environment: 'development', known_identities });
      const answer = await call(`${url}/mparticle/v1/${path}`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body,
      });
      return { status: answer.status, ...(JSON.parse(answer.text) as { mpid?: string; is_logged_in?: boolean }) };
    };
    const device = { device_application_stamp: 'a-new-device' };
    const before = await ask('identify', device);
    const login = await ask('login', { ...device, email: 'only@example.com' });
    return { before, login, after: () => ask('identify', device), bare: () => ask('login', device) };
  };

  it.each(rows)('a login with an e-mail alone, under $preset', async ({ preset, says }) => {
    const { url } = await reader(browser, 'from-mparticle', {
      more: (text) => text.replace('mparticle-conversion', preset),
    });
    const { before, login, after, bare } = await identity(url);
    expect(login.status).toBe(200);
    expect(login.mpid === before.mpid).toBe(says.includes('same MPID'));
    expect(login.mpid === before.mpid).toBe(!says.includes('new MPID'));
    expect(login.is_logged_in).toBe(/, known:/.test(says));
    if (says.includes('stays as it was')) expect((await after()).mpid).toBe(before.mpid);
    if (preset === 'mparticle-isolation') expect((await bare()).status).toBe(400);
  });

  it('its other settings work when they are pasted', async () => {
    const [, wires = ''] = /```text\n("wires": .*)\n```/.exec(guideText('from-mparticle')) ?? [];
    expect(wires).toContain('"priority"');
    const { url } = await reader(browser, 'from-mparticle', {
      more: (text) => text.replace('"policy"', `${wires}, "policy"`),
    });
    expect((await identity(url)).login).toMatchObject({ status: 200, is_logged_in: true });
  });

  it('all five presets stand in its table, and an e-mail can be made a login ID', async () => {
    expect(rows).toHaveLength(5);
    const wires = '"wires": { "mparticle": { "loginIds": ["customerid", "email"] } }';
    expect(guideText('from-mparticle')).toContain(wires);
    const { url } = await reader(browser, 'from-mparticle', {
      more: (text) => text.replace('"policy"', `${wires}, "policy"`),
    });
    const { before, login } = await identity(url);
    expect(login).toMatchObject({ mpid: before.mpid, is_logged_in: true });
  });
});

describe('docs/guides/from-spid', () => {
  const client = '4e8463569caf7ca019000007';
  const secret = 'your-signature-secret';
  const mac = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');
  const decoded = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString());

  const languages = [
    ['python3 sign.py', 'sign.py', ['python3', 'sign.py']],
    ['php sign.php', 'sign.php', ['php', 'sign.php']],
    ['java Sign.java', 'Sign.java', ['java', 'Sign.java']],
    ['go run sign.go', 'sign.go', ['go', 'run', 'sign.go']],
  ] as const;
  it.each(languages.filter(([, , [program]]) => isInstalled(program) || program === 'python3'))(
    '%s signs what the server takes',
    async (title, file, [program, ...args]) => {
      const { folder, text, url } = await reader(browser, 'from-spid');
      writeFileSync(join(folder, file), text(title));
      const blob = await output(program, args, folder);
      const [signature, payload = ''] = blob.split('.');
      expect(signature).toBe(mac(payload));
      expect(decoded(payload)).toMatchObject({
        plan: 'pro',
        Name: 'Åse',
        algorithm: 'HMAC-SHA256',
        t: expect.any(Number),
      });
      const query = new URLSearchParams({ t: blob, callback: 'f', client_id: client });
      const { text: script } = await call(`${url}/spid/ajax/traits.js?${query}`);
      expect(script).toContain('"result":true');
    },
  );

  it('the 2.x script', async () => {
    const { page, run, heard, open, url } = await reader(browser, 'from-spid');
    await open('/blank.html');
    await page.addScriptTag({ url: `${url}/spid/js/spid-sdk-2.2.0.min.js` });
    await run('The same page with 2.x');
    expect(await heard('visitor ')).toMatch(/^\w{20}$/);
    expect(await heard('session ')).toBe('UserException undefined');
  });

  it('profile data is the backend’s to say', async () => {
    const { text, has, person, url } = await reader(browser, 'from-spid');
    await Function(`return (async () => {${text('Profile data')}})()`)();
    const [event] = await has('user:customer-42', 'Order placed');
    expect(event).toMatchObject({
      properties: { total: 99, Age: expect.any(Number), Gender: 'female', Client: 'Shop' },
    });
    const token = await tokenOf(url, '');
    await call(`${url}/spid/api/2/user/customer-42/traits`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ traits: '{"Locale":"xx_XX","plan":"pro"}' }).toString(),
    });
    expect(await person('user:customer-42')).toMatchObject({
      traits: { Locale: 'nb_NO', Birthday: '1980-02-29', plan: 'pro' },
    });
  });

  async function tokenOf(url: string, scope: string): Promise<string> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client,
      client_secret: 'your-client-secret',
      scope,
    });
    const { text } = await call(`${url}/spid/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: body.toString(),
    });
    return (JSON.parse(text) as { access_token: string }).access_token;
  }

  it('limits.json works as it is pasted: scopes, endpoints, connected users, callbacks, signed responses', async () => {
    const { url, posted, page, open, said } = await reader(browser, 'from-spid', { settings: 'limits.json' });
    const login = (items: readonly object[]) =>
      call(`${url}/v1/batch`, {
        method: 'POST',
        headers: { authorization: 'Bearer your-client-secret', 'content-type': 'application/json' },
        body: JSON.stringify({ items }),
      });
    await login([{ type: 'login', ids: { visitor: 'v1', user: 'customer-42' } }]);
    const api = async (method: string, path: string, scope: string, body?: string) =>
      await call(`${url}/spid/api/2/user/${path}`, {
        method,
        headers: {
          authorization: `Bearer ${await tokenOf(url, scope)}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        ...(body === undefined ? {} : { body }),
      });
    const set = 'traits=%7B%22plan%22%3A%22pro%22%7D';
    expect((await api('POST', 'customer-42/traits', '', set)).status).toBe(401);
    expect((await api('POST', 'customer-42/traits', 'write', set)).status).toBe(200);
    expect((await api('DELETE', 'customer-42/trait/plan', 'write')).status).toBe(403);
    const shown = JSON.parse((await api('GET', 'customer-42/traits', '')).text) as { data: string; sig: string };
    expect([mac(shown.data), decoded(shown.data)]).toEqual([shown.sig, { plan: 'pro' }]);

    await call(`${url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: 'Bearer shop-public-key', 'content-type': 'application/json' },
      body: JSON.stringify({ items: [{ type: 'track', name: 'Seen', ids: { user: 'a-page-says' } }] }),
    });
    expect((await api('GET', 'a-page-says/traits', '')).status).toBe(403);

    const [notice = ''] = await until(
      async () => posted,
      (all) => all.length > 0,
    );
    const [signature, payload = ''] = notice.split('.');
    expect(signature).toBe(mac(payload));
    expect(decoded(payload)).toMatchObject({
      object: 'user',
      algorithm: 'HMAC-SHA256',
      entry: expect.arrayContaining([{ userId: 'customer-42', changedFields: 'login', time: expect.any(String) }]),
    });
    // The page of the guide is one of those that may ask who is here.
    await open();
    await until(
      () => page.evaluate('typeof uid'),
      (type) => type === 'string',
    );
    expect(said).toEqual([]);
  });
});

const isInstalled = (program: string) =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program));
      return true;
    } catch {
      return false;
    }
  });

/** What a program writes. @throws Error with what it said when it fails. */
function output(program: string, args: readonly string[], cwd: string): Promise<string> {
  const child = spawn(program, args, { cwd, env: { ...process.env, GOCACHE: join(cwd, 'go'), GOFLAGS: '-mod=mod' } });
  let [written, errors] = ['', ''];
  child.stdout.on('data', (part) => (written += part));
  child.stderr.on('data', (part) => (errors += part));
  return new Promise((resolve, reject) =>
    child.on('close', (code) => (code === 0 ? resolve(written.trim()) : reject(new Error(errors)))),
  );
}
