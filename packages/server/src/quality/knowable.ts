import type { Accounts } from './accounts.ts';
import { Joined } from './joined.ts';

/** What one item named: the human it was about (undefined: nobody knows), its identifiers, and the login among them. */
export interface Naming {
  readonly human: string | undefined;
  /** ms */
  readonly time: number;
  readonly ids: readonly string[];
  readonly login: string | undefined;
}

/**
 * Which items of one human an oracle could join: those that hang together by identifiers that this human's items name.
 * Two visits between which a cookie was lost, without a login in either, nobody can join. Nor does an identifier that
 * somebody else used in between say who came back: only a login does. And nobody can know of what names another human's
 * login that it is not theirs, so of that only the login counts. Answers a name for each item's group.
 */
export function knowableGroups(items: readonly Naming[], accounts: Accounts): readonly string[] {
  const joined = new Joined<string>();
  const links = linksOf(items, accounts);
  for (const [first, ...more] of links) for (const link of more) joined.join(first as string, link);
  return links.map(([first], i) => (first === undefined ? `alone ${i}` : joined.root(first)));
}

/** For each item, names of what its human's other items may have in common with it. */
function linksOf(items: readonly Naming[], accounts: Accounts): readonly (readonly string[])[] {
  const links: string[][] = items.map(() => []);
  const turns = new Map<string, { user: string; number: number }>();
  const inTime = items.map((_, i) => i).sort((a, b) => (items[a] as Naming).time - (items[b] as Naming).time);
  for (const i of inTime) {
    const { human, ids, login } = items[i] as Naming;
    if (human === undefined) continue;
    const user = userOf(human, login, accounts);
    for (const id of ids) {
      const turn = turns.get(id) ?? { user, number: 0 };
      if (turn.user !== user) turn.number += 1;
      turn.user = user;
      turns.set(id, turn);
      if (id === login) links[i]?.push(`${human}\n${id}`);
      else if (user === human) links[i]?.push(`${human}\n${id}\n${turn.number}`);
    }
  }
  return links;
}

/** Who was there, as the sender says. */
function userOf(human: string, login: string | undefined, accounts: Accounts): string {
  const humans = login === undefined ? undefined : accounts.get(login);
  return humans === undefined || humans.has(human) ? human : ([...humans][0] as string);
}
