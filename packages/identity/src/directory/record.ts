import type { Plan } from '../deciding/plan.ts';
import { counted } from '../evidence/changes-of-hands.ts';
import type { Claim, Graph, Node } from '../evidence/graph.ts';
import { placeInTie } from '../evidence/moved-on.ts';
import type { Policy } from '../policy/policy.ts';
import { cluster } from '../reading/cluster.ts';
import { ToldWith } from '../reading/told-with.ts';
import { type Identifier, type IdentifierKey, identifierOf, keyOf, type Trust } from '../words/ids.ts';
import type { Note } from '../words/verdict.ts';
import { mergeAlong } from './merge-along.ts';
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
  (graph.node(key)?.holders ?? []).map(({ profile }) => graph.node(profile)).filter((node) => node !== undefined);

/** The other profiles whose record holds an identifier now. */
export const othersHolding = (graph: Graph, profile: IdentifierKey, id: Identifier): readonly Node[] =>
  holdersOf(graph, keyOf(id)).filter((node) => node.key !== profile);

/**
 * Takes an identifier out of every other record; answers whose. Reported, because a customer's e-mail has just gone to
 * somebody else; a modify of the loser takes it back.
 */
export function takeFromOthers(
  plan: Plan,
  profile: IdentifierKey,
  id: Identifier,
  rule: 'R10' | 'S10',
  notes: Note[],
): readonly Node[] {
  const losers = othersHolding(plan.graph, profile, id);
  const reason = `this ${id.kind} was taken over from another profile; a modify of that profile restores it`;
  for (const { key } of losers) {
    detach(plan, key, keyOf(id));
    notes.push({ effect: 'left', rule, reason, one: key, other: profile, code: 'taken-over' });
  }
  return losers;
}

/**
 * Adds an identifier to a record and links it to the profile, unless another profile of its record owns it already by the
 * word of somebody as trusted ([S10]).
 */
export function attach(plan: Plan, profile: IdentifierKey, id: Identifier): void {
  const key = plan.meet(id);
  const before = plan.node(key);
  plan.say({ type: 'recorded', profile, key });
  if (!isDevice(plan.policy, id) && !isTaken(plan, before)) give(plan, key, profile);
}

/** From now on an identifier is a profile's, with whom it was merged ([M5]). */
function give(plan: Plan, key: IdentifierKey, profile: IdentifierKey): void {
  if (assign(plan, key, profile)) mergeAlong(plan, key, profile);
}

/** [S10] Does an identifier belong, by the word of somebody as trusted as this sender, to a profile whose record holds it? */
function isTaken({ policy, entry }: Plan, node: Node): boolean {
  const owner = latestWord(policy, node, entry.trust)?.owner;
  return owner != null && node.holders.some(({ profile }) => profile === owner);
}

/**
 * Takes an identifier out of a record; it goes to the profile that took it last of those that still hold it, or to
 * nobody. [S10] A device goes to none that only less trusted senders gave it: it would be this sender's word.
 */
export function detach(plan: Plan, profile: IdentifierKey, key: IdentifierKey): void {
  plan.say({ type: 'struck', profile, key });
  const node = plan.node(key);
  if (latestWord(plan.policy, node, plan.entry.trust)?.owner !== profile) return;
  const left = holdersOf(plan.graph, key).filter((one) => !isDevice(plan.policy, node.id) || !isNewsTo(plan, one, key));
  assign(plan, key, left.at(-1)?.key ?? null);
}

/**
 * [R6] From now on this identifier belongs to this profile, or to nobody. A word of the directory is ordered by its
 * place in the log: its time never runs behind the word before it, and its tie is its position. [S10] That is the word
 * before it of somebody as trusted: the time of a lesser one, which its sender chose, moves nobody's who is trusted more.
 * Answers whether that is news.
 */
export function assign(plan: Plan, key: IdentifierKey, owner: IdentifierKey | null): boolean {
  const { policy, entry } = plan;
  const node = plan.node(key);
  const before = latestWord(policy, node, entry.trust);
  // Nobody as trusted said anything else since.
  if (before?.owner === owner && node.claims.findLast(({ trust }) => trust >= entry.trust) === before) return false;
  const time = Math.max(entry.time, before?.time ?? entry.time);
  // Two words of one entry keep their order.
  const tie = before?.position === entry.position ? `${before.tie}\u0001` : placeInTie(entry.position);
  plan.say({ type: 'assigned', key, owner, time, tie });
  return true;
}

/**
 * [K2] Would a profile's record hold more than one person may have, if it became this? What senders less trusted than
 * this one put there does not count; of profiles that were merged the records count together.
 */
export function isOverfull({ graph, policy, entry }: Plan, profile: Node, record: Node['record']): boolean {
  const told = entry.trust === 0 || profile.edges.length === 0 ? graph : new ToldWith(entry.trust, graph);
  const others = cluster(told, told.node(profile.key) ?? profile).filter(({ key }) => key !== profile.key);
  const size = [record, ...others.map((one) => one.record)].reduce(
    (sum, one) => sum + one.filter(({ trust }) => trust >= entry.trust).length,
    0,
  );
  return size > policy.caps.perPerson || (entry.trust === 0 && isOverlong(policy, profile, record));
}

/**
 * [K2] Did a record already hold as many identifiers, one after another, as a page may have put there? What a record held
 * once stays below its profile, which had it then.
 */
function isOverlong({ caps }: Policy, { below }: Node, record: Node['record']): boolean {
  if (below.length < 2 * caps.perPerson) return false;
  const had = new Set(below);
  return record.some(({ key }) => !had.has(key));
}

/** Did nobody so trusted as this sender say yet that an identifier belongs in a record? */
export const isNewsTo = ({ entry }: Plan, profile: Node, key: IdentifierKey): boolean =>
  !profile.record.some((one) => one.key === key && one.trust >= entry.trust);

/** Says again, with more trust than before, that an identifier of a record is this profile's ([S10]). */
export function confirm(plan: Plan, key: IdentifierKey, profile: IdentifierKey): void {
  if (isNewsTo(plan, plan.node(profile), key)) plan.say({ type: 'recorded', profile, key });
  if (!isTaken(plan, plan.node(key))) give(plan, key, profile);
}

/**
 * [S10] Did a more trusted sender give this profile that identifier? Then this entry may not take it away: a page that
 * knows a customer's id or e-mail must not be able to unmake the customer, or lead one to another.
 */
export function outranks(plan: Plan, profile: IdentifierKey, id: Identifier): boolean {
  const key = keyOf(id);
  return plan.node(profile).record.some((one) => one.key === key && one.trust > plan.entry.trust);
}

const isDevice = (policy: Policy, id: Identifier): boolean => policy.directory.deviceIds.includes(id.kind);

/** The last word of the directory that was said with at least some trust. */
const latestWord = (policy: Policy, node: Node, trust: Trust): Claim | undefined =>
  counted(policy, node.claims).findLast((claim) => claim.directory === true && claim.trust >= trust);
