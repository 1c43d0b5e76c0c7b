import type { Node, Write } from '../evidence/graph.ts';
import { bytesIn, bytesOf, partOf } from '../evidence/words.ts';
import { cluster } from '../reading/cluster.ts';
import { ownerAt } from '../reading/links.ts';
import type { TraitChange } from '../words/command.ts';
import type { IdentifierKey, Trust } from '../words/ids.ts';
import type { Plan } from './plan.ts';

/** Identifiers of which less was said than this part of the limit are let say more without a look at the others. */
const LITTLE = 1 / 64;
/** So much more may be spoken of than stands: what says less has room where a person is full. */
const TWICE = 2;

/**
 * [W10] The changes that a person's limits leave room for. Only what was said with at least the trust of these words
 * counts, so that a page takes up no room of the backend's [S10]; and of that only what stands, so that a trait which is
 * set every day takes its room once. What says less has room beyond that, and no identifier is spoken of by names without
 * end. `writes`: what was said of the identifier before.
 */
export function withinLimits(
  plan: Plan,
  key: IdentifierKey,
  writes: readonly Write[],
  changes: readonly TraitChange[],
): readonly TraitChange[] {
  const { entry, policy } = plan;
  const { traits, traitBytes } = policy.caps;
  const words = writes.reduce((sum, write) => sum + write.changes.length, changes.length);
  const bytes = bytesOf(writes) + changes.reduce((sum, change) => sum + bytesIn(change), 0);
  if (words <= traits * LITTLE && bytes <= traitBytes * LITTLE) return changes;

  const mine = standing(writes, entry.trust);
  const names = new Set(mine.keys());
  let total = sum(mine);
  for (const other of othersOf(plan, key)) {
    const theirs = standing(other.writes, entry.trust);
    for (const name of theirs.keys()) names.add(name);
    total += sum(theirs);
  }
  const spoken = new Set(spokenOf(writes, entry.trust));
  return changes.filter((change) => {
    // Of clears few are kept ([W4], [W9]).
    if (change.op === 'clear') return true;
    const name = nameOf(change);
    if (spoken.size >= TWICE * traits && !spoken.has(name)) return false;
    if (change.op === 'unset') {
      spoken.add(name);
      return true;
    }
    if (change.op === 'remove') {
      const left = TWICE * traitBytes - total - bytesIn(change);
      if (left < 0) return false;
      total += bytesIn(change);
      spoken.add(name);
      return true;
    }
    const before = mine.get(name) ?? 0;
    const size = bytesIn(change) + (change.op === 'set' ? 0 : before);
    if (!names.has(name) && names.size >= traits) return false;
    if (size > before && total - before + size > traitBytes) return false;
    names.add(name);
    spoken.add(name);
    mine.set(name, size);
    total += size - before;
    return true;
  });
}

/** The traits that words of at least a trust speak of, whether or not they stand. */
const spokenOf = (writes: readonly Write[], trust: Trust): readonly string[] =>
  writes
    .filter((write) => write.trust >= trust)
    .flatMap(({ changes }) => changes.flatMap((change) => (change.op === 'clear' ? [] : [nameOf(change)])));

/** The other identifiers of whoever has this one. */
function othersOf({ graph, policy, entry }: Plan, mine: IdentifierKey): readonly Node[] {
  const person = ownerAt(graph, policy, mine, entry.time) as Node;
  const people = cluster(graph, person);
  const keys = new Set(people.flatMap((one) => [one.key, ...one.below]));
  keys.delete(mine);
  return [...keys].flatMap((key) => graph.node(key) ?? []);
}

/** The bytes of each trait's words since it was last set, by name: what is read of it, and what that is made of. */
function standing(writes: readonly Write[], trust: Trust): Map<string, number> {
  const found = new Map<string, number>();
  for (const write of writes) {
    if (write.trust < trust) continue;
    for (const change of write.changes) {
      if (change.op === 'clear') found.clear();
      else if (change.op === 'unset') found.delete(nameOf(change));
      else found.set(nameOf(change), bytesIn(change) + (change.op === 'set' ? 0 : (found.get(nameOf(change)) ?? 0)));
    }
  }
  return found;
}

const nameOf = (change: Exclude<TraitChange, { op: 'clear' }>): string => `${partOf(change)}:${change.name}`;
const sum = (sizes: ReadonlyMap<string, number>): number =>
  [...sizes.values()].reduce((total, size) => total + size, 0);
