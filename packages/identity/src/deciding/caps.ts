import type { Node } from '../evidence/graph.ts';
import { roleOf } from '../policy/policy.ts';
import { GraphAtRest } from '../reading/at-rest.ts';
import { cluster } from '../reading/cluster.ts';
import { linksOf } from '../reading/links.ts';
import { ToldWith } from '../reading/told-with.ts';
import { type Identifier, type IdentifierKey, keyOf } from '../words/ids.ts';
import type { Plan } from './plan.ts';
import { isSoleUser } from './sole-user.ts';

/**
 * [K1] Identifiers of one kind, [K2] of one person, merges included: the limit that one more of `owner` would break.
 * Only what the person really has counts, and of that only what was told with at least this trust: a page fills no limit
 * of the backend's. Looked at only near a limit, and a page is stopped before that look gets long (S15).
 */
export function overCap(plan: Plan, owner: IdentifierKey, id: Identifier): 'K1' | 'K2' | undefined {
  const { policy, entry } = plan;
  const { perPerson, perKind } = policy.caps;
  const most = perKind[roleOf(policy, id.kind)];
  const near = Math.min(perPerson, most);
  const known = plan.before.node(owner);
  // The item may have given its owner some already: as many as there are facts, at most.
  if ((known?.edges.length ?? 0) === 0 && (known?.below.length ?? 0) + plan.facts.length + 1 < near) return undefined;
  const key = keyOf(id);
  const node = plan.node(owner);
  if (entry.trust === 0 && node.below.includes(key)) return undefined;
  if (node.edges.length === 0 && node.below.length + 1 < near) return undefined;
  const people = cluster(plan.graph, node);
  const named = people.reduce((sum, one) => sum + 1 + one.below.length, 0);
  if (named < near) return undefined;
  if (entry.trust === 0 && named >= 2 * perPerson) return 'K2';
  const told = new Told(plan);
  const members = told.members(owner);
  if (members.some((one) => one.below.includes(key) && told.isOf(key, one.key))) return undefined;
  const has = told.below(members);
  if (has.filter((below) => below.startsWith(`${id.kind}:`)).length >= most) return 'K1';
  return members.length + has.length >= perPerson ? 'K2' : undefined;
}

/** [K2] Would two people, who have at most `size` identifiers together, be over the limit as one? Counted as in {@link overCap}. */
export function isOverTogether(plan: Plan, one: IdentifierKey, other: IdentifierKey, size: number): boolean {
  const { perPerson } = plan.policy.caps;
  if (size <= perPerson) return false;
  if (plan.entry.trust === 0 && size >= 2 * perPerson) return true;
  const told = new Told(plan);
  const members = [...told.members(one), ...told.members(other)];
  return members.length + told.below(members).length > perPerson;
}

/** What people really have by the words of those with at least the trust of an item. */
class Told {
  readonly #graph: GraphAtRest;
  readonly #plan: Plan;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#graph = new GraphAtRest(plan.entry.trust === 0 ? plan.graph : new ToldWith(plan.entry.trust, plan.graph));
  }

  /** Those who are one person with an identifier. */
  members(key: IdentifierKey): readonly Node[] {
    return cluster(this.#graph, this.#graph.node(key) ?? this.#plan.node(key));
  }

  /** What they have besides themselves: a login may be merged with the profile that has it ([M5]). */
  below(members: readonly Node[]): readonly IdentifierKey[] {
    const themselves = new Set(members.map(({ key }) => key));
    return members.flatMap((one) => one.below.filter((below) => !themselves.has(below) && this.isOf(below, one.key)));
  }

  isOf(key: IdentifierKey, owner: IdentifierKey): boolean {
    const { policy, entry } = this.#plan;
    const node = this.#graph.node(key);
    if (node === undefined || node.trust < entry.trust) return false;
    // What was said of those it is merged with reaches it too, but it is counted where it was named itself.
    if (entry.trust > 0 && !node.claims.some((claim) => claim.owner === owner)) return false;
    if (node.claims.length > 0 && isSoleUser(policy, roleOf(policy, node.id.kind), node, owner)) return true;
    return linksOf(this.#graph, policy, node).stretches.some((link) => link.owner === owner);
  }
}
