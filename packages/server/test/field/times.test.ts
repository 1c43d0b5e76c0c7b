import { describe, expect, test } from 'vitest';
import { shop } from '../running.ts';
import { ago, site } from './site.ts';

const kept = '2026-11-20T10:20:30.000Z';

describe('times', () => {
  test.each([
    '2026-11-20 10:20:30+00',
    '2026-11-20 10:20:30.000000 UTC',
    'Fri, 20 Nov 2026 10:20:30 GMT',
    '2026-11-20 10:20:30 +0000 UTC',
    1_795_170_030,
    1_795_170_030_000_000,
    '1795170030000000000',
  ])('%s is read by every wire', async (time) => {
    const { native, segment, import: load, mparticle, bulk, event } = await site();
    await native({ items: [{ type: 'track', name: 'N', ids: { user: 'u' }, insertId: 'n', time }] });
    await segment(
      'import',
      { batch: [{ type: 'track', event: 'S', userId: 'u', messageId: 's', timestamp: time }] },
      shop.serverKey,
    );
    await load([{ event: 'M', properties: { distinct_id: 'u', $insert_id: 'm', time } }]);
    const events = (id: string) => [
      {
        event_type: 'custom_event',
        data: { event_name: 'P', custom_event_type: 'other', source_message_id: id, timestamp_unixtime_ms: time },
      },
    ];
    await mparticle({ environment: 'production', mpid: '5', events: events('p') });
    await bulk([{ environment: 'production', mpid: '5', events: events('q') }]);
    for (const id of ['n', 's', 'm', 'p', 'q']) expect([id, (await event(id)).time]).toEqual([id, kept]);
  });

  test('one that cannot be read is kept with a note, or refused by name where the sender is told so', async () => {
    const { native, segment, import: load, mparticle, event, url, stats } = await site();
    for (const [i, time] of ['noon', '0001-01-01T00:00:00Z', '0000-00-00 00:00:00'].entries()) {
      await segment('track', { userId: 'u', event: 'S', messageId: `s${i}`, timestamp: time });
      await mparticle({
        environment: 'production',
        mpid: '5',
        events: [
          {
            event_type: 'custom_event',
            data: { event_name: 'P', source_message_id: `p${i}`, timestamp_unixtime_ms: time },
          },
        ],
      });
      expect((await event(`s${i}`)).name).toBe('S');
      expect((await event(`p${i}`)).name).toBe('P');
      const reply = await native({ items: [{ type: 'track', name: 'N', ids: { user: 'u' }, time }] });
      expect(await reply.text()).toMatch(/"rejected","reason":"time must/);
      const strict = await load([{ event: 'M', properties: { distinct_id: 'u', time, $insert_id: `m${i}` } }]);
      expect(await strict.text()).toContain('properties.time');
    }
    const notes: string[] = [];
    for (const { verdict } of await log(url))
      notes.push(...verdict.notes.map(({ rule }) => rule).filter((rule) => rule === 'T1'));
    expect(notes).toHaveLength(6);
    expect((await stats()).untimed).toBe(6);
  });

  test('a field that was never filled costs no event at /track, nor at /import that is not strict', async () => {
    const { mixpanel, import: load, event, stats } = await site();
    const never = [0, '0', '0001-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '1899-12-30', '1601-01-01', 253_402_300_799];
    for (const [i, time] of never.entries()) {
      const mine = { token: shop.publicKey, distinct_id: 'u', time };
      await mixpanel('track', [{ event: 'M', properties: { ...mine, $insert_id: `t${i}` } }]);
      const reply = await load([{ event: 'M', properties: { ...mine, $insert_id: `i${i}` } }], 0);
      expect(await reply.json()).toMatchObject({ num_records_imported: 1 });
      for (const id of [`t${i}`, `i${i}`])
        expect(Math.abs(Date.now() - Date.parse((await event(id)).time))).toBeLessThan(60_000);
    }
    const all = 2 * never.length;
    expect(await stats()).toMatchObject({ applied: all, rejected: 0, untimed: all });
  });

  test('one far ahead is never taken for now without a word', async () => {
    const { native, segment, url, stats } = await site();
    const reply = await native({ items: [{ type: 'track', name: 'N', ids: { user: 'u' }, time: '2300-01-01' }] });
    expect(await reply.text()).toContain('time must not be more than a year ahead');
    await segment('track', { userId: 'u', event: 'S', timestamp: '2300-01-01T00:00:00Z' });
    const [one] = await log(url);
    expect(one?.verdict.notes).toContainEqual(expect.objectContaining({ rule: 'T3' }));
    expect((await stats()).untimed).toBe(1);
  });

  test('a sentAt that contradicts its event, and one of a batch that was delayed, move nothing', async () => {
    const { segment, native, event } = await site();
    const yesterday = ago(1_440);
    for (const [i, sentAt] of [
      '0001-01-01T00:00:00Z',
      ago(1_500),
      ago(1_400),
      '9999-12-31T23:59:59Z',
      '1970-01-01T00:00:00Z',
    ].entries()) {
      await segment('batch', {
        sentAt,
        batch: [{ type: 'track', event: 'S', userId: 'u', messageId: `s${i}`, timestamp: yesterday }],
      });
      await native({
        sentAt,
        items: [{ type: 'track', name: 'N', ids: { user: 'u' }, insertId: `n${i}`, time: yesterday }],
      });
      expect([sentAt, (await event(`s${i}`)).time, (await event(`n${i}`)).time]).toEqual([
        sentAt,
        yesterday,
        yesterday,
      ]);
    }
  });
});

interface Logged {
  readonly command: { readonly type: string };
  readonly verdict: { readonly notes: readonly { readonly rule: string }[] };
}

/** The project's log. */
async function log(url: string): Promise<readonly Logged[]> {
  const reply = await fetch(`${url}/v1/log`, { headers: { authorization: `Bearer ${shop.serverKey}` } });
  return (await reply.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Logged);
}
