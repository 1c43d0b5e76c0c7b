import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Command,
  type Identifier,
  keyOf,
  ownerAt,
  type Policy,
  personOf,
  presets,
  type Rules,
  type Statement,
} from '@selfsame/identity';
import {
  type AttributionAnswer,
  type Breakdown,
  type Columns,
  type Condition,
  createIngest,
  createMemoryStore,
  type EventFilter,
  type FunnelAnswer,
  type Interval,
  type Item,
  type PeopleBehind,
  type RetentionAnswer,
  type Who,
} from '@selfsame/store';
import { openColumns } from '@selfsame/store-embedded';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  attributionReference,
  countsReference,
  eventsOf,
  funnelReference,
  type OwnedEvent,
  passes,
  retentionReference,
} from './reference-answers.ts';

const HOUR = 3_600_000;
/** A Friday, two days before a month ends. */
const BASE = Date.UTC(2025, 1, 27, 22, 30);
const policy = presets['selfsame'] as Policy;
const rules = (): Rules => ({
  policy,
  derive: (project, founder, attempt) => `${project}/${keyOf(founder)}/${attempt}` as ReturnType<Rules['derive']>,
});

const directory = mkdtempSync(join(tmpdir(), 'selfsame-questions-'));
const store = createMemoryStore(rules);
const ingest = createIngest({ store, clock: () => BASE + 400 * 24 * HOUR, rules });
let columns: Columns;
beforeAll(async () => {
  columns = await openColumns({ directory, feed: store.feed });
});
afterAll(async () => {
  await columns.close();
  await ingest.stop();
  rmSync(directory, { recursive: true, force: true });
});

// Small worlds, so that everything collides: few people, few moments, few words.
const user = fc.constantFrom('ann', 'bob', 'cy').map((value): Identifier => ({ kind: 'user', value }));
const device = fc.constantFrom('d1', 'd2', 'd3', 'd4').map((value): Identifier => ({ kind: 'device', value }));
const ids = fc.oneof(
  { weight: 5, arbitrary: device.map((one) => [one]) },
  { weight: 2, arbitrary: user.map((one) => [one]) },
  { weight: 2, arbitrary: fc.tuple(user, device) },
  { weight: 1, arbitrary: fc.constant([]) },
);
const name = fc.constantFrom('View', 'Cart', 'Order');
const scalar = fc.constantFrom('a', 'b', '5', '', 'café', 5, 5.5, -1, 1e21, true, null);
const properties = fc.record(
  {
    plan: fc.oneof(scalar, fc.constantFrom(['a', 'b'], { a: 1 })),
    'odd/~name': scalar,
    utm_campaign: fc.constantFrom('spring', 'autumn', null),
    gclid: fc.constantFrom('g1', 'g2'),
    price: fc.constantFrom(10, 2.5, '7', 'free'),
  },
  { requiredKeys: [] },
);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .record({ ids, name, properties, hidden: fc.constantFrom(false, false, false, true) })
      .map(({ hidden, ...track }) => ({ type: 'Track' as const, ...track, ...(hidden ? { hidden } : {}) })),
  },
  { weight: 1, arbitrary: device.map((one) => ({ type: 'Logout' as const, ids: [one] })) },
  { weight: 1, arbitrary: fc.tuple(user, user).map(([one, other]) => ({ type: 'Merge' as const, one, other })) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.oneof(user, device), fc.constantFrom('gold', 'blue', 7)).map(([one, value]) => ({
      type: 'Describe' as const,
      ids: [one],
      changes: [{ op: 'set' as const, name: 'tier', value }],
    })),
  },
);
const time = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 1500 })).map((n) => BASE + n * HOUR);
const history = fc.array(
  fc.record({
    command,
    time,
    insertId: fc.option(fc.integer({ min: 0, max: 5 })),
    batch: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
  }),
  { minLength: 1, maxLength: 60 },
);

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    property: fc.constantFrom('plan', 'odd/~name', 'utm_campaign', 'price', 'none'),
    op: fc.constantFrom('eq', 'ne', 'contains', 'gt', 'gte', 'lt', 'lte'),
    value: fc.constantFrom('a', '5', 'spring', 'é', '', 5, 5.0, 1e21, 2.5, true),
  }),
  fc.record({ property: fc.constantFrom('plan', 'odd/~name', 'utm_campaign'), op: fc.constantFrom('set', 'not-set') }),
);
const filter: fc.Arbitrary<EventFilter> = fc.oneof(
  { weight: 3, arbitrary: name.map((event) => ({ event })) },
  { weight: 1, arbitrary: fc.record({ event: name, where: fc.array(condition, { maxLength: 2 }) }) },
);
const range = fc.record({ from: time, to: time }, { requiredKeys: [] });
const breakdown: fc.Arbitrary<Breakdown> = fc.constantFrom(
  { property: 'plan' },
  { property: 'utm_campaign' },
  { trait: 'tier' },
);
const who: fc.Arbitrary<Who> = fc.record(
  {
    known: fc.boolean(),
    traits: fc.array(
      fc.oneof(
        fc.record({
          property: fc.constantFrom('tier', 'none'),
          op: fc.constantFrom('eq', 'ne', 'gt'),
          value: fc.constantFrom('gold', 5),
        }),
        fc.record({ property: fc.constantFrom('tier', 'none'), op: fc.constantFrom('set', 'not-set') }),
      ),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);
const interval = fc.constantFrom<Interval[]>('hour', 'day', 'week', 'month');
const length = fc.constantFrom(0, HOUR, 5 * HOUR, 24 * HOUR, 1000 * HOUR);

/** Tells a history to a project of its own and answers its visible events with the owners the rules give them. */
let projects = 0;
async function told(items: readonly { command: Command; time: number; insertId: number | null; batch: boolean }[]) {
  const project = `p${projects++}`;
  let group: Item[] = [];
  for (const { command, time, insertId, batch } of items) {
    const statement: Statement = {
      project,
      command,
      time,
      wire: 'native',
      trust: 2,
      ...(insertId === null ? {} : { insertId: `i${insertId}`, repeat: { key: `i${insertId}`, keep: 'latest' } }),
    };
    group.push({ type: 'statement', statement });
    if (batch) continue;
    await ingest.submit('native', group);
    group = [];
    await columns.catchUp(project);
  }
  await ingest.submit('native', group);
  const graph = store.graph(project);
  const events = new Map<number, OwnedEvent>();
  for await (const { entry, verdict } of store.read(project)) {
    if (entry.command.type !== 'Track') continue;
    if (entry.repeats !== undefined) events.delete(entry.repeats);
    if (entry.command.hidden) continue;
    const owner = verdict.anchor && ownerAt(graph, policy, keyOf(verdict.anchor), entry.time);
    const person = owner && personOf(graph, policy, owner);
    events.set(entry.position, {
      position: entry.position,
      time: entry.time,
      name: entry.command.name,
      properties: entry.command.properties,
      person: owner?.key ?? null,
      known: person?.known ?? false,
      traits: Object.fromEntries(person?.traits ?? []),
    });
  }
  const whoWas = ({ anchor, time }: PeopleBehind['rows'][number]) => ownerAt(graph, policy, anchor, time)?.key;
  return { project, events: [...events.values()], whoWas };
}

const seed = Number(process.env['SELFSAME_SEED']);
console.log(`questions: SELFSAME_SEED=${seed}`);
const runs = { seed, numRuns: process.env['SELFSAME_LONG'] === undefined ? 20 : 400 };

describe('every answer equals the one a plain reading of the list gives', () => {
  test('funnel', async () => {
    const question = fc.record(
      { steps: fc.array(filter, { minLength: 1, maxLength: 4 }), window: length, breakdown, range, who },
      { requiredKeys: ['steps'] },
    );
    await fc.assert(
      fc.asyncProperty(history, fc.array(question, { minLength: 1, maxLength: 4 }), async (items, questions) => {
        const { project, events } = await told(items);
        for (const { range, ...rest } of questions) {
          const asked = { ...rest, ...range };
          expect(await columns.funnel(project, asked)).toEqual(funnelReference(eventsOf(events, asked.who), asked));
        }
      }),
      runs,
    );
  });

  test('attribution', async () => {
    const question = fc.record(
      {
        conversion: filter,
        model: fc.constantFrom('first-touch', 'last-touch', 'linear'),
        revenueProperty: fc.constantFrom('price', 'plan'),
        lookBack: length,
        by: fc.constantFrom('utm_campaign', 'gclid', 'plan'),
        breakdown,
        range,
        who,
      },
      { requiredKeys: ['conversion', 'model'] },
    );
    // Shares of a third do not add up to the last bit, whatever the order.
    const cut = (n: number) => Number(n.toPrecision(9));
    const rounded = ({ rows, total }: AttributionAnswer) => {
      const all = rows.map((row) => ({ ...row, conversions: cut(row.conversions), revenue: cut(row.revenue) }));
      all.sort((a, b) => String(a.touch).localeCompare(String(b.touch)));
      return { rows: all, total: { ...total, conversions: cut(total.conversions), revenue: cut(total.revenue) } };
    };
    const allRounded = ({ breakdown, ...whole }: AttributionAnswer) => ({
      ...rounded(whole),
      breakdown: breakdown?.map(({ value, ...some }) => ({ value, ...rounded(some) })),
    });
    await fc.assert(
      fc.asyncProperty(history, fc.array(question, { minLength: 1, maxLength: 4 }), async (items, questions) => {
        const { project, events } = await told(items);
        for (const { range, ...rest } of questions) {
          const asked = { ...rest, ...range };
          expect(allRounded(await columns.attribution(project, asked))).toEqual(
            allRounded(attributionReference(eventsOf(events, asked.who), asked)),
          );
        }
      }),
      runs,
    );
  });

  test('retention and counts', async () => {
    const retention = fc.record(
      { first: filter, returning: filter, interval, intervals: fc.integer({ min: 1, max: 9 }), breakdown, range, who },
      { requiredKeys: ['first', 'returning', 'interval'] },
    );
    const counted = fc.record(
      { events: fc.array(filter, { minLength: 1, maxLength: 3 }), interval, breakdown, range, who },
      { requiredKeys: ['events', 'interval'] },
    );
    await fc.assert(
      fc.asyncProperty(history, retention, counted, async (items, cohorts, counts) => {
        const { project, events } = await told(items);
        const back = { ...cohorts, ...cohorts.range };
        expect(await columns.retention(project, back)).toEqual(retentionReference(eventsOf(events, back.who), back));
        const much = { ...counts, ...counts.range };
        expect(await columns.counts(project, much)).toEqual(countsReference(eventsOf(events, much.who), much));
        const all = await columns.overview(project);
        expect(all.events).toBe(events.length);
        const listed = await columns.people(project, { sort: 'name', descending: false, limit: 100, offset: 0 });
        expect([listed.total, listed.rows.length]).toEqual([all.people, all.people]);
      }),
      runs,
    );
  });
});

describe('behind every figure stand as many people as it says, each once', () => {
  const limit = 1000;
  const scope = { breakdown, range, who };

  test('of a funnel and of counts', async () => {
    const steps = fc.array(filter, { minLength: 1, maxLength: 3 });
    const asked = fc.record({ steps, window: length, ...scope }, { requiredKeys: ['steps'] });
    const counted = fc.record({ event: filter, interval, ...scope }, { requiredKeys: ['event', 'interval'] });
    await fc.assert(
      fc.asyncProperty(history, asked, counted, async (items, { range, breakdown, ...rest }, counts) => {
        const { project, whoWas } = await told(items);
        const sized = sizeOf(whoWas);
        const question = { ...rest, ...range };
        const answer = await columns.funnel(project, { ...question, ...(breakdown && { breakdown }) });
        for (const { steps, split } of partsOf<Pick<FunnelAnswer, 'steps'>>(answer, breakdown))
          for (const [i, { people }] of steps.entries()) {
            const behind = async (part: 'reached' | 'dropped') =>
              sized(
                await columns.funnelPeople(project, { ...question, ...(split && { split }), step: i + 1, part, limit }),
              );
            const next = steps[i + 1]?.people ?? 0;
            expect([await behind('reached'), await behind('dropped')]).toEqual([people, people - next]);
          }
        const { event, interval: every, range: when, breakdown: by, ...chosen } = counts;
        const much = await columns.counts(project, {
          ...{ ...chosen, ...when, interval: every, events: [event] },
          ...(by && { breakdown: by }),
        });
        expect(sized(await columns.countsPeople(project, { ...chosen, ...when, event, limit }))).toBe(
          much.totals[0]?.people,
        );
        for (const { start, value, people } of much.rows.filter((row) => row.people > 0)) {
          const next = every === 'month' ? monthAfter(start) : start + { hour: 1, day: 24, week: 168 }[every] * HOUR;
          const here = { from: Math.max(start, when?.from ?? start), to: Math.min(next, when?.to ?? next) };
          const split = by === undefined ? {} : { split: { by, value: value ?? null } };
          expect(sized(await columns.countsPeople(project, { ...chosen, ...here, ...split, event, limit }))).toBe(
            people,
          );
        }
      }),
      { ...runs, numRuns: Math.ceil(runs.numRuns / 2) },
    );
  });

  test('of a retention and of campaigns', async () => {
    const cohorts = fc.record(
      { first: filter, returning: filter, interval, ...scope },
      { requiredKeys: ['first', 'returning', 'interval'] },
    );
    const campaigns = fc.record(
      {
        conversion: filter,
        model: fc.constantFrom('first-touch', 'last-touch', 'linear'),
        lookBack: length,
        by: fc.constantFrom('utm_campaign', 'gclid'),
        ...scope,
      },
      { requiredKeys: ['conversion', 'model', 'by'] },
    );
    await fc.assert(
      fc.asyncProperty(history, cohorts, campaigns, async (items, { range, breakdown, ...rest }, earned) => {
        const { project, events, whoWas } = await told(items);
        const sized = sizeOf(whoWas);
        const question = { ...rest, ...range };
        const answer = await columns.retention(project, {
          ...question,
          intervals: 3,
          ...(breakdown && { breakdown }),
        });
        for (const { rows, split } of partsOf<Pick<RetentionAnswer, 'rows'>>(answer, breakdown))
          for (const { cohort, people, returned } of rows) {
            const behind = async (part: 'began' | 'returned' | 'dropped', n: number) =>
              sized(
                await columns.retentionPeople(project, {
                  ...question,
                  ...(split && { split }),
                  cohort,
                  part,
                  n,
                  limit,
                }),
              );
            expect(await behind('began', 0)).toBe(people);
            for (const [n, came] of returned.entries())
              expect([await behind('returned', n), await behind('dropped', n)]).toEqual([came, people - came]);
          }
        const { range: when, breakdown: by, ...touched } = earned;
        const asked = { ...touched, ...when };
        const credit = await columns.attribution(project, { ...asked, ...(by && { breakdown: by }) });
        for (const { rows, split } of partsOf<Pick<AttributionAnswer, 'rows'>>(credit, by))
          for (const { touch, people } of rows) {
            const behind = { ...asked, ...(split && { split }), touch, part: 'converted', limit } as const;
            expect(sized(await columns.attributionPeople(project, behind))).toBe(people);
          }
        for (const one of ['spring', 'g1', null]) {
          const dropped = await columns.attributionPeople(project, {
            ...asked,
            touch: one,
            part: 'dropped',
            limit,
          });
          const theirs = eventsOf(events, asked.who).filter(
            ({ time }) => time >= (when?.from ?? time) && time < (when?.to ?? time + 1),
          );
          const converted = new Set(
            theirs.filter((event) => passes(asked.conversion, event)).map(({ person }) => person),
          );
          const came = theirs.filter(({ properties }) => one !== null && properties[asked.by] === one);
          const left = new Set(came.flatMap(({ person }) => (person === null || converted.has(person) ? [] : person)));
          expect(new Set(dropped.rows.map(whoWas))).toEqual(left);
        }
      }),
      { ...runs, numRuns: Math.ceil(runs.numRuns / 2) },
    );
  });
});

interface SplitBy {
  readonly split?: { readonly by: Breakdown; readonly value: string | null };
}

/** The answer as a whole, then every row of its breakdown with the question that asks for it alone. */
const partsOf = <Whole extends object>(
  answer: Whole & { readonly breakdown?: readonly (Whole & { readonly value: string | null })[] | undefined },
  by: Breakdown | undefined,
): readonly (Whole & SplitBy)[] => [
  answer,
  ...(answer.breakdown ?? []).map((row) => ({ ...row, split: { by: by as Breakdown, value: row.value } })),
];

/** How many people an answer lists; none of them twice, none of them nobody. */
const sizeOf =
  (whoWas: (row: PeopleBehind['rows'][number]) => string | undefined) =>
  ({ rows }: PeopleBehind): number => {
    const people = rows.map(whoWas);
    expect(people).not.toContain(undefined);
    expect(new Set(people).size).toBe(people.length);
    return people.length;
  };

const monthAfter = (start: number): number => {
  const date = new Date(start);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
};
