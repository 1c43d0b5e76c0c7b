/** What one item named: the human it was about, its identifiers, and the login among them, if any. */
export interface Naming {
  readonly human: string;
  readonly ids: readonly string[];
  readonly login: string | undefined;
}

/**
 * Which items of one human an oracle could join: those that hang together by identifiers that this human's items name.
 * Two visits between which a cookie was lost, without a login in either, nobody can join; nor can anybody know of an item
 * that names another human's login that it is not theirs, so of such a one only the login counts.
 * @param accounts whose each login is
 * @returns a name for each item's group
 */
export function knowableGroups(items: readonly Naming[], accounts: ReadonlyMap<string, string>): readonly string[] {
  const namings = items.map((one) => ({ human: one.human, ids: idsThatTell(one, accounts) }));
  const parent = new Map<string, string>();
  const root = (key: string): string => {
    let top = key;
    for (let up = parent.get(top); up !== undefined && up !== top; up = parent.get(top)) top = up;
    for (let at = key; at !== top; ) {
      const up = parent.get(at) as string;
      parent.set(at, top);
      at = up;
    }
    return top;
  };
  const keyOf = (human: string, id: string) => `${human}\n${id}`;
  for (const { human, ids } of namings) {
    const [first, ...more] = ids;
    if (first === undefined) continue;
    for (const id of more) {
      const [a, b] = [root(keyOf(human, first)), root(keyOf(human, id))];
      if (a !== b) parent.set(a, b);
    }
  }
  return namings.map(({ human, ids }, i) =>
    ids[0] === undefined ? `${human}\nalone ${i}` : root(keyOf(human, ids[0])),
  );
}

function idsThatTell({ human, ids, login }: Naming, accounts: ReadonlyMap<string, string>): readonly string[] {
  const owner = login === undefined ? undefined : accounts.get(login);
  return login === undefined || owner === undefined || owner === human ? ids : [login];
}
