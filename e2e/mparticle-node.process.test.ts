import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import mParticle from 'mparticle';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workspace } from './src/mparticle.ts';
import { type ProjectApi, type Selfsame, startSelfsame } from './src/selfsame.ts';

const shop = workspace('mparticle-conversion');
const linked = workspace('mparticle-link');
let selfsame: Selfsame;
let project: ProjectApi;
beforeAll(async () => {
  selfsame = await startSelfsame({ preset: 'selfsame' }, { projects: [shop, linked] });
  project = selfsame.as(shop.serverKey);
});
afterAll(() => selfsame?.dispose());

function client(secret = shop.serverKey) {
  const api = new mParticle.EventsApi(new mParticle.Configuration(shop.publicKey, secret));
  api.apiClient.basePath = `${selfsame.url}/mparticle/v2`;
  return api;
}

/** A batch as the vendor's example makes it. */
function batchOf(fields: object, ...events: object[]) {
  const batch = new mParticle.Batch(mParticle.Batch.Environment['development']);
  const { customerid, ...rest } = fields as { customerid?: string };
  Object.assign(batch, rest);
  if (customerid !== undefined) {
    const identities = new mParticle.UserIdentities();
    identities['customerid'] = customerid;
    batch['user_identities'] = identities;
  }
  for (const event of events) batch.addEvent(event);
  return batch;
}
const send = (batches: Parameters<ReturnType<typeof client>['bulkUploadEvents']>[0], secret?: string) =>
  new Promise<number>((resolve) =>
    client(secret).bulkUploadEvents(batches, (error, _data, response) =>
      resolve(response?.status ?? (error as { status: number }).status),
    ),
  );
const names = async (kind: string, value: string) => {
  const person = await project.person(kind, value);
  return person === undefined ? [] : (await project.events(person.id)).map((event) => event.name).sort();
};

describe('mparticle for Node, unmodified', () => {
  it('bulk batches make the customer with events, attributes and devices', async () => {
    const product = new mParticle.Product();
    Object.assign(product, { id: 'sample-sku', name: 'Example Product', price: 19.99 });
    const action = new mParticle.ProductAction('purchase');
    Object.assign(action, { products: [product], total_amount: 21.49 });
    const purchase = new mParticle.CommerceEvent();
    purchase['product_action'] = action;
    const status = await send([
      batchOf(
        {
          customerid: '123456',
          user_attributes: { 'hair color': 'brown' },
          mp_deviceid: '59780f39-d7a0-4ebe-9950-280f937c29e2',
          device_info: { ios_advertising_id: '07d2ebaa-e956-407e-a1e6-f05f871bf4e2' },
        },
        new mParticle.AppEvent('navigation', 'Hello World'),
        purchase,
      ),
    ]);
    expect(status).toBe(202);
    const person = await project.person('user', '123456');
    expect(person).toMatchObject({ known: true, traits: { 'hair color': 'brown' } });
    for (const [kind, value] of [
      ['device', '59780f39-d7a0-4ebe-9950-280f937c29e2'],
      ['ios_idfa', '07d2ebaa-e956-407e-a1e6-f05f871bf4e2'],
    ] as const)
      expect((await project.person(kind, value))?.id).toBe(person?.id);
    expect(await names('user', '123456')).toEqual(['Hello World', 'commerce_event']);
  });

  it('an MPID it rounds is taken as it stands', async () => {
    expect(await send([batchOf({ mpid: 600868121729048600 }, new mParticle.AppEvent('other', 'Rounded'))])).toBe(202);
    expect(await names('mpid', '600868121729048600')).toEqual(['Rounded']);
  });

  it('a list with a bad batch keeps the good one; bad alone is 400; a wrong secret 403', async () => {
    const good = batchOf({ customerid: 'C-good' }, new mParticle.AppEvent('other', 'Good'));
    const bad = batchOf({ customerid: 'C-bad' }, new mParticle.AppEvent('other', ''));
    expect(await send([good, bad])).toBe(202);
    expect(await names('user', 'C-good')).toEqual(['Good']);
    expect(await project.person('user', 'C-bad')).toBeUndefined();
    expect(await send([bad])).toBe(400);
    expect(await send([good], 'not-the-secret')).toBe(403);
  });
});

describe('HTTP clients of the vendor’s API', () => {
  const json = { 'content-type': 'application/json' };

  it('as Android speaks: signed with an RFC 1123 date, gzipped, a bare 64-bit number as MPID', async () => {
    const mpid = '-7346244611012968789';
    const path = '/mparticle/v1/identify';
    const ask = (previous_mpid: string, stamp: string, secret = shop.serverKey) => {
      const body = `{"environment":"production","client_sdk":{"platform":"android"},"previous_mpid":${previous_mpid},"known_identities":{"device_application_stamp":"${stamp}"}}`;
      const date = new Date().toUTCString();
      const signature = createHmac('sha256', secret).update(`POST\n${date}\n${path}${body}`).digest('hex');
      return fetch(selfsame.url + path, {
        method: 'POST',
        headers: { ...json, date, 'x-mp-key': shop.publicKey, 'x-mp-signature': signature, 'content-encoding': 'gzip' },
        body: gzipSync(body),
      });
    };
    // A profile of a browser that used the vendor before; under conversion an identify of nobody known stays with it.
    expect(await send([batchOf({ mpid }, new mParticle.AppEvent('other', 'Before'))])).toBe(202);
    const answer = await ask(mpid, 'android-1');
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as { mpid: string }).mpid).toBe(mpid);
    expect((await ask(mpid, 'android-1', 'not-the-secret')).status).toBe(401);
  });

  it('a page can read every answer, also those the server itself gives', async () => {
    const { publicKey } = shop;
    const events = `/v3/JS/${publicKey}/events`;
    const answers = await Promise.all(
      (
        [
          [204, 'OPTIONS', '/v1/identify', undefined],
          [200, 'GET', `/JS/v2/${publicKey}/config?env=1`, undefined],
          [202, 'POST', events, '{"mpid":"5","events":[]}'],
          [202, 'POST', events, 'no JSON'],
          [413, 'POST', events, ' '.repeat(256 * 1024 + 1)],
          [403, 'POST', '/v3/JS/nobody/events', '{}'],
          [404, 'GET', '/JS/v2/nobody/config', undefined],
          [401, 'POST', '/v1/identify', '{}'],
          [400, 'POST', `/v1/identity/${publicKey}/Alias`, '{}'],
          [401, 'POST', '/v1/identity/nobody/Alias', '{}'],
          [403, 'POST', '/v1/JS/nobody/Forwarding', '{}'],
          [202, 'POST', `/v2/JS/${publicKey}/Forwarding`, '{}'],
          [404, 'GET', '/nowhere', undefined],
          [405, 'GET', '/v1/identify', undefined],
        ] as const
      ).map(async ([status, method, path, body]) => {
        const given = body === undefined ? {} : { body };
        const answer = await fetch(`${selfsame.url}/mparticle${path}`, { method, ...given });
        return { asked: [path, status], got: [path, answer.status], headers: answer.headers };
      }),
    );
    expect(answers.map((one) => one.got)).toEqual(answers.map((one) => one.asked));
    for (const { got, headers } of answers) {
      expect([got, headers.get('access-control-allow-origin')]).toEqual([got, '*']);
      expect([got, headers.get('access-control-expose-headers')]).toEqual([got, 'x-mp-max-age']);
    }
    expect(Object.fromEntries(answers[0]?.headers ?? [])).toMatchObject({
      'access-control-allow-methods': 'POST, GET, OPTIONS',
      'access-control-allow-headers': 'content-type, x-mp-key',
      'access-control-max-age': '600',
    });
  });
});

describe('HTTP clients of the vendor’s API: many at once', () => {
  const post = async (key: string, call: string, body: object): Promise<string> => {
    const answer = await fetch(`${selfsame.url}/mparticle/v1/${call}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-mp-key': key },
      body: JSON.stringify({ environment: 'development', ...body }),
    });
    if (answer.status !== 200) throw new Error(`${call}: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { mpid: string }).mpid;
  };
  const parallel = async (ask: (n: number) => Promise<string>) =>
    new Set(await Promise.all(Array.from({ length: 200 }, (_, n) => ask(n))));

  it.each([shop, linked])('200 requests at once for one identity make one profile: $id', async ({ publicKey }) => {
    for (let round = 0; round < 5; round++) {
      const device = { device_application_stamp: `D-${round}` };
      const customerid = `C-${round}`;
      // Two tabs that start, each of them many times.
      expect((await parallel(() => post(publicKey, 'identify', { known_identities: device }))).size).toBe(1);
      // Logins of one customer on 200 devices.
      const login = (n: number) =>
        post(publicKey, 'login', {
          known_identities: { customerid, device_application_stamp: n % 2 === 0 ? `D-${round}` : `D-${round}-${n}` },
        });
      expect((await parallel(login)).size).toBe(1);
      // One logout that the browser sends again and again.
      const again = { request_id: `logout-${round}`, known_identities: device };
      expect((await parallel(() => post(publicKey, 'logout', again))).size).toBe(1);
    }
  });
});
