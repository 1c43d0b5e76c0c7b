import { type IdentifierKey, type Instant, identifierOf, type Policy, roleOf } from '@selfsame/identity';
import { Joined } from '../../quality/joined.ts';
import { countBetween, counts, type Face, type Held, type Outlook, type Told } from './outlook.ts';

/** A stretch of an identifier that one person has before and another after. */
export interface Slice {
  readonly key: IdentifierKey;
  readonly from: Instant;
  /** How much was told in it; at least 1. */
  readonly weight: number;
  readonly before: Face;
  readonly after: Face;
}

/** People before and after who share history, and are not one and the same. */
export interface Change {
  readonly before: readonly Face[];
  readonly after: readonly Face[];
  readonly slices: readonly Slice[];
  /** Of these `joined` are one after, or were one before. */
  readonly joined: number;
  readonly split: number;
  /** What was told and is somebody else's. */
  readonly moved: number;
  /** All that was told of them, and the first of their identifiers: for the order of changes. */
  readonly weight: number;
  readonly name: IdentifierKey;
}

/**
 * What is different between two readings of one log, the largest change first. People are compared by what was told of
 * their identifiers while they had them, so a device that is handed on at another moment is a change as well.
 */
export function differences(before: Outlook, after: Outlook, told: Told, policy: Policy): readonly Change[] {
  const groups = new Joined<Face>();
  for (const slice of slicesOf(before, after, told, policy)) groups.join(slice.before, slice.after);
  const found = new Map<Face, { before: Set<Face>; after: Set<Face>; slices: Slice[] }>();
  for (const slice of slicesOf(before, after, told, policy)) {
    const root = groups.root(slice.before);
    let one = found.get(root);
    if (one === undefined) found.set(root, (one = { before: new Set(), after: new Set(), slices: [] }));
    one.before.add(slice.before);
    one.after.add(slice.after);
    one.slices.push(slice);
  }
  return [...found.values()]
    .filter((one) => one.before.size > 1 || one.after.size > 1)
    .map((one) => changeOf([...one.before], [...one.after], one.slices, before, after))
    .sort(
      (a, b) =>
        b.before.length + b.after.length - (a.before.length + a.after.length) ||
        b.weight - a.weight ||
        (a.name < b.name ? -1 : 1),
    );
}

function changeOf(
  facesBefore: readonly Face[],
  facesAfter: readonly Face[],
  slices: readonly Slice[],
  before: Outlook,
  after: Outlook,
): Change {
  const heirs = sameAs(facesBefore.filter(counts), after);
  const forebears = sameAs(facesAfter.filter(counts), before);
  return {
    before: facesBefore,
    after: facesAfter,
    slices,
    joined: severalOf(heirs),
    split: severalOf(forebears),
    moved: slices.reduce((sum, one) => sum + (heirs.get(one.before) === one.after ? 0 : one.weight), 0),
    weight: slices.reduce((sum, one) => sum + one.weight, 0),
    name: [...new Set(slices.map(({ key }) => key))].sort()[0] as IdentifierKey,
  };
}

/** Who each of these is in another reading: whoever has there the identifier they are named after. */
function sameAs(faces: readonly Face[], { held, people }: Outlook): ReadonlyMap<Face, Face> {
  return new Map(
    faces.flatMap((face) => {
      const stretches = held.get(face.key) ?? [];
      const stretch = stretches.find(({ to }) => face.at < to) ?? stretches.at(-1);
      const other = stretch && people.get(stretch.person);
      return other === undefined ? [] : [[face, other] as const];
    }),
  );
}

/** How many are several. */
function severalOf(same: ReadonlyMap<Face, Face>): number {
  const times = new Map<Face, number>();
  for (const face of same.values()) times.set(face, (times.get(face) ?? 0) + 1);
  return [...times.values()].filter((n) => n > 1).length;
}

/** Every stretch of every identifier in which something was told, with who has it before and after. */
function* slicesOf(before: Outlook, after: Outlook, told: Told, policy: Policy): Generator<Slice> {
  for (const [key, then] of after.held) {
    const once = before.held.get(key);
    if (once === undefined) continue;
    const times = told.words.get(key) ?? [];
    const isAnonymous = roleOf(policy, identifierOf(key).kind) === 'anonymous';
    // What stands for a person matters though nothing hangs on it; a device of which only logins are told does so once.
    const least = isAnonymous && (times.length > 0 || once.length + then.length > 2) ? 0 : 1;
    for (const [one, other, from, to] of overlaps(once, then)) {
      const weight = Math.max(countBetween(times, from, to), least);
      const [a, b] = [before.people.get(one.person), after.people.get(other.person)];
      if (weight > 0 && a !== undefined && b !== undefined) yield { key, from, weight, before: a, after: b };
    }
  }
}

/** The common stretches of two rows of stretches without gaps. */
function* overlaps(one: readonly Held[], other: readonly Held[]): Generator<readonly [Held, Held, Instant, Instant]> {
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    const [a, b] = [one[i] as Held, other[j] as Held];
    const from = Math.max(a.from, b.from);
    const to = Math.min(a.to, b.to);
    if (from < to) yield [a, b, from, to];
    if (a.to <= b.to) i += 1;
    if (b.to <= a.to) j += 1;
  }
}
