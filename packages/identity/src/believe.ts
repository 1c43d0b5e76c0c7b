import type { Entry } from './command.ts';
import { PROFILE } from './directory/record.ts';
import { addClaim, claimOf } from './evidence/claims.ts';
import type { Draft } from './graph.ts';
import { type Identifier, type IdentifierKey, keyOf } from './ids.ts';
import { type Policy, roleOf } from './policy.ts';
import type { Note } from './verdict.ts';

/** [E1] `report` counts and [E2] `enforce` leaves out the known people that a public key names; links are then unverified. */
export function believable(
  draft: Draft,
  policy: Policy,
  entry: Entry,
  ids: readonly Identifier[],
  notes: Note[],
): readonly Identifier[] {
  if (policy.identityMode === 'open' || entry.trust > 0) return ids;
  const named = ids.filter((id) => namesPerson(policy, id) && draft.node(keyOf(id)) !== undefined);
  return withoutNamed(draft, policy, entry, ids, named, notes);
}

/**
 * [E3] What counts of a public key's question to the directory. `enforce` leaves out everything that names a person,
 * whether anybody is known by it or not: the answer goes back to the page and must not tell the two apart (S12).
 */
export function believableQuestion(
  draft: Draft,
  policy: Policy,
  entry: Entry,
  ids: readonly Identifier[],
  notes: Note[],
): readonly Identifier[] {
  if (policy.identityMode !== 'enforce' || entry.trust > 0) return believable(draft, policy, entry, ids, notes);
  return withoutNamed(
    draft,
    policy,
    entry,
    ids,
    ids.filter((id) => namesPerson(policy, id)),
    notes,
  );
}

/** An MPID is what the directory itself gave to a page; naming it is not naming a person by login. */
export const namesPerson = (policy: Policy, id: Identifier): boolean =>
  id.kind !== PROFILE && (roleOf(policy, id.kind) !== 'anonymous' || policy.directory.loginIds.includes(id.kind));

function withoutNamed(
  draft: Draft,
  policy: Policy,
  entry: Entry,
  ids: readonly Identifier[],
  named: readonly Identifier[],
  notes: Note[],
): readonly Identifier[] {
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
  const owner = named.find((id) => draft.node(keyOf(id)) !== undefined);
  if (owner !== undefined) for (const id of left) keepUnverified(draft, policy, entry, id, keyOf(owner));
  return left;
}

function keepUnverified(draft: Draft, policy: Policy, entry: Entry, id: Identifier, owner: IdentifierKey): void {
  const node = draft.node(keyOf(id));
  if (node !== undefined) draft.put(addClaim(draft, policy, node, { ...claimOf(entry, owner), unverified: true }));
}
