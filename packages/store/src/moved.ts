import {
  type Claim,
  cluster,
  type Graph,
  type IdentifierKey,
  isSharedBy,
  isVisit,
  type Node,
  ownershipOf,
  type Policy,
  roleOf,
} from '@selfsame/identity';

/**
 * The identifiers whose owner, or whose person's traits, may have changed when `before` became `after`.
 * `graph` holds the new versions. What it names may not have changed after all; what it leaves out has not.
 */
export function movedBy(
  graph: Graph,
  policy: Policy,
  before: Node | undefined,
  after: Node,
  into: Set<IdentifierKey>,
): void {
  const joined = before?.edges !== after.edges && (after.edges.length > 0 || (before?.edges.length ?? 0) > 0);
  // Its silences say where one visit ends and the next begins [L7c], and whose the visits are [L7b].
  const visited = before !== undefined && before.gaps !== after.gaps && isSharedBy(after.claims);
  // [L5] [S10] A more trusted sender named it: what others claim of it may be believed no more.
  const trusted = before !== undefined && before.trust !== after.trust && after.claims.length > 0;
  const moved = before !== undefined && (visited || trusted || claimsMoved(policy, before.claims, after.claims));
  // [U3] Nobody names it any more: what was said of it has left whoever had it.
  if (after.gone === true) {
    into.add(after.key);
    addOwners(graph, policy, before?.claims ?? [], into);
    return;
  }
  if (before === undefined || joined || moved) {
    // [M6] What is claimed of one counts for everyone merged with it.
    for (const node of after.edges.length > 0 ? cluster(graph, after) : [after]) addWithAllBelow(graph, node, into);
  }
  if (before !== undefined && before.met !== after.met) {
    addMetInItem(graph, policy, after, into);
    // How long it was alone before it was joined.
    if (after.claims.length > 0 || after.edges.length > 0) into.add(after.key);
  }
  const described = before === undefined ? after.writes.length > 0 : before.writes !== after.writes;
  // A profile's record says whether the person is known.
  if (before === undefined ? after.record.length > 0 : before.record !== after.record) into.add(after.key);
  if (described || joined || moved) {
    for (const { person } of ownershipOf(graph, policy, after)) into.add(isVisit(person) ? after.key : person.key);
  }
  // What was said of it leaves with it, or comes back, whoever claimed it.
  if (moved && before !== undefined) addOwners(graph, policy, before.claims, into);
}

/** [S11] Whether one item met a login and its owner for the first time says whether the one may belong to the other. */
function addMetInItem(graph: Graph, policy: Policy, node: Node, into: Set<IdentifierKey>): void {
  const isLogin = (one: Node | undefined) => one !== undefined && roleOf(policy, one.id.kind) === 'login';
  for (const one of [node, ...node.below.map((key) => graph.node(key))]) {
    if (one === undefined || one.claims.length === 0 || !isLogin(one)) continue;
    addWithAllBelow(graph, one, into);
    addOwners(graph, policy, one.claims, into);
  }
}

function addOwners(graph: Graph, policy: Policy, claims: readonly Claim[], into: Set<IdentifierKey>): void {
  for (const owner of new Set(claims.map((claim) => claim.owner))) {
    const node = owner === null ? undefined : graph.node(owner);
    if (node === undefined) continue;
    for (const { person } of ownershipOf(graph, policy, node)) if (!isVisit(person)) into.add(person.key);
  }
}

function addWithAllBelow(graph: Graph, node: Node, into: Set<IdentifierKey>): void {
  if (into.has(node.key)) return;
  into.add(node.key);
  for (const key of node.below) {
    const child = graph.node(key);
    if (child !== undefined) addWithAllBelow(graph, child, into);
  }
}

/** Only a later last claim of the same run moves nothing; on a shared device it reaches further than the one before. */
function claimsMoved(policy: Policy, before: readonly Claim[], after: readonly Claim[]): boolean {
  if (before === after) return false;
  if (policy.sharedDevice === 'reach-bound' && isSharedBy(after)) return true;
  if (before.length !== after.length) return true;
  return after.some(
    (claim, i) =>
      claim !== before[i] &&
      !(i > 0 && i === after.length - 1 && claim.owner === before[i]?.owner && after[i - 1]?.owner === claim.owner),
  );
}
