/** Numbers of nodes that are put in order at once. */
const GROUP = 1024;

/**
 * What belongs to nodes in the order of their numbers, which is that of the tables: a page after the other is read and
 * written, and none twice. Yields undefined after each that it has looked at first, for that may be many.
 */
export function* byNumber<T>(all: Iterable<T>, numberOf: (one: T) => number): Generator<T | undefined> {
  const groups = new Map<number, T[]>();
  for (const one of all) {
    const group = Math.floor(numberOf(one) / GROUP);
    const others = groups.get(group);
    if (others === undefined) groups.set(group, [one]);
    else others.push(one);
    yield undefined;
  }
  for (const group of [...groups.keys()].sort((a, b) => a - b))
    yield* (groups.get(group) ?? []).sort((a, b) => numberOf(a) - numberOf(b));
}
