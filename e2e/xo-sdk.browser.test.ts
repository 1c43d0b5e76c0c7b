import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Device, launchBrowser, newDevice } from './src/browser.ts';
import { type Pages, startPages, xoScript } from './src/pages.ts';
import { type Selfsame, startSelfsame, TRACKER_KEY } from './src/selfsame.ts';
import type { Xo } from './src/xo.ts';

declare const xo: Xo;

let browser: Browser;
let pages: Pages;
let selfsame: Selfsame;
const devices: Device[] = [];

beforeAll(async () => {
  pages = await startPages({ '/sdk.js': await xoScript() });
  selfsame = await startSelfsame({ preset: 'xo' });
  // The SDK has no host option. Its region `dev` uses http, so its own URL can lead here without a certificate.
  browser = await launchBrowser({ 'collect-dev.attraqt.io': new URL(selfsame.url).host });
});
afterAll(async () => {
  await browser.close();
  await selfsame.dispose();
  await pages.close();
});
afterEach(async () => {
  for (const device of devices.splice(0)) await device.context.close();
});

/** Shoppers of one test; the server is the same for all. */
let ann = '';
let bob = '';
let tests = 0;
beforeEach(() => {
  tests += 1;
  ann = `ann-${tests}`;
  bob = `bob-${tests}`;
});

async function visit(device?: Device): Promise<Device> {
  const mine = device ?? (await newDevice(browser));
  if (device === undefined) devices.push(mine);
  await mine.page.goto(pages.url);
  await mine.page.addScriptTag({ url: '/sdk.js' });
  await mine.page.evaluate((trackerKey) => xo.init({ activity: { trackerKey, region: 'dev' } }), TRACKER_KEY);
  return mine;
}
/** What the page's call resolved to. */
const send = (device: Device, action: string, more: object = {}) =>
  device.page.evaluate(
    ([name, rest]) => xo.activity.send({ action: name, target: { product: '123' }, ...(rest as object) }),
    [action, more] as const,
  );
const addIdentity = (device: Device, repository: string, id: string) =>
  device.page.evaluate(([name, one]) => xo.activity.addUserIdentity(name as string, one as string), [
    repository,
    id,
  ] as const);
const session = (device: Device) => device.page.evaluate(() => localStorage.getItem('attraqtsessionid') ?? '');

/** The names a person's timeline holds, oldest first. An answered send is on disk, so nothing needs waiting for. */
async function timeline(kind: string, value: string): Promise<string[]> {
  const person = await selfsame.person(kind, value);
  return person === undefined ? [] : (await selfsame.events(person.id)).map((event) => event.name);
}

describe('@attraqt/xo-js, unmodified, on a host mapped to XO', () => {
  it('a session, then a login: one profile with what came before and after', async () => {
    const phone = await visit();
    expect(await send(phone, 'view')).toEqual({ status: 200, body: '{"profiles":{}}' });
    expect(await timeline('session', await session(phone))).toEqual(['view']);
    await addIdentity(phone, 'eCommerceId', ann);
    await send(phone, 'add-to-cart', {
      metadata: { price: 9990, currency: 'EUR' },
      segments: ['mobile'],
      sourceId: 'r1',
    });
    expect(await timeline('user', ann)).toEqual(['view', 'add-to-cart']);
    const person = await selfsame.person('user', ann);
    expect(await selfsame.person('session', await session(phone))).toEqual(person);
    expect(person?.known).toBe(true);
    expect((await selfsame.events(person?.id ?? ''))[1]).toMatchObject({
      name: 'add-to-cart',
      wire: 'xo',
      properties: {
        target: { product: '123' },
        metadata: { price: 9990, currency: 'EUR' },
        segments: ['mobile'],
        sourceId: 'r1',
      },
    });
    expect(await selfsame.explain(`session:${await session(phone)}`, `user:${ann}`)).toMatchObject({
      same: true,
      chain: [{ rule: 'L3a', source: 'xo', trust: 0 }],
    });
    expect(phone.troubles).toEqual([]);
  });

  it('a second device, clearUser, and somebody else on the same session', async () => {
    const phone = await visit();
    await addIdentity(phone, 'ecommerceid', ann);
    await send(phone, 'on phone');
    const laptop = await visit();
    await send(laptop, 'before');
    await addIdentity(laptop, 'ecommerceid', ann);
    await send(laptop, 'on laptop');
    expect((await timeline('user', ann)).sort()).toEqual(['before', 'on laptop', 'on phone']);
    await laptop.page.evaluate(() => xo.activity.clearUser());
    await send(laptop, 'nobody');
    expect(await timeline('session', await session(laptop))).toEqual(['nobody']);
    await addIdentity(phone, 'ecommerceid', bob);
    await send(phone, 'bob here');
    expect(await timeline('user', bob)).toEqual(['bob here']);
    expect((await selfsame.person('session', await session(phone)))?.id).toBe((await selfsame.person('user', ann))?.id);
    expect(await selfsame.explain(`user:${ann}`, `user:${bob}`)).toMatchObject({ same: false });
    expect([...phone.troubles, ...laptop.troubles]).toEqual([]);
  });

  it('both spellings of the session that the SDK sends are the visitor’s', async () => {
    const phone = await visit();
    await send(phone, 'view');
    const stored = await session(phone);
    await phone.page.evaluate(() =>
      xo.activity.setUserIdentities({ ecommerceId: 'e-commerce-id', sessionId: 'session-id-2' }),
    );
    await send(phone, 'click');
    const person = await selfsame.person('user', 'e-commerce-id');
    expect(await selfsame.person('session', 'session-id-2')).toEqual(person);
    expect(await selfsame.person('session', stored)).toEqual(person);
    expect(await timeline('user', 'e-commerce-id')).toEqual(['view', 'click']);
  });

  it('segments and traits are the newest the SDK sent', async () => {
    const phone = await visit();
    const stored = async () => {
      const person = await selfsame.person('session', await session(phone));
      return [person?.segments, person?.traits];
    };
    const { received } = await selfsame.stats();
    await phone.page.evaluate(() => {
      xo.activity.setUserSegments(['new', 'prospect']);
      xo.activity.setUserTraits({ age: 45, buyer: true });
      xo.activity.addUserTrait('city', 'Lyon');
    });
    await send(phone, 'view');
    expect(await stored()).toEqual([['new', 'prospect'], { age: 45, buyer: true, city: 'Lyon' }]);
    await phone.page.evaluate(() => {
      xo.activity.setUserSegments(['client']);
      xo.activity.setUserTraits({ age: 46 });
    });
    await send(phone, 'view');
    await send(phone, 'view');
    expect(await stored()).toEqual([['client'], { age: 46 }]);
    // Each is an event and what it says of the shopper.
    expect((await selfsame.stats()).received - received).toBe(6);
  });

  it('addUserSegment, setUser, and a user given with one activity', async () => {
    const phone = await visit();
    const stored = async () => {
      const person = await selfsame.person('user', ann);
      return [person?.segments, person?.traits];
    };
    await phone.page.evaluate((id) => {
      xo.activity.addUserIdentity('ecommerceId', id);
      xo.activity.addUserSegment('new');
      xo.activity.addUserSegment('prospect');
    }, ann);
    await send(phone, 'first');
    expect(await stored()).toEqual([['new', 'prospect'], {}]);
    const mine = await session(phone);
    await phone.page.evaluate(
      ([id, sessionid]) =>
        xo.activity.setUser({
          identities: { sessionid, ecommerceid: id },
          segments: ['client'],
          traits: { age: 45, sizes: ['M'] },
        }),
      [ann, mine] as const,
    );
    await send(phone, 'second');
    expect(await stored()).toEqual([['client'], { age: 45, sizes: ['M'] }]);
    // It is used as it is, for this activity alone, and says nothing of traits.
    await send(phone, 'by bob', {
      user: { identities: { sessionId: `${bob}-s`, ecommerceId: bob }, segments: ['vip'] },
    });
    expect(await selfsame.person('user', bob)).toMatchObject({ segments: ['vip'], traits: {} });
    await send(phone, 'third');
    expect(await timeline('user', bob)).toEqual(['by bob']);
    expect(await timeline('user', ann)).toEqual(['first', 'second', 'third']);
    expect(await stored()).toEqual([['client'], { age: 45, sizes: ['M'] }]);
    expect(phone.troubles).toEqual([]);
  });

  it('somebody whose consent was denied gets the same answer, and nothing is kept', async () => {
    const phone = await visit();
    await addIdentity(phone, 'ecommerceId', ann);
    await send(phone, 'before');
    const consent = async (word: string) =>
      await selfsame.post('/v1/batch', { items: [{ type: 'consent', ids: { user: ann }, consent: word }] });
    await consent('denied');
    await phone.page.evaluate(() => xo.activity.setUserTraits({ age: 45 }));
    expect(await send(phone, 'during')).toEqual({ status: 200, body: '{"profiles":{}}' });
    expect(await timeline('user', ann)).toEqual(['before']);
    expect((await selfsame.person('user', ann))?.traits).toEqual({});
    await consent('granted');
    await send(phone, 'after');
    expect(await timeline('user', ann)).toEqual(['before', 'after']);
    expect(phone.troubles).toEqual([]);
  });

  it('after opting out nothing is sent, also after reload; after opting in it goes on', async () => {
    const phone = await visit();
    await send(phone, 'before');
    const before = await session(phone);
    await phone.page.evaluate(() => xo.activity.optOut());
    expect(await send(phone, 'during')).toBeNull();
    await visit(phone);
    expect(await send(phone, 'during')).toBeNull();
    await phone.page.evaluate(() => xo.activity.optIn());
    await send(phone, 'after');
    expect(await session(phone)).toBe(before);
    expect(await timeline('session', before)).toEqual(['before', 'after']);
    expect(phone.troubles).toEqual([]);
  });

  it('several activities in one call keep their order', async () => {
    const phone = await visit();
    await phone.page.evaluate(() =>
      xo.activity.send(
        ['zoe', 'amy', ''].map((id) => ({
          action: `by ${id}`,
          target: {},
          user: { identities: { sessionid: 's1', ...(id && { ecommerceid: id }) } },
        })),
      ),
    );
    expect((await timeline('user', 'zoe')).sort()).toEqual(['by ', 'by zoe']);
    expect(await timeline('user', 'amy')).toEqual(['by amy']);
  });

  it('a refused activity resolves with the vendor’s error, readable by the page', async () => {
    const phone = await visit();
    const before = await selfsame.stats();
    const answer = await send(phone, 'view', { timestamp: 'yesterday' });
    expect(answer).toEqual({
      status: 422,
      body: '{"error":"Unprocessable Entity","message":"activity 0: timestamp must be an ISO 8601 time"}',
    });
    const after = await selfsame.stats();
    expect([after.rejected - before.rejected, after.events - before.events]).toEqual([1, 0]);
  });
});
