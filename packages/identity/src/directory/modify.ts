import { admit } from '../deciding/admit.ts';
import { namesPerson } from '../deciding/believe.ts';
import type { Draft, Node } from '../evidence/graph.ts';
import { isBlocked } from '../policy/blocklist.ts';
import type { Rules } from '../policy/rules.ts';
import type { Entry, Modify, RecordChange } from '../words/command.ts';
import { type Identifier, type IdentifierKey, keyOf } from '../words/ids.ts';
import { canonical, isPlaceholder, whyNotIdentifier } from '../words/values.ts';
import { type DirectoryAnswer, type Note, refusal, type Verdict } from '../words/verdict.ts';
import {
  attach,
  detach,
  holdersOf,
  holds,
  isKnownProfile,
  isMultiple,
  outranks,
  PROFILE,
  profileKey,
  valuesOf,
} from './record.ts';

/**
 * [R10] Changes a profile's record: all changes or none. Never makes a profile and never changes an MPID. A unique
 * identifier is taken away from every other profile that holds it, and each of those is named in the verdict.
 * Source: sheet §4.5.
 */
export function decideModify(draft: Draft, rules: Rules, entry: Entry, command: Modify): Verdict {
  const { directory } = rules.policy;
  const changes = command.changes.filter((change) => !isTakenBack(entry, change));
  const values = changes.map(wanted).filter((id) => id !== undefined);
  const admitted = admit(draft, rules.policy, entry, {
    ids: [{ kind: PROFILE, value: command.profile }, ...values],
    unfit: () => whyUnfit(draft, rules, entry, { ...command, changes }),
    whoseNo: 'record',
    belief: 'all',
  });
  const before = draft.node(profileKey(command.profile));
  const answer = (now: Node, changed: DirectoryAnswer['changed']): DirectoryAnswer => {
    const known = isKnownProfile(directory, now);
    return { mpid: now.id.value, matched: [], known, loggedIn: known, how: 'found', candidates: [], changed };
  };
  if ('verdict' in admitted) {
    const { verdict } = admitted;
    // [G3] Nothing is kept of a profile that said no, nor of a new value that did; the client still gets an answer.
    return verdict.status === 'suppressed' ? { ...verdict, answer: answer(before as Node, []) } : verdict;
  }
  const profile = before as Node;
  const notes: Note[] = [];
  const losses: { mpid: string; kind: string }[] = [];
  for (const change of changes) {
    const id = wanted(change);
    for (const value of replaced(rules, draft.node(profile.key) as Node, change))
      detach(draft, rules, entry, profile.key, keyOf({ kind: change.kind, value }));
    if (id !== undefined) {
      const losers = directory.uniqueIds.includes(id.kind) ? holdersOf(draft, keyOf(id)) : [];
      for (const loser of losers.filter((node) => node.key !== profile.key)) {
        detach(draft, rules, entry, loser.key, keyOf(id));
        losses.push({ mpid: loser.id.value, kind: id.kind });
        notes.push(takenOver(id, loser.key, profile.key));
      }
      if (!holds(draft.node(profile.key) as Node, keyOf(id))) attach(draft, rules, entry, profile.key, id);
    }
  }
  const changed = [...changes.map(({ kind }) => ({ mpid: profile.id.value, kind })), ...losses];
  return {
    status: 'applied',
    anchor: profile.id,
    person: profile.person,
    notes,
    answer: answer(draft.node(profile.key) as Node, changed),
  };
}

/** Reported, because a customer's e-mail has just gone to somebody else; a modify of the loser takes it back. */
const takenOver = (id: Identifier, loser: IdentifierKey, winner: IdentifierKey): Note => ({
  effect: 'left',
  rule: 'R10',
  reason: `this ${id.kind} was taken over from another profile; a modify of that profile restores it`,
  one: loser,
  other: winner,
  code: 'taken-over',
});

const wanted = (change: RecordChange): Identifier | undefined =>
  change.now === null ? undefined : canonical({ kind: change.kind, value: change.now });

/** The values that make room for a change: all of a single-valued kind, of another the one that was named. */
function replaced(rules: Rules, profile: Node, change: RecordChange): readonly string[] {
  const values = valuesOf(profile, change.kind);
  const id = wanted(change);
  if (!isMultiple(rules.policy.directory, change.kind)) return values.filter((value) => value !== id?.value);
  if (change.before === null) return change.now === null ? values : [];
  const before = canonical({ kind: change.kind, value: change.before }).value;
  return values.filter((value) => value === before && value !== id?.value);
}

/** [U2] A change that names an identifier which was retracted is read as if it had not been asked for. */
const isTakenBack = ({ without }: Entry, { kind, before, now }: RecordChange): boolean =>
  without?.some((key) => [before, now].some((value) => value !== null && keyOf(canonical({ kind, value })) === key)) ??
  false;

function whyUnfit(draft: Draft, rules: Rules, entry: Entry, { profile: mpid, changes }: Modify): Verdict | undefined {
  const key = profileKey(mpid);
  const profile = entry.without?.includes(key) ? undefined : draft.node(key);
  if (profile === undefined) return refusal('R10', 'there is no profile of that mpid', 'BAD_REQUEST');
  if (changes.length === 0) return refusal('R10', 'identity_changes is empty', 'BAD_REQUEST');
  for (const change of changes) {
    const problem = whyNotChange(draft, rules, entry, profile, change);
    if (problem !== undefined) return refusal(problem.rule, problem.reason, 'BAD_REQUEST');
  }
  return undefined;
}

function whyNotChange(
  draft: Draft,
  rules: Rules,
  entry: Entry,
  profile: Node,
  change: RecordChange,
): { readonly rule: string; readonly reason: string } | undefined {
  const { policy } = rules;
  const { kind } = change;
  // [E3] The answer to a page must not tell whether anybody is known by a value (S12).
  if (policy.identityMode === 'enforce' && entry.trust === 0 && namesPerson(policy, { kind, value: '' }))
    return { rule: 'E3', reason: 'in enforce mode a public key changes devices only' };
  if (kind === PROFILE) return { rule: 'R10', reason: 'a record holds no MPID' };
  const leaving = replaced(rules, profile, change).map((value) => ({ profile: profile.key, id: { kind, value } }));
  const id = wanted(change);
  if (id !== undefined) {
    const problem = isPlaceholder(id.value, policy.placeholders)
      ? 'a new value is a placeholder'
      : isBlocked(policy.blocklist, id)
        ? 'a new value is on the block list'
        : whyNotIdentifier(id);
    if (problem !== undefined) return { rule: 'R10', reason: problem };
    const now = valuesOf(profile, kind);
    if (policy.directory.immutableIds.includes(kind) && now.length > 0 && !now.includes(id.value))
      return { rule: 'R10', reason: `the profile's ${kind} is immutable` };
    if (policy.directory.uniqueIds.includes(kind))
      leaving.push(
        ...holdersOf(draft, keyOf(id))
          .filter((node) => node.key !== profile.key)
          .map((node) => ({ profile: node.key, id })),
      );
  }
  return leaving.some((one) => outranks(draft, policy, entry, one.profile, one.id))
    ? { rule: 'S10', reason: `a more trusted sender said whose ${kind} that is` }
    : undefined;
}
