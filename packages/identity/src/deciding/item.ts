import { PROFILE } from '../directory/record.ts';
import { resolveItem } from '../directory/resolve.ts';
import type { Graph, Node } from '../evidence/graph.ts';
import { readsAlike } from '../evidence/sightings.ts';
import { roleOf } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import { momentAt, ownerAt, ownerOf } from '../reading/links.ts';
import type { Command, Describe, Entry, TraitChange } from '../words/command.ts';
import { type Decision, type Founded, unchanged } from '../words/fact.ts';
import { type Identifier, type IdentifierKey, keyOf, type PersonId } from '../words/ids.ts';
import { type Judged, type Note, rejected } from '../words/verdict.ts';
import { type Admitted, admit, type Stopped } from './admit.ts';
import { keepUnverified } from './believe.ts';
import { withContacts } from './contact-traits.ts';
import { linkUpward } from './link-upward.ts';
import { Plan } from './plan.ts';
import { withinLimits } from './trait-limits.ts';

/** Track, Identify, Logout, Describe: evidence that some identifiers are one person, and something said of that person. */
export function decideItem(
  graph: Graph,
  rules: Rules,
  entry: Entry,
  given: readonly Identifier[],
  command: Command,
): Decision {
  const ids = withContacts(rules.policy, given, command);
  const unfit = command.type === 'Track' ? undefined : nobody;
  const device = 'device' in command ? command.device : undefined;
  const admitted = admit(graph, rules.policy, entry, { ids, unfit, whoseNo: 'anchor', device, belief: 'evidence' });
  if (!('verdict' in admitted)) return tellItem(new Plan(graph, rules, entry), admitted, command);
  const { verdict } = admitted;
  return command.type === 'Logout' && verdict.status === 'suppressed'
    ? leave(new Plan(graph, rules, entry), admitted)
    : unchanged(verdict);
}

/** [A3] An event that names nobody is kept and belongs to nobody; other items need somebody to speak of. */
const nobody = (ids: readonly Identifier[]): Judged<'rejected'> | undefined =>
  ids.length === 0 ? rejected('A3', 'the item names nobody') : undefined;

/** What becomes known by an admitted item. */
export function tellItem(plan: Plan, admitted: Admitted, command: Command): Decision {
  const { facts } = plan;
  const { named, met, copy } = admitted;
  if (named.length === 0)
    return copy === undefined
      ? { verdict: { status: 'applied', rule: 'A3', notes: [] }, facts }
      : { verdict: { status: 'duplicate', rule: copy, notes: [] }, facts };
  const notes: Note[] = [...admitted.notes];
  if (met[0] === undefined && admitted.ids[0]?.kind === PROFILE) notes.unshift(unknownProfile(admitted.ids[0]));
  const ids = resolved(plan, command, admitted.ids);
  const nodes = ids === named ? met : ids.map((id) => plan.graph.node(keyOf(id)));

  if (command.type === 'Logout') logOut(plan, ids, nodes, notes);
  else linkUpward(plan, ids, nodes, notes);
  keepUnverified(plan, admitted);

  const [anchor] = ids;
  if (anchor === undefined)
    return copy === undefined
      ? { verdict: { status: 'applied', rule: 'E2', notes }, facts }
      : { verdict: { status: 'duplicate', rule: copy, notes }, facts };
  const isFull = command.type === 'Describe' && describe(plan, anchor, nodes[0], command, notes) === 'full';
  const person = personOf(plan, anchor, nodes[0], command.type === 'Logout');
  if (copy !== undefined) return { verdict: { status: 'duplicate', rule: copy, anchor, person, notes }, facts };
  const refusedAll =
    command.type === 'Identify' &&
    notes.length > 0 &&
    notes.every((note) => note.effect === 'refused' && note.rule.startsWith('K'));
  if (!refusedAll && !isFull) return { verdict: { status: 'applied', anchor, person, notes }, facts };
  const { rule, reason } = (isFull ? notes.at(-1) : notes[0]) as Note;
  return { verdict: { status: 'quarantined', rule, reason, anchor, person, notes }, facts };
}

/** Who has the anchor at the item's time, with the item. `known`: its node before; `isLeft`: the item signs it out. */
function personOf(plan: Plan, anchor: Identifier, known: Node | undefined, isLeft: boolean): PersonId {
  const { policy, entry, facts } = plan;
  if (!isLeft) {
    // Who is new stands for itself, and so does nearly every login.
    if (known === undefined)
      return (facts.find((fact) => fact.type === 'founded' && fact.id === anchor) as Founded).person;
    if (known.claims.length === 0 && known.edges.length === 0) return known.person;
    // An event that names its device alone.
    if (facts.length === 1 && readsAlike(policy, entry, known))
      return ownerOf(plan.before, policy, known, entry.time).person;
  }
  return (ownerAt(plan.graph, policy, known?.key ?? keyOf(anchor), entry.time) as Node).person;
}

/** [R12] An MPID that we never gave, as from a browser that used the vendor before, makes a profile and is reported. */
const unknownProfile = (profile: Identifier): Note => ({
  effect: 'ignored',
  rule: 'R12',
  reason: 'this MPID was unknown; a profile without identities was made for it',
  one: keyOf(profile),
});

/** [R12] An item that leaves it to the directory hangs on the profile found there, and links nothing itself. */
function resolved(plan: Plan, command: Command, ids: readonly Identifier[]): readonly Identifier[] {
  if (!('resolve' in command) || command.resolve === undefined || ids.length === 0) return ids;
  return [resolveItem(plan, ids, command.resolve.mint)];
}

/** [G3] A logout ends the stretch of somebody who said no, and keeps nothing else: whoever comes next is not them. */
function leave(plan: Plan, { verdict, met }: Stopped): Decision {
  const notes: Note[] = [];
  for (const node of met) {
    if (node === undefined || roleOf(plan.policy, node.id.kind) !== 'anonymous') continue;
    if (momentAt(plan.graph, plan.policy, node, plan.entry.time).owner === null) continue;
    plan.say({ type: 'left', key: node.key });
    notes.push(leftBehind(node.id, node.key));
  }
  return notes.length === 0 ? unchanged(verdict) : { verdict: { status: 'applied', notes }, facts: plan.facts };
}

const leftBehind = ({ kind }: Identifier, one: IdentifierKey): Note => ({
  effect: 'left',
  rule: 'L6c',
  reason: `${kind} was signed out`,
  one,
});

/** [L6c] After a logout a device belongs to nobody until the next login. */
function logOut(plan: Plan, ids: readonly Identifier[], met: readonly (Node | undefined)[], notes: Note[]): void {
  for (const [i, id] of ids.entries()) {
    const key = plan.name(id, met[i]);
    const role = roleOf(plan.policy, id.kind);
    // [U5] An operator pins a contact to nobody too.
    if (role !== 'anonymous' && !(role === 'contact' && plan.entry.trust === 3)) continue;
    plan.say({ type: 'left', key });
    notes.push(leftBehind(id, key));
  }
}

/** [W1] What is said hangs on the strongest identifier of the item and never moves. `full`: no room for any of it [W10]. */
function describe(
  plan: Plan,
  anchor: Identifier,
  known: Node | undefined,
  command: Describe,
  notes: Note[],
): 'said' | 'full' {
  const { policy, entry } = plan;
  // [W8] Protected traits are the server key's alone.
  const isAllowed = (change: TraitChange) =>
    entry.trust >= 2 || change.op === 'clear' || !policy.protectedTraits.includes(change.name);
  const allowed = command.changes.filter(isAllowed);
  if (allowed.length < command.changes.length)
    notes.push({ effect: 'ignored', rule: 'W8', reason: 'a trait that only the server key sets was left out' });
  const key = known?.key ?? keyOf(anchor);
  const changes = withinLimits(plan, key, known?.writes ?? [], allowed);
  if (changes.length < allowed.length)
    notes.push({ effect: 'ignored', rule: 'W10', reason: 'the person has as many traits as the limit allows' });
  if (changes.length === 0) return allowed.length === 0 ? 'said' : 'full';
  plan.say({ type: 'said', key, changes });
  return 'said';
}
