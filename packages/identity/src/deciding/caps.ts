import type { Graph, Node } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import { GraphAtRest } from '../reading/at-rest.ts';
import { cluster, membersOf } from '../reading/cluster.ts';
import type { Counted } from '../reading/counts.ts';
import { linksOf } from '../reading/links.ts';
import { ToldWith } from '../reading/told-with.ts';
import { type Identifier, type IdentifierKey, identifierOf, keyOf, type Trust } from '../words/ids.ts';
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
  const people = membersOf(plan.graph, node);
  const named = people.reduce((sum, one) => sum + 1 + one.below.length, 0);
  if (named < near) return undefined;
  if (entry.trust === 0 && named >= 2 * perPerson) return 'K2';
  const told = new Told(policy, entry.trust, plan.graph);
  if (told.members(owner).some((one) => one.below.includes(key) && told.isOf(key, one.key))) return undefined;
  const { size, kinds } = countedOf(plan, owner);
  if ((kinds.get(id.kind) ?? 0) >= most) return 'K1';
  return size >= perPerson ? 'K2' : undefined;
}

/** What an identifier's person has by the words of those with at least the trust of an item. */
function countedOf({ policy, entry: { trust }, graph }: Plan, owner: IdentifierKey): Counted {
  const count = (of: Graph): Counted => {
    const told = new Told(policy, trust, of);
    const members = told.members(owner);
    const has = told.below(members);
    const kinds = new Map<string, number>();
    for (const { kind } of has.map(identifierOf)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    return { size: members.length + has.length, kinds };
  };
  return graph.memories?.counts.of(`${trust} ${owner}`, policy, graph, count) ?? count(graph);
}

/** [K2] Would two people, who have at most `size` identifiers together, be over the limit as one? Counted as in {@link overCap}. */
export function isOverTogether(plan: Plan, one: IdentifierKey, other: IdentifierKey, size: number): boolean {
  const { perPerson } = plan.policy.caps;
  if (size <= perPerson) return false;
  if (plan.entry.trust === 0 && size >= 2 * perPerson) return true;
  const told = new Told(plan.policy, plan.entry.trust, plan.graph);
  const members = [...told.members(one), ...told.members(other)];
  return members.length + told.below(members).length > perPerson;
}

/** What people really have by the words of those with at least a trust. */
class Told {
  readonly #policy: Policy;
  readonly #trust: Trust;
  readonly #graph: GraphAtRest;

  constructor(policy: Policy, trust: Trust, graph: Graph) {
    this.#policy = policy;
    this.#trust = trust;
    this.#graph = new GraphAtRest(trust === 0 ? graph : new ToldWith(trust, graph));
  }

  /** Those who are one person with an identifier that was met. */
  members(key: IdentifierKey): readonly Node[] {
    return cluster(this.#graph, this.#graph.node(key) as Node);
  }

  /** What they have besides themselves: a login may be merged with the profile that has it ([M5]). */
  below(members: readonly Node[]): readonly IdentifierKey[] {
    const themselves = new Set(members.map(({ key }) => key));
    return members.flatMap((one) => one.below.filter((below) => !themselves.has(below) && this.isOf(below, one.key)));
  }

  isOf(key: IdentifierKey, owner: IdentifierKey): boolean {
    const node = this.#graph.node(key);
    if (node === undefined || node.trust < this.#trust) return false;
    // What was said of those it is merged with reaches it too, but it is counted where it was named itself.
    if (this.#trust > 0 && !node.claims.some((claim) => claim.owner === owner)) return false;
    const role = roleOf(this.#policy, node.id.kind);
    if (node.claims.length > 0 && isSoleUser(this.#policy, role, node, owner)) return true;
    return linksOf(this.#graph, this.#policy, node).stretches.some((link) => link.owner === owner);
  }
}
