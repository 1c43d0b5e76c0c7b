import { admit } from '../deciding/admit.ts';
import { believableQuestion, keepUnverified, namesPerson } from '../deciding/believe.ts';
import { meet } from '../deciding/meet.ts';
import { readIds } from '../deciding/read-ids.ts';
import type { Draft, Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import { isOfDenied } from '../reading/consent.ts';
import type { Entry, Resolve } from '../words/command.ts';
import { type Identifier, keyOf, type Trust } from '../words/ids.ts';
import { type DirectoryAnswer, type Note, refusal, suppressed, type Verdict } from '../words/verdict.ts';
import { type Found, lookUp } from './lookup.ts';
import {
  assign,
  attach,
  confirm,
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
import type { DirectoryPolicy } from './settings.ts';

/** identify, login, logout: which profile this is, and what its record learns from the request ([R3]–[R9]). */
export function decideResolve(draft: Draft, rules: Rules, entry: Entry, command: Resolve): Verdict {
  const { policy } = rules;
  // A logout is of nobody: it ends the stretch of whoever was here.
  const whoseNo = command.call === 'logout' ? 'leaver' : 'anchor';
  const admitted = admit(draft, policy, entry, {
    ids: command.ids,
    unfit: nothingToLookUp,
    whoseNo,
    belief: 'question',
  });
  const stopped = 'verdict' in admitted ? admitted : undefined;
  if (stopped !== undefined && stopped.verdict.status !== 'suppressed') return stopped.verdict;
  const believed = 'verdict' in admitted ? believableQuestion(draft, policy, entry, admitted.named) : admitted;
  const choice = choose(draft, policy, { ...command, ids: believed.ids });
  if (choice === 'refused')
    return refusal('R8', 'a login needs a login identifier under this strategy', 'LOOKUP_ERROR');
  if (
    stopped !== undefined ||
    (choice.profile !== undefined && isOfDenied(draft, policy, choice.profile, entry.time))
  ) {
    // [G3] Nothing is kept; the client still gets an answer it can go on with.
    const mpid = choice.profile?.id.value ?? command.mint;
    const answer = { ...answerOf(policy, choice, mpid, [], []), known: false, loggedIn: false };
    return { ...suppressed(), notes: believed.notes, answer };
  }
  keepUnverified(draft, policy, entry, believed);
  const notes: Note[] = [...believed.notes];
  const settled = settle(draft, rules, entry, choice, command.mint, notes);
  return {
    status: 'applied',
    anchor: settled.profile.id,
    person: settled.profile.person,
    notes,
    answer: settled.answer,
  };
}

/** [R3] */
const nothingToLookUp = (ids: readonly Identifier[]): Verdict | undefined =>
  ids.length === 0 ? refusal('R3', 'knownIdentities is empty.', 'LOOKUP_ERROR') : undefined;

/** [R12] The profile an item without an MPID hangs on: found or made as an identify without a previous profile would. */
export function resolveItem(
  draft: Draft,
  rules: Rules,
  entry: Entry,
  ids: readonly Identifier[],
  mint: string,
): Identifier {
  // The items of one batch share a mint and stay together, also when nothing they name is looked up.
  const made = draft.node(profileKey(mint));
  if (made !== undefined && ids.every((id) => holds(made, keyOf(id)))) return made.id;
  const choice = choose(draft, rules.policy, { type: 'Resolve', call: 'identify', ids, mint });
  return settle(
    draft,
    rules,
    entry,
    choice === 'refused' ? { how: 'made', ids, candidates: [], call: 'identify' } : choice,
    mint,
    [],
  ).profile.id;
}

/**
 * [R13] Only looks: the profile that a search means, or undefined. Where immutable kinds are configured it must be
 * matched through one of them (D15).
 */
export function searchProfile(
  graph: Graph,
  policy: Policy,
  given: readonly Identifier[],
  trust: Trust,
): DirectoryAnswer | undefined {
  const read = readIds(policy, given);
  if ('problem' in read) return undefined;
  const { directory } = policy;
  // [E3] In enforce mode a public key learns of nobody by name.
  const silent = policy.identityMode === 'enforce' && trust === 0;
  const ids = silent ? read.ids.filter((id) => !namesPerson(policy, id)) : read.ids;
  const found = lookUp(graph, directory, { ids, among: 'all' });
  if (found.profile === undefined) return undefined;
  const { profile } = found;
  if (
    directory.immutableIds.length > 0 &&
    !ids.some((id) => directory.immutableIds.includes(id.kind) && holds(profile, keyOf(id)))
  )
    return undefined;
  const choice: Choice = { ...found, how: 'found', ids, call: 'identify' };
  return answerOf(policy, choice, profile.id.value, matchedBy(profile, ids), [], profile);
}

interface Choice extends Partial<Found> {
  readonly how: DirectoryAnswer['how'];
  readonly call: Resolve['call'];
  /** The identifiers that count for this call. */
  readonly ids: readonly Identifier[];
  readonly candidates: Found['candidates'];
}

/** Which profile answers: the table of the sheet's §4.4. */
function choose(graph: Graph, policy: Policy, command: Resolve): Choice | 'refused' {
  const { directory } = policy;
  const { strategy } = directory;
  const isLogin = (id: Identifier) => directory.loginIds.includes(id.kind);
  const { previous } = command;
  // D8: best match knows no logins, so every call is an identify.
  const call = strategy === 'best_match' ? 'identify' : command.call;

  if (call === 'logout') {
    // D3: a logout ignores the login identifiers it carries.
    const ids = command.ids.filter((id) => !isLogin(id));
    // [R7] Back to the device's anonymous profile under isolation (and where a project asks for it), else a new one.
    const goesBack = strategy === 'profile_isolation' || directory.reuseAnonymousAtLogout;
    const found = goesBack ? lookUp(graph, directory, { ids, among: 'anonymous', previous }) : nobody;
    return { ...found, ids, call, how: found.profile === undefined ? 'made' : 'found' };
  }
  const carriesLogin = command.ids.some(isLogin);
  const separate = strategy === 'profile_link' || strategy === 'profile_isolation';
  const among = separate && carriesLogin ? 'known' : 'all';
  const found = lookUp(graph, directory, { ids: command.ids, among, previous });
  if (found.profile !== undefined) {
    if (strategy === 'profile_isolation' && call === 'login' && !carriesLogin) return 'refused';
    return { ...found, ids: command.ids, call: command.call, how: 'found' };
  }
  // [R9] D2: with nothing found, default and conversion stay with the client's profile while it is anonymous.
  const before = previous === undefined ? undefined : graph.node(profileKey(previous));
  const converts = strategy === 'default' || strategy === 'profile_conversion';
  if (converts && before !== undefined && !isKnownProfile(directory, before))
    return { candidates: found.candidates, profile: before, ids: command.ids, call, how: 'previous' };
  return { candidates: found.candidates, profile: undefined, ids: command.ids, call: command.call, how: 'made' };
}

const nobody: Found = { profile: undefined, candidates: [] };

/** Makes the profile if there is none, writes the request into its record and moves the device to it. */
function settle(
  draft: Draft,
  rules: Rules,
  entry: Entry,
  choice: Choice,
  mint: string,
  notes: Note[],
): { profile: Node; answer: DirectoryAnswer } {
  const { policy } = rules;
  const { answered } = entry;
  const profile = meet(
    draft,
    rules,
    entry,
    // [U4] What a client was answered it has: the record is that profile's, whatever was retracted since.
    answered !== undefined
      ? { kind: PROFILE, value: answered }
      : (choice.profile?.id ?? { kind: PROFILE, value: freeMpid(draft, mint) }),
  );
  const matched = matchedBy(profile, choice.ids);
  const changed: { mpid: string; kind: string }[] = [];
  for (const id of choice.ids) {
    // [R5] A record holds no profile: one in another's record, or in its own, would own itself.
    if (id.kind === PROFILE) continue;
    if (holds(draft.node(profile.key) as Node, keyOf(id))) confirm(draft, policy, entry, keyOf(id), profile.key);
    else if (remember(draft, rules, entry, profile, id, notes)) changed.push({ mpid: profile.id.value, kind: id.kind });
    // [R6] The device belongs to whoever was answered last.
    if (policy.directory.deviceIds.includes(id.kind) && draft.node(keyOf(id)) !== undefined)
      assign(draft, policy, entry, keyOf(id), profile.key);
  }
  const now = draft.node(profile.key) as Node;
  return { profile: now, answer: answerOf(policy, choice, now.id.value, matched, changed, now) };
}

/** [R5] Whether, and in whose place, a record takes a new identifier. */
function remember(draft: Draft, rules: Rules, entry: Entry, profile: Node, id: Identifier, notes: Note[]): boolean {
  const { policy } = rules;
  const { directory } = policy;
  const refuse = (rule: string, reason: string): false => {
    notes.push({ effect: 'refused', rule, reason, one: keyOf(id), other: profile.key });
    return false;
  };
  // D6: an identifier moves by modify alone.
  if (directory.uniqueIds.includes(id.kind) && holdersOf(draft, keyOf(id)).length > 0)
    return refuse('R5', `this ${id.kind} is unique and another profile holds it; only a modify moves it`);
  const now = valuesOf(draft.node(profile.key) as Node, id.kind);
  if (now.length > 0 && !isMultiple(directory, id.kind)) {
    if (directory.immutableIds.includes(id.kind)) return refuse('R5', `the profile's ${id.kind} is immutable`);
    if (now.some((value) => outranks(draft, policy, entry, profile.key, { kind: id.kind, value })))
      return refuse('S10', `a more trusted sender gave this profile its ${id.kind}`);
    for (const value of now) detach(draft, rules, entry, profile.key, keyOf({ kind: id.kind, value }));
  }
  if ((draft.node(profile.key) as Node).record.length >= policy.caps.perPerson)
    return refuse('K2', 'the person has as many identifiers as the limit allows');
  attach(draft, rules, entry, profile.key, id);
  notes.push({
    effect: 'linked',
    rule: 'R5',
    reason: `${id.kind} joined the profile`,
    one: keyOf(id),
    other: profile.key,
  });
  return true;
}

/** [P2] for MPIDs: one that is taken gives way to the next free one. */
function freeMpid(graph: Graph, mint: string): string {
  let mpid = mint;
  while (graph.node(profileKey(mpid)) !== undefined) mpid = nextMpid(mpid);
  return mpid;
}

/** The MPID in the place of one that is taken. */
export const nextMpid = (mpid: string): string => String((Number(mpid) % Number.MAX_SAFE_INTEGER) + 1);

const matchedBy = (profile: Node, ids: readonly Identifier[]): readonly Identifier[] =>
  ids.filter((id) => holds(profile, keyOf(id)));

function answerOf(
  policy: Policy,
  choice: Choice,
  mpid: string,
  matched: readonly Identifier[],
  changed: DirectoryAnswer['changed'],
  profile?: Node,
): DirectoryAnswer {
  const { directory } = policy;
  return {
    mpid,
    matched,
    changed,
    known: profile !== undefined && isKnownProfile(directory, profile),
    loggedIn: choice.call !== 'logout' && profile !== undefined && holdsLogin(directory, profile, choice.ids),
    how: choice.how,
    candidates: choice.candidates,
  };
}

/** D9: does the profile hold a login identifier that the request carried? */
const holdsLogin = (directory: DirectoryPolicy, profile: Node, ids: readonly Identifier[]): boolean =>
  ids.some((id) => directory.loginIds.includes(id.kind) && holds(profile, keyOf(id)));
