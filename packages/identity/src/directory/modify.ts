import { admit } from '../deciding/admit.ts';
import { isVouched, namesPerson, wouldNot } from '../deciding/believe.ts';
import { Plan } from '../deciding/plan.ts';
import type { Graph, Node } from '../evidence/graph.ts';
import { isBlocked } from '../policy/blocklist.ts';
import type { Policy } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import { survivor } from '../reading/cluster.ts';
import type { Entry, Modify, RecordChange } from '../words/command.ts';
import { type Decision, unchanged } from '../words/fact.ts';
import { type Identifier, type IdentifierKey, identifierOf, keyOf } from '../words/ids.ts';
import { isStandIn } from '../words/stand-in.ts';
import { canonical, isPlaceholder, whyNotIdentifier } from '../words/values.ts';
import { type DirectoryAnswer, type Judged, type Note, refusal } from '../words/verdict.ts';
import {
  attach,
  confirm,
  detach,
  holds,
  isKnownProfile,
  isMultiple,
  isNewsTo,
  isOverfull,
  othersHolding,
  outranks,
  PROFILE,
  profileKey,
  takeFromOthers,
  valuesOf,
} from './record.ts';

/**
 * [R10] Changes a profile's record: all changes or none. Never makes a profile and never changes an MPID. A unique
 * identifier is taken away from every other profile that holds it, and each of those is named in the verdict.
 * Source: mParticle's HTTP identity API, modify.
 */
export function decideModify(graph: Graph, rules: Rules, entry: Entry, command: Modify): Decision {
  const plan = new Plan(graph, rules, entry);
  const changes = command.changes.filter((change) => !isTakenBack(entry, change));
  const key = profileKey(command.profile);
  const admitted = admit(graph, rules.policy, entry, {
    ids: [{ kind: PROFILE, value: command.profile }, ...changes.flatMap((change) => wanted(change) ?? [])],
    unfit: () => whyUnfit(plan, key, changes),
    whoseNo: 'record',
    belief: 'all',
  });
  const answer = (changed: DirectoryAnswer['changed']): DirectoryAnswer => {
    const known = isKnownProfile(rules.policy.directory, plan.node(key));
    return { mpid: command.profile, matched: [], known, loggedIn: known, how: 'found', candidates: [], changed };
  };
  if ('verdict' in admitted) {
    const { verdict } = admitted;
    // [G3] Nothing is kept of a profile that said no, nor of a new value that did; the client still gets an answer.
    return unchanged(verdict.status === 'suppressed' ? { ...verdict, answer: answer([]) } : verdict);
  }
  const isCounted = rules.policy.identityMode === 'report' && entry.trust === 0;
  const notes: Note[] =
    isCounted && !changes.every((change) => isSigned(plan, plan.node(key), change)) ? [wouldNot] : [];
  const lost = changes.flatMap((change) => makeChange(plan, key, change, notes));
  const profile = plan.node(key);
  const { id } = profile;
  const { person } = survivor(plan.graph, rules.policy, profile);
  const changed = [...changes.map(({ kind }) => ({ mpid: id.value, kind })), ...lost];
  return { verdict: { status: 'applied', anchor: id, person, notes, answer: answer(changed) }, facts: plan.facts };
}

/** One change of a record, and what other profiles lost by it. */
function makeChange(
  plan: Plan,
  profile: IdentifierKey,
  change: RecordChange,
  notes: Note[],
): readonly { mpid: string; kind: string }[] {
  const id = wanted(change);
  for (const value of replaced(plan.policy, plan.node(profile), change))
    detach(plan, profile, keyOf({ kind: change.kind, value }));
  if (id === undefined) return [];
  const isUnique = plan.policy.directory.uniqueIds.includes(id.kind);
  const losers = isUnique ? takeFromOthers(plan, profile, id, 'R10', notes) : [];
  if (holds(plan.node(profile), keyOf(id))) confirm(plan, keyOf(id), profile);
  else attach(plan, profile, id);
  return losers.map((loser) => ({ mpid: loser.id.value, kind: id.kind }));
}

const wanted = (change: RecordChange): Identifier | undefined =>
  change.now === null ? undefined : canonical({ kind: change.kind, value: change.now });

/** The values that make room for a change: all of a single-valued kind, of another the one that was named. */
function replaced({ directory }: Policy, profile: Node, change: RecordChange): readonly string[] {
  const values = valuesOf(profile, change.kind);
  const id = wanted(change);
  if (!isMultiple(directory, change.kind)) return values.filter((value) => value !== id?.value);
  if (change.before === null) return change.now === null ? values : [];
  const before = canonical({ kind: change.kind, value: change.before }).value;
  return values.filter((value) => value === before && value !== id?.value);
}

/** [U2] A change that names an identifier which was retracted is read as if it had not been asked for. */
const isTakenBack = ({ without = [] }: Entry, { kind, before, now }: RecordChange): boolean =>
  without.length > 0 &&
  [before, now].some((value) => value !== null && without.includes(keyOf(canonical({ kind, value }))));

function whyUnfit(plan: Plan, key: IdentifierKey, changes: readonly RecordChange[]): Judged<'rejected'> | undefined {
  const profile = plan.entry.without?.includes(key) ? undefined : plan.before.node(key);
  if (profile === undefined) return refusal('R10', 'there is no profile of that mpid', 'BAD_REQUEST');
  if (changes.length === 0) return refusal('R10', 'identity_changes is empty', 'BAD_REQUEST');
  for (const change of changes) {
    const problem = whyNotChange(plan, profile, change);
    if (problem !== undefined) return refusal(problem.rule, problem.reason, 'BAD_REQUEST');
  }
  return adds(plan, profile, changes) && isOverfull(plan, profile, changedRecord(plan, profile, changes))
    ? refusal('K2', 'the profile has as many identifiers as the limit allows', 'BAD_REQUEST')
    : undefined;
}

/** Does any change put into a record what nobody so trusted as its sender did before? */
const adds = (plan: Plan, profile: Node, changes: readonly RecordChange[]): boolean =>
  changes.some((change) => {
    const id = wanted(change);
    return id !== undefined && isNewsTo(plan, profile, keyOf(id));
  });

/** A record as it will be. */
function changedRecord(
  { policy, entry: { time, trust } }: Plan,
  profile: Node,
  changes: readonly RecordChange[],
): Node['record'] {
  return changes.reduce((record, change) => {
    const id = wanted(change);
    const leaving = replaced(policy, { ...profile, record }, change);
    const rest = record.filter(({ key }) => {
      const { kind, value } = identifierOf(key);
      return kind !== change.kind || (!leaving.includes(value) && value !== id?.value);
    });
    return id === undefined ? rest : [...rest, { key: keyOf(id), since: time, trust }];
  }, profile.record);
}

function whyNotChange(
  plan: Plan,
  profile: Node,
  change: RecordChange,
): { readonly rule: string; readonly reason: string } | undefined {
  const { policy, entry } = plan;
  const { kind } = change;
  // [E3] The answer to a page must not tell whether anybody is known by a value (S12).
  if (policy.identityMode === 'enforce' && entry.trust === 0 && !isSigned(plan, profile, change))
    return { rule: 'E3', reason: 'in enforce mode a public key changes devices only, or what its backend signed' };
  if (kind === PROFILE) return { rule: 'R10', reason: 'a record holds no MPID' };
  const leaving = replaced(policy, profile, change).map((value) => ({ profile: profile.key, id: { kind, value } }));
  const id = wanted(change);
  if (id !== undefined) {
    const problem =
      entry.scar !== undefined && isStandIn(id.value)
        ? undefined
        : isPlaceholder(id.value, policy.placeholders)
          ? 'a new value is a placeholder'
          : isBlocked(policy.blocklist, id)
            ? 'a new value is on the block list'
            : whyNotIdentifier(id);
    if (problem !== undefined) return { rule: 'R10', reason: problem };
    const now = valuesOf(profile, kind);
    if (policy.directory.immutableIds.includes(kind) && now.length > 0 && !now.includes(id.value))
      return { rule: 'R10', reason: `the profile's ${kind} is immutable` };
    if (policy.directory.uniqueIds.includes(kind))
      leaving.push(...othersHolding(plan.graph, profile.key, id).map((node) => ({ profile: node.key, id })));
  }
  return leaving.some((one) => outranks(plan, one.profile, one.id))
    ? { rule: 'S10', reason: `a more trusted sender said whose ${kind} that is` }
    : undefined;
}

/**
 * [E3] What a public key may change in `enforce`: devices; and what names a person where the customer's backend signed
 * the new value beside it, in a profile that names nobody yet or that holds a name so signed: whoever knows the MPID of
 * another and signs in as themselves takes nothing of it.
 */
function isSigned({ policy, entry }: Plan, profile: Node, change: RecordChange): boolean {
  if (!namesPerson(policy, { kind: change.kind, value: '' })) return true;
  const id = wanted(change);
  if (id !== undefined && !isVouched(entry, id)) return false;
  const names = profile.record.map(({ key }) => identifierOf(key)).filter((held) => namesPerson(policy, held));
  return names.length === 0 || names.some((held) => isVouched(entry, held));
}
