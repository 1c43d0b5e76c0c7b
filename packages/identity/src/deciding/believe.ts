import { PROFILE } from '../directory/record.ts';
import type { Graph } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { Entry } from '../words/command.ts';
import { type Identifier, type IdentifierKey, keyOf } from '../words/ids.ts';
import { isAnonymousShape } from '../words/stand-in.ts';
import type { Note } from '../words/verdict.ts';
import { isSomebody } from './handle.ts';
import type { Plan } from './plan.ts';

/** What counts of the identifiers that an item names. */
export interface Believed {
  readonly ids: readonly Identifier[];
  /** The known person whom a public key named: the others' claims to them are kept unverified ([E2]). */
  readonly unverified?: IdentifierKey | undefined;
  readonly notes: readonly Note[];
}

/** [E1] `report` counts and [E2] `enforce` leaves out the known people that a public key names; links are then unverified. */
export function believable(graph: Graph, policy: Policy, entry: Entry, ids: readonly Identifier[]): Believed {
  if (policy.identityMode === 'open' || entry.trust > 0) return { ids, notes: [] };
  const named = ids.filter((id) => namesKnown(graph, policy, id) && !isVouched(entry, id));
  return withoutNamed(graph, policy, ids, named);
}

/**
 * [E3] What counts of a public key's question to the directory. `enforce` leaves out everything that names a person,
 * whether anybody is known by it or not: the answer goes back to the page and must not tell the two apart (S12).
 */
export function believableQuestion(graph: Graph, policy: Policy, entry: Entry, ids: readonly Identifier[]): Believed {
  if (policy.identityMode === 'open' || entry.trust > 0) return { ids, notes: [] };
  const named = ids.filter((id) => namesPerson(policy, id) && !isVouched(entry, id));
  return withoutNamed(graph, policy, ids, named);
}

/** Did anybody name this person before? A page's own anonymous id of the original merge is nobody's name. */
function namesKnown(graph: Graph, policy: Policy, id: Identifier): boolean {
  if (!namesPerson(policy, id)) return false;
  const node = graph.node(keyOf(id));
  if (node === undefined || roleOf(policy, id.kind) !== 'handle') return node !== undefined;
  return !isAnonymousShape(id.value) || isSomebody(policy, node);
}

/** A backend signed this name, beside the item. */
export const isVouched = ({ vouched }: Entry, id: Identifier): boolean => vouched?.includes(keyOf(id)) === true;

/** An MPID is what the directory itself gave to a page; naming it is not naming a person by login. */
export const namesPerson = (policy: Policy, id: Identifier): boolean =>
  id.kind !== PROFILE && (roleOf(policy, id.kind) !== 'anonymous' || policy.directory.loginIds.includes(id.kind));

/** [E1] */
export const wouldNot: Note = { effect: 'ignored', rule: 'E1', reason: 'enforce mode would not believe this' };

function withoutNamed(
  graph: Graph,
  policy: Policy,
  ids: readonly Identifier[],
  named: readonly Identifier[],
): Believed {
  if (named.length === 0) return { ids, notes: [] };
  if (policy.identityMode !== 'enforce') return { ids, notes: [wouldNot] };
  const reason = 'a public key named a known person; the claim is kept unverified';
  const owner = named.find((id) => graph.node(keyOf(id)) !== undefined);
  return {
    ids: ids.filter((id) => !named.includes(id)),
    notes: [{ effect: 'unverified', rule: 'E2', reason }],
    ...(owner === undefined ? {} : { unverified: keyOf(owner) }),
  };
}

/** Keeps what a public key said of a known person beside what is believed. */
export function keepUnverified(plan: Plan, { ids, unverified: owner }: Believed): void {
  if (owner === undefined) return;
  for (const id of ids) {
    const node = plan.graph.node(keyOf(id));
    if (node !== undefined) plan.say({ type: 'unverified', key: node.key, owner });
  }
}
