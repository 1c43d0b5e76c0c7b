import { claimId, type Instant, identifierSpans, type Person, type PersonSpan } from '@selfsame/identity';
import { readPurpose } from '@selfsame/protocols';
import type { IdentifierView, PersonView } from '../api.ts';
import { iso } from './iso.ts';
import { profilesOf } from './profile-view.ts';

/** Entries of one person that a single answer holds: somebody with a hundred thousand devices is no answer of 42 MB. */
const MOST_ENTRIES = 1_000;

/** A person as the API shows one. */
export function personView(person: Person): PersonView {
  const profiles = profilesOf(person);
  const { identifiers, total } = identifiersOf(person, 0, MOST_ENTRIES);
  return {
    id: person.id,
    known: person.known,
    identifiers,
    identifierCount: total,
    traits: Object.fromEntries(person.traits),
    traitSources: Object.fromEntries(
      [...person.traitSources].map(([name, { wire, trust, time }]) => [name, { wire, trust, time: iso(time) }]),
    ),
    segments: person.segments,
    ...(person.purposes.size === 0 ? {} : purposesOf(person)),
    consent: person.consent,
    firstSeen: iso(person.firstSeen),
    lastSeen: iso(person.lastSeen),
    formerIds: person.formerIds.slice(0, MOST_ENTRIES),
    ...(profiles.length === 0 ? {} : { profiles }),
  };
}

/** A person's identifiers with their stretches, the person's own first, then as they were got. */
export function identifiersOf(
  person: Person,
  offset: number,
  limit: number,
): { readonly identifiers: readonly IdentifierView[]; readonly total: number } {
  const spans = identifierSpans(person);
  const identifiers = firstOf(person, spans, offset + limit)
    .slice(offset)
    .map((span) => ({
      kind: span.node.id.kind,
      value: span.node.id.value,
      from: iso(span.from),
      to: iso(span.to),
      claim: span.claim === null ? null : claimId(span.claim, span.node.key),
      rule: span.rule,
    }));
  return { identifiers, total: spans.length };
}

const purposesOf = ({ purposes }: Person): Pick<PersonView, 'purposes' | 'consentByPurpose'> => ({
  purposes: Object.fromEntries(purposes),
  consentByPurpose: [...purposes]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const { purpose, said, since, source } = readPurpose(name, value);
      return { purpose, said, since: since === undefined ? null : iso(since), source: source ?? null };
    }),
});

/**
 * The first `end` stretches in order. The many others are left as they are: devices that two users had in turn have more
 * than a hundred thousand.
 */
function firstOf(person: Person, spans: readonly PersonSpan[], end: number): readonly PersonSpan[] {
  let some = spans;
  if (end < spans.length / 4) {
    const latest = Float64Array.from(spans, (span) => span.from).sort()[end] as number;
    some = spans.filter((span) => span.from <= latest || place(person, span) < 2);
  }
  return some.toSorted((a, b) => place(person, a) - place(person, b) || compareMoments(a.from, b.from)).slice(0, end);
}

/** Not by difference: two that have no beginning have none. */
const compareMoments = (a: Instant, b: Instant): number => (a < b ? -1 : a > b ? 1 : 0);

const place = (person: Person, span: PersonSpan): number =>
  span.node === person.founder ? 0 : span.claim === null ? 1 : 2;
