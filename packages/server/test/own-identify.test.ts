import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../src/index.ts';
import { running, shop } from './running.ts';

const XO = '30cbb5fc-375f-4cf2-8efd-ed86d909718e';
/** Visitors of each wire at once, who sign in and go on. */
const VISITORS = 8;

const basic = (name: string, secret = '') => ({ authorization: `Basic ${btoa(`${name}:${secret}`)}` });
const form = (data: object) => new URLSearchParams({ data: JSON.stringify([data]) }).toString();
const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' };

interface Wire {
  /** Who is told to be whom, and what the same client does next; `who` is new for each visitor. */
  readonly identify: (who: string) => Sent;
  readonly next: (who: string, answer: unknown) => Sent;
}
type Sent = readonly [path: string, body: string | object, headers?: Readonly<Record<string, string>>];

const wires: Readonly<Record<string, Wire>> = {
  native: {
    identify: (who) => [
      '/v1/batch',
      { key: shop.publicKey, items: [{ type: 'login', ids: { user: who, device: `d${who}` } }] },
    ],
    next: (who) => [
      '/v1/batch',
      {
        key: shop.publicKey,
        items: [{ type: 'track', name: 'Next', ids: { device: `d${who}` }, insertId: `next-${who}` }],
      },
    ],
  },
  segment: {
    identify: (who) => ['/segment/v1/identify', { userId: who, anonymousId: `d${who}` }, basic(shop.publicKey)],
    next: (who) => [
      '/segment/v1/track',
      { event: 'Next', anonymousId: `d${who}`, messageId: `next-${who}` },
      basic(shop.publicKey),
    ],
  },
  mixpanel: {
    identify: (who) => [
      '/mixpanel/track',
      form({
        event: '$identify',
        properties: {
          token: shop.publicKey,
          distinct_id: who,
          $user_id: who,
          $device_id: `d${who}`,
          $anon_distinct_id: `$device:d${who}`,
        },
      }),
      urlencoded,
    ],
    next: (who) => [
      '/mixpanel/track',
      form({
        event: 'Next',
        properties: {
          token: shop.publicKey,
          distinct_id: `$device:d${who}`,
          $device_id: `d${who}`,
          $insert_id: `next-${who}`,
          time: Date.now(),
        },
      }),
      urlencoded,
    ],
  },
  mparticle: {
    identify: (who) => [
      '/mparticle/v1/login',
      {
        client_sdk: { platform: 'web', sdk_vendor: 'mparticle', sdk_version: '2.0' },
        environment: 'production',
        request_timestamp_ms: Date.now(),
        request_id: `ask-${who}`,
        context: null,
        known_identities: { customerid: who },
      },
      { 'x-mp-key': shop.publicKey },
    ],
    next: (who, answer) => [
      '/mparticle/v2/events',
      {
        mpid: (answer as { mpid: string }).mpid,
        environment: 'production',
        events: [{ event_type: 'custom_event', data: { event_name: `next-${who}`, custom_event_type: 'other' } }],
      },
      basic(shop.publicKey, shop.serverKey),
    ],
  },
  xo: {
    identify: (who) => [
      `/xo/${XO}`,
      [{ action: 'login', target: {}, user: { identities: { sessionid: `s${who}`, ecommerceid: who } } }],
    ],
    next: (who) => [
      `/xo/${XO}`,
      [{ action: 'view', target: { product: `next-${who}` }, user: { identities: { sessionid: `s${who}` } } }],
    ],
  },
};

const headers = { authorization: `Bearer ${shop.serverKey}` };

async function post(url: string, [path, body, more]: Sent): Promise<unknown> {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...more },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  expect([path, answer.status]).toEqual([path, expect.toSatisfy((status: number) => status < 300)]);
  const text = await answer.text();
  return text.startsWith('{') ? JSON.parse(text) : text;
}

test('an identify that was answered holds for the same client’s next request, on every wire and after a restart (G10)', async () => {
  const projects = [{ ...shop, keys: { xo: XO } }];
  const first = await running({ projects });
  const get = async (url: string, path: string) =>
    (await (await fetch(url + path, { headers })).json()) as Record<string, unknown>;
  let asked = 0;
  const stale: string[] = [];

  /** Is what the client did next among what the person did whom it said it is? */
  async function holds(url: string, who: string): Promise<boolean> {
    asked += 1;
    const { id } = await get(url, `/v1/people?kind=user&value=${who}`);
    const { events } = await get(url, `/v1/people/${id}/events`);
    return JSON.stringify(events ?? []).includes(`next-${who}`);
  }

  async function visit(url: string, wire: string, who: string, known?: unknown): Promise<unknown> {
    const { identify, next } = wires[wire] as Wire;
    const answer = known ?? (await post(url, identify(who)));
    await post(url, next(who, answer));
    if (!(await holds(url, who))) stale.push(wire);
    return answer;
  }

  const names = Object.keys(wires);
  await Promise.all(
    names.flatMap((wire) => Array.from({ length: VISITORS }, (_, n) => visit(first.url, wire, `${wire}-${n}`))),
  );
  // One signs in, and what it does next meets a server that has been started anew.
  const answers = await Promise.all(
    names.map((wire) => post(first.url, (wires[wire] as Wire).identify(`${wire}-later`))),
  );
  await first.stop();
  const second = await startServer(
    { config: join(first.data, '../settings.json'), data: first.data, port: 0, host: '127.0.0.1' },
    { foreground: false, logTo: { write: () => {} } },
  );
  onTestFinished(() => second.stop());
  await Promise.all(names.map((wire, i) => visit(second.url, wire, `${wire}-later`, answers[i])));
  console.log(
    `G10: ${asked} identifies on ${names.length} wires, each followed by an event: ${stale.length} stale answers`,
  );
  expect(stale).toEqual([]);
});
