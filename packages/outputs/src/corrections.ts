import { type Graph, type Instant, type Node, type Ownership, ownershipOf, type Policy } from '@selfsame/identity';

/** A stretch of an identifier's time that belonged to one person and now belongs to another. */
export interface Correction {
  readonly node: Node;
  readonly from: Instant;
  readonly to: Instant;
  readonly was: Ownership;
  readonly is: Ownership;
}

/**
 * What changed owner of one identifier's time, oldest first: as few stretches as say it ([O5]). Nothing for an
 * identifier that is new, since nothing was ever told of it.
 */
export function correctionsOf(
  policy: Policy,
  then: Graph,
  now: Graph,
  before: Node | undefined,
  after: Node,
): readonly Correction[] {
  if (before === undefined) return [];
  const found: Correction[] = [];
  const old = ownershipOf(then, policy, before);
  let i = 0;
  for (const is of ownershipOf(now, policy, after)) {
    // Both cover all time without a gap.
    while (i < old.length) {
      const was = old[i] as Ownership;
      const [from, to] = [Math.max(was.from, is.from), Math.min(was.to, is.to)];
      if (from < to && was.person.person !== is.person.person) add(found, { node: after, from, to, was, is });
      if (was.to > is.to) break;
      i += 1;
    }
  }
  return found;
}

function add(found: Correction[], one: Correction): void {
  const last = found.at(-1);
  const continues =
    last !== undefined &&
    last.to === one.from &&
    last.was.person.person === one.was.person.person &&
    last.is.person.person === one.is.person.person;
  if (continues) found[found.length - 1] = { ...last, to: one.to };
  else found.push(one);
}
