import { createHmac } from 'node:crypto';
import { Analytics } from '@segment/analytics-node';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventView, PersonView } from '../packages/server/src/api.ts';
import { type Device, launchBrowser, newDevice } from './src/browser.ts';
import { plainConfig } from './src/mparticle.ts';
import { type Pages, startPages, vendorScripts } from './src/pages.ts';
import { PUBLIC_KEY, SERVER_KEY, type Selfsame, SPID_CLIENT, startSelfsame, TRACKER_KEY } from './src/selfsame.ts';
import { until } from './src/until.ts';
import type { Xo } from './src/xo.ts';

declare const xo: Xo;
declare const mixpanel: {
  init(token: string, options: object): void;
  track(name: string): void;
  identify(id: string): void;
  get_property(name: string): string;
  readonly people: { set(traits: object): void };
};
interface MparticleUser {
  getMPID(): string;
  setUserAttribute(name: string, value: string): void;
}
declare const mParticle: {
  config: object;
  init(key: string, config: object): void;
  logEvent(name: string): void;
  upload(): void;
  getDeviceId(): string;
  readonly Identity: {
    login(
      who: { userIdentities: object },
      done: (result: { httpCode: number; getUser(): MparticleUser }) => void,
    ): void;
  };
};

let browser: Browser;
let pages: Pages;
let selfsame: Selfsame;
const troubles: string[] = [];

/** Ann as every wire met her: `kind:value`. */
const ids = { laptop: '', phone: '', mpid: '', session: '', visitor: '', cookie: 'device:segment-cookie' };
const ann = 'user:ann';
const mail = 'email:ann@example.com';
/** Somebody else, on a laptop of his own. */
let stranger = '';

beforeAll(async () => {
  pages = await startPages(await vendorScripts());
  selfsame = await startSelfsame({ preset: 'selfsame' });
  browser = await launchBrowser({ 'collect-dev.attraqt.io': new URL(selfsame.url).host });
  await onHerLaptop();
  await onHerPhone();
  await inTheShop();
  await atLogin();
  await fromTheBackend();
});
afterAll(async () => {
  await browser?.close();
  await selfsame?.dispose();
  await pages?.close();
});

/** Runs on a fresh device that has loaded `script`; what went wrong in the page is kept. */
async function on(script: string | undefined, run: (device: Device) => Promise<void>): Promise<void> {
  const device = await newDevice(browser);
  await device.page.goto(pages.url);
  if (script !== undefined) await device.page.addScriptTag({ url: script });
  await run(device);
  troubles.push(...device.troubles);
  await device.context.close();
}

/** Waits until the person of an identifier has so many events; the SDKs send in their own time. */
const arrived = (id: string, count: number): Promise<readonly EventView[]> =>
  until(
    async () => timeline(await personOf(id)),
    (events) => events.length >= count,
  );
const personOf = (id: string): Promise<PersonView | undefined> => {
  const [kind = '', value = ''] = id.split(/:(.*)/);
  return selfsame.person(kind, value);
};
const timeline = async (person: PersonView | undefined) => (person === undefined ? [] : selfsame.events(person.id));

/** Mixpanel in the browser: she looks around, then logs in. */
async function onHerLaptop(): Promise<void> {
  const options = { api_host: `${selfsame.url}/mixpanel`, batch_flush_interval_ms: 200 };
  const visit = ({ page }: Device) =>
    page.evaluate(
      ([key, rest]) => {
        mixpanel.init(key, rest);
        mixpanel.track('Landed');
        return `device:${mixpanel.get_property('$device_id')}`;
      },
      [PUBLIC_KEY, options] as const,
    );
  await on('/mixpanel.js', async (laptop) => {
    ids.laptop = await visit(laptop);
    await arrived(ids.laptop, 1);
    await laptop.page.evaluate(() => {
      mixpanel.identify('ann');
      mixpanel.people.set({ plan: 'free', city: 'Lyon' });
      mixpanel.track('Read');
    });
    await arrived(ann, 2);
    await until(
      () => personOf(ann),
      (person) => person?.traits['city'] === 'Lyon',
    );
  });
  await on('/mixpanel.js', async (laptop) => {
    stranger = await visit(laptop);
    await arrived(stranger, 1);
  });
}

/** mParticle's SDK on the phone. Without TLS here, so the page gives the addresses that a configuration would. */
async function onHerPhone(): Promise<void> {
  const config = plainConfig(selfsame.url, 1000);
  await on('/mparticle.js', async (phone) => {
    ids.phone = await phone.page.evaluate(
      ([key, rest]) =>
        new Promise<string>((ready) => {
          const identityCallback = () => {
            mParticle.logEvent('Opened the app');
            ready(`device:${mParticle.getDeviceId()}`);
          };
          mParticle.config = { ...rest, identityCallback };
          mParticle.init(key, mParticle.config);
        }),
      [PUBLIC_KEY, config] as const,
    );
    ids.mpid = await phone.page.evaluate(
      () =>
        new Promise<string>((done) =>
          mParticle.Identity.login({ userIdentities: { customerid: 'ann', email: 'Ann@Example.com' } }, (result) => {
            result.getUser().setUserAttribute('favourite', 'espresso');
            mParticle.logEvent('Tapped');
            mParticle.upload();
            done(`mpid:${result.getUser().getMPID()}`);
          }),
        ),
    );
    await until(
      () => personOf(ann),
      (person) => person?.traits['favourite'] === 'espresso',
    );
    await until(
      () => arrived(ann, 4),
      (events) => events.some(({ name }) => name === 'Opened the app') && events.some(({ name }) => name === 'Tapped'),
    );
  });
}

/** XO in the shop: a session first, the customer at the till. */
async function inTheShop(): Promise<void> {
  await on('/xo.js', async (tablet) => {
    ids.session = await tablet.page.evaluate(async (trackerKey) => {
      xo.init({ activity: { trackerKey, region: 'dev' } });
      await xo.activity.send({ action: 'view', target: { product: '123' } });
      xo.activity.addUserIdentity('eCommerceId', 'ann');
      xo.activity.setUserSegments(['regular']);
      xo.activity.addUserTrait('size', 'M');
      await xo.activity.send({ action: 'purchase', target: { product: '123' }, metadata: { price: 9990 } });
      return `session:${localStorage.getItem('attraqtsessionid')}`;
    }, TRACKER_KEY);
  });
}

/** SPiD: a stranger's browser, the platform's word that she logged in, then traits that her site signed. */
async function atLogin(): Promise<void> {
  await on(undefined, async ({ page }) => {
    // A browser that keeps no cookies of other sites knows its visitor only on the platform's own site.
    await page.goto(pages.url.replace('localhost', '127.0.0.1'));
    const visitor = (answer: unknown) => (answer as { response: { visitor: { uid: string } } }).response.visitor.uid;
    const uid = visitor(await jsonp(page, '/ajax/hasSession.js', {}));
    ids.visitor = `visitor:${uid}`;
    const login = await selfsame.post('/v1/batch', { items: [{ type: 'login', ids: { visitor: uid, user: 'ann' } }] });
    expect(login.status).toBe(200);
    expect(await jsonp(page, '/ajax/hasSession.js', {})).toMatchObject({
      result: true,
      visitor: { uid, user_id: 'ann' },
    });
    expect(await jsonp(page, '/ajax/traits.js', { t: signed({ Newsletter: true, plan: 'subscriber' }) })).toMatchObject(
      {
        result: true,
      },
    );
  });
}

/** One script-tag call as generation 2.x of the vendor's SDK makes it, and what its callback is given. */
async function jsonp(page: Device['page'], path: string, query: Record<string, string>): Promise<unknown> {
  await page.evaluate(() => {
    const response = (_id: string, answer: unknown) => Object.assign(globalThis, { answer });
    Object.assign(globalThis, { SPiD: { Talk: { response } } });
  });
  const all = { ...query, callback: 'answered', redirect_uri: pages.url, client_id: SPID_CLIENT };
  await page.addScriptTag({ url: `${selfsame.url}/spid${path}?${new URLSearchParams(all)}` });
  return page.evaluate(() => (globalThis as { answer?: unknown }).answer);
}

/** Traits as a customer's backend signs them, with the project's signing secret. */
function signed(traits: object): string {
  const payload = Buffer.from(JSON.stringify({ ...traits, algorithm: 'HMAC-SHA256', t: Date.now() / 1000 })).toString(
    'base64url',
  );
  return `${createHmac('sha256', 'test').update(payload).digest('base64url')}.${payload}`;
}

/** Segment from the backend, once with the public key and once with the server key. */
async function fromTheBackend(): Promise<void> {
  const client = (writeKey: string) =>
    new Analytics({ writeKey, host: selfsame.url, path: '/segment/v1/batch', maxRetries: 0 });
  const pub = client(PUBLIC_KEY);
  pub.track({ anonymousId: 'segment-cookie', event: 'Opened mail' });
  pub.identify({ anonymousId: 'segment-cookie', userId: 'ann', traits: { language: 'fr' } });
  await pub.closeAndFlush();
  const backend = client(SERVER_KEY);
  backend.identify({ userId: 'ann', traits: { credit: 'good' } });
  backend.track({ userId: 'ann', event: 'Invoice paid', properties: { total: 99.9 } });
  await backend.closeAndFlush();
}

describe('mixpanel-browser, @mparticle/web-sdk, @attraqt/xo-js, SPiD by JSONP, @segment/analytics-node', () => {
  it('every identifier of every wire leads to one person', async () => {
    const person = await personOf(ann);
    expect(person).toMatchObject({ known: true, segments: ['regular'] });
    for (const id of [...Object.values(ids), mail]) expect([id, (await personOf(id))?.id]).toEqual([id, person?.id]);
    const found = person?.identifiers.map(({ kind, value }) => `${kind}:${value}`);
    expect([...new Set(found)].sort()).toEqual([ann, mail, ...Object.values(ids)].sort());
    expect((await personOf(stranger))?.id).not.toBe(person?.id);
  });

  it('one timeline holds the events of every wire, before and after each login', async () => {
    const events = await timeline(await personOf(ann));
    const byWire = Object.groupBy(events, ({ wire }) => wire);
    const names = (wire: string) => byWire[wire]?.map(({ name }) => name) ?? [];
    expect(names('mixpanel')).toEqual(['Landed', 'Read']);
    expect(names('mparticle')).toEqual(expect.arrayContaining(['Opened the app', 'Tapped']));
    expect(names('xo')).toEqual(['view', 'purchase']);
    expect(names('spid')).toContain('Login');
    expect(names('segment').sort()).toEqual(['Invoice paid', 'Opened mail']);
    expect(events.map(({ time }) => time)).toEqual(events.map(({ time }) => time).sort());
  });

  it('traits are merged, and each says which wire said it and how far that is trusted', async () => {
    const person = await personOf(ann);
    const said = Object.entries(person?.traitSources ?? {})
      // The SDK's own word on the browser.
      .filter(([name]) => !name.startsWith('$'))
      .map(([name, { wire, trust }]) => [name, [person?.traits[name], wire, trust]]);
    expect(Object.keys(person?.traitSources ?? {}).sort()).toEqual(Object.keys(person?.traits ?? {}).sort());
    expect(Object.fromEntries(said)).toEqual({
      city: ['Lyon', 'mixpanel', 0],
      favourite: ['espresso', 'mparticle', 0],
      size: ['M', 'xo', 0],
      Newsletter: [true, 'spid', 1],
      // Said by the page first, then signed by the site.
      plan: ['subscriber', 'spid', 1],
      language: ['fr', 'segment', 0],
      credit: ['good', 'segment', 2],
    });
  });

  it('explain gives the claim behind every identifier, and its wire', async () => {
    const source = async (id: string) => {
      const { same, chain = [] } = await selfsame.explain(id, ann);
      return [same, chain.map(({ source, trust }) => `${source} T${trust}`)];
    };
    expect(await source(ids.laptop)).toEqual([true, ['mixpanel T0']]);
    expect(await source(ids.phone)).toEqual([true, ['mparticle T0', 'mparticle T0']]);
    expect(await source(ids.mpid)).toEqual([true, ['mparticle T0']]);
    expect(await source(mail)).toEqual([true, ['mparticle T0', 'mparticle T0']]);
    expect(await source(ids.session)).toEqual([true, ['xo T0']]);
    expect(await source(ids.visitor)).toEqual([true, ['native T2']]);
    expect(await source(ids.cookie)).toEqual([true, ['segment T0']]);
  });

  it('explain joins every pair of identifiers by one unbroken chain, and keeps the stranger apart', async () => {
    const all = [ann, mail, ...Object.values(ids)];
    for (const [place, a] of all.entries()) {
      for (const b of all.slice(place + 1)) {
        const { same, chain = [] } = await selfsame.explain(a, b);
        expect([a, b, same]).toEqual([a, b, true]);
        let at = a;
        for (const { from, to } of chain) {
          expect([from, to]).toContain(at);
          at = at === from ? to : from;
        }
        expect(at).toBe(b);
      }
      const apart = await selfsame.explain(a, stranger);
      expect([a, apart.same, apart.refusal?.rule]).toEqual([a, false, 'P1']);
    }
  });

  it('no page saw an error', () => {
    // Chromium calls a request aborted whose 202 the SDK has seen and whose empty body it never reads.
    expect(troubles.filter((trouble) => !/\/events net::ERR_ABORTED$/.test(trouble))).toEqual([]);
  });
});
