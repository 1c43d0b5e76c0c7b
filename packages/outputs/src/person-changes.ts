import type { Json, Person } from '@selfsame/identity';
import type { PersonMessage } from './message.ts';

/** What is said of somebody now that was not before, and what no more; undefined where that is nothing. */
export function changesOf(
  before: Person | undefined,
  now: Person,
): Pick<PersonMessage, 'traits' | 'segments'> | undefined {
  const traits = traitDelta(before?.traits, now.traits);
  const entered = now.segments.filter((one) => !before?.segments.includes(one));
  const left = (before?.segments ?? []).filter((one) => !now.segments.includes(one));
  const changed = Object.keys(traits.set).length + traits.unset.length + entered.length + left.length;
  return changed === 0 ? undefined : { traits, segments: { entered, left } };
}

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
