import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { refusalsShape } from '../src/api/shapes/counts.ts';
import { daysShape, progressShape } from '../src/api/shapes/insights.ts';
import { projectShape } from '../src/api/shapes/project.ts';
import { batch, other, running, shop } from './running.ts';

const headers = { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' };

describe('what the first page of the console reads', () => {
  test('people of each day of the project’s zone, known by now or not', async () => {
    const server = await running({ projects: [{ ...shop, timeZone: 'America/New_York', currency: 'NOK' }] });
    await batch(server.url, shop.serverKey, [
      // 20 March in New York, 21 March in UTC.
      { type: 'track', name: 'Seen', ids: { device: 'd1' }, time: '2026-03-21T03:00:00Z' },
      { type: 'track', name: 'Seen', ids: { device: 'd2' }, time: '2026-03-21T03:30:00Z' },
      { type: 'track', name: 'Seen', ids: { device: 'd2' }, time: '2026-03-21T12:00:00Z' },
      { type: 'login', ids: { device: 'd2', user: 'ann' }, time: '2026-03-21T12:05:00Z' },
      { type: 'track', name: 'Before', ids: { device: 'd3' }, time: '2026-03-19T12:00:00Z' },
    ]);
    // Nothing was asked yet, so nothing was fed.
    const before = await fetch(`${server.url}/v1/insights/progress`, { headers });
    expect(v.parse(progressShape, await before.json())).toEqual({ through: 0, last: 5 });
    const answer = await fetch(`${server.url}/v1/insights/days`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ from: '2026-03-20T04:00:00Z' }),
    });
    expect(v.parse(daysShape, await answer.json()).rows).toEqual([
      { start: Date.UTC(2026, 2, 20, 4), events: 2, people: 2, known: 1 },
      { start: Date.UTC(2026, 2, 21, 4), events: 1, people: 1, known: 1 },
    ]);
    const progress = await fetch(`${server.url}/v1/insights/progress`, { headers });
    expect(v.parse(progressShape, await progress.json())).toEqual({ through: 5, last: 5 });
    const project = await fetch(`${server.url}/v1/project`, { headers });
    expect(v.parse(projectShape, await project.json()).currency).toBe('NOK');
  });

  test('how far one project is says nothing of another', async () => {
    const server = await running({ projects: [shop, other] });
    const progressOf = async ({ serverKey }: typeof shop) => {
      const answer = await fetch(`${server.url}/v1/insights/progress`, {
        headers: { authorization: `Bearer ${serverKey}` },
      });
      return v.parse(progressShape, await answer.json());
    };
    const seen = (n: number) =>
      Array.from({ length: n }, (_, i) => ({ type: 'track', name: 'Seen', ids: { device: `d${i}` } }));
    await batch(server.url, shop.serverKey, seen(3));
    await server.context.columns.catchUp(shop.id);
    await batch(server.url, other.serverKey, seen(5));
    const { last } = await progressOf(shop);
    expect(await progressOf(shop)).toEqual({ through: last, last });
    expect(await progressOf(other)).toMatchObject({ through: 0 });
    expect((await server.context.columns.overview(other.id)).events).toBe(5);
    expect(await progressOf(shop)).toEqual({ through: last, last });
  });

  test('what was refused and why, with how often, and nothing of the items', async () => {
    const server = await running();
    await batch(server.url, shop.publicKey, [
      { type: 'identify', ids: { user: 'null' } },
      { type: 'identify', ids: { user: 'null' } },
      { type: 'track', name: 'Fine', ids: { device: 'd1' } },
    ]);
    const large = JSON.stringify({ items: [], padding: 'x'.repeat(11_000_000) });
    await fetch(`${server.url}/v1/batch`, { method: 'POST', headers, body: large });
    await expect
      .poll(async () => {
        const answer = await fetch(`${server.url}/v1/refusals`, { headers });
        const { refusals } = v.parse(refusalsShape, await answer.json());
        return refusals.map(({ status, wire, items }) => [status, wire, items]);
      })
      .toEqual([
        ['rejected', 'native', 2],
        ['turned-away', 'native', 1],
      ]);
    const said = await (await fetch(`${server.url}/v1/refusals`, { headers })).text();
    expect(said).toContain('names nobody');
    expect(said).not.toContain('d1');
  });
});
