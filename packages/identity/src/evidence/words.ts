import { type Policy, roleOf } from '../policy/policy.ts';
import type { TraitChange } from '../words/command.ts';
import type { Position, Trust } from '../words/ids.ts';
import type { Draft, Node, Write } from './graph.ts';
import { withOneMore } from './one-more.ts';
import { compareSights } from './order.ts';

/** [W9] So many words of one sort about one trait are kept apart. */
const KEPT = 16;
/** [W9] So many later words must overrule one before an identifier that may change hands forgets it. */
const OVERRULED = 4;
/** [W9] Or so many bytes of later words. */
const MUCH = 16_384;
/** At every so many words a node forgets those that no longer matter. */
const SETTLE_EVERY = 8;

/** A node with a word more, which forgets now and then what cannot matter any more ([W4], [W9]). */
export function said(draft: Draft, policy: Policy, node: Node, write: Write): Node {
  const all = withOneMore(node.writes, write);
  const isDue = all.length % SETTLE_EVERY === 0 || sizeOf(write) >= MUCH;
  return { ...node, writes: isDue && draft.listsAll !== true ? settled(policy, node, all, true) : all };
}

/** The words of a node as they are read: under [W9] some say what others said, and some nothing. */
export const countedWrites = (policy: Policy, node: Node): readonly Write[] =>
  node.writes.reduce((sum, { changes }) => sum + changes.length, 0) <= KEPT && bytesOf(node.writes) < MUCH
    ? node.writes
    : settled(policy, node, node.writes, false);

/** About how many bytes a node takes for these words. */
export const bytesOf = (writes: readonly Write[]): number => writes.reduce((sum, write) => sum + sizeOf(write), 0);

/** Words are asked for their size again and again, and never change. */
const sizes = new WeakMap<Write, number>();

function sizeOf(write: Write): number {
  let size = sizes.get(write);
  if (size === undefined) sizes.set(write, (size = write.changes.reduce((sum, change) => sum + bytesIn(change), 0)));
  return size;
}

/** What a change costs beside its name and value, bytes. */
const A_CHANGE = 64;

/** About how many bytes a change is kept in. */
export function bytesIn(change: TraitChange): number {
  const value = 'value' in change ? change.value : undefined;
  const length =
    typeof value === 'string' ? value.length : typeof value === 'object' ? JSON.stringify(value).length : 8;
  return A_CHANGE + length + ('name' in change ? change.name.length : 0);
}

/** Evidence order; words of the same moment without insert ids are ordered by what they say. */
export function sortWrites(policy: Policy, writes: readonly Write[]): readonly Write[] {
  const text = (write: Write) => JSON.stringify(write.changes);
  return writes.toSorted((a, b) => {
    const sights = compareSights(policy.order, a, b);
    if (sights !== 0) return sights;
    const [one, other] = [text(a), text(b)];
    return one < other ? -1 : one > other ? 1 : 0;
  });
}

/** What is kept apart from traits has names of its own. */
export const partOf = (change: TraitChange): 'traits' | 'segments' | 'purposes' =>
  ('on' in change ? change.on : undefined) ?? 'traits';

/** One change of one write, and what becomes of it: undefined is forgotten. */
interface Word {
  readonly write: Write;
  readonly change: TraitChange;
  becomes: TraitChange | undefined;
}

/**
 * The words that remain. `lists`: for the node to list, without those that a later one overrules for every reading to
 * come ([W4]); else for a reading, which leaves out only what [W9] says, whether or not the node lists it still.
 */
function settled(policy: Policy, node: Node, writes: readonly Write[], lists: boolean): readonly Write[] {
  const sorted = sortWrites(policy, writes);
  const words = sorted.flatMap((write) => write.changes.map((change): Word => ({ write, change, becomes: change })));
  const clears = oldClears(words);
  gather(words.filter((word) => !clears.has(word)));
  overrule(policy, node, words, lists);
  for (const word of clears) word.becomes = undefined;
  const kept = new Map<Write, TraitChange[]>(sorted.map((write) => [write, []]));
  for (const { write, becomes } of words) if (becomes !== undefined) kept.get(write)?.push(becomes);
  // [W6] asks whether anything had been said of a profile when it was merged, and by whom.
  const firsts = new Set(policy.mergedTraits === 'survivor' ? trusts.map((trust) => firstWith(writes, trust)) : []);
  return [...kept]
    .filter(([write, changes]) => changes.length > 0 || firsts.has(write.position))
    .map(([write, changes]) => (isSame(changes, write.changes) ? write : { ...write, changes }));
}

/** The position of the first word of at least some trust. */
const firstWith = (writes: readonly Write[], least: Trust): Position =>
  Math.min(...writes.filter(({ trust }) => trust >= least).map(({ position }) => position));

const isSame = (some: readonly TraitChange[], others: readonly TraitChange[]): boolean =>
  some.length === others.length && some.every((one, i) => one === others[i]);

/** [W9] Of the clears of one wire and trust those before the latest say nothing. */
function oldClears(words: readonly Word[]): ReadonlySet<Word> {
  const later = new Map<string, number>();
  const old = new Set<Word>();
  for (const word of words.toReversed()) {
    const { change, write } = word;
    if (change.op !== 'clear' || change.of === undefined) continue;
    const key = `${write.trust} ${write.wire}`;
    const count = later.get(key) ?? 0;
    later.set(key, count + 1);
    if (count >= KEPT) old.add(word);
  }
  return old;
}

/**
 * [W9] Words of one trust about one trait that do the same and follow one another: of `add` all but the latest count as
 * one, said with the last of those; of `set-once` the first count; of `union` those before the latest that add nothing
 * new say nothing.
 */
function gather(words: readonly Word[]): void {
  const rows = new Map<string, Word[]>();
  const keyOf = (trust: number, change: Named) => `${trust} ${nameOf(change)}`;
  for (const word of words) {
    const { change, write } = word;
    // A word of at least their trust ends the rows of its trait, a clear those of every trait.
    const ends =
      change.op === 'clear'
        ? [...rows.keys()]
        : trusts.filter((one) => one <= write.trust).map((one) => keyOf(one, change));
    for (const key of ends) {
      const row = rows.get(key);
      if (row === undefined) continue;
      const { change: first, write: of } = row[0] as Word;
      const goesOn = change.op === first.op && write.trust === of.trust;
      if ((change.op === 'clear' && partOf(first) !== 'traits') || write.trust < of.trust || goesOn) continue;
      gatherRow(row);
      rows.delete(key);
    }
    if (change.op !== 'add' && change.op !== 'set-once' && change.op !== 'union') continue;
    const key = keyOf(write.trust, change);
    const row = rows.get(key);
    if (row === undefined) rows.set(key, [word]);
    else row.push(word);
  }
  for (const row of rows.values()) gatherRow(row);
}

const trusts: readonly Trust[] = [0, 1, 2, 3];

type Named = Exclude<TraitChange, { op: 'clear' }>;
const nameOf = (change: Named): string => `${partOf(change)}:${change.name}`;

function gatherRow(row: readonly Word[]): void {
  const [{ change }] = row as [Word];
  if (change.op === 'set-once') for (const word of row.slice(KEPT)) word.becomes = undefined;
  if (change.op === 'union') {
    const seen = new Set<string>();
    for (const word of row.slice(0, -KEPT)) {
      const { value } = word.change as { value: unknown };
      const values = (Array.isArray(value) ? value : [value]).map((one) => JSON.stringify(one));
      if (values.length > 0 && values.every((one) => seen.has(one))) word.becomes = undefined;
      for (const one of values) seen.add(one);
    }
  }
  if (change.op !== 'add' || row.length <= KEPT) return;
  const early = row.slice(0, row.length - KEPT);
  const sum = early.reduce((total, word) => total + (word.change as { value: number }).value, 0);
  if (!Number.isFinite(sum)) return;
  for (const word of early) word.becomes = undefined;
  (early.at(-1) as Word).becomes = { ...change, value: sum };
}

/**
 * [W4] A later `set`, `unset` or `clear` of at least its trust overrules a word about the same trait. A profile has its
 * words for good, so one of these is enough for its node to forget it. [W9] Any other identifier may change hands between
 * the two, or turn out to have done so; it forgets a word that several have overruled.
 */
function overrule(policy: Policy, node: Node, words: readonly Word[], lists: boolean): void {
  const role = roleOf(policy, node.id.kind);
  if (role === 'profile' && !lists) return;
  const needed = role === 'profile' ? 1 : role === 'anonymous' ? KEPT : OVERRULED;
  const later = new Map<string, Overruling[]>();
  const clears: Overruling[] = [];
  for (const word of words.toReversed()) {
    const { change, write } = word;
    const mine = change.op === 'clear' ? [] : (later.get(nameOf(change)) ?? []);
    // Under [W6] a word may be hidden that came earlier, though it speaks of a later moment.
    const overrules = (one: Overruling) =>
      one.trust >= write.trust && (policy.mergedTraits !== 'survivor' || one.position >= write.position);
    const all = partOf(change) === 'traits' ? [...mine, ...clears] : mine;
    const over = all.filter(overrules);
    if (over.length >= needed || over.reduce((sum, { bytes }) => sum + bytes, 0) >= MUCH) {
      word.becomes = undefined;
      continue;
    }
    const now = { trust: write.trust, position: write.position, bytes: bytesIn(change) };
    if (change.op === 'clear') {
      if (change.of === undefined) clears.push(now);
    } else if (change.op === 'set' || change.op === 'unset') later.set(nameOf(change), [...mine, now]);
  }
}

interface Overruling {
  readonly trust: Trust;
  readonly position: Position;
  readonly bytes: number;
}
