import {
  claimId,
  type Held,
  type Holding,
  type Instant,
  identifierHoldings,
  type Node,
  type Person,
  type TraitSource,
} from '@selfsame/identity';
import { readPurpose } from '@selfsame/protocols';
import type { IdentifierView, PersonView, TraitView } from '../api.ts';
import { iso } from './iso.ts';
import { profilesOf } from './profile-view.ts';

/** Entries of one person that a single answer holds: somebody with a hundred thousand devices is no answer of 42 MB. */
export const MOST_ENTRIES = 1_000;
/** Characters of traits, or of segments, that it holds: limits are on what was said of one, and merges make many one. */
const MOST_BYTES = 262_144;

/** A person as the API shows one. */
export function personView(person: Person): PersonView {
  const profiles = profilesOf(person);
  const { identifiers, total } = identifiersOf(person, 0, MOST_ENTRIES);
  const traits = traitsOf(person, 0, MOST_ENTRIES);
  return {
    id: person.id,
    known: person.known,
    identifiers,
    identifierCount: total,
    traits: Object.fromEntries(traits.map(({ name, value }) => [name, value])),
    traitCount: person.traits.size,
    traitSources: Object.fromEntries(traits.map(({ name, value: _, ...source }) => [name, source])),
    segments: segmentsOf(person, 0, MOST_ENTRIES),
    segmentCount: person.segments.length,
    ...(person.purposes.size === 0 ? {} : purposesOf(person)),
    consent: person.consent,
    firstSeen: iso(person.firstSeen),
    lastSeen: iso(person.lastSeen),
    formerIds: person.formerIds.slice(0, MOST_ENTRIES),
    formerIdCount: person.formerIds.length,
    ...(profiles.length === 0 ? {} : { profiles }),
  };
}

/** A page of a person's traits, in the order in which they were first said. */
export const traitsOf = ({ traits, traitSources }: Person, offset: number, limit: number): readonly TraitView[] =>
  withinBytes(
    [...traits].slice(offset, offset + limit).map(([name, value]) => {
      const { wire, trust, time } = traitSources.get(name) as TraitSource;
      return { name, value, wire, trust, time: iso(time) };
    }),
  );

/** A page of the segments a person is in. */
export const segmentsOf = ({ segments }: Person, offset: number, limit: number): readonly string[] =>
  withinBytes(segments.slice(offset, offset + limit));

/** The first of some that an answer has room for, one at least: what a limit of the policy lets be said may be large. */
function withinBytes<T>(some: readonly T[]): readonly T[] {
  let bytes = 0;
  const end = some.findIndex((one) => (bytes += JSON.stringify(one).length) > MOST_BYTES);
  return end < 0 ? some : some.slice(0, Math.max(end, 1));
}

/** A person's identifiers with their stretches, the person's own first, then as they were got. */
export function identifiersOf(
  person: Person,
  offset: number,
  limit: number,
): { readonly identifiers: readonly IdentifierView[]; readonly total: number } {
  const rows = rowsOf(person);
  const identifiers: IdentifierView[] = [];
  let total = 0;
  for (const { nodes, from, to, claim, rule } of rows) {
    const some = nodes.slice(Math.max(0, offset - total), Math.max(0, offset + limit - total));
    total += nodes.length;
    for (const { id, key } of some) {
      const named = claim === null ? null : claimId(claim, key);
      identifiers.push({ kind: id.kind, value: id.value, from: iso(from), to: iso(to), claim: named, rule });
    }
  }
  return { identifiers, total };
}

type Row = Held & { readonly nodes: readonly Node[]; readonly place: number };

/**
 * The stretches in order, each once with all who have it: merged devices that two users had in turn have thousands in
 * common, hundreds of times over.
 */
function rowsOf(person: Person): readonly Row[] {
  const lists = new Map<Holding['stretches'], Node[]>();
  const own: Row[] = [];
  for (const { node, stretches } of identifierHoldings(person)) {
    const nodes = lists.get(stretches);
    if (node === person.founder) own.push(...stretches.map((one) => ({ ...one, nodes: [node], place: 0 })));
    else if (nodes === undefined) lists.set(stretches, [node]);
    else nodes.push(node);
  }
  const others = [...lists].flatMap(([stretches, nodes]) =>
    stretches.map((one) => ({ ...one, nodes, place: one.claim === null ? 1 : 2 })),
  );
  return [...own, ...others].sort((a, b) => a.place - b.place || compareMoments(a.from, b.from));
}

/** Not by difference: two that have no beginning have none. */
const compareMoments = (a: Instant, b: Instant): number => (a < b ? -1 : a > b ? 1 : 0);

const purposesOf = ({ purposes }: Person): Pick<PersonView, 'purposes' | 'consentByPurpose'> => ({
  purposes: Object.fromEntries(purposes),
  consentByPurpose: [...purposes]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const { purpose, said, since, source } = readPurpose(name, value);
      return { purpose, said, since: since === undefined ? null : iso(since), source: source ?? null };
    }),
});
