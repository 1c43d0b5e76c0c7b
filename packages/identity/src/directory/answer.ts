import type { Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import { type Identifier, keyOf } from '../words/ids.ts';
import type { DirectoryAnswer } from '../words/verdict.ts';
import type { Choice } from './choose.ts';
import { holds, isKnownProfile } from './record.ts';
import type { DirectoryPolicy } from './settings.ts';

/** The identifiers of a request that a profile's record holds. */
export const matchedBy = (profile: Node, ids: readonly Identifier[]): readonly Identifier[] =>
  ids.filter((id) => holds(profile, keyOf(id)));

/** What a client is told of the profile that answers. */
export function answerOf(
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
