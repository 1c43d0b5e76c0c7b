/** What one item named: the human it was about and its identifiers. */
export interface Naming {
  readonly human: string;
  readonly ids: readonly string[];
}

/**
 * Which items of one human an oracle could join: those that hang together by identifiers that this human's items name.
 * Two visits between which a cookie was lost, without a login in either, nobody can join. Answers a name for each group.
 */
export function knowableGroups(items: readonly Naming[]): readonly string[] {
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
  for (const { human, ids } of items) {
    const [first, ...more] = ids;
    if (first === undefined) continue;
    for (const id of more) {
      const [a, b] = [root(keyOf(human, first)), root(keyOf(human, id))];
      if (a !== b) parent.set(a, b);
    }
  }
  return items.map(({ human, ids }, i) => (ids[0] === undefined ? `${human}\nalone ${i}` : root(keyOf(human, ids[0]))));
}
