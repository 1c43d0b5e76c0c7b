import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../src/index.ts';
import { batch, running, shop } from './running.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Where the clock goes from where it was, ms; after each of them the server is asked everything again. */
const jumps = [1_000, DAY, -DAY, -DAY, HOUR, -HOUR, 2 * DAY, 6 * DAY - HOUR, -6 * DAY, 6 * DAY];

test('a clock that jumps by days, back and forth, over a restart too, doubles, loses and expires nothing for seven days (G4, G25)', async () => {
  let now = Date.UTC(2026, 2, 28, 12);
  const first = await running({}, { clock: () => now });
  let server: Pick<typeof first, 'url' | 'stop'> = first;
  const told: string[] = [];
  const violations: string[] = [];
  let retries = 0;
  for (const [nth, jump] of jumps.entries()) {
    now += jump;
    if (nth === 6) {
      await server.stop();
      server = await startServer(
        { config: join(first.data, '..', 'settings.json'), data: first.data, port: 0, host: '127.0.0.1' },
        { foreground: false, logTo: { write: () => undefined }, clock: () => now },
      );
    }
    const fresh = [`${nth}a`, `${nth}b`];
    const items = [...told, ...fresh].map((insertId) => ({
      ...{ type: 'track', name: 'Seen', insertId },
      ids: { user: 'ann', device: `d${insertId}` },
    }));
    const answer = await batch(server.url, shop.serverKey, items);
    const { results } = (await answer.json()) as { results: readonly { status: string; personId: string }[] };
    for (const [i, { status }] of results.entries())
      if (status !== (i < told.length ? 'duplicate' : 'applied')) violations.push(`jump ${nth}: item ${i} ${status}`);
    retries += told.length;
    told.push(...fresh);
  }
  onTestFinished(() => server.stop());
  const ask = async <T>(path: string) =>
    (await (await fetch(server.url + path, { headers: { authorization: `Bearer ${shop.serverKey}` } })).json()) as T;
  const { id } = await ask<{ id: string }>('/v1/people?kind=user&value=ann');
  const { events } = await ask<{ events: { insertId: string }[] }>(`/v1/people/${id}/events?limit=100`);
  const kept = events.map(({ insertId }) => insertId);
  console.log(
    `G25: ${jumps.length} jumps of the clock, ${retries} retries over ${(jumps.reduce((a, b) => a + b) / DAY).toFixed(0)} days: ${violations.length} violations; ${kept.length} of ${told.length} events kept`,
  );
  expect(violations).toEqual([]);
  expect(kept.toSorted()).toEqual(told.toSorted());
});
