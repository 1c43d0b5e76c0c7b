import type { Claim, Node, Write } from '../evidence/graph.ts';
import { countedWrites } from '../evidence/words.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import { joins } from './cluster.ts';
import { always } from './link.ts';
import type { PersonSpan } from './spans.ts';
import { since } from './traits.ts';

/** The words that count for a person: those said of an identifier while the person had it ([W5], [W6]). */
export function wordsOf(
  policy: Policy,
  founder: Node,
  members: readonly Node[],
  spans: readonly PersonSpan[],
): readonly Write[] {
  const found: Write[] = [];
  let said: readonly Write[] = [];
  let of: Node | undefined;
  for (const span of spans) {
    if (span.node.writes.length === 0) continue;
    // The stretches of one identifier mostly follow each other.
    if (of !== span.node) [of, said] = [span.node, countedWrites(policy, span.node)];
    const whole = span.from === always.from && span.to === always.to;
    let writes = whole ? said : said.filter((write) => write.time >= span.from && write.time < span.to);
    if (writes.length === 0) continue;
    // [W5] `anonymousTraits: 'drop'`: what was said of a device before its login stays behind.
    const { claim } = span;
    if (policy.anonymousTraits === 'drop' && claim !== null && roleOf(policy, span.node.id.kind) === 'anonymous')
      writes = writes.filter((write) => since(policy, write, claim));
    // [W7] `anonymousTraits: 'move'`: it counts as said at the login, and so comes before what the person had.
    if (policy.anonymousTraits === 'move' && claim !== null && roleOf(policy, span.node.id.kind) === 'anonymous')
      writes = writes.map((write) => (since(policy, write, claim) ? write : movedTo(claim, write)));
    // [W6] `mergedTraits: 'survivor'`: of two merged profiles the survivor's shows and the other is hidden.
    if (policy.mergedTraits === 'survivor' && span.node !== founder && members.includes(span.node)) {
      const joined = span.node.edges.reduce(
        (first, edge) => (joins(edge) ? Math.min(first, edge.position) : first),
        Number.POSITIVE_INFINITY,
      );
      if (founder.writes.some((write) => write.position < joined))
        writes = writes.filter((write) => write.position > joined);
    }
    found.push(...writes);
  }
  return found;
}

/** A word as if said at a login; words moved together keep their order. */
const movedTo = (login: Claim, write: Write): Write => ({
  ...write,
  time: login.time,
  tie: `${login.tie}\u0001${String(write.time).padStart(16, '0')}${write.tie}`,
  position: login.position - 1 + write.position / login.position,
});
