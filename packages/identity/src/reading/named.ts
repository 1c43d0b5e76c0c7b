import type { Claim, Graph, Node } from '../evidence/graph.ts';
import { compareSights } from '../evidence/order.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { IdentifierKey } from '../words/ids.ts';
import { always, type Links, own, type Refusal, type Refuse } from './link.ts';

/** [L1] E-mails, phones and lesser logins belong to one person for good: the most trusted claim, then the first. */
export function named(
  graph: Graph,
  policy: Policy,
  node: Node,
  standing: readonly Claim[],
  refusals: Refusal[],
  refuse: Refuse,
): Links {
  let winner: Claim | undefined;
  const stand = new Set<string>();
  const refused = new Set<Claim>();
  for (const claim of standing) {
    if (claim.owner === null) continue;
    // What stands may be said again.
    const said = `${claim.trust} ${claim.owner}`;
    if (stand.has(said)) continue;
    const why = whyUnbelievable(graph, policy, node, claim);
    if (why !== undefined) {
      refused.add(claim);
      refuse(claim, why.rule, why.reason);
    } else {
      stand.add(said);
      if (winner === undefined || claim.trust > winner.trust) winner = claim;
    }
  }
  if (winner === undefined) return { stretches: [own], refusals };
  for (const claim of standing) {
    if (claim.owner !== null && claim.owner !== winner.owner && !refused.has(claim))
      refuse(claim, 'L1', 'this identifier already belongs to somebody else');
  }
  return { stretches: [{ ...always, owner: winner.owner, claim: winner, rule: 'L1' }], refusals };
}

/** [L5] A public key may not carry an e-mail or login that somebody more trusted, or somebody known, already had into another person. */
function whyUnbelievable(
  graph: Graph,
  policy: Policy,
  node: Node,
  claim: Claim,
): { rule: string; reason: string } | undefined {
  if (claim.trust >= policy.mergeTrust) return undefined;
  // Was it ever named by anyone more trusted, anywhere in the log? When, its sender would choose.
  if (node.trust > claim.trust) return { rule: 'S10', reason: 'a more trusted sender knows this identifier' };
  if (roleOf(policy, node.id.kind) !== 'login') return undefined;
  const owner = graph.node(claim.owner as IdentifierKey);
  const metHere = (one: Node | undefined) => one !== undefined && compareSights(policy.order, one.met, claim) === 0;
  if (metHere(node) || metHere(owner)) return undefined;
  return { rule: 'S11', reason: 'both people were known already; only a trusted merge joins them' };
}
