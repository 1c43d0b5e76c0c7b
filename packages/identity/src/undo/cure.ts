import { reach } from '../deciding/breaker.ts';
import type { Edge, Graph, Node } from '../evidence/graph.ts';
import { dayOf, limitPerDay } from '../policy/breaker.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import { overloadedDays } from '../reading/breaker.ts';
import { claimId } from '../reading/claim-id.ts';
import { personsIn } from '../reading/links.ts';
import { type IdentifierKey, type Instant, identifierOf, keyOf } from '../words/ids.ts';
import { canonical } from '../words/values.ts';
import type { Verdict } from '../words/verdict.ts';
import { anchorWithout, namedBy, type Said } from './component.ts';

/** A word that gives a value to somebody, or makes it one with somebody. */
interface Word extends Pick<Edge, 'position' | 'time' | 'trust'> {
  readonly owner: IdentifierKey;
  readonly isMerge: boolean;
}

/**
 * The claims, by their ids and in the log's order, that the breaker counted of a value on the days on which it came to be
 * shared by too many ([K5], [K6]): without them it is what it was before it did harm. An operator's word is not among
 * them. `said`: all that the log says of the value, as it is read without what is retracted.
 */
export function cureOf(graph: Graph, policy: Policy, node: Node, said: readonly Said[]): readonly string[] {
  const limit = limitPerDay(policy, node.id.kind, node.key);
  if (limit === undefined) return [];
  const words = said.flatMap((one) => wordIn(policy, node.key, one) ?? []);
  const [claims, merges] = [words.filter((one) => !one.isMerge), words.filter((one) => one.isMerge)];
  const claimed = overloadedDays(policy, node, claims, personsIn(graph, policy));
  const merged = new Set<number>();
  for (const day of new Set(merges.map(({ time }) => dayOf(time)))) {
    const told = merges.filter(({ time }) => dayOf(time) === day).map(({ trust, owner }) => ({ trust, other: owner }));
    if (told.some(({ trust }) => reach(told, trust) > limit)) merged.add(day);
  }
  return words
    .filter(({ time, isMerge }) => (isMerge ? merged : claimed).has(dayOf(time)))
    .map((word) => nameOf(node, word));
}

/** From when, and until before when, ms. */
export interface Range {
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
}

/**
 * The claims, by their ids and in the log's order, that made a value somebody's or one with somebody in that time, however
 * few came on a day: without them it joins nobody. What was said of it alone is not among them, nor an operator's word.
 */
export function joinedBy(
  policy: Policy,
  node: Node,
  said: readonly Said[],
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: Range,
): readonly string[] {
  return said
    .flatMap((one) => wordIn(policy, node.key, one) ?? [])
    .filter(({ time }) => time >= from && time < to)
    .map((word) => nameOf(node, word));
}

const nameOf = ({ key }: Node, word: Word): string => (word.isMerge ? `c${word.position}` : claimId(word, key));

/** Did it say whose the value is, also where the breaker believed it for none, or as a copy ([D2], [D3])? */
const wasCounted = ({ status, rule }: Verdict): boolean =>
  status === 'applied' || rule === 'K5' || rule === 'K6' || (status === 'duplicate' && rule !== 'D1');

function wordIn(policy: Policy, key: IdentifierKey, said: Said): Word | undefined {
  const { entry, verdict } = said;
  const { command, position, time, trust } = entry;
  if (trust >= 3 || !wasCounted(verdict)) return undefined;
  if (command.type === 'Logout' || !namedBy(policy, said).includes(key)) return undefined;
  if (command.type === 'Merge' || command.type === 'Join') {
    const [one, other] = [keyOf(canonical(command.one)), keyOf(canonical(command.other))];
    const owner = one === key ? other : one;
    const [mine, theirs] = [key, owner].map((end) => roleOf(policy, identifierOf(end).kind));
    // [M3] A merge of what is somebody's with whoever has it is a claim.
    const isMerge =
      command.type === 'Join' ||
      mine === theirs ||
      (mine !== 'anonymous' && theirs !== 'anonymous' && ![mine, theirs].includes('contact'));
    return isMerge || verdict.anchor === undefined || keyOf(verdict.anchor) === owner
      ? { position, time, trust, owner, isMerge }
      : undefined;
  }
  const { anchor } = anchorWithout(policy, entry, verdict);
  if (anchor === undefined || keyOf(anchor) === key) return undefined;
  return { position, time, trust, owner: keyOf(anchor), isMerge: false };
}
