import type { Seen } from './seen.ts';

/** The humans who have each login, by `kind:value`. */
export type Accounts = ReadonlyMap<string, ReadonlySet<string>>;

/** Where the truth does not say whose an account is: the human's who used it most. */
export function accountsOf(events: readonly Pick<Seen, 'human' | 'login'>[]): Accounts {
  const uses = new Map<string, Map<string, number>>();
  for (const { human, login } of events) {
    if (login === undefined) continue;
    const counts = uses.get(login) ?? new Map<string, number>();
    uses.set(login, counts.set(human, (counts.get(human) ?? 0) + 1));
  }
  return new Map(
    [...uses].map(([login, counts]) => {
      const [[most]] = [...counts].sort((a, b) => b[1] - a[1]) as [[string, number]];
      return [login, new Set([most])];
    }),
  );
}

/**
 * Whose an event is by what its sender said, one name for all who have an account between them: of the account it
 * names; else of whoever did it, and of all who share an account with them where their person has that account.
 * @param people the person each event was given to
 */
export function holdersOf(events: readonly Seen[], people: readonly string[], accounts: Accounts): readonly string[] {
  const shared = new Map<string, string>();
  for (const [login, humans] of accounts) if (humans.size > 1) for (const human of humans) shared.set(human, login);
  const named = new Set(events.map(({ login }, i) => `${people[i]}\n${login}`));
  return events.map(({ human, login }, i) => {
    const ours = shared.get(human);
    const account = login ?? (named.has(`${people[i]}\n${ours}`) ? ours : undefined);
    if (account === undefined) return human;
    const [first, ...others] = accounts.get(account) ?? [human];
    return others.length === 0 ? (first as string) : `all of ${account}`;
  });
}
