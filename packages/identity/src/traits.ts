import type { TraitChange } from './command.ts';
import type { Sight, Write } from './graph.ts';
import type { Instant, Trust } from './ids.ts';
import type { Json } from './json.ts';
import { compareSights } from './order.ts';
import type { Policy } from './policy.ts';

/** Folded traits, segments and purposes of consent. Maps, because names come from outside (S20). */
export interface Described {
  readonly traits: ReadonlyMap<string, Json>;
  readonly segments: readonly string[];
  readonly purposes: ReadonlyMap<string, Json>;
  /** Who said the value a trait has now. */
  readonly sources: ReadonlyMap<string, TraitSource>;
}

/** Where the value of a trait comes from; `time` in ms. */
export interface TraitSource {
  readonly wire: string;
  readonly trust: Trust;
  readonly time: Instant;
}

interface Cell {
  readonly value: Json;
  readonly source: TraitSource;
}

/**
 * [W1] Traits are the fold of everything said of a person, in evidence order; what was said later wins.
 * [W2] A less trusted word changes nothing that a more trusted one said (S10).
 */
export function foldTraits(policy: Policy, writes: readonly Write[]): Described {
  const traits = new Map<string, Cell>();
  const all = { traits, segments: new Map<string, Cell>(), purposes: new Map<string, Cell>() };
  for (const write of sortWrites(policy, writes)) {
    for (const change of write.changes) {
      if (change.op === 'clear') {
        for (const [name, { source }] of traits)
          if (source.trust <= write.trust && (change.of === undefined || source.wire === write.wire))
            traits.delete(name);
        continue;
      }
      const cells = all[partOf(change)];
      const cell = cells.get(change.name);
      if (cell !== undefined && write.trust < cell.source.trust) continue;
      const value = applyChange(cell?.value, change);
      if (value !== undefined) cells.set(change.name, { value, source: write });
      else cells.delete(change.name);
    }
  }
  const list = all.segments.get('segments')?.value;
  return {
    traits: valuesIn(traits),
    // [G6] The latest word for each purpose.
    purposes: valuesIn(all.purposes),
    sources: new Map(
      [...traits].map(
        ([
          name,
          {
            source: { wire, trust, time },
          },
        ]) => [name, { wire, trust, time }],
      ),
    ),
    segments: Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : [],
  };
}

const valuesIn = (cells: ReadonlyMap<string, Cell>): ReadonlyMap<string, Json> =>
  new Map([...cells].map(([name, cell]) => [name, cell.value]));

const partOf = (change: TraitChange): 'traits' | 'segments' | 'purposes' =>
  ('on' in change ? change.on : undefined) ?? 'traits';

/** Evidence order; words of the same moment without insert ids are ordered by what they say. */
function sortWrites(policy: Policy, writes: readonly Write[]): readonly Write[] {
  const text = (write: Write) => JSON.stringify(write.changes);
  return writes.toSorted((a, b) => {
    const sights = compareSights(policy.order, a, b);
    if (sights !== 0) return sights;
    const [one, other] = [text(a), text(b)];
    return one < other ? -1 : one > other ? 1 : 0;
  });
}

/** [W3] One operation on one value, with the meaning Mixpanel gives it; undefined is "not there". */
export function applyChange(now: Json | undefined, change: Exclude<TraitChange, { op: 'clear' }>): Json | undefined {
  switch (change.op) {
    case 'set':
      return change.value;
    case 'set-once':
      return now ?? change.value;
    case 'unset':
      return undefined;
    case 'add':
      return now === undefined ? change.value : typeof now === 'number' ? now + change.value : now;
    case 'append':
      return [...listOf(now), change.value];
    case 'union':
      return union(listOf(now), asList(change.value));
    case 'remove':
      return Array.isArray(now) ? now.filter((one: Json) => !same(one, change.value)) : now;
  }
}

function union(list: readonly Json[], more: readonly Json[]): readonly Json[] {
  const whole = [...list];
  for (const one of more) if (!has(whole, one)) whole.push(one);
  return whole;
}

const asList = (value: Json): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : [value]);
const listOf = (value: Json | undefined): readonly Json[] => (value === undefined ? [] : asList(value));
const same = (a: Json, b: Json): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b));
const has = (list: readonly Json[], value: Json): boolean => list.some((one) => same(one, value));

/** From this many words on, those without effect are dropped. */
const COMPACT_FROM = 32;

/**
 * [W4] Drops words that a later `set`, `unset` or `clear` has overruled. Only for identifiers that name one human for
 * good, and only among words of one trust; then no later reading can tell the difference.
 */
export function addWrite(policy: Policy, writes: readonly Write[], write: Write): readonly Write[] {
  const all = [...writes, write];
  if (all.length % COMPACT_FROM !== 0 || all.some((one) => one.trust !== write.trust)) return all;
  const overruled = new Set<string>();
  let cleared = false;
  return sortWrites(policy, all)
    .toReversed()
    .map((one): Write => {
      const changes = one.changes.toReversed().filter((change) => {
        const part = partOf(change);
        if (cleared && part === 'traits') return false;
        if (change.op === 'clear') {
          cleared ||= change.of === undefined;
          return true;
        }
        const name = `${part}:${change.name}`;
        if (overruled.has(name)) return false;
        if (change.op === 'set' || change.op === 'unset') overruled.add(name);
        return true;
      });
      return changes.length === one.changes.length ? one : { ...one, changes: changes.toReversed() };
    })
    .filter((one) => one.changes.length > 0)
    .toReversed();
}

/** Whether a word came at or after a moment of evidence. */
export const since = (policy: Policy, write: Sight, moment: Sight): boolean =>
  compareSights(policy.order, write, moment) >= 0;
