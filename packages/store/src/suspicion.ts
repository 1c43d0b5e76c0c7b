import {
  type Claim,
  dayOf,
  type Edge,
  type Graph,
  type IdentifierKey,
  type Instant,
  identifierOf,
  isMergedTooOften,
  linksOf,
  type Node,
  ownerAt,
  type Policy,
  roleOf,
} from '@selfsame/identity';

/** How an identifier came to whom it belongs, for whoever looks for joins that are mistakes. */
export interface Suspicion {
  /** When it was joined to whoever has it, ms; null: nothing that stands joins it. */
  readonly linked: Instant | null;
  /** How long it was somebody of its own before that, ms. */
  readonly alone: number;
  /** Known people it was said to belong to, believed or not. */
  readonly claimed: number;
  /** Known people it was said to belong to, or was merged with, on the busiest day (UTC). */
  readonly peak: number;
  /** The busiest day's first moment, ms. */
  readonly peakDay: Instant | null;
  /** Merges that stand, or that the breaker undid. */
  readonly merged: number;
  /** A single word joins it, of the least trust that can. */
  readonly isWeak: boolean;
  /** The breaker believes it for nobody ([K5], [K6]). */
  readonly isQuarantined: boolean;
}

const DAY = 86_400_000;

/** What may be wrong with how an identifier was joined; undefined where nothing was ever said of whose it is. */
export function suspicionOf(graph: Graph, policy: Policy, node: Node): Suspicion | undefined {
  const claims = node.claims.filter((claim) => claim.owner !== null && isOfPeople(policy, claim));
  const edges = node.edges.filter(
    ({ how, refused }) => how !== 'together' && (refused === undefined || refused === 'K6'),
  );
  if (claims.length === 0 && edges.length === 0) return undefined;
  const { stretches, refusals } = linksOf(graph, policy, node);
  const link = stretches.findLast((one) => one.claim !== null)?.claim ?? edges.find((one) => one.refused === undefined);
  const personOf = personsIn(graph, policy);
  const { peak, peakDay } = busiest(claims, edges, personOf);
  return {
    linked: link?.time ?? null,
    alone: link === undefined ? 0 : Math.max(0, link.time - node.met.time),
    claimed: new Set(claims.map((claim) => personOf(claim.owner as IdentifierKey))).size,
    peak,
    peakDay,
    merged: edges.length,
    isWeak: isWeak(policy, claims, edges),
    isQuarantined: refusals.some(({ rule }) => rule === 'K5') || isMergedTooOften(policy, node),
  };
}

const isOfPeople = (policy: Policy, { owner }: Claim): boolean =>
  roleOf(policy, identifierOf(owner as IdentifierKey).kind) !== 'anonymous';

function isWeak(policy: Policy, claims: readonly Claim[], edges: readonly Edge[]): boolean {
  const [claim, edge] = [claims[0], edges[0]];
  if (claims.length + edges.length !== 1) return false;
  return claim === undefined
    ? edge !== undefined && edge.trust <= policy.mergeTrust
    : claim.trust === 0 && claim.since === undefined;
}

function busiest(
  claims: readonly Claim[],
  edges: readonly Edge[],
  personOf: (key: IdentifierKey) => IdentifierKey,
): { readonly peak: number; readonly peakDay: Instant | null } {
  const days = new Map<number, Set<IdentifierKey>>();
  const note = (time: Instant, who: IdentifierKey) => {
    const day = dayOf(time);
    days.set(day, (days.get(day) ?? new Set()).add(who));
  };
  for (const { time, owner } of claims) note(time, personOf(owner as IdentifierKey));
  for (const { time, other } of edges) note(time, other);
  let [peak, peakDay]: [number, Instant | null] = [0, null];
  for (const [day, who] of days) if (who.size > peak) [peak, peakDay] = [who.size, day * DAY];
  return { peak, peakDay };
}

function personsIn(graph: Graph, policy: Policy): (owner: IdentifierKey) => IdentifierKey {
  const found = new Map<IdentifierKey, IdentifierKey>();
  return (owner) => {
    const person = found.get(owner) ?? ownerAt(graph, policy, owner, Number.POSITIVE_INFINITY)?.key ?? owner;
    found.set(owner, person);
    return person;
  };
}
