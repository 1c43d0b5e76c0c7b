import type { ConsentWord, Graph, Node } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { Entry } from '../words/command.ts';
import type { Identifier } from '../words/ids.ts';
import { cluster } from './cluster.ts';
import { ownerAt } from './links.ts';

/** Whether somebody may be recorded. "Nobody asked" is a case of its own. */
export type ConsentState = 'not-asked' | 'granted' | 'denied';

/**
 * [G1] The last word counts, in the order it arrived: an opt-out works from its acknowledgement on (G20).
 * [G2] A grant below the trust of the denial it answers changes nothing (S17); a denial always counts.
 */
export function standingConsent(words: readonly ConsentWord[]): ConsentState {
  let state: ConsentState = 'not-asked';
  let trust = 0;
  for (const word of words.toSorted((a, b) => a.position - b.position)) {
    if (word.consent === 'denied') {
      trust = state === 'denied' ? Math.max(trust, word.trust) : word.trust;
      state = 'denied';
    } else if (state !== 'denied' || word.trust >= trust) {
      state = 'granted';
    }
  }
  return state;
}

/** Did somebody say no at this very identifier? [G5] A word about forwarding alone does not stop us from keeping. */
export const saidNo = (node: Node): boolean =>
  node.consents.length > 0 && standingConsent(node.consents.filter((word) => word.scope === undefined)) === 'denied';

/** [G3] Did the person whose identifier this is at that moment say no? */
export function isOfDenied(graph: Graph, policy: Policy, node: Node, time: Entry['time']): boolean {
  if (saidNo(node)) return true;
  // Nearly every login stands for itself.
  if (node.edges.length === 0 && node.claims.length === 0) return false;
  const person = ownerAt(graph, policy, node.key, time);
  return person !== undefined && cluster(graph, person).some(saidNo);
}

/**
 * What consent leaves of the identifiers an item names, strongest first; undefined: nothing may be stored of the item.
 * `met` are their nodes. An item is of whom its anchor is of ([A2]), so one person's no stops nobody else:
 * [G3] it is suppressed if its anchor said no, or the person who has the anchor; if it names no more than devices, any
 * of them may have. Another identifier that said no itself is left out, and links nothing; but where a public key names
 * a device that said no, it speaks from that device, and the item is suppressed.
 */
export function allowed(
  graph: Graph,
  policy: Policy,
  entry: Entry,
  ids: readonly Identifier[],
  met: readonly (Node | undefined)[],
): readonly Identifier[] | undefined {
  const isDevice = (node: Node) => roleOf(policy, node.id.kind) === 'anonymous';
  let left = ids;
  for (const [i, node] of met.entries()) {
    if (node === undefined) continue;
    if (i === 0 || (ids[0] !== undefined && roleOf(policy, ids[0].kind) === 'anonymous')) {
      if (isOfDenied(graph, policy, node, entry.time)) return undefined;
    } else if (saidNo(node)) {
      if (entry.trust === 0 && isDevice(node)) return undefined;
      left = left.filter((id) => id !== ids[i]);
    }
  }
  return left;
}
