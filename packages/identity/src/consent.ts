import type { ConsentWord, Graph, Node } from './graph.ts';
import type { IdentifierKey, Instant } from './ids.ts';
import { cluster, ownerAt } from './owner.ts';
import type { Policy } from './policy.ts';

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

/** [G3] May nothing be stored of these identifiers now: because one of them, or the person who owns one, said no? */
export function isDenied(graph: Graph, policy: Policy, named: readonly (Node | undefined)[], time: Instant): boolean {
  const nodes = named.filter((node) => node !== undefined);
  // [G5] A word about forwarding alone does not stop us from keeping.
  const said = (node: Node) =>
    node.consents.length > 0 && standingConsent(node.consents.filter((word) => word.scope === undefined)) === 'denied';
  const isLookedAt = (key: IdentifierKey | null) => nodes.some((node) => node.key === key);
  return nodes.some((node) => {
    if (said(node)) return true;
    // Whoever else could have said no for it is looked at anyway.
    if (node.edges.length === 0 && node.claims.every((claim) => isLookedAt(claim.owner))) return false;
    const person = ownerAt(graph, policy, node.key, time);
    return person !== undefined && cluster(graph, person).some(said);
  });
}
