import type { Plan } from '../deciding/plan.ts';
import type { Graph, Node } from '../evidence/graph.ts';
import { type Identifier, type IdentifierKey, keyOf } from '../words/ids.ts';
import type { DirectoryAnswer, Note } from '../words/verdict.ts';
import { answerOf, matchedBy } from './answer.ts';
import type { Choice } from './choose.ts';
import {
  assign,
  attach,
  confirm,
  detach,
  holds,
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

/** Makes the profile if there is none, writes the request into its record and moves the device to it. */
export function settle(
  plan: Plan,
  choice: Choice,
  mint: string,
  notes: Note[],
): { profile: Node; answer: DirectoryAnswer } {
  const { policy, entry } = plan;
  const { answered } = entry;
  const profile = plan.meet(
    // [U4] What a client was answered it has: the record is that profile's, whatever was retracted since.
    answered !== undefined
      ? { kind: PROFILE, value: answered }
      : (choice.profile?.id ?? { kind: PROFILE, value: freeMpid(plan.graph, mint) }),
  );
  const { id: made } = plan.node(profile);
  const matched = matchedBy(plan.node(profile), choice.ids);
  const changed: { mpid: string; kind: string }[] = [];
  for (const id of choice.ids) {
    // [R5] A record holds no profile: one in another's record, or in its own, would own itself.
    if (id.kind === PROFILE) continue;
    const key = keyOf(id);
    const outcome = remember(plan, profile, id, notes);
    if (outcome === 'over') continue;
    if (outcome === 'added') changed.push({ mpid: made.value, kind: id.kind });
    // [R6] The device belongs to whoever was answered last.
    if (policy.directory.deviceIds.includes(id.kind) && plan.graph.node(key) !== undefined) assign(plan, key, profile);
  }
  const now = plan.node(profile);
  return { profile: now, answer: answerOf(policy, choice, now.id.value, matched, changed, now) };
}

/** [R5] Whether, and in whose place, a record takes an identifier; `over`: a limit was reached. */
function remember(
  plan: Plan,
  profile: IdentifierKey,
  id: Identifier,
  notes: Note[],
): 'added' | 'had' | 'refused' | 'over' {
  const { directory } = plan.policy;
  const key = keyOf(id);
  const refuse = (rule: string, reason: string): 'refused' => {
    notes.push({ effect: 'refused', rule, reason, one: key, other: profile });
    return 'refused';
  };
  const before = plan.node(profile);
  const isHeld = holds(before, key);
  const now = isHeld || isMultiple(directory, id.kind) ? [] : valuesOf(before, id.kind);
  const isUnique = directory.uniqueIds.includes(id.kind);
  // D6: an identifier moves by modify alone; [S10] what only less trusted senders gave to others gives way.
  if (!isHeld && isUnique && othersHolding(plan.graph, profile, id).some((one) => !isNewsTo(plan, one, key)))
    return refuse('R5', `this ${id.kind} is unique and another profile holds it; only a modify moves it`);
  if (now.length > 0) {
    if (directory.immutableIds.includes(id.kind)) return refuse('R5', `the profile's ${id.kind} is immutable`);
    if (now.some((value) => outranks(plan, profile, { kind: id.kind, value })))
      return refuse('S10', `a more trusted sender gave this profile its ${id.kind}`);
  }
  const leaving = now.map((value) => keyOf({ kind: id.kind, value }));
  if (isNewsTo(plan, before, key)) {
    const { time, trust } = plan.entry;
    const rest = before.record.filter((one) => one.key !== key && !leaving.includes(one.key));
    if (isOverfull(plan, before, [...rest, { key, since: time, trust }])) {
      // Kept as refused, so that "why not" names the limit.
      plan.claim(id, plan.graph.node(key), profile, 'K2');
      refuse('K2', 'the person has as many identifiers as the limit allows');
      return 'over';
    }
  }
  for (const one of leaving) detach(plan, profile, one);
  if (isHeld) {
    confirm(plan, key, profile);
    return 'had';
  }
  if (isUnique) takeFromOthers(plan, profile, id, 'S10', notes);
  attach(plan, profile, id);
  notes.push({ effect: 'linked', rule: 'R5', reason: `${id.kind} joined the profile`, one: key, other: profile });
  return 'added';
}

/** [P2] for MPIDs: one that is taken gives way to the next free one. */
function freeMpid(graph: Graph, mint: string): string {
  let mpid = mint;
  while (graph.node(profileKey(mpid)) !== undefined) mpid = nextMpid(mpid);
  return mpid;
}

/** The MPID in the place of one that is taken: a number, which a client can send, after the stand-in of a forgotten one too ([F2]). */
export const nextMpid = (mpid: string): string =>
  String((Number(mpid.replace(/\D/g, '')) % Number.MAX_SAFE_INTEGER) + 1);
