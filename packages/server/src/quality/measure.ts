import { type Accounts, accountsOf } from './accounts.ts';
import type { Given, Seen } from './seen.ts';
import { cell, tally } from './tally.ts';
import { toldPrecision } from './told.ts';

/** How well a policy finds the humans behind events. All but the counts are shares, 0 to 1. */
export interface Quality {
  /** B-cubed precision, where joins that the sender's own words force are excused: {@link toldPrecision}. */
  readonly precision: number;
  /** The same where only the words that name a login are: what strangers did on a device without one is held against us. */
  readonly strictPrecision: number;
  /** B-cubed recall of what can be known from the identifiers that were sent. */
  readonly recall: number;
  /** The harmonic mean of told precision and knowable recall; of strict precision and the same. */
  readonly f: number;
  readonly strictF: number;
  /** B-cubed recall of everything each human did; nobody reaches 1 where cookies are lost. */
  readonly recallOfAll: number;
  /** Events without a login that were given to another human's account, of all events without one. */
  readonly wrongAnonymous: number;
  /** People who hold events of two humans where no word that names a login says so, and the most humans in one. */
  readonly overMerged: number;
  readonly largest: number;
  /** Humans whose events, though they could be joined by what was sent, were given to several people. */
  readonly split: number;
  /** Known people among all people, divided by customers among all humans. */
  readonly signUpShare: number;
  /** Revenue credited to another first campaign than the human's. */
  readonly wrongRevenue: number;
}

/**
 * Compares whom events were given to with who did them. Counts cells, not pairs, so a million events are no matter.
 * @param knowable which events of one human an oracle could join, a name for each group
 */
export function measure(
  events: readonly Seen[],
  given: readonly Given[],
  knowable: readonly string[],
  accounts: Accounts = accountsOf(events),
): Quality {
  const people = given.map(({ person }, i) => person ?? `nobody ${i}`);
  const { told, strict } = toldPrecision(events, people, accounts);
  const [byHuman, byKnowable] = [
    tally(events.map(({ human }, i) => cell(people[i] as string, human))),
    tally(knowable.map((group, i) => cell(people[i] as string, group))),
  ];
  const humans = tally(events.map(({ human }) => human));
  const groups = tally(knowable);
  const mean = sums();
  const wronged = new Set<string>();
  let anonymous = 0;
  let wrong = 0;
  for (const [i, { human, login }] of events.entries()) {
    const person = people[i] as string;
    const group = knowable[i] as string;
    if ((strict[i] as number) < 1) wronged.add(person);
    mean.precision += told[i] as number;
    mean.strictPrecision += strict[i] as number;
    mean.recall += (byKnowable.get(cell(person, group)) ?? 0) / (groups.get(group) ?? 1);
    mean.recallOfAll += (byHuman.get(cell(person, human)) ?? 0) / (humans.get(human) ?? 1);
    if (login !== undefined) continue;
    anonymous += 1;
    if (accounts.get(given[i]?.login ?? '')?.has(human) === false) wrong += 1;
  }
  const count = Math.max(events.length, 1);
  const [precision, strictPrecision] = [mean.precision / count, mean.strictPrecision / count];
  const recall = mean.recall / count;
  return {
    precision,
    strictPrecision,
    recall,
    f: harmonicMean(precision, recall),
    strictF: harmonicMean(strictPrecision, recall),
    recallOfAll: mean.recallOfAll / count,
    wrongAnonymous: anonymous === 0 ? 0 : wrong / anonymous,
    overMerged: wronged.size,
    largest: mostHumans(events, people, wronged),
    split: splitHumans(events, people, knowable),
    signUpShare:
      shareOf(people, given) /
      shareOf(
        events.map(({ human }) => human),
        events,
      ),
    wrongRevenue: wrongRevenue(events, people),
  };
}

const sums = () => ({ precision: 0, strictPrecision: 0, recall: 0, recallOfAll: 0 });

const harmonicMean = (a: number, b: number): number => (a + b === 0 ? 0 : (2 * a * b) / (a + b));

function mostHumans(events: readonly Seen[], people: readonly string[], among: ReadonlySet<string>): number {
  const humans = new Map<string, Set<string>>();
  for (const [i, { human }] of events.entries()) {
    const person = people[i] as string;
    if (!among.has(person)) continue;
    const seen = humans.get(person);
    if (seen === undefined) humans.set(person, new Set([human]));
    else seen.add(human);
  }
  return Math.max(1, ...[...humans.values()].map((one) => one.size));
}

function splitHumans(events: readonly Seen[], people: readonly string[], knowable: readonly string[]): number {
  const given = new Map<string, string>();
  const split = new Set<string>();
  for (const [i, { human }] of events.entries()) {
    const group = knowable[i] as string;
    const first = given.get(group);
    if (first === undefined) given.set(group, people[i] as string);
    else if (first !== people[i]) split.add(human);
  }
  return split.size;
}

/** The share of some units that ever had a login. */
function shareOf(units: readonly string[], logins: readonly { readonly login: string | undefined }[]): number {
  const known = new Set(units.filter((_, i) => logins[i]?.login !== undefined));
  return known.size / Math.max(new Set(units).size, 1);
}

function wrongRevenue(events: readonly Seen[], people: readonly string[]): number {
  const firstOf = (units: readonly string[]) => {
    const first = new Map<string, { time: number; campaign: string }>();
    for (const [i, { time, campaign }] of events.entries()) {
      const before = first.get(units[i] as string);
      if (campaign !== undefined && (before === undefined || time < before.time))
        first.set(units[i] as string, { time, campaign });
    }
    return first;
  };
  const real = firstOf(events.map(({ human }) => human));
  const ours = firstOf(people);
  let all = 0;
  let wrong = 0;
  for (const [i, { human, revenue }] of events.entries()) {
    all += revenue;
    if (real.get(human)?.campaign !== ours.get(people[i] as string)?.campaign) wrong += revenue;
  }
  return all === 0 ? 0 : wrong / all;
}
