import { addClaim } from './claims.ts';
import type { Command, Consent, DerivePersonId, Describe, Entry, Merge } from './command.ts';
import { isDenied } from './consent.ts';
import { decideAlias } from './directory/alias.ts';
import { decideModify } from './directory/modify.ts';
import { PROFILE } from './directory/record.ts';
import { decideResolve, resolveItem } from './directory/resolve.ts';
import { directoryFor } from './entry.ts';
import type { Draft, Edge, Node, Sight } from './graph.ts';
import { type Identifier, type IdentifierKey, keyOf } from './ids.ts';
import { decideJoin } from './join.ts';
import { compareSights } from './order.ts';
import { cluster, ownerAt } from './owner.ts';
import { compareStrength, type Policy, roleOf } from './policy.ts';
import { addWrite } from './traits.ts';
import { canonical, isPlaceholder, whyNotIdentifier } from './values.ts';
import { type Note, rejected, type Verdict } from './verdict.ts';

/** What the rules need besides the graph and the entry. */
export interface Rules {
  readonly policy: Policy;
  readonly derive: DerivePersonId;
}

/**
 * One entry, decided and applied: the whole log folds through this, live, replayed or rebuilt.
 * Reads and writes `draft` and nothing else; the same entries give the same graph (G7).
 */
export function step(draft: Draft, given: Rules, entry: Entry): Verdict {
  const { command } = entry;
  const rules = entry.directory === undefined ? given : { ...given, policy: directoryFor(given.policy, entry) };
  switch (command.type) {
    case 'Track':
    case 'Identify':
    case 'Logout':
    case 'Describe':
      return decideItem(draft, rules, entry, command.ids, command);
    case 'Consent':
      return decideConsent(draft, rules, entry, command);
    case 'Merge':
      return decideMerge(draft, rules, entry, command);
    case 'Join':
      return decideJoin(draft, rules, entry, command);
    case 'Resolve':
      return decideResolve(draft, rules, entry, command);
    case 'Modify':
      return decideModify(draft, rules, entry, command);
    case 'Alias':
      return decideAlias(draft, rules, entry, command);
    default:
      return unreachable(command);
  }
}

function unreachable(value: never): never {
  throw new Error(`a command the rules do not know: ${JSON.stringify(value)}`);
}

/** Track, Identify, Logout, Describe: evidence that some identifiers are one person, and something said of that person. */
function decideItem(draft: Draft, rules: Rules, entry: Entry, given: readonly Identifier[], command: Command): Verdict {
  const read = readIds(rules.policy, given);
  if ('problem' in read) return rejected('V1', read.problem);
  const repeat = entry.repeats !== undefined;
  // [D1] A repeated insert id has no effect, [D2] unless its wire keeps the latest copy: then its evidence counts.
  if (entry.repeats !== undefined && entry.repeat?.keep !== 'latest')
    return { status: 'duplicate', rule: 'D1', repeats: entry.repeats, notes: [] };
  if (read.ids.length === 0) {
    // [A3] An event that names nobody is kept and belongs to nobody; other items need somebody to speak of.
    if (command.type === 'Track')
      return { status: repeat ? 'duplicate' : 'applied', rule: repeat ? 'D2' : 'A3', notes: [] };
    return rejected('A3', 'the item names nobody');
  }
  const met = read.ids.map((id) => draft.node(keyOf(id))).filter((node) => node !== undefined);
  if (isDenied(draft, rules.policy, met, entry.time))
    return { status: 'suppressed', rule: 'G3', reason: 'consent was denied', notes: [] };
  const notes: Note[] = unknownProfile(read.ids, met);
  const believed = believable(draft, rules.policy, entry, read.ids, notes);
  const ids = resolved(draft, rules, entry, command, believed);
  const nodes = ids.map((id) => meet(draft, rules, entry, id));

  if (command.type === 'Logout') logOut(draft, rules.policy, entry, nodes, notes);
  else linkUpward(draft, rules.policy, entry, nodes, notes);

  const anchor = ids[0];
  if (anchor === undefined) return { status: 'applied', rule: 'E2', notes };
  if (command.type === 'Describe') describe(draft, rules.policy, entry, anchor, command);
  const person = ownerAt(draft, rules.policy, keyOf(anchor), entry.time)?.person;
  const refusedAll =
    command.type === 'Identify' &&
    notes.length > 0 &&
    notes.every((note) => note.effect === 'refused' && note.rule.startsWith('K'));
  return {
    status: repeat ? 'duplicate' : refusedAll ? 'quarantined' : 'applied',
    ...(repeat
      ? { rule: 'D2' }
      : refusedAll
        ? { rule: notes[0]?.rule as string, reason: notes[0]?.reason as string }
        : {}),
    anchor,
    ...(person === undefined ? {} : { person }),
    notes,
  };
}

/** [R12] An MPID that we never gave, as from a browser that used the vendor before, makes a profile and is reported. */
function unknownProfile(ids: readonly Identifier[], met: readonly Node[]): Note[] {
  const profile = ids.find((id) => id.kind === PROFILE);
  if (profile === undefined || met.some((node) => node.id.kind === PROFILE)) return [];
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

/** Canonical, real, distinct identifiers from strongest to weakest ([V1]–[V3], [A1]), or why the item cannot be read. */
export function readIds(
  policy: Policy,
  given: readonly Identifier[],
): { readonly ids: readonly Identifier[] } | { readonly problem: string } {
  const ids: Identifier[] = [];
  for (const raw of given) {
    const id = canonical(raw);
    if (isPlaceholder(id.value, policy.placeholders)) continue;
    const problem = whyNotIdentifier(id);
    if (problem !== undefined) return { problem };
    if (!ids.some((other) => other.kind === id.kind && other.value === id.value)) ids.push(id);
  }
  return { ids: ids.length < 2 ? ids : ids.sort((a, b) => compareStrength(policy, a, b)) };
}

/** [E1] `report` counts and [E2] `enforce` leaves out the known people that a public key names; links are then unverified. */
export function believable(
  draft: Draft,
  policy: Policy,
  entry: Entry,
  ids: readonly Identifier[],
  notes: Note[],
): readonly Identifier[] {
  if (policy.identityMode === 'open' || entry.trust > 0) return ids;
  // An MPID is what the directory itself gave to this page; naming it is not naming a person by login.
  const isNamed = (id: Identifier) => id.kind !== PROFILE && roleOf(policy, id.kind) !== 'anonymous';
  const named = ids.filter((id) => isNamed(id) && draft.node(keyOf(id)) !== undefined);
  if (named.length === 0) return ids;
  const enforce = policy.identityMode === 'enforce';
  notes.push({
    effect: enforce ? 'unverified' : 'ignored',
    rule: enforce ? 'E2' : 'E1',
    reason: enforce
      ? 'a public key named a known person; the claim is kept unverified'
      : 'enforce mode would not believe this',
  });
  if (!enforce) return ids;
  const left = ids.filter((id) => !named.includes(id));
  for (const id of left) keepUnverified(draft, policy, entry, id, keyOf(named[0] as Identifier));
  return left;
}

function keepUnverified(draft: Draft, policy: Policy, entry: Entry, id: Identifier, owner: IdentifierKey): void {
  const node = draft.node(keyOf(id));
  if (node !== undefined)
    draft.put(addClaim(draft, policy, node, { ...sight(entry), owner, wire: entry.wire, unverified: true }));
}

export const sight = (entry: Entry): Sight => ({
  time: entry.time,
  tie: entry.insertId ?? '',
  position: entry.position,
  trust: entry.trust,
});

/** [P1] Puts the node of an identifier, made if it is new: every identifier founds a person of its own until something links it. */
export function meet(draft: Draft, rules: Rules, entry: Entry, id: Identifier): Node {
  const key = keyOf(id);
  const known = draft.node(key);
  if (known !== undefined) {
    const order = compareSights(rules.policy.order, sight(entry), known.met);
    const earlier = order < 0 || (order === 0 && entry.trust < known.met.trust);
    if (!earlier && entry.time <= known.lastSeen) return known;
    const seen = { ...known, met: earlier ? sight(entry) : known.met, lastSeen: Math.max(known.lastSeen, entry.time) };
    draft.put(seen);
    return seen;
  }
  // [P2] Two identifiers that would found the same id: the later one takes the next.
  let attempt = 0;
  let person = rules.derive(entry.project, id, attempt);
  for (let other = draft.founder(person); other !== undefined && other.key !== key; other = draft.founder(person)) {
    attempt += 1;
    person = rules.derive(entry.project, id, attempt);
  }
  const node = {
    key,
    id,
    number: draft.nextNumber(),
    person,
    met: sight(entry),
    lastSeen: entry.time,
    claims: [],
    below: [],
    edges: [],
    writes: [],
    consents: [],
  };
  draft.put(node);
  return node;
}

/** [S1] Each weaker identifier of an item claims to belong to the strongest one. */
function linkUpward(draft: Draft, policy: Policy, entry: Entry, nodes: readonly Node[], notes: Note[]): void {
  const top = nodes[0];
  if (top === undefined) return;
  for (const { key, id } of nodes.slice(1)) {
    // [S2] Two logins, or two profiles, are two people, whoever names them together.
    if (id.kind === top.id.kind && ['login', 'profile'].includes(roleOf(policy, id.kind))) {
      addEdge(draft, entry, key, top.key, 'together', 'S11');
      notes.push({
        effect: 'refused',
        rule: 'S11',
        reason: 'one item named two known people; only a trusted merge joins them',
        one: key,
        other: top.key,
      });
      continue;
    }
    const node = draft.node(key) as Node;
    const owner = draft.node(top.key) as Node;
    const isNew = !owner.below.includes(key);
    const over = isNew ? overCap(draft, policy, owner, id) : undefined;
    if (over !== undefined) {
      notes.push({
        effect: 'refused',
        rule: over,
        reason: 'the person has as many identifiers as the limit allows',
        one: key,
        other: top.key,
      });
      continue;
    }
    const claimed = addClaim(draft, policy, node, { ...sight(entry), owner: top.key, wire: entry.wire });
    const mayMove = claimed.claims.length !== node.claims.length;
    const before = mayMove ? ownerAt(draft, policy, key, entry.time) : undefined;
    draft.put(claimed);
    if (isNew) draft.put({ ...owner, below: [...owner.below, key] });
    const after = ownerAt(draft, policy, key, entry.time);
    const wanted = ownerAt(draft, policy, top.key, entry.time);
    if (after?.key !== wanted?.key) notes.push(refusedLink(key, top.key));
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

/** Mixpanel's names for it are used on every wire, as the most widely known. */
const refusedLink = (one: IdentifierKey, other: IdentifierKey): Note => ({
  effect: 'refused',
  rule: 'L',
  reason: 'the identifier already belongs to somebody else',
  one,
  other,
  code: 'errAnonDistinctIdAssignedAlready',
});

/** [K1] Identifiers of one kind, [K2] of one person. Checked before any work is done (S15). */
function overCap(draft: Draft, policy: Policy, owner: Node, id: Identifier): 'K1' | 'K2' | undefined {
  const { perPerson, perKind } = policy.caps;
  if (owner.below.length + 1 < Math.min(perPerson, perKind[roleOf(policy, id.kind)])) return undefined;
  const ofKind = owner.below.reduce((count, key) => (key.startsWith(`${id.kind}:`) ? count + 1 : count), 0);
  if (ofKind >= perKind[roleOf(policy, id.kind)]) return 'K1';
  const people = cluster(draft, owner);
  return people.reduce((sum, one) => sum + 1 + one.below.length, 0) >= perPerson ? 'K2' : undefined;
}

/** [L6c] After a logout a device belongs to nobody until the next login. */
function logOut(draft: Draft, policy: Policy, entry: Entry, nodes: readonly Node[], notes: Note[]): void {
  for (const { key, id } of nodes) {
    if (roleOf(policy, id.kind) !== 'anonymous') continue;
    draft.put(addClaim(draft, policy, draft.node(key) as Node, { ...sight(entry), owner: null, wire: entry.wire }));
    notes.push({ effect: 'left', rule: 'L6c', reason: `${id.kind} was signed out`, one: key });
  }
}

/** [W1] What is said hangs on the strongest identifier of the item and never moves. */
function describe(draft: Draft, policy: Policy, entry: Entry, anchor: Identifier, command: Describe): void {
  const node = draft.node(keyOf(anchor)) as Node;
  const write = { ...sight(entry), changes: command.changes };
  const writes =
    roleOf(policy, anchor.kind) === 'anonymous' ? [...node.writes, write] : addWrite(policy, node.writes, write);
  draft.put({ ...node, writes });
}

/** [G4] A public key speaks for its own device, anyone more trusted for the person: the word is kept at each. */
function decideConsent(draft: Draft, rules: Rules, entry: Entry, command: Consent): Verdict {
  const read = readIds(rules.policy, command.ids);
  if ('problem' in read) return rejected('V1', read.problem);
  if (entry.repeats !== undefined) return { status: 'duplicate', rule: 'D1', repeats: entry.repeats, notes: [] };
  const speaksFor = (id: Identifier) => ['anonymous', 'profile'].includes(roleOf(rules.policy, id.kind));
  const ids = entry.trust > 0 ? read.ids : read.ids.filter(speaksFor);
  if (ids.length === 0)
    return read.ids.length === 0
      ? rejected('A3', 'the item names nobody')
      : rejected('G4', 'a public key speaks only for its own device: name it');
  const anchor = ids[0] as Identifier;
  for (const id of entry.trust > 0 ? [anchor] : ids) {
    const node = meet(draft, rules, entry, id);
    const { consent, scope } = command;
    const word = { ...sight(entry), consent, ...(scope === undefined ? {} : { scope }) };
    const owner = entry.trust > 0 ? ownerAt(draft, rules.policy, node.key, entry.time) : undefined;
    for (const key of new Set([node.key, owner?.key ?? node.key])) {
      const one = draft.node(key) as Node;
      draft.put({ ...one, consents: [...one.consents, word] });
    }
  }
  const person = ownerAt(draft, rules.policy, keyOf(anchor), entry.time)?.person;
  return { status: 'applied', anchor, ...(person === undefined ? {} : { person }), notes: [] };
}

/** [M1] Two known people are joined by a trusted word and by nothing else. */
function decideMerge(draft: Draft, rules: Rules, entry: Entry, command: Merge): Verdict {
  const { policy } = rules;
  const read = readIds(policy, [command.one, command.other]);
  if ('problem' in read) return rejected('V1', read.problem);
  if (entry.repeats !== undefined) return { status: 'duplicate', rule: 'D1', repeats: entry.repeats, notes: [] };
  const [strong, weak] = read.ids;
  if (strong === undefined || weak === undefined) return rejected('M4', 'a merge names two different identifiers');
  // [M3] A device is not merged, it is used: the merge is evidence like any other.
  if (
    roleOf(policy, weak.kind) === 'anonymous' ||
    (roleOf(policy, weak.kind) === 'contact' && roleOf(policy, strong.kind) === 'login')
  )
    return decideItem(draft, rules, entry, read.ids, { type: 'Identify', ids: read.ids });
  const refused = entry.trust < policy.mergeTrust ? 'S11' : undefined;
  const [one, other] = [profileOf(draft, policy, entry, strong), profileOf(draft, policy, entry, weak)];
  if (keyOf(one) === keyOf(other)) return { status: 'applied', anchor: one, notes: [] };
  return joinNodes(draft, rules, entry, one, other, 'merge', refused);
}

/** [M5] An identifier of a directory's record is merged as the profile that has it. */
function profileOf(draft: Draft, policy: Policy, entry: Entry, id: Identifier): Identifier {
  const owner = ownerAt(draft, policy, keyOf(id), entry.time);
  return owner?.id.kind === PROFILE ? owner.id : id;
}

/** Writes an edge at both ends; a refused one too, so that "why not" has an answer. Saying it again adds nothing. */
function addEdge(
  draft: Draft,
  entry: Entry,
  one: IdentifierKey,
  other: IdentifierKey,
  how: Edge['how'],
  refused: string | undefined,
): void {
  const a = draft.node(one) as Node;
  if (a.edges.some((edge) => edge.other === other && edge.how === how && edge.refused === refused)) return;
  const edge = { ...sight(entry), how, wire: entry.wire, ...(refused === undefined ? {} : { refused }) };
  const identified = how === 'identify' || how === 'alias' ? ({ identified: true } as const) : {};
  draft.put({ ...a, edges: [...a.edges, { ...edge, ...identified, other }] });
  const b = draft.node(other) as Node;
  draft.put({ ...b, edges: [...b.edges, { ...edge, other: one }] });
}

/** Joins two identifiers, or keeps why not. Used by Merge and Join. */
export function joinNodes(
  draft: Draft,
  rules: Rules,
  entry: Entry,
  one: Identifier,
  other: Identifier,
  how: Edge['how'],
  refused: string | undefined,
  why?: Pick<Note, 'code' | 'text'>,
): Verdict {
  const { policy } = rules;
  const a = meet(draft, rules, entry, one);
  const b = meet(draft, rules, entry, other);
  const together = refused === undefined && cluster(draft, a).some((node) => node.key === b.key);
  const size = (node: Node) => cluster(draft, node).reduce((sum, member) => sum + 1 + member.below.length, 0);
  const rule = refused ?? (!together && size(a) + size(b) > policy.caps.perPerson ? 'K2' : undefined);
  addEdge(draft, entry, a.key, b.key, how, rule);
  const person = ownerAt(draft, policy, a.key, entry.time)?.person;
  const outcome = { anchor: one, ...(person === undefined ? {} : { person }) };
  if (rule === undefined)
    return {
      status: 'applied',
      ...outcome,
      notes: together
        ? []
        : [
            {
              effect: 'joined',
              rule: how === 'merge' ? 'M1' : 'J1',
              reason: 'two people became one',
              one: a.key,
              other: b.key,
            },
          ],
    };
  const reason =
    rule === 'K2'
      ? 'the person has as many identifiers as the limit allows'
      : rule === 'S11'
        ? 'a public key may not join two known people'
        : 'the vendor’s merge rules refuse it';
  const note: Note = { effect: 'refused', rule, reason, one: a.key, other: b.key, ...why };
  return {
    status: rule === 'S11' ? 'rejected' : rule === 'K2' && how === 'merge' ? 'quarantined' : 'applied',
    rule,
    reason,
    ...outcome,
    notes: [note],
  };
}
