import { admit } from '../deciding/admit.ts';
import type { Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import { survivor } from '../reading/cluster.ts';
import type { Alias, Entry } from '../words/command.ts';
import { type Decision, unchanged } from '../words/fact.ts';
import type { IdentifierKey, Trust } from '../words/ids.ts';
import { type Judged, refusal } from '../words/verdict.ts';
import { PROFILE, profileKey } from './record.ts';

/** Aliases a profile can be part of. */
const ALIASES = 500;
/** How far back an alias reaches, ms. */
const NINETY_DAYS = 90 * 24 * 3600 * 1000;

/**
 * [R11] Shows the source's events of a window under the destination too; the source keeps them. Never identities,
 * traits or consent. Requests that would chain or overlap are dropped without an error and recorded.
 * Source: mParticle's documentation of aliasing. Codes: `BAD_REQUEST` is a 400, `FORBIDDEN` a 403.
 */
export function decideAlias(graph: Graph, rules: Rules, entry: Entry, command: Alias): Decision {
  const ids = [command.source, command.destination].map((value) => ({ kind: PROFILE, value }));
  // [G3] Nothing of somebody who said no is shown under another, and nothing of another under them.
  const named = {
    ids,
    unfit: () => whyUnfit(graph, rules.policy, entry, command),
    whoseNo: 'each',
    belief: 'all',
  } as const;
  const admitted = admit(graph, rules.policy, entry, named);
  if ('verdict' in admitted) return unchanged(admitted.verdict);
  const [source, destination] = [command.source, command.destination].map((mpid) => graph.node(profileKey(mpid))) as [
    Node,
    Node,
  ];
  const window = { from: Math.max(command.from, entry.at - NINETY_DAYS), to: command.to + 1 };
  const dropped = whyDropped(entry.trust, source, destination, window);
  const outcome = { anchor: destination.id, person: survivor(graph, rules.policy, destination).person };
  if (dropped !== undefined) {
    const note = { effect: 'ignored', rule: 'R11', reason: dropped, one: source.key, other: destination.key } as const;
    return { verdict: { status: 'applied', ...outcome, rule: 'R11', reason: dropped, notes: [note] }, facts: [] };
  }
  const reason = 'the source’s events of that time show under the destination too';
  const ends = { source: source.key, destination: destination.key };
  return {
    verdict: {
      status: 'applied',
      ...outcome,
      notes: [{ effect: 'joined', rule: 'R11', reason, one: source.key, other: destination.key }],
    },
    facts: [{ type: 'aliased', ...ends, ...window, shownFrom: command.shownFrom }],
  };
}

function whyUnfit(
  graph: Graph,
  policy: Policy,
  { without = [] }: Entry,
  { source, destination, from, to }: Alias,
): Judged<'rejected'> | undefined {
  if (source === destination) return refusal('R11', 'source_mpid and destination_mpid are the same', 'BAD_REQUEST');
  const isUnknown = (key: IdentifierKey) => graph.node(key) === undefined || without.includes(key);
  if ([source, destination].map(profileKey).some(isUnknown))
    return refusal('R11', 'source_mpid or destination_mpid is unknown', 'BAD_REQUEST');
  if (from > to) return refusal('R11', 'start_unixtime_ms is after end_unixtime_ms', 'BAD_REQUEST');
  const { strategy } = policy.directory;
  return strategy === 'profile_isolation' || strategy === 'best_match'
    ? refusal('R11', 'this strategy has no aliasing', 'FORBIDDEN')
    : undefined;
}

/** [S10] What less trusted senders asked for stands in nobody's way. */
function whyDropped(
  trust: Trust,
  source: Node,
  destination: Node,
  window: { from: number; to: number },
): string | undefined {
  const counting = ({ aliases }: Node) => aliases.filter((one) => one.trust >= trust);
  const [words, others] = [counting(source), counting(destination)];
  if (Math.max(words.length, others.length) >= ALIASES) return 'one of them was aliased too often already';
  if (words.some((word) => word.part === 'source' && word.from < window.to && window.from < word.to))
    return 'the source was aliased before over some of that time';
  if (words.some((word) => word.part === 'destination')) return 'the source was itself the destination of an alias';
  if (others.some((word) => word.part === 'source')) return 'the destination was itself the source of an alias';
  return undefined;
}
