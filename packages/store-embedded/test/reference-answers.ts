import type { Json } from '@selfsame/identity';
import type {
  AttributionQuestion,
  Breakdown,
  Condition,
  CountsQuestion,
  EventFilter,
  FunnelQuestion,
  FunnelStep,
  Interval,
  Range,
  RetentionQuestion,
  Who,
} from '@selfsame/store';

/** A visible event with its owner, as the questions speak of it. */
export interface OwnedEvent {
  readonly position: number;
  readonly time: number;
  readonly name: string;
  readonly properties: Readonly<Record<string, Json>>;
  /** Null when nobody owns it. */
  readonly person: string | null;
  readonly known: boolean;
  readonly traits: Readonly<Record<string, Json>>;
}

/** The questions of `Columns`, answered slowly from a plain list: the definition that every faster answer must equal. */

const MONTH = 30 * 86_400_000;

const text = (value: Json | undefined): string | null =>
  value === undefined || value === null
    ? null
    : typeof value === 'string'
      ? value
      : // JSON may write an exponent with its plus or without: DuckDB does without.
        JSON.stringify(value).replace('e+', 'e');

const asNumber = (value: string): number | undefined =>
  /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(value) ? Number(value) : undefined;

/** The events of those a question is about; of nobody's, none when it chooses. */
export const eventsOf = (events: readonly OwnedEvent[], who: Who | undefined): readonly OwnedEvent[] =>
  who === undefined
    ? events
    : events.filter(
        (event) =>
          event.person !== null &&
          (who.known === undefined || who.known === event.known) &&
          (who.traits ?? []).every((condition) => holds(condition, event.traits)),
      );

function holds({ property, op, value }: Condition, values: Readonly<Record<string, Json>>): boolean {
  const is = text(values[property]);
  if (op === 'set') return is !== null;
  if (op === 'not-set') return is === null;
  const wanted = String(value);
  const [left, right] = is === null ? [undefined, undefined] : [asNumber(is), asNumber(wanted)];
  const equal = is !== null && (is === wanted || (left !== undefined && left === right));
  if (op === 'eq') return equal;
  if (op === 'ne') return !equal;
  if (is === null) return false;
  if (op === 'contains') return is.includes(wanted);
  const order =
    asNumber(wanted) === undefined
      ? is < wanted
        ? -1
        : is > wanted
          ? 1
          : 0
      : left === undefined
        ? undefined
        : left - (right as number);
  if (order === undefined) return false;
  return { gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 }[op];
}

export const passes = (filter: EventFilter, event: OwnedEvent): boolean =>
  event.name === filter.event && (filter.where ?? []).every((condition) => holds(condition, event.properties));

const within = ({ from, to }: Range, time: number): boolean =>
  (from === undefined || time >= from) && (to === undefined || time < to);

const inOrder = (a: OwnedEvent, b: OwnedEvent): number => a.time - b.time || a.position - b.position;

function byPerson(events: readonly OwnedEvent[]): readonly (readonly OwnedEvent[])[] {
  const people = Map.groupBy(
    events.filter((event) => event.person !== null),
    (event) => event.person,
  );
  return [...people.values()].map((theirs) => theirs.toSorted(inOrder));
}

const valueFor = (breakdown: Breakdown, event: OwnedEvent): string | null =>
  text('trait' in breakdown ? event.traits[breakdown.trait] : event.properties[breakdown.property]);

/** Sorted as the columns sort: most frequent first, then by value, none last. */
function frequent(values: readonly (string | null)[]): readonly (string | null)[] {
  const sizes = [...Map.groupBy(values, (value) => value)].map(([value, all]) => ({ value, size: all.length }));
  sizes.sort((a, b) => b.size - a.size || compareValues(a.value, b.value));
  return sizes.map(({ value }) => value);
}

const compareValues = (a: string | null, b: string | null): number =>
  a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1;

export function funnelReference(events: readonly OwnedEvent[], question: FunnelQuestion) {
  const { steps, window = MONTH, breakdown } = question;
  const people = byPerson(events).flatMap((theirs) => {
    /** For each step, the event at which it is first reached and the latest first step that leads there. */
    const reached: { readonly at: OwnedEvent; readonly start: OwnedEvent }[] = [];
    let before: { readonly at: OwnedEvent; readonly start: OwnedEvent }[] = [];
    steps.forEach((step, i) => {
      const now = theirs.flatMap((at) => {
        if (!passes(step, at)) return [];
        if (i === 0) return within(question, at.time) ? [{ at, start: at }] : [];
        const starts = before
          .filter((one) => inOrder(one.at, at) < 0 && at.time - one.start.time <= window)
          .map((one) => one.start)
          .toSorted(inOrder);
        const start = starts.at(-1);
        return start === undefined ? [] : [{ at, start }];
      });
      if (now[0] !== undefined) reached.push(now[0]);
      before = now;
    });
    const last = reached.at(-1);
    return last === undefined
      ? []
      : [
          {
            times: reached.map(({ at, start }) => at.time - start.time),
            value: breakdown === undefined ? null : valueFor(breakdown, last.start),
          },
        ];
  });
  const stepsOf = (some: typeof people): FunnelStep[] => {
    const at = (i: number) => some.flatMap(({ times }) => times[i] ?? []);
    return steps.map(({ event }, i) => ({
      event,
      people: at(i).length,
      conversion: at(0).length === 0 ? 0 : at(i).length / at(0).length,
      fromPrevious: at(Math.max(i - 1, 0)).length === 0 ? 0 : at(i).length / at(Math.max(i - 1, 0)).length,
      medianTime: middle(at(i)),
      averageTime: at(i).length === 0 ? null : at(i).reduce((sum, time) => sum + time, 0) / at(i).length,
    }));
  };
  return {
    steps: stepsOf(people),
    ...(breakdown === undefined
      ? {}
      : {
          breakdown: frequent(people.map(({ value }) => value)).map((value) => ({
            value,
            steps: stepsOf(people.filter((one) => one.value === value)),
          })),
        }),
  };
}

function middle(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return sorted.length === 0 ? null : ((sorted[Math.floor(half)] as number) + (sorted[Math.ceil(half)] as number)) / 2;
}

export function attributionReference(events: readonly OwnedEvent[], question: AttributionQuestion) {
  const { conversion, revenueProperty, model, lookBack = MONTH, by = 'utm_campaign', breakdown } = question;
  const credits = byPerson(events).flatMap((theirs) =>
    theirs
      .filter((event) => passes(conversion, event) && within(question, event.time))
      .flatMap((event) => {
        const amount = revenueProperty === undefined ? null : text(event.properties[revenueProperty]);
        const revenue = (amount === null ? undefined : asNumber(amount)) ?? 0;
        const touches = theirs
          .filter((one) => inOrder(one, event) <= 0 && one.time >= event.time - lookBack)
          .flatMap((one) => text(one.properties[by]) ?? []);
        const chosen: (string | null)[] =
          touches.length === 0
            ? [null]
            : model === 'linear'
              ? touches
              : [touches.at(model === 'first-touch' ? 0 : -1) as string];
        const value = breakdown === undefined ? null : valueFor(breakdown, event);
        return chosen.map((touch) => ({
          touch,
          share: 1 / chosen.length,
          revenue,
          person: event.person,
          event,
          value,
        }));
      }),
  );
  const sum = (some: typeof credits) => ({
    conversions: some.reduce((total, one) => total + one.share, 0),
    revenue: some.reduce((total, one) => total + one.share * one.revenue, 0),
    people: new Set(some.map((one) => one.person)).size,
  });
  const of = (some: typeof credits) => ({
    rows: [...Map.groupBy(some, (one) => one.touch)].map(([touch, these]) => ({ touch, ...sum(these) })),
    total: sum(some),
  });
  const conversions = [...new Map(credits.map((one) => [one.event, one])).values()];
  return {
    ...of(credits),
    ...(breakdown === undefined
      ? {}
      : {
          breakdown: frequent(conversions.map(({ value }) => value)).map((value) => ({
            value,
            ...of(credits.filter((one) => one.value === value)),
          })),
        }),
  };
}

/** The start of the UTC interval a time lies in, by the calendar. */
function startOf(interval: Interval, time: number): number {
  const date = new Date(time);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (interval === 'month') return Date.UTC(year, month, 1);
  if (interval === 'week') return Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7));
  return interval === 'day' ? Date.UTC(year, month, day) : Date.UTC(year, month, day, date.getUTCHours());
}

export function retentionReference(events: readonly OwnedEvent[], question: RetentionQuestion) {
  const { first, returning, interval, intervals = 8, breakdown } = question;
  const people = byPerson(events).flatMap((theirs) => {
    const start = theirs.find((event) => passes(first, event) && within(question, event.time));
    if (start === undefined) return [];
    const cohort = startOf(interval, start.time);
    const starts = theirs
      .filter((event) => passes(returning, event) && inOrder(event, start) > 0)
      .map((event) => startOf(interval, event.time));
    return [{ cohort, starts, value: breakdown === undefined ? null : valueFor(breakdown, start) }];
  });
  const of = (some: typeof people) => ({
    rows: [...Map.groupBy(some, (one) => one.cohort)]
      .toSorted(([a], [b]) => a - b)
      .map(([cohort, some]) => {
        // The starts of the intervals that follow, found by walking on from one to the next.
        const starts = [cohort];
        while (starts.length < intervals) {
          const last = starts.at(-1) as number;
          let next = last;
          while (startOf(interval, next) === last) next += 3_600_000;
          starts.push(startOf(interval, next));
        }
        return {
          cohort,
          people: some.length,
          returned: starts.map((start) => some.filter((one) => one.starts.includes(start)).length),
        };
      }),
  });
  return {
    ...of(people),
    ...(breakdown === undefined
      ? {}
      : {
          breakdown: frequent(people.map(({ value }) => value)).map((value) => ({
            value,
            ...of(people.filter((one) => one.value === value)),
          })),
        }),
  };
}

export function countsReference(events: readonly OwnedEvent[], question: CountsQuestion) {
  const { interval, breakdown } = question;
  const rows = question.events.flatMap((filter, i) => {
    const some = events.filter((event) => passes(filter, event) && within(question, event.time));
    const groups = Map.groupBy(some, (event) =>
      JSON.stringify([startOf(interval, event.time), breakdown === undefined ? null : valueFor(breakdown, event)]),
    );
    return [...groups].map(([key, group]) => {
      const [start, value] = JSON.parse(key) as [number, string | null];
      const people = new Set(group.flatMap((event) => event.person ?? [])).size;
      return { i, start, event: filter.event, value, events: group.length, people };
    });
  });
  rows.sort((a, b) => a.start - b.start || a.i - b.i || b.events - a.events || compareValues(a.value, b.value));
  return {
    rows: rows.map(({ i: _, value, ...row }) => (breakdown === undefined ? row : { ...row, value })),
    totals: question.events.map((filter) => {
      const some = events.filter((event) => passes(filter, event) && within(question, event.time));
      const people = new Set(some.flatMap((event) => event.person ?? [])).size;
      return { event: filter.event, events: some.length, people };
    }),
  };
}
