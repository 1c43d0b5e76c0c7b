import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { funnelShape } from '../src/api/shapes/insights.ts';
import { anchorOf, isEvent, type Line, linesOf, recount, unitOf } from './recount.ts';
import { batch, running, shop } from './running.ts';

const HOUR = 3_600_000;
const start = Date.UTC(2026, 2, 1);
const steps = ['Viewed', 'Added', 'Bought'];
const seed = Number(process.env['SEED'] ?? 20260301);

/** mulberry32: numbers in 0…1, the same for a seed everywhere. */
function random(state: number): () => number {
  let now = state;
  return () => {
    now = (now + 0x6d2b79f5) | 0;
    let mixed = Math.imul(now ^ (now >>> 15), 1 | now);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Customers on two devices each, of which some are shared: anonymous, logged in, logged out, and told of by a backend. */
function traffic(): readonly object[] {
  const next = random(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const items: object[] = [];
  for (let person = 0; person < 80; person++) {
    const user = `customer-${person}`;
    const devices = [`phone-${person}`, next() < 0.2 ? 'tablet-of-the-shop' : `laptop-${person}`];
    const seen = new Set<string>();
    for (let at = start + next() * 400 * HOUR, n = Math.floor(2 + next() * 12); n > 0; n--, at += next() * 40 * HOUR) {
      const device = pick(devices);
      const time = new Date(at).toISOString();
      const dice = next();
      if (dice < 0.12) {
        items.push({ type: 'login', ids: { device, user }, time });
        seen.add(device);
      } else if (dice < 0.16) {
        items.push({ type: 'logout', ids: { device }, time });
        seen.delete(device);
      } else {
        const ids = dice > 0.95 ? { user } : seen.has(device) ? { device, user } : { device };
        items.push({ type: 'track', name: pick(steps), ids, time });
      }
    }
  }
  return items;
}

describe(`a funnel recounted from the exported log (seed ${seed})`, () => {
  test('agrees to the person, and to the device where devices are counted', async () => {
    const server = await running();
    const items = traffic();
    for (let i = 0; i < items.length; i += 500) await batch(server.url, shop.serverKey, items.slice(i, i + 500));
    const headers = { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' };
    const lines = linesOf(await (await fetch(`${server.url}/v1/log`, { headers })).text());
    expect(lines.filter(isEvent).length).toBeGreaterThan(300);

    const ask = async (more: object) => {
      const question = { steps: steps.map((event) => ({ event })), window: 7 * 24 * HOUR, ...more };
      const answer = await fetch(`${server.url}/v1/insights/funnel`, {
        method: 'POST',
        headers,
        body: JSON.stringify(question),
      });
      return v.parse(funnelShape, await answer.json()).steps.map(({ people }) => people);
    };
    const owners = new Map<Line, string>();
    for (const line of lines.filter(isEvent)) {
      const { kind = '', value = '' } = anchorOf(line) ?? {};
      const at = new Date(line.time).toISOString();
      const answer = await fetch(`${server.url}/v1/people?kind=${kind}&value=${value}&at=${at}`, { headers });
      if (answer.status === 200) owners.set(line, ((await answer.json()) as { id: string }).id);
    }
    const people = recount(lines, steps, 7 * 24 * HOUR, (line) => owners.get(line));
    const units = recount(lines, steps, 7 * 24 * HOUR, unitOf);
    expect(await ask({})).toEqual(people);
    expect(await ask({ perIdentifier: true })).toEqual(units);
    // A comparison that says nothing would prove nothing.
    expect(people).not.toEqual(units);
    expect(units.at(-1)).toBeGreaterThan(0);
  });
});
