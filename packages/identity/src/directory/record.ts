import { meet } from '../deciding/meet.ts';
import { counted } from '../evidence/changes-of-hands.ts';
import { addClaim } from '../evidence/claims.ts';
import type { Claim, Draft, Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import type { Entry } from '../words/command.ts';
import { type Identifier, type IdentifierKey, identifierOf, keyOf } from '../words/ids.ts';
import type { DirectoryPolicy } from './settings.ts';

/** [R1] So many profiles, the latest to take it, are found by one identifier. */
const HOLDERS = 100;

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
export function attach(draft: Draft, rules: Rules, entry: Entry, profile: IdentifierKey, id: Identifier): void {
  const node = meet(draft, rules, entry, id);
  const owner = draft.node(profile) as Node;
  draft.put({
    ...owner,
    record: [...owner.record, { key: node.key, since: entry.time }],
    below: owner.below.includes(node.key) ? owner.below : [...owner.below, node.key],
  });
  draft.put({ ...node, holders: [...node.holders, profile].slice(-HOLDERS) });
  if (isDevice(rules.policy, id)) return;
  const taken = latestWord(rules.policy, node)?.owner;
  if (taken == null || !node.holders.includes(taken)) assign(draft, rules.policy, entry, node.key, profile);
}

/** Takes an identifier out of a record; it goes to the profile that took it last of those that still hold it, or to nobody. */
export function detach(draft: Draft, rules: Rules, entry: Entry, profile: IdentifierKey, key: IdentifierKey): void {
  const owner = draft.node(profile) as Node;
  draft.put({ ...owner, record: owner.record.filter((one) => one.key !== key) });
  const node = draft.node(key) as Node;
  const holders = node.holders.filter((holder) => holder !== profile);
  draft.put({ ...node, holders });
  if (latestWord(rules.policy, node)?.owner === profile)
    assign(draft, rules.policy, entry, key, holders.at(-1) ?? null);
}

/**
 * [R6] From now on this identifier belongs to this profile, or to nobody. A word of the directory is ordered by its
 * place in the log: its time never runs behind the word before it, and its tie is its position.
 */
export function assign(
  draft: Draft,
  policy: Policy,
  entry: Entry,
  key: IdentifierKey,
  owner: IdentifierKey | null,
): void {
  const node = draft.node(key) as Node;
  const before = latestWord(policy, node);
  if (before?.owner === owner && node.claims.at(-1) === before && before.trust >= entry.trust) return;
  const claim: Claim = {
    time: Math.max(entry.time, before?.time ?? entry.time),
    // Two words of one entry keep their order.
    tie:
      before?.position === entry.position ? `${before.tie}\u0001` : `\u0001${String(entry.position).padStart(16, '0')}`,
    position: entry.position,
    trust: entry.trust,
    owner,
    wire: entry.wire,
    directory: true,
  };
  draft.put(addClaim(draft, policy, node, claim));
}

/** Says again, with more trust than before, that an identifier of a record is this profile's. */
export function confirm(draft: Draft, policy: Policy, entry: Entry, key: IdentifierKey, profile: IdentifierKey): void {
  const word = latestWord(policy, draft.node(key));
  if (word?.owner === profile && word.trust < entry.trust) assign(draft, policy, entry, key, profile);
}

/**
 * [S10] Did a more trusted sender give this profile that identifier? Then this entry may not take it away: a page that
 * knows a customer's id or e-mail must not be able to unmake the customer, or lead one to another.
 */
export function outranks(graph: Graph, policy: Policy, entry: Entry, profile: IdentifierKey, id: Identifier): boolean {
  const word = latestWord(policy, graph.node(keyOf(id)));
  return word?.owner === profile && word.trust > entry.trust;
}

const isDevice = (policy: Policy, id: Identifier): boolean => policy.directory.deviceIds.includes(id.kind);

const latestWord = (policy: Policy, node: Node | undefined): Claim | undefined =>
  counted(policy, node?.claims ?? []).findLast((claim) => claim.directory === true);
