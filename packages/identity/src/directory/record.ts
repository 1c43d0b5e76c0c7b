import type { Plan } from '../deciding/plan.ts';
import { counted } from '../evidence/changes-of-hands.ts';
import type { Claim, Graph, Node } from '../evidence/graph.ts';
import { placeInTie } from '../evidence/moved-on.ts';
import type { Policy } from '../policy/policy.ts';
import { type Identifier, type IdentifierKey, identifierOf, keyOf } from '../words/ids.ts';
import type { DirectoryPolicy } from './settings.ts';

/** The kind under which a profile's MPID is an identifier. */
export const PROFILE = 'mpid';

export const profileKey = (mpid: string): IdentifierKey => keyOf({ kind: PROFILE, value: mpid });

/** The values of one kind in a record. */
export const valuesOf = (profile: Node, kind: string): readonly string[] =>
  profile.record
    .map((entry) => identifierOf(entry.key))
    .filter((id) => id.kind === kind)
    .map((id) => id.value);

export const holds = (profile: Node, key: IdentifierKey): boolean => profile.record.some((entry) => entry.key === key);

/** [R2] A profile is known while its record holds a login identifier of the workspace. */
export const isKnownProfile = (directory: DirectoryPolicy, profile: Node): boolean =>
  profile.record.some((entry) => directory.loginIds.includes(identifierOf(entry.key).kind));

/** [R5] Kinds of which a record may hold several values: those of devices, and every kind under best match. */
export const isMultiple = (directory: DirectoryPolicy, kind: string): boolean =>
  directory.strategy === 'best_match' || directory.deviceIds.includes(kind);

/** The profiles whose record holds an identifier now. */
export const holdersOf = (graph: Graph, key: IdentifierKey): readonly Node[] =>
  (graph.node(key)?.holders ?? []).map((holder) => graph.node(holder)).filter((node) => node !== undefined);

/** Adds an identifier to a record and links it to the profile, unless another profile of its record owns it already. */
export function attach(plan: Plan, profile: IdentifierKey, id: Identifier): void {
  const key = plan.meet(id);
  const before = plan.node(key);
  plan.say({ type: 'recorded', profile, key });
  if (isDevice(plan.policy, id)) return;
  const taken = latestWord(plan.policy, before)?.owner;
  if (taken == null || !before.holders.includes(taken)) assign(plan, key, profile);
}

/** Takes an identifier out of a record; it goes to the profile that took it last of those that still hold it, or to nobody. */
export function detach(plan: Plan, profile: IdentifierKey, key: IdentifierKey): void {
  plan.say({ type: 'struck', profile, key });
  const node = plan.node(key);
  if (latestWord(plan.policy, node)?.owner === profile) assign(plan, key, node.holders.at(-1) ?? null);
}

/**
 * [R6] From now on this identifier belongs to this profile, or to nobody. A word of the directory is ordered by its
 * place in the log: its time never runs behind the word before it, and its tie is its position.
 */
export function assign(plan: Plan, key: IdentifierKey, owner: IdentifierKey | null): void {
  const { policy, entry } = plan;
  const node = plan.node(key);
  const before = latestWord(policy, node);
  if (before?.owner === owner && node.claims.at(-1) === before && before.trust >= entry.trust) return;
  const time = Math.max(entry.time, before?.time ?? entry.time);
  // Two words of one entry keep their order.
  const tie = before?.position === entry.position ? `${before.tie}\u0001` : placeInTie(entry.position);
  plan.say({ type: 'assigned', key, owner, time, tie });
}

/** Says again, with more trust than before, that an identifier of a record is this profile's. */
export function confirm(plan: Plan, key: IdentifierKey, profile: IdentifierKey): void {
  const word = latestWord(plan.policy, plan.graph.node(key));
  if (word?.owner === profile && word.trust < plan.entry.trust) assign(plan, key, profile);
}

/**
 * [S10] Did a more trusted sender give this profile that identifier? Then this entry may not take it away: a page that
 * knows a customer's id or e-mail must not be able to unmake the customer, or lead one to another.
 */
export function outranks({ graph, policy, entry }: Plan, profile: IdentifierKey, id: Identifier): boolean {
  const word = latestWord(policy, graph.node(keyOf(id)));
  return word?.owner === profile && word.trust > entry.trust;
}

const isDevice = (policy: Policy, id: Identifier): boolean => policy.directory.deviceIds.includes(id.kind);

const latestWord = (policy: Policy, node: Node | undefined): Claim | undefined =>
  counted(policy, node?.claims ?? []).findLast((claim) => claim.directory === true);
