import { PROFILE } from '../directory/record.ts';
import { resolveItem } from '../directory/resolve.ts';
import { addClaim, claimOf, saidAgain } from '../evidence/claims.ts';
import type { Draft, Graph, Node } from '../evidence/graph.ts';
import { addWrite } from '../evidence/words.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import { cluster } from '../reading/cluster.ts';
import { linkAt, linksOf, ownerAt } from '../reading/links.ts';
import { isSharedBy } from '../reading/reach.ts';
import type { Command, Describe, Entry, TraitChange } from '../words/command.ts';
import { type Identifier, type IdentifierKey, keyOf } from '../words/ids.ts';
import { type Note, rejected, suppressed, type Verdict } from '../words/verdict.ts';
import { type Admitted, admit } from './admit.ts';
import { keepUnverified } from './believe.ts';
import { withContacts } from './contact-traits.ts';
import { addEdge } from './edge.ts';
import { found, see, sight } from './meet.ts';
import { withinLimits } from './trait-limits.ts';

/** Track, Identify, Logout, Describe: evidence that some identifiers are one person, and something said of that person. */
export function decideItem(
  draft: Draft,
  rules: Rules,
  entry: Entry,
  given: readonly Identifier[],
  command: Command,
): Verdict {
  const named = { ...evidence, ids: withContacts(rules.policy, given, command) };
  const admitted = admit(draft, rules.policy, entry, command.type === 'Track' ? named : { ...named, unfit: nobody });
  if (!('verdict' in admitted)) return tellItem(draft, rules, entry, admitted, command);
  const isOfSilent = command.type === 'Logout' && admitted.verdict.status === 'suppressed';
  return isOfSilent ? leave(draft, rules.policy, entry, admitted.met) : admitted.verdict;
}

/** What an item that says who uses what is asked. */
export const evidence = { whoseNo: 'anchor', belief: 'evidence' } as const;

/** [A3] An event that names nobody is kept and belongs to nobody; other items need somebody to speak of. */
const nobody = (ids: readonly Identifier[]): Verdict | undefined =>
  ids.length === 0 ? rejected('A3', 'the item names nobody') : undefined;

/** What an admitted item changes. */
export function tellItem(draft: Draft, rules: Rules, entry: Entry, admitted: Admitted, command: Command): Verdict {
  const { named, met, copy } = admitted;
  if (named.length === 0)
    return { status: copy === undefined ? 'applied' : 'duplicate', rule: copy ?? 'A3', notes: [] };
  const notes: Note[] = [...unknownProfile(admitted.ids, met[0]), ...admitted.notes];
  keepUnverified(draft, rules.policy, entry, admitted);
  const ids = resolved(draft, rules, entry, command, admitted.ids);
  // Each node is written once an item: seen here, put with what the item claims of it.
  const nodes = ids.map((id, i) => {
    const known = ids === named ? met[i] : draft.node(keyOf(id));
    return known === undefined ? found(draft, rules, entry, id) : see(rules.policy, entry, known);
  });

  if (command.type === 'Logout') logOut(draft, rules.policy, entry, nodes, notes);
  else linkUpward(draft, rules.policy, entry, nodes, notes);

  const [anchor, top] = [ids[0], nodes[0]];
  if (anchor === undefined || top === undefined) return { status: 'applied', rule: 'E2', notes };
  const isFull = command.type === 'Describe' && describe(draft, rules.policy, entry, anchor, command, notes) === 'full';
  const { person } = ownerAt(draft, rules.policy, top.key, entry.time) as Node;
  if (copy !== undefined) return { status: 'duplicate', rule: copy, anchor, person, notes };
  const refusedAll =
    command.type === 'Identify' &&
    notes.length > 0 &&
    notes.every((note) => note.effect === 'refused' && note.rule.startsWith('K'));
  if (!refusedAll && !isFull) return { status: 'applied', anchor, person, notes };
  const { rule, reason } = (isFull ? notes.at(-1) : notes[0]) as Note;
  return { status: 'quarantined', rule, reason, anchor, person, notes };
}

/** [R12] An MPID that we never gave, as from a browser that used the vendor before, makes a profile and is reported. */
function unknownProfile(ids: readonly Identifier[], top: Node | undefined): Note[] {
  const [profile] = ids[0]?.kind === PROFILE && top === undefined ? ids : [];
  if (profile === undefined) return [];
  const reason = 'this MPID was unknown; a profile without identities was made for it';
  return [{ effect: 'ignored', rule: 'R12', reason, one: keyOf(profile) }];
}

/** [R12] An item that leaves it to the directory hangs on the profile found there, and links nothing itself. */
function resolved(
  draft: Draft,
  rules: Rules,
  entry: Entry,
  command: Command,
  ids: readonly Identifier[],
): readonly Identifier[] {
  if (!('resolve' in command) || command.resolve === undefined || ids.length === 0) return ids;
  return [resolveItem(draft, rules, entry, ids, command.resolve.mint)];
}

/** [S1] Each weaker identifier of an item claims to belong to the strongest one. */
function linkUpward(draft: Draft, policy: Policy, entry: Entry, nodes: readonly Node[], notes: Note[]): void {
  const top = nodes[0];
  if (top === undefined) return;
  draft.put(top);
  let owner = top;
  for (const node of nodes) {
    const { key, id } = node;
    if (node === top) continue;
    // [S2] Two logins, or two profiles, are two people, whoever names them together.
    const role = roleOf(policy, id.kind);
    if (id.kind === top.id.kind && (role === 'login' || role === 'profile')) {
      draft.put(node);
      addEdge(draft, entry, key, top.key, 'together', 'S11');
      owner = draft.node(top.key) as Node;
      notes.push({
        effect: 'refused',
        rule: 'S11',
        reason: 'one item named two known people; only a trusted merge joins them',
        one: key,
        other: top.key,
      });
      continue;
    }
    const isNew = !owner.below.includes(key);
    const over = isNew ? overCap(draft, policy, entry, owner, id) : undefined;
    if (over !== undefined) {
      // Kept as refused, so that "why not" names the limit.
      draft.put(addClaim(draft, policy, node, { ...claimOf(entry, top.key), refused: over }));
      notes.push({
        effect: 'refused',
        rule: over,
        reason: 'the person has as many identifiers as the limit allows',
        one: key,
        other: top.key,
      });
      continue;
    }
    const claimed = addClaim(draft, policy, node, claimOf(entry, top.key));
    const mayMove = reachesFurther(policy, claimed) || !saidAgain(node.claims, claimed.claims);
    const before = mayMove ? ownerAt(draft, policy, key, entry.time) : undefined;
    draft.put(claimed);
    if (isNew) {
      owner = { ...owner, below: [...owner.below, key] };
      draft.put(owner);
    }
    // Most events say again what everybody knows.
    if (!mayMove && belongsOnlyTo(policy, claimed, top.key)) continue;
    const after = ownerAt(draft, policy, key, entry.time);
    const wanted = ownerAt(draft, policy, top.key, entry.time);
    if (after?.key !== wanted?.key) notes.push(refusedLink(draft, policy, entry, claimed, top.key));
    else if (mayMove && before?.key !== after?.key)
      notes.push({
        effect: 'linked',
        rule: 'S1',
        reason: `${id.kind} joined ${top.id.kind}`,
        one: key,
        other: top.key,
      });
  }
}

/** [L7a] On a shared identifier a later word of the same person reaches further than the one before. */
const reachesFurther = (policy: Policy, node: Node): boolean =>
  policy.sharedDevice === 'reach-bound' && isSharedBy(node.claims);

/** Does every claim that was ever made of an anonymous identifier name this owner? Then it is theirs at any time. */
const belongsOnlyTo = (policy: Policy, node: Node, owner: IdentifierKey): boolean =>
  roleOf(policy, node.id.kind) === 'anonymous' &&
  node.claims.every((claim) => claim.owner === owner && claim.unverified !== true && claim.refused === undefined);

/** The rule that keeps the claim from holding at its moment. Mixpanel's names for it are used on every wire, as the most widely known. */
function refusedLink(graph: Graph, policy: Policy, entry: Entry, node: Node, other: IdentifierKey): Note {
  const { refusals } = linksOf(graph, policy, node);
  const mine = refusals.filter(({ claim }) => claim.owner === other && claim.trust === entry.trust);
  // [L4] A claim said again between others like it is not listed: they stand for it.
  const refusal = mine.find(({ claim }) => claim.position === entry.position) ?? mine.at(-1);
  return {
    effect: 'refused',
    rule: refusal?.rule ?? linkAt(graph, policy, node, entry.time).rule,
    reason: 'the identifier already belongs to somebody else',
    one: node.key,
    other,
    code: 'errAnonDistinctIdAssignedAlready',
  };
}

/**
 * [K1] Identifiers of one kind, [K2] of one person, merges included. Only what the person really has counts, and of that
 * only what was told with at least this trust: a page fills no limit of the backend's. Looked at only near a limit, and
 * a page is stopped before that look gets long (S15).
 */
function overCap(draft: Draft, policy: Policy, entry: Entry, owner: Node, id: Identifier): 'K1' | 'K2' | undefined {
  const { perPerson, perKind } = policy.caps;
  const most = perKind[roleOf(policy, id.kind)];
  if (owner.edges.length === 0 && owner.below.length + 1 < Math.min(perPerson, most)) return undefined;
  const people = cluster(draft, owner);
  const named = people.reduce((sum, one) => sum + 1 + one.below.length, 0);
  if (named < Math.min(perPerson, most)) return undefined;
  if (entry.trust === 0 && named >= 2 * perPerson) return 'K2';
  const has = people.flatMap((one) => one.below.filter((key) => counts(draft, policy, entry, key, one.key)));
  if (has.filter((key) => key.startsWith(`${id.kind}:`)).length >= most) return 'K1';
  return has.length + people.length >= perPerson ? 'K2' : undefined;
}

/** Does an identifier count towards the limits of whom it was said to belong to? */
function counts(graph: Graph, policy: Policy, entry: Entry, key: IdentifierKey, owner: IdentifierKey): boolean {
  const node = graph.node(key);
  if (node === undefined || node.trust < entry.trust) return false;
  return linksOf(graph, policy, node).stretches.some((link) => link.owner === owner);
}

/** [G3] A logout ends the stretch of somebody who said no, and keeps nothing else: whoever comes next is not them. */
function leave(draft: Draft, policy: Policy, entry: Entry, met: readonly (Node | undefined)[]): Verdict {
  const notes: Note[] = [];
  for (const node of met) {
    if (node === undefined || roleOf(policy, node.id.kind) !== 'anonymous') continue;
    if (linkAt(draft, policy, node, entry.time).owner === null) continue;
    draft.put(addClaim(draft, policy, node, claimOf(entry, null)));
    notes.push(leftBehind(node));
  }
  return notes.length === 0 ? suppressed() : { status: 'applied', notes };
}

const leftBehind = (node: Node): Note => ({
  effect: 'left',
  rule: 'L6c',
  reason: `${node.id.kind} was signed out`,
  one: node.key,
});

/** [L6c] After a logout a device belongs to nobody until the next login. */
function logOut(draft: Draft, policy: Policy, entry: Entry, nodes: readonly Node[], notes: Note[]): void {
  for (const node of nodes) {
    const role = roleOf(policy, node.id.kind);
    // [U5] An operator pins a contact to nobody too.
    const isLeft = role === 'anonymous' || (role === 'contact' && entry.trust === 3);
    draft.put(isLeft ? addClaim(draft, policy, node, claimOf(entry, null)) : node);
    if (isLeft) notes.push(leftBehind(node));
  }
}

/** [W1] What is said hangs on the strongest identifier of the item and never moves. `full`: no room for any of it [W10]. */
function describe(
  draft: Draft,
  policy: Policy,
  entry: Entry,
  anchor: Identifier,
  command: Describe,
  notes: Note[],
): 'said' | 'full' {
  // [W8] Protected traits are the server key's alone.
  const isAllowed = (change: TraitChange) =>
    entry.trust >= 2 || change.op === 'clear' || !policy.protectedTraits.includes(change.name);
  const allowed = command.changes.filter(isAllowed);
  if (allowed.length < command.changes.length)
    notes.push({ effect: 'ignored', rule: 'W8', reason: 'a trait that only the server key sets was left out' });
  const node = draft.node(keyOf(anchor)) as Node;
  const changes = withinLimits(draft, policy, node, entry, allowed);
  if (changes.length < allowed.length)
    notes.push({ effect: 'ignored', rule: 'W10', reason: 'the person has as many traits as the limit allows' });
  if (changes.length === 0) return allowed.length === 0 ? 'said' : 'full';
  const write = { ...sight(entry), wire: entry.wire, changes };
  const writes = addWrite(draft, policy, node, write);
  draft.put({ ...node, writes });
  return 'said';
}
