import { counted } from '../evidence/changes-of-hands.ts';
import type { Claim, Edge, Graph, Node, Sight } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { IdentifierKey, Instant, Trust } from '../words/ids.ts';
import { claimId } from './claim-id.ts';
import { cluster, joins } from './cluster.ts';
import { linksOf } from './links.ts';
import { meaningOf } from './meaning.ts';
import { ownershipOf } from './ownership.ts';
import { byMerge, ofRefused, type Remedy, reached, unseen } from './remedy.ts';
import { identifierOfPerson } from './visit.ts';
import { linkWhysIn, sharedFrom } from './why-at.ts';

/** One link of the way from one identifier to another, with its evidence. */
export interface ChainStep {
  readonly claim: string;
  readonly rule: string;
  /** ms */
  readonly time: number;
  readonly source: string;
  readonly trust: Trust;
  readonly from: IdentifierKey;
  readonly to: IdentifierKey;
  readonly because: string;
}

export interface RefusalReason {
  readonly rule: string;
  readonly reason: string;
  readonly claim?: string;
  readonly time?: number;
  readonly source?: string;
  readonly trust?: Trust;
  /** What would change it. */
  readonly would: Remedy;
  /** Those of the two that nobody ever named. */
  readonly unseen?: readonly ('a' | 'b')[];
}

export type Explanation =
  | { readonly same: true; readonly chain: readonly ChainStep[] }
  | { readonly same: false; readonly refusal: RefusalReason };

/**
 * [X1] Why two identifiers are one person, link by link, or the refusal that keeps them apart.
 * A shared device is one person with each of its users, for that user's stretch; with `at` for that moment alone.
 */
export function explain(
  graph: Graph,
  policy: Policy,
  a: IdentifierKey,
  b: IdentifierKey,
  /** The moment that is meant; absent: whenever they were. ms */
  at?: Instant,
): Explanation {
  const one = graph.node(a);
  const other = graph.node(b);
  if (one === undefined || other === undefined)
    return {
      same: false,
      refusal: {
        rule: 'P1',
        reason: `we have never seen ${one === undefined && other === undefined ? 'either' : 'one'} of these identifiers`,
        would: unseen(one === undefined && other === undefined ? 'both' : 'one'),
        unseen: [...(one === undefined ? (['a'] as const) : []), ...(other === undefined ? (['b'] as const) : [])],
      },
    };
  const isMeant = ({ from, to }: { readonly from: Instant; readonly to: Instant }) =>
    at === undefined || (from <= at && at < to);
  const theirs = ownershipOf(graph, policy, other).filter(isMeant);
  const common = ownershipOf(graph, policy, one).findLast(
    (stretch) => isMeant(stretch) && theirs.some((their) => their.person.key === stretch.person.key),
  )?.person;
  if (common === undefined) {
    const then =
      at !== undefined && explain(graph, policy, a, b).same ? whyThen(graph, policy, [one, other], at) : undefined;
    return { same: false, refusal: then ?? whyApart(graph, policy, one, other) };
  }
  const up = climb(graph, policy, one, common, at);
  const down = climb(graph, policy, other, common, at);
  // Where both ways use the same links, those say nothing.
  while (up.steps.length > 0 && down.steps.length > 0 && up.steps.at(-1)?.from === down.steps.at(-1)?.from) {
    up.steps.pop();
    down.steps.pop();
  }
  const top = (way: typeof up, start: Node) => way.steps.at(-1)?.to ?? start.key;
  const across = mergesBetween(graph, top(up, one), top(down, other));
  return { same: true, chain: [...up.steps, ...across, ...down.steps.toReversed()] };
}

/** Two that are one person at times, and were not at this moment: whose the shared one was then ([L6], [L7]). */
function whyThen(graph: Graph, policy: Policy, nodes: readonly Node[], at: Instant): RefusalReason | undefined {
  const [shared] = nodes.flatMap((node) => sharedFrom(graph, policy, node) ?? []);
  const why = shared && linkWhysIn(graph, policy)(shared.key, at);
  if (why === undefined) return undefined;
  return {
    rule: why.rule,
    reason: `at that moment the ${shared?.id.kind} was ${why.isOwned ? 'somebody else’s, because' : 'nobody’s:'} ${why.because}`,
    would: reached,
  };
}

/** From an identifier to the one that its person is named after. */
export function chainTo(graph: Graph, policy: Policy, start: Node, person: Node, at?: Instant): readonly ChainStep[] {
  const { steps } = climb(graph, policy, start, person, at);
  return [...steps, ...mergesBetween(graph, steps.at(-1)?.to ?? start.key, person.key)];
}

/** The links from an identifier up to a member of the person's cluster. */
function climb(
  graph: Graph,
  policy: Policy,
  start: Node,
  person: Node,
  at: Instant | undefined,
): { steps: ChainStep[] } {
  const steps: ChainStep[] = [];
  const members = new Set(cluster(graph, person).map((member) => member.key));
  for (let node: Node | undefined = start; node !== undefined && !members.has(node.key); ) {
    const here: Node = node;
    const link = linksOf(graph, policy, here).stretches.findLast((stretch) => {
      if (at !== undefined && !(stretch.from <= at && at < stretch.to)) return false;
      const owner = stretch.owner === null ? undefined : graph.node(stretch.owner);
      return owner !== undefined && ownershipOf(graph, policy, owner).some((above) => above.person.key === person.key);
    });
    if (link?.owner == null || link.claim === null) break;
    const { of } = link.claim;
    const end = of === undefined ? here : (cluster(graph, here).find((member) => member.key === of) ?? here);
    steps.push(...mergesBetween(graph, here.key, end.key), {
      ...evidence(link.claim, claimId(link.claim, here.key)),
      rule: link.rule,
      from: end.key,
      to: link.owner,
      because: (at !== undefined && linkWhysIn(graph, policy)(here.key, at)?.says) || meaningOf(link.rule),
    });
    node = graph.node(link.owner);
  }
  return { steps };
}

const evidence = (sight: Sight & { readonly wire: string }, claim: string) => ({
  claim,
  time: sight.time,
  source: sight.wire,
  trust: sight.trust,
});

/** The shortest way along explicit merges. */
function mergesBetween(graph: Graph, from: IdentifierKey, to: IdentifierKey): readonly ChainStep[] {
  const reached = new Map<IdentifierKey, { by: IdentifierKey; edge: Edge } | null>([[from, null]]);
  for (const key of reached.keys()) {
    if (key === to) break;
    for (const edge of graph.node(key)?.edges ?? [])
      if (joins(edge) && !reached.has(edge.other)) reached.set(edge.other, { by: key, edge });
  }
  const steps: ChainStep[] = [];
  for (let at = reached.get(to), key = to; at != null; key = at.by, at = reached.get(at.by)) {
    steps.unshift({
      ...evidence(at.edge, `c${at.edge.position}`),
      rule: at.edge.how === 'merge' ? 'M1' : 'J0',
      from: at.by,
      to: key,
      because: meaningOf('M1'),
    });
  }
  return steps;
}

/** [X2] What keeps two people apart: a refused claim or merge between them, else a device both used, else nothing at all. */
function whyApart(graph: Graph, policy: Policy, one: Node, other: Node): RefusalReason {
  const people = (node: Node) => new Set(ownershipOf(graph, policy, node).map((stretch) => stretch.person.key));
  const merge = byMerge(policy, latestOf(graph, policy, one), latestOf(graph, policy, other));
  const mine = identifiersOf(graph, people(one));
  const theirs = identifiersOf(graph, people(other));
  const refused = mine
    .flatMap((node) => node.edges)
    .filter((edge) => !joins(edge) && theirs.some((node) => node.key === edge.other));
  // A merge that only a limit refused comes before older words.
  const merged = refused.find(isOverLimit) ?? refused[0];
  for (const [nodes, target] of [
    [[one, ...mine], other],
    [[other, ...theirs], one],
  ] as const) {
    if (merged !== undefined && isOverLimit(merged)) break;
    const wanted = people(target);
    for (const node of nodes) {
      for (const refusal of linksOf(graph, policy, node).refusals) {
        const owner = refusal.claim.owner === null ? undefined : graph.node(refusal.claim.owner);
        if (owner !== undefined && [...people(owner)].some((key) => wanted.has(key)))
          return {
            ...evidence(refusal.claim, claimId(refusal.claim, node.key)),
            rule: refusal.rule,
            reason: refusal.reason,
            would: ofRefused(policy, refusal.rule, node, refusal.claim) ?? merge,
          };
      }
    }
  }
  if (merged !== undefined)
    return {
      ...evidence(merged, `c${merged.position}`),
      rule: merged.refused as string,
      reason: 'a merge of the two was refused',
      would: ofRefused(policy, merged.refused as string, one, undefined) ?? merge,
    };
  const belowThem = new Set(theirs.flatMap((node) => node.below));
  const shared = mine.flatMap((node) => node.below).find((key) => belowThem.has(key));
  if (shared !== undefined) {
    const node = graph.node(shared) as Node;
    const claim = counted(policy, node.claims).findLast(
      (one): one is Claim => one.owner !== null && theirs.some((their) => their.key === one.owner),
    );
    return {
      rule: 'S11',
      reason: `both used one ${node.id.kind}; sharing it joins no known people`,
      would: merge,
      ...(claim ? evidence(claim, claimId(claim, node.key)) : {}),
    };
  }
  return { rule: 'P1', reason: 'nothing we were told links them', would: merge };
}

const isOverLimit = ({ refused }: Edge): boolean => refused === 'K2' || refused === 'K6';

/** Whose an identifier was last, by the identifier that a merge can name: of a visit, the device. */
function latestOf(graph: Graph, policy: Policy, node: Node): IdentifierKey {
  return identifierOfPerson(ownershipOf(graph, policy, node).at(-1)?.person ?? node);
}

/** The identifiers that are these people; a visit ([L7c]) is none. */
const identifiersOf = (graph: Graph, people: Iterable<IdentifierKey>): readonly Node[] =>
  [...people].flatMap((key) => {
    const node = graph.node(key);
    return node === undefined ? [] : cluster(graph, node);
  });
