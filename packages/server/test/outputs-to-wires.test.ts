import { describe, expect, it, vi } from 'vitest';
import { batch, other, patience, running, shop } from './running.ts';

/** A server of ours as the receiver, whose wire says what its people are. */
const receiving = (preset: string) => running({ projects: [{ ...shop, id: 'there', policy: { preset } }, other] });

const opened = { allowPrivateOutputs: ['127.0.0.1'] };

async function personAt(url: string, kind: string, value: string) {
  const found = await fetch(`${url}/v1/people?kind=${kind}&value=${value}`, {
    headers: { authorization: `Bearer ${shop.serverKey}` },
  });
  if (!found.ok) return undefined;
  const person = (await found.json()) as { readonly id: string; readonly traits: object };
  const events = await fetch(`${url}/v1/people/${person.id}/events`, {
    headers: { authorization: `Bearer ${shop.serverKey}` },
  });
  const { events: list } = (await events.json()) as { readonly events: readonly { readonly name: string }[] };
  return { ...person, events: list.map((one) => one.name).sort() };
}

const items = [
  { type: 'track', name: 'Viewed', ids: { device: 'd1' }, insertId: 'i1' },
  { type: 'login', ids: { device: 'd1', user: 'ann' } },
  { type: 'track', name: 'Bought', ids: { device: 'd1', user: 'ann' }, insertId: 'i2' },
  { type: 'traits', ids: { user: 'ann' }, traits: { plan: 'pro' } },
];

describe('the whole road, with our own wires at its end', () => {
  it.each([
    ['/track', {}],
    ['/import', { apiSecret: shop.serverKey }],
  ])('G19: a Mixpanel output by %s: Mixpanel’s own stitching finds the same person', async (_path, more) => {
    const there = await receiving('mixpanel-simplified');
    const output = { id: 'mp', type: 'mixpanel', url: `${there.url}/mixpanel`, token: shop.publicKey, ...more };
    const here = await running({ projects: [{ ...shop, outputs: [output] }, other], ...opened });
    await batch(here.url, shop.serverKey, items);
    await vi.waitFor(async () => {
      const person = await personAt(there.url, 'user', 'ann');
      expect(person).toMatchObject({ events: ['Bought', 'Viewed'], traits: { plan: 'pro' } });
    }, patience);
  });

  it('a Segment output: track and identify arrive as one person', async () => {
    const there = await receiving('selfsame');
    const output = { id: 'seg', type: 'segment', url: `${there.url}/segment`, writeKey: shop.publicKey };
    const here = await running({ projects: [{ ...shop, outputs: [output] }, other], ...opened });
    await batch(here.url, shop.serverKey, items);
    await vi.waitFor(async () => {
      const person = await personAt(there.url, 'user', 'ann');
      expect(person).toMatchObject({ events: ['Bought', 'Viewed'], traits: { plan: 'pro' } });
    }, patience);
  });

  it('SPiD to Mixpanel: a signed-in visitor’s server events and traits, under the visitor’s uid', async () => {
    const there = await receiving('mixpanel-original');
    const output = {
      id: 'mp',
      type: 'mixpanel',
      url: `${there.url}/mixpanel`,
      token: shop.publicKey,
      identity: 'spid',
    };
    const keys = { spid: 'client' };
    const here = await running({
      projects: [{ ...shop, name: 'The Shop', keys, policy: { preset: 'spid' }, outputs: [output] }, other],
      ...opened,
    });
    await batch(here.url, shop.serverKey, [
      { type: 'traits', ids: { visitor: 'uid1' }, traits: { Goals: 3, 'SPiD ID': 'mine' } },
      { type: 'login', ids: { visitor: 'uid1', user: '42' } },
      { type: 'traits', ids: { user: '42' }, traits: { Locale: 'nb_NO' } },
    ]);
    // A server event carries what was known before its request.
    await batch(here.url, shop.serverKey, [
      {
        type: 'track',
        name: 'Order complete',
        ids: { visitor: 'uid1', user: '42' },
        properties: { Price: 9, Client: 'not me' },
      },
    ]);
    await vi.waitFor(async () => {
      const found = await fetch(`${there.url}/v1/people?kind=distinct_id&value=uid1`, {
        headers: { authorization: `Bearer ${shop.serverKey}` },
      });
      const person = (await found.json()) as { readonly id: string; readonly traits: object };
      expect(person.traits).toMatchObject({ Goals: 3, Locale: 'nb_NO', Birthday: 'undisclosed' });
      expect(person.traits).not.toHaveProperty('SPiD ID');
      const { events } = (await (
        await fetch(`${there.url}/v1/people/${person.id}/events`, {
          headers: { authorization: `Bearer ${shop.serverKey}` },
        })
      ).json()) as { readonly events: readonly { readonly name: string; readonly properties: object }[] };
      expect(events.find((one) => one.name === 'Order complete')?.properties).toMatchObject({
        Price: 9,
        Client: 'The Shop',
        'SPiD ID': '42',
        'User status': 'connected',
        Goals: 3,
      });
    }, patience);
  });
});
