import type { ConsentWord, Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { Entry } from '../words/command.ts';
import { cluster } from './cluster.ts';
import { ownerOf } from './links.ts';

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
  return cluster(graph, ownerOf(graph, policy, node, time)).some(saidNo);
}
