import type { Claim, Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { Instant } from '../words/ids.ts';
import { belowOf } from './cluster.ts';
import { always } from './link.ts';
import { linksOf } from './links.ts';

/** An identifier during a stretch in which one person had it. `to` is exclusive; infinities are open ends. */
export interface PersonSpan {
  readonly node: Node;
  readonly from: Instant;
  readonly to: Instant;
  /** The claim behind the link; null for the person's own identifiers. */
  readonly claim: Claim | null;
  readonly rule: string;
  /**
   * Only one thing of this stretch is the person's: `listing`, it stands in their record while somebody else owns it
   * ([R1]); `events`, an alias shows what happened there, from `shownFrom` on ([R11]).
   */
  readonly only?: 'listing' | 'events';
  readonly shownFrom?: Instant;
}

/** The stretches of identifiers a person has, for showing who they are. */
export const identifierSpans = (person: { readonly spans: readonly PersonSpan[] }): readonly PersonSpan[] =>
  person.spans.some((span) => span.only === 'events')
    ? person.spans.filter((span) => span.only !== 'events')
    : person.spans;

/** The stretches whose events are a person's, as shown at the moment `now`, ms. */
export const eventSpans = (person: { readonly spans: readonly PersonSpan[] }, now: Instant): readonly PersonSpan[] =>
  person.spans.filter((span) => span.only !== 'listing' && (span.shownFrom ?? now) <= now);

/** A span and all the spans of weaker identifiers that belonged to it meanwhile; added to `found`, which is answered. */
export function descend(graph: Graph, policy: Policy, span: PersonSpan, found: PersonSpan[] = []): PersonSpan[] {
  found.push(span);
  for (const node of belowOf(graph, span.node)) {
    for (const { owner, from: begin, to: end, claim, rule } of linksOf(graph, policy, node).stretches) {
      if (owner !== span.node.key) continue;
      const from = Math.max(begin, span.from);
      const to = Math.min(end, span.to);
      if (from < to) descend(graph, policy, { node, from, to, claim, rule }, found);
    }
  }
  return found;
}

/** [R1] What stands in a profile's record although somebody else owns it now: a device that moved on, a shared e-mail. */
export function listedSpans(graph: Graph, profile: Node, owned: readonly PersonSpan[]): readonly PersonSpan[] {
  return profile.record.flatMap(({ key, since }): readonly PersonSpan[] => {
    const node = graph.node(key);
    if (node === undefined || owned.some((span) => span.node === node && span.to === always.to)) return [];
    return [{ node, from: since, to: always.to, claim: null, rule: 'R1', only: 'listing' }];
  });
}

/** [R11] What happened to the source of an alias, during its window. */
export function aliasSpans(graph: Graph, policy: Policy, profile: Node): readonly PersonSpan[] {
  return profile.aliases
    .filter((word) => word.part === 'destination')
    .flatMap(({ other, from, to, shownFrom }) => {
      const node = graph.node(other);
      if (node === undefined) return [];
      return descend(graph, policy, { node, from, to, claim: null, rule: 'R11' }).map((span) => ({
        ...span,
        only: 'events' as const,
        shownFrom,
      }));
    });
}
