import type { Sight, Write } from '../evidence/graph.ts';
import { compareSights } from '../evidence/order.ts';
import { bytesIn, partOf, sortWrites } from '../evidence/words.ts';
import type { Policy } from '../policy/policy.ts';
import type { TraitChange } from '../words/command.ts';
import type { Instant, Trust } from '../words/ids.ts';
import type { Json } from '../words/json.ts';

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
  readonly source: TraitSource & Sight;
}

/**
 * [W1] Traits are the fold of everything said of a person, in evidence order; what was said later wins.
 * [W2] Of each trait only the most trusted words count (S10): a less trusted one changes nothing they said, and is no
 * ground they build on. `unset` and `clear` of at least that trust forget it all; a `remove` takes away from whatever is
 * there.
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
      const isGround = cell !== undefined && (write.trust === cell.source.trust || change.op === 'remove');
      const value = applyChange(isGround ? cell.value : undefined, change);
      if (value === undefined) cells.delete(change.name);
      else cells.set(change.name, { value, source: change.op === 'remove' && cell ? cell.source : write });
    }
  }
  const list = all.segments.get('segments')?.value;
  return {
    traits: valuesIn(traits),
    // [G6] The latest word for each purpose.
    purposes: valuesIn(latestWithin(policy, all.purposes)),
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

/** [G6] Merged people have what each of them had: of more than one person may have the most trusted, of these the latest. */
function latestWithin({ caps, order }: Policy, cells: ReadonlyMap<string, Cell>): ReadonlyMap<string, Cell> {
  const sizeOf = ([name, { value }]: readonly [string, Cell]) => bytesIn({ op: 'set', name, value });
  let bytes = 0;
  for (const one of cells) bytes += sizeOf(one);
  if (cells.size <= caps.traits && bytes <= caps.traitBytes) return cells;
  const best = [...cells].sort(
    ([a, { source: one }], [b, { source: other }]) =>
      other.trust - one.trust || compareSights(order, other, one) || (a < b ? -1 : 1),
  );
  bytes = 0;
  const end = best.findIndex((one, i) => i >= caps.traits || (bytes += sizeOf(one)) > caps.traitBytes);
  return new Map(end < 0 ? best : best.slice(0, end));
}

const valuesIn = (cells: ReadonlyMap<string, Cell>): ReadonlyMap<string, Json> =>
  new Map([...cells].map(([name, cell]) => [name, cell.value]));

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
      return now === undefined ? change.value : typeof now === 'number' ? sum(now, change.value) : now;
    case 'append':
      return [...listOf(now), change.value];
    case 'union':
      return union(listOf(now), asList(change.value));
    case 'remove':
      return Array.isArray(now) ? now.filter((one: Json) => !same(one, change.value)) : now;
  }
}

/** A sum beyond all numbers would be kept as null, so it is not made (S19). */
const sum = (now: number, more: number): number => (Number.isFinite(now + more) ? now + more : now);

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

/** Whether a word came at or after a moment of evidence. */
export const since = (policy: Policy, write: Sight, moment: Sight): boolean =>
  compareSights(policy.order, write, moment) >= 0;
