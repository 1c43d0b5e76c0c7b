import type { Json, Person } from '@selfsame/identity';
import type { PersonMessage } from './message.ts';

/**
 * What is said of somebody now that was not before, and what no more; undefined where that is nothing.
 * @param withPurposes also what is said of consent for each purpose
 */
export function changesOf(
  before: Person | undefined,
  now: Person,
  withPurposes = false,
): Pick<PersonMessage, 'traits' | 'segments' | 'purposes'> | undefined {
  const traits = traitDelta(before?.traits, now.traits);
  const entered = now.segments.filter((one) => !before?.segments.includes(one));
  const left = (before?.segments ?? []).filter((one) => !now.segments.includes(one));
  const purposes = withPurposes ? purposeDelta(before?.purposes, now.purposes) : [];
  const changed = Object.keys(traits.set).length + traits.unset.length + entered.length + left.length;
  if (changed + purposes.length === 0) return undefined;
  return { traits, segments: { entered, left }, ...(purposes.length === 0 ? {} : { purposes }) };
}

const purposeDelta = (
  before: ReadonlyMap<string, Json> | undefined,
  now: ReadonlyMap<string, Json>,
): NonNullable<PersonMessage['purposes']> =>
  [...now]
    .filter(([purpose, current]) => !isSame(before?.get(purpose), current))
    .map(([purpose, current]) => ({ purpose, old: before?.get(purpose) ?? null, current }));

function traitDelta(
  before: ReadonlyMap<string, Json> | undefined,
  now: ReadonlyMap<string, Json>,
): PersonMessage['traits'] {
  const set = [...now].filter(([name, value]) => !before?.has(name) || !isSame(before.get(name), value));
  return {
    set: Object.fromEntries(set),
    unset: [...(before?.keys() ?? [])].filter((name) => !now.has(name)),
  };
}

const isSame = (one: Json | undefined, other: Json): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);
