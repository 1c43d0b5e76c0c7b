import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mixpanelEvent, mixpanelIdentify, simulate, statementsOf } from '../src/simulate/index.ts';

const end = Date.UTC(2026, 0, 31);
const day = 86_400_000;

describe('simulate', () => {
  it('the same seed gives the same history, another seed another', () => {
    const one = simulate({ people: 40, seed: 5, end });
    expect(simulate({ people: 40, seed: 5, end })).toEqual(one);
    expect(simulate({ people: 40, seed: 6, end }).events).not.toEqual(one.events);
  });

  it('every history is possible: in order, in time, each device in one pair of hands, logins by their owner', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (people, seed) => {
        const { events, humans } = simulate({ people, seed, end, days: 10 });
        expect(humans).toHaveLength(people);
        const insertIds = new Set(events.map((event) => event.insertId));
        expect(insertIds.size).toBe(events.length);
        for (const [i, event] of events.entries()) {
          expect(event.time).toBeGreaterThanOrEqual(events[i - 1]?.time ?? end - 10 * day);
          expect(event.time).toBeLessThanOrEqual(end);
          if (event.turn === 'login') expect(event.user).toBe(humans[event.human]?.customer);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is untidy in every way it should be', () => {
    const { events, humans } = simulate({ people: 400, seed: 1, end });
    const customers = new Map(humans.map((human) => [human.customer, human.number]));
    const byDevice = Map.groupBy(events, (event) => event.device);
    const usersOf = (device: string) => new Set(byDevice.get(device)?.map((event) => event.user ?? ''));
    const devicesOf = Map.groupBy(events, (event) => event.human);
    expect([...byDevice.keys()].some((device) => usersOf(device).size > 2)).toBe(true);
    expect([...devicesOf.values()].some((list) => new Set(list.map((event) => event.device)).size > 3)).toBe(true);
    expect(events.some((event) => event.user !== null && customers.get(event.user) !== event.human)).toBe(true);
    expect(humans.some((human) => !events.some((event) => event.user === human.customer))).toBe(true);
  });

  it('speaks as mixpanel-browser does', () => {
    const { events } = simulate({ people: 30, seed: 2, end });
    const anonymous = events.find((event) => event.user === null);
    const login = events.find((event) => event.turn === 'login');
    if (anonymous === undefined || login === undefined) throw new Error('the history lacks what this test is about');
    expect(mixpanelEvent(anonymous, 'TOK')).toMatchObject({
      event: anonymous.name,
      properties: { token: 'TOK', time: anonymous.time / 1000, distinct_id: `$device:${anonymous.device}` },
    });
    expect(mixpanelEvent(anonymous, 'TOK')).not.toHaveProperty('properties.$user_id');
    expect(mixpanelEvent(login, 'TOK')).toMatchObject({
      properties: { distinct_id: login.user, $user_id: login.user },
    });
    expect(mixpanelIdentify(login, 'TOK')).toMatchObject({
      properties: { $anon_distinct_id: `$device:${login.device}` },
    });
    expect(mixpanelIdentify(anonymous, 'TOK')).toBeUndefined();
  });

  it('says a logout in words of the rules, after the event of it', () => {
    const out = simulate({ people: 60, seed: 3, end }).events.find((event) => event.turn === 'logout');
    if (out === undefined) throw new Error('nobody logged out');
    expect(statementsOf(out, 'p').map((one) => [one.command.type, one.time])).toEqual([
      ['Track', out.time],
      ['Logout', out.time + 1],
    ]);
  });
});
