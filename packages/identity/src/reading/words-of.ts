import type { Claim, Node, Write } from '../evidence/graph.ts';
import { countedWrites } from '../evidence/words.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import { joins } from './cluster.ts';
import { type Holding, heldAt } from './spans.ts';
import { since } from './traits.ts';

/** The words that count for a person: those said of an identifier while the person had it ([W5], [W6]). */
export function wordsOf(
  policy: Policy,
  founder: Node,
  members: readonly Node[],
  holdings: readonly Holding[],
): readonly Write[] {
  const found: Write[] = [];
  for (const { node, stretches } of holdings) {
    if (node.writes.length === 0) continue;
    const isAnonymous = roleOf(policy, node.id.kind) === 'anonymous';
    let writes = countedWrites(policy, node).flatMap((write) => {
      const stretch = heldAt(stretches, write.time);
      return stretch === undefined ? [] : counting(policy, write, isAnonymous ? stretch.claim : null);
    });
    // [W6] `mergedTraits: 'survivor'`: of two merged profiles the survivor's shows and the other is hidden.
    if (policy.mergedTraits === 'survivor' && node !== founder && members.includes(node)) {
      writes = writes.filter(isShownBeside(founder, node));
    }
    found.push(...writes);
  }
  return found;
}

/**
 * [W6] Is a word of a member shown beside the survivor's? Not if it was said before the two were merged, when the survivor
 * had something already. [S10] What less trusted senders merge and say hides no word.
 */
function isShownBeside(founder: Node, member: Node): (word: Write) => boolean {
  const merges = member.edges.filter(joins);
  return (word) => {
    const told = merges.filter(({ trust }) => trust >= word.trust);
    const joined = Math.min(...(told.length > 0 ? told : merges).map(({ position }) => position));
    const isFirst = (one: Write) => one.trust >= word.trust && one.position < joined;
    return word.position > joined || !founder.writes.some(isFirst);
  };
}

/** A word of a stretch as it counts. `login`: what gave the person an anonymous identifier, null where nothing did. */
function counting(policy: Policy, write: Write, login: Claim | null): readonly Write[] {
  if (login === null || policy.anonymousTraits === 'carry' || since(policy, write, login)) return [write];
  // [W5] `anonymousTraits: 'drop'`: what was said of a device before its login stays behind.
  // [W7] `anonymousTraits: 'move'`: it counts as said at the login, and so comes before what the person had.
  return policy.anonymousTraits === 'drop' ? [] : [movedTo(login, write)];
}

/** A word as if said at a login; words moved together keep their order. */
const movedTo = (login: Claim, write: Write): Write => ({
  ...write,
  time: login.time,
  tie: `${login.tie}\u0001${String(write.time).padStart(16, '0')}${write.tie}`,
  position: login.position - 1 + write.position / login.position,
});
