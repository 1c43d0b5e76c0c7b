import { admit } from '../deciding/admit.ts';
import { believableQuestion, keepUnverified } from '../deciding/believe.ts';
import { Plan } from '../deciding/plan.ts';
import type { Graph } from '../evidence/graph.ts';
import type { Rules } from '../policy/rules.ts';
import { survivor } from '../reading/cluster.ts';
import { isOfDenied } from '../reading/consent.ts';
import type { Entry, Resolve } from '../words/command.ts';
import { type Decision, unchanged } from '../words/fact.ts';
import { type Identifier, keyOf } from '../words/ids.ts';
import { type Judged, type Note, refusal, suppressed } from '../words/verdict.ts';
import { answerOf } from './answer.ts';
import { type Choice, choose } from './choose.ts';
import { holds, profileKey } from './record.ts';
import { settle } from './settle.ts';

/** identify, login, logout: which profile this is, and what its record learns from the request ([R3]–[R9]). */
export function decideResolve(graph: Graph, rules: Rules, entry: Entry, command: Resolve): Decision {
  const { policy } = rules;
  // A logout is of nobody: it ends the stretch of whoever was here.
  const whoseNo = command.call === 'logout' ? 'leaver' : 'anchor';
  const named = { ids: command.ids, unfit: nothingToLookUp, whoseNo, belief: 'question' } as const;
  const admitted = admit(graph, policy, entry, named);
  const stopped = 'verdict' in admitted ? admitted.verdict : undefined;
  if (stopped !== undefined && stopped.status !== 'suppressed') return unchanged(stopped);
  const believed = 'verdict' in admitted ? believableQuestion(graph, policy, entry, admitted.named) : admitted;
  const choice = choose(graph, policy, { ...command, ids: believed.ids }, entry.trust);
  if (choice === 'refused')
    return unchanged(refusal('R8', 'a login needs a login identifier under this strategy', 'LOOKUP_ERROR'));
  const isOfSilent = choice.profile !== undefined && isOfDenied(graph, policy, choice.profile, entry.time, entry.trust);
  if (stopped !== undefined || isOfSilent) {
    // [G3] Nothing is kept; the client still gets an answer it can go on with.
    const mpid = choice.profile?.id.value ?? command.mint;
    const answer = { ...answerOf(policy, choice, mpid, [], []), known: false, loggedIn: false };
    return unchanged({ ...suppressed(), notes: believed.notes, answer });
  }
  const plan = new Plan(graph, rules, entry);
  const notes: Note[] = [...believed.notes];
  const { profile, answer } = settle(plan, choice, command.mint, notes);
  keepUnverified(plan, believed);
  const { person } = survivor(plan.graph, policy, profile);
  return { verdict: { status: 'applied', anchor: profile.id, person, notes, answer }, facts: plan.facts };
}

/** [R3] */
const nothingToLookUp = (ids: readonly Identifier[]): Judged<'rejected'> | undefined =>
  ids.length === 0 ? refusal('R3', 'knownIdentities is empty.', 'LOOKUP_ERROR') : undefined;

/** [R12] The profile an item without an MPID hangs on: found or made as an identify without a previous profile would. */
export function resolveItem(plan: Plan, ids: readonly Identifier[], mint: string): Identifier {
  // The items of one batch share a mint and stay together, also when nothing they name is looked up.
  const made = plan.graph.node(profileKey(mint));
  if (made !== undefined && ids.every((id) => holds(made, keyOf(id)))) return made.id;
  const choice = choose(plan.graph, plan.policy, { type: 'Resolve', call: 'identify', ids, mint }, plan.entry.trust);
  const none: Choice = { how: 'made', ids, candidates: [], call: 'identify' };
  return settle(plan, choice === 'refused' ? none : choice, mint, []).profile.id;
}
