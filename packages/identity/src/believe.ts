import { addClaim } from './claims.ts';
import type { Entry } from './command.ts';
import { PROFILE } from './directory/record.ts';
import type { Draft } from './graph.ts';
import { type Identifier, type IdentifierKey, keyOf } from './ids.ts';
import { sight } from './meet.ts';
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
