import { counted } from '../evidence/changes-of-hands.ts';
import type { Claim, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import { byTrust } from '../reading/by-trust.ts';
import { always, cutAt, type Link, own, type Refusal } from '../reading/link.ts';

/** Is this identifier governed by the directory's records, so that nothing else says whose it is ([R6])? */
export const isRecorded = (policy: Policy, node: Node): boolean =>
  !policy.directory.deviceIds.includes(node.id.kind) &&
  counted(policy, node.claims).some((claim) => claim.directory === true);

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
