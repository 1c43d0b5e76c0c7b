import {
  type Graph,
  type Identifier,
  type Instant,
  isPlaceholder,
  type Json,
  keyOf,
  ownerAt,
  type Policy,
  personOf,
  type TraitChange,
} from '@selfsame/identity';
import type { User } from './wire.ts';

/** The newest activity's segments and traits take the place of the stored ones; what it does not carry stays. */
export function changesOf({ segments, traits }: User): readonly TraitChange[] {
  return [
    ...(traits === undefined
      ? []
      : [
          { op: 'clear', of: 'wire' } as const,
          ...Object.entries(traits).map(([name, value]) => ({ op: 'set', name, value }) as const),
        ]),
    ...(segments === undefined ? [] : [{ op: 'set', name: 'segments', value: [...segments], on: 'segments' } as const]),
  ];
}

/** Putting a profile together takes as long as it has sessions; over this many, saying it again is cheaper. */
const LOOKED_THROUGH = 16;

/**
 * Does the profile hold just these segments and traits already? The SDK repeats its whole state with every activity, and
 * repeating it to the log would double the log. Only certain cases count: all identifiers are one person's by now, or
 * none was ever seen. Two requests at the same moment may miss each other here; the next activity then sets it right.
 */
export function isStored(graph: Graph, policy: Policy, ids: readonly Identifier[], now: Instant, user: User): boolean {
  const real = ids.filter((id) => !isPlaceholder(id.value, policy.placeholders));
  const owners = new Set(real.map((id) => ownerAt(graph, policy, keyOf(id), now)));
  if (owners.size !== 1) return false;
  const [owner] = owners;
  if (owner !== undefined && owner.below.length > LOOKED_THROUGH) return false;
  const person = owner && personOf(graph, policy, owner);
  const { segments = person?.segments ?? [], traits } = user;
  if (!sameList(segments, person?.segments ?? [])) return false;
  if (traits === undefined) return true;
  const stored = person?.traits ?? new Map<string, Json>();
  const said = Object.entries(traits);
  return said.length === stored.size && said.every(([name, value]) => same(value, stored.get(name)));
}

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i]);
const same = (a: Json, b: Json | undefined): boolean =>
  a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
