import {
  type Claim,
  cluster,
  type Graph,
  type IdentifierKey,
  identifierOfPerson,
  isSharedBy,
  type Node,
  ownershipOf,
  type Policy,
  roleOf,
} from '@selfsame/identity';

/** Identifiers whose owner, or whose person's traits, may have changed. */
export class Moved extends Set<IdentifierKey> {
  /** Those with whom all that hangs on them is in it, too. */
  readonly whole = new Set<IdentifierKey>();
  /** Merged ones with whom everybody who has or had them is in it, too. */
  readonly owned = new Set<IdentifierKey>();
}

/**
 * The identifiers whose owner, or whose person's traits, may have changed when `before` became `after`.
 * `graph` holds the new versions. What it names may not have changed after all; what it leaves out has not.
 */
export function movedBy(graph: Graph, policy: Policy, before: Node | undefined, after: Node, into: Moved): void {
  if (before === undefined) {
    addNew(graph, policy, after, into);
    return;
  }
  // [U3] Nobody names it any more: what was said of it has left whoever had it.
  if (after.gone === true) {
    into.add(after.key);
    addOwners(graph, policy, before.claims, into);
    return;
  }
  const joined = before.edges !== after.edges && before.edges.length + after.edges.length > 0;
  // Its silences say where one visit ends and the next begins [L7c], and whose the visits are [L7b].
  const visited = before.gaps !== after.gaps && isSharedBy(after.claims);
  // [L5] [S10] A more trusted sender named it: what others claim of it, or merged with it, may be believed no more.
  const trusted = before.trust !== after.trust && (after.claims.length > 0 || after.edges.length > 0);
  const moved =
    visited ||
    trusted ||
    claimsMoved(policy, before.claims, after.claims) ||
    (before.claims !== after.claims && after.edges.length > 0 && areOfSeveral(cluster(graph, after)));
  if (joined || moved) addWithAllBelow(graph, policy, after, into);
  if (before.met !== after.met) {
    addMetInItem(graph, policy, after, into);
    // How long it was alone before it was joined.
    if (after.claims.length > 0 || after.edges.length > 0) into.add(after.key);
  }
  // A profile's record, and who named what is in it, say whether the person is known and who holds the rest [S10].
  if (before.record !== after.record) addWithAllBelow(graph, policy, after, into);
  if (before.record !== after.record || before.trust !== after.trust) addProfile(graph, policy, after, into);
  if (before.writes !== after.writes || joined || moved) addHolders(graph, policy, after, into);
  // What was said of it leaves with it, or comes back, whoever claimed it.
  if (moved) addOwners(graph, policy, before.claims, into);
}

/** One that nobody had named before. */
function addNew(graph: Graph, policy: Policy, node: Node, into: Moved): void {
  into.add(node.key);
  if (node.gone === true) return;
  addWithAllBelow(graph, policy, node, into);
  addProfile(graph, policy, node, into);
  if (node.writes.length > 0 || node.edges.length > 0) addHolders(graph, policy, node, into);
}

/** The people who have it; of merged ones, whose claims count for each other [M6], those who have any, and who had. */
function addHolders(graph: Graph, policy: Policy, node: Node, into: Moved): void {
  if (into.owned.has(node.key)) return;
  for (const one of cluster(graph, node)) {
    for (const { person } of ownershipOf(graph, policy, one)) into.add(identifierOfPerson(person));
    if (node.edges.length === 0) return;
    into.owned.add(one.key);
    addOwners(graph, policy, one.claims, into);
  }
}

/** All that a profile has, or the profiles that have this, or whose record holds it. */
function addProfile(graph: Graph, policy: Policy, node: Node, into: Moved): void {
  const owners = node.claims.map(({ owner }) => owner);
  for (const key of new Set([node.key, ...owners, ...node.holders.map(({ profile }) => profile)])) {
    const one = key === null ? undefined : graph.node(key);
    if (one !== undefined && one.record.length > 0) addWithAllBelow(graph, policy, one, into);
  }
}

/** [S11] Whether one item met a login and its owner for the first time says whether the one may belong to the other. */
function addMetInItem(graph: Graph, policy: Policy, node: Node, into: Moved): void {
  const isLogin = (one: Node | undefined) => one !== undefined && roleOf(policy, one.id.kind) === 'login';
  for (const one of [node, ...node.below.map((key) => graph.node(key))]) {
    if (one === undefined || one.claims.length === 0 || !isLogin(one)) continue;
    addWithAllBelow(graph, policy, one, into);
    addOwners(graph, policy, one.claims, into);
  }
}

function addOwners(graph: Graph, policy: Policy, claims: readonly Claim[], into: Moved): void {
  for (const owner of new Set(claims.map((claim) => claim.owner))) {
    const node = owner === null ? undefined : graph.node(owner);
    if (node === undefined) continue;
    for (const { person } of ownershipOf(graph, policy, node)) into.add(identifierOfPerson(person));
  }
}

/** [M6] What is claimed of one counts for everyone merged with it; how many share one below says whose it is [L7b] [K5]. */
function addWithAllBelow(graph: Graph, policy: Policy, node: Node, into: Moved): void {
  if (into.whole.has(node.key)) return;
  const merged = cluster(graph, node);
  for (const { key } of merged) into.add(key).whole.add(key);
  for (const one of merged)
    for (const key of one.below) {
      const child = graph.node(key);
      if (child === undefined || into.whole.has(key)) continue;
      addWithAllBelow(graph, policy, child, into);
      const shared = cluster(graph, child);
      if (areOfSeveral(shared)) for (const { claims } of shared) addOwners(graph, policy, claims, into);
    }
}

/** [M6] Between two words of one of them for one owner may lie another's word for somebody else. */
function areOfSeveral(merged: readonly Node[]): boolean {
  let first: Claim | undefined;
  for (const { claims } of merged) for (const claim of claims) if ((first ??= claim).owner !== claim.owner) return true;
  return false;
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
