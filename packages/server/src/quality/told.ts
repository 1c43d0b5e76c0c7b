import { type Accounts, holdersOf } from './accounts.ts';
import type { Seen } from './seen.ts';
import { cell, tally } from './tally.ts';

/**
 * Told precision, event by event: of the events given to the same person, the share that the same human did, or that the
 * sender's own words put together with it. These are two:
 * - an event that names a login goes to that account, whoever sat there, and so meets all that is rightly its owner's;
 * - what came under one device's id, with which nobody was ever named, is one person's [L6], whoever used the device.
 *
 * `strict` excuses the first alone: who came back to a device that nobody ever logged in on is held against us.
 * @param people the person each event was given to
 */
export function toldPrecision(
  events: readonly Seen[],
  people: readonly string[],
  accounts: Accounts,
): { readonly told: readonly number[]; readonly strict: readonly number[] } {
  const humans = events.map(({ human }) => human);
  const holders = holdersOf(events, people, accounts);
  const devices = events.map(({ human, unnamed }) => (unnamed === undefined ? human : `all of ${unnamed}`));
  const sizes = tally(people);
  const shares = (ways: readonly (readonly string[])[]) =>
    alikeIn(people, ways).map((alike, i) => alike / (sizes.get(people[i] as string) as number));
  return { told: shares([humans, holders, devices]), strict: shares([humans, holders]) };
}

/** For each event, how many of its person's are like it in one way at least. */
function alikeIn(people: readonly string[], ways: readonly (readonly string[])[]): readonly number[] {
  const alike = people.map(() => 0);
  // Whatever is alike in two ways was counted twice, and so on.
  for (let some = 1; some < 2 ** ways.length; some++) {
    const chosen = ways.filter((_, way) => (some >> way) % 2 === 1);
    const keys = people.map((person, i) => chosen.reduce((key, way) => cell(key, way[i] as string), person));
    const counts = tally(keys);
    for (const [i, key] of keys.entries())
      alike[i] = (alike[i] as number) + (chosen.length % 2 === 1 ? 1 : -1) * (counts.get(key) as number);
  }
  return alike;
}
