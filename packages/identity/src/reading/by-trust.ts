import type { Claim } from '../evidence/graph.ts';
import { placeOf } from '../evidence/halving.ts';
import type { IdentifierKey, Instant, Trust } from '../words/ids.ts';

interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
  readonly owner: IdentifierKey | null;
}

/**
 * [S10] Trust before time: what the most trusted claims say stands, and each lesser trust is asked only of the moments
 * that those above leave to nobody. So no sender gains anything by the time it says.
 * @param read the stretches, without gaps, that a policy makes of some claims
 * @param taken told of each claim at a moment that a more trusted one gave to somebody else, where it is the first or the
 * last of its trust in a run: what lies between is not always listed ([L4])
 */
export function byTrust<S extends Stretch>(
  claims: readonly Claim[],
  read: (claims: readonly Claim[]) => readonly S[],
  taken: (claim: Claim, by: IdentifierKey) => void,
): readonly S[] {
  const levels = [...new Set(claims.map((claim) => claim.trust))].sort((a, b) => b - a);
  const ends = levels.length > 1 ? endsOfRuns(claims) : claims;
  let stretches: readonly S[] | undefined;
  for (const level of levels) {
    const above = stretches;
    const here = read(claims.filter((claim) => claim.trust >= level));
    if (above === undefined) {
      stretches = here;
      continue;
    }
    for (const claim of ends) {
      const owner = claim.trust === level ? above[indexAt(above, claim.time)]?.owner : null;
      if (owner != null) taken(claim, owner);
    }
    stretches = joined(above.flatMap((one) => (one.owner === null ? within(here, one) : [one])));
  }
  return stretches ?? read([]);
}

/** Of each run for one owner the first claim and the last of each trust. */
function endsOfRuns(claims: readonly Claim[]): readonly Claim[] {
  const ends = new Set<Claim>();
  const lasts = new Map<Trust, Claim>();
  for (const [i, claim] of claims.entries()) {
    if (claims[i - 1]?.owner !== claim.owner) {
      for (const last of lasts.values()) ends.add(last);
      lasts.clear();
    }
    if (!lasts.has(claim.trust)) ends.add(claim);
    lasts.set(claim.trust, claim);
  }
  for (const last of lasts.values()) ends.add(last);
  return claims.filter((claim) => ends.has(claim));
}

/** The parts of some stretches that lie in another. */
const within = <S extends Stretch>(stretches: readonly S[], { from, to }: Stretch): readonly S[] =>
  stretches
    .map((one) => ({ ...one, from: Math.max(one.from, from), to: Math.min(one.to, to) }))
    .filter((one) => one.from < one.to);

/** Neighbours of one owner are one. */
function joined<S extends Stretch>(stretches: readonly S[]): readonly S[] {
  const out: S[] = [];
  for (const one of stretches) {
    const last = out.at(-1);
    if (last !== undefined && last.owner === one.owner) out[out.length - 1] = { ...last, to: one.to };
    else out.push(one);
  }
  return out;
}

const indexAt = (stretches: readonly Stretch[], time: Instant): number =>
  Math.min(
    placeOf(stretches, ({ to }) => to <= time),
    stretches.length - 1,
  );
