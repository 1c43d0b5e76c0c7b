import { counted } from '../evidence/changes-of-hands.ts';
import type { Claim, Graph, Node } from '../evidence/graph.ts';
import { isStronger, type Policy } from '../policy/policy.ts';
import { byTrust } from '../reading/by-trust.ts';
import { joins } from '../reading/cluster.ts';
import { always, cutAt, type Link, own, type Refusal, type Refuse } from '../reading/link.ts';
import { identifierOf } from '../words/ids.ts';

/**
 * Is this identifier governed by the directory's records, so that nothing else says whose it is ([R6])?
 * @param claims what counts for it: of merged ones [M6] a record that holds one holds all
 */
export const isRecorded = (policy: Policy, node: Node, claims = node.claims): boolean =>
  !policy.directory.deviceIds.includes(node.id.kind) &&
  counted(policy, claims).some((claim) => claim.directory === true);

/**
 * [S10] Of the words about an identifier of a record those that count. Where another wire says with more trust than any
 * word of the directory whose it is, the directory says nothing.
 */
export function believedOfRecord(
  graph: Graph,
  policy: Policy,
  node: Node,
  claims: readonly Claim[],
  refuse: Refuse,
): readonly Claim[] {
  const most = claims.reduce((trust, one) => (one.directory === true ? Math.max(trust, one.trust) : trust), 0);
  const isOthers = claims.some(({ directory, owner, trust }) => directory !== true && owner !== null && trust > most);
  return claims.filter((claim) => {
    if (claim.directory !== true) return true;
    if (!isOthers && mayHave(graph, policy, node, claim)) return true;
    return claim.owner !== null && refuse(claim, 'S10', 'a more trusted sender knows this identifier');
  });
}

/**
 * [S10] [S11] A page's profile has an identifier that somebody more trusted named, and merged with nobody, only as long as
 * its record holds it, nobody more trusted wrote in that record, and it is the first of the strongest there that were so
 * named: no page carries one such into another.
 */
function mayHave(graph: Graph, policy: Policy, node: Node, { trust, owner }: Claim): boolean {
  if (trust >= policy.mergeTrust || node.trust <= trust) return true;
  if (node.edges.some((edge) => joins(edge) && edge.trust > trust)) return false;
  const record = (owner === null ? undefined : graph.node(owner)?.record) ?? [];
  const at = record.findIndex(({ key }) => key === node.key);
  if (at < 0) return false;
  return record.every((one, i) => {
    if (i === at) return true;
    if (one.trust > trust) return false;
    const { kind } = identifierOf(one.key);
    const gives = i < at ? isStronger(policy, node.id.kind, kind) : !isStronger(policy, kind, node.id.kind);
    return gives || (graph.node(one.key)?.trust ?? 0) <= trust;
  });
}

/**
 * [R6] An identifier of a record belongs to the profile that holds it: before the first, to the first; taken out of
 * every record, to nobody. What other wires say about it is refused. [S10] What less trusted senders say counts where the
 * others leave it to nobody.
 */
export function recordedStretches(claims: readonly Claim[], refusals: Refusal[]): readonly Link[] {
  const words = claims.filter((claim) => {
    if (claim.directory !== true)
      refusals.push({ claim, rule: 'R6', reason: 'the directory’s records say whose identifier this is' });
    return claim.directory === true;
  });
  return byTrust(words, stretchesOf, (claim, owner) => {
    if (claim.owner !== owner)
      refusals.push({ claim, rule: 'S10', reason: 'a more trusted sender says whose identifier this is' });
  });
}

/** The stretches of words that all count. */
function stretchesOf(words: readonly Claim[]): readonly Link[] {
  const stretches: { -readonly [K in keyof Link]: Link[K] }[] = [];
  for (const claim of words) {
    const { owner, time } = claim;
    if (stretches.at(-1)?.owner === owner) continue;
    const before = cutAt(stretches, time);
    if (before?.owner === owner) before.to = always.to;
    else
      stretches.push({
        from: before === undefined ? always.from : time,
        to: always.to,
        owner,
        claim: owner === null ? null : claim,
        rule: 'R6',
      });
  }
  // [K4] may have forgotten every word of the directory between others.
  const found = stretches.filter((stretch) => stretch.from < stretch.to);
  return found.length > 0 ? found : [own];
}
