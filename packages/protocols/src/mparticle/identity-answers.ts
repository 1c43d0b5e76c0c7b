import { canonical, type DirectoryAnswer, type Identifier, type ProjectId, type Verdict } from '@selfsame/identity';
import type { Host, WireReply } from '../protocol.ts';
import { json } from '../reply.ts';
import { identityError } from './answers.ts';
import { inTheirWords, typeOf } from './kinds.ts';
import type { IdentityAnswer, ModifyAnswer } from './wire.ts';

/** Seconds for which the SDK may reuse an answer, as the real service says; only used with `cacheIdentity` on. */
export const MAX_AGE = { 'x-mp-max-age': '86400' };

/** The verdict of the first of several equal requests (D11). */
export async function original(project: ProjectId, verdict: Verdict, host: Host): Promise<Verdict> {
  if (verdict.repeats === undefined) return verdict;
  return (await host.logged(project, verdict.repeats))?.verdict ?? verdict;
}

/** The answer of identify, login, logout and search. `asked`: matches are spelled as the client spells them. */
export const identityAnswer = (found: DirectoryAnswer, asked: readonly Identifier[]): IdentityAnswer => ({
  context: null,
  // A text: a JSON number would make the SDK throw and never start.
  mpid: found.mpid,
  matched_identities: Object.fromEntries(found.matched.map((id) => [typeOf(id.kind), spelled(id, asked)])),
  is_ephemeral: !found.known,
  is_logged_in: found.loggedIn,
});

const spelled = (id: Identifier, asked: readonly Identifier[]): string =>
  asked.find((one) => one.kind === id.kind && canonical(one).value === id.value)?.value ?? id.value;

export const modifyAnswer = (found: DirectoryAnswer): ModifyAnswer => ({
  change_results: found.changed.map(({ kind, mpid }) => ({ identity_type: typeOf(kind), modified_mpid: mpid })),
  mpid: found.mpid,
  is_logged_in: found.loggedIn,
});

/** Why the directory answered as it did, for the server key. */
export function debugOf({ notes, answer }: Verdict): object {
  const { how, known, candidates } = answer as DirectoryAnswer;
  return {
    how,
    known,
    candidates: candidates.map((one) => ({ ...one, reason: inTheirWords(one.reason) })),
    notes: notes.map(({ effect, rule, reason }) => ({ effect, rule, reason: inTheirWords(reason) })),
  };
}

/** The vendor's error for a call that the rules refused. */
export function refusalOf(verdict: Verdict, requestId: string): WireReply {
  const code = verdict.notes.find((note) => note.code !== undefined)?.code ?? 'BAD_REQUEST';
  return identityError(400, code, inTheirWords(verdict.reason ?? 'the request was refused'), requestId);
}

export const identityReply = (body: object, debug: object | undefined, headers = {}): WireReply =>
  json(200, debug === undefined ? body : { ...body, debug }, headers);
