import type { Graph } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { Resolve } from '../words/command.ts';
import type { Identifier, Trust } from '../words/ids.ts';
import type { DirectoryAnswer } from '../words/verdict.ts';
import { type Found, lookUp } from './lookup.ts';
import { isKnownProfile, profileKey } from './record.ts';

/** The profile that answers a call, and what led to it. */
export interface Choice extends Partial<Found> {
  readonly how: DirectoryAnswer['how'];
  readonly call: Resolve['call'];
  /** The identifiers that count for this call. */
  readonly ids: readonly Identifier[];
  readonly candidates: Found['candidates'];
}

/** Which profile answers: the table at the end of SPEC.md. `trust`: of whoever asks. */
export function choose(graph: Graph, policy: Policy, command: Resolve, trust: Trust): Choice | 'refused' {
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
    const found = goesBack ? lookUp(graph, directory, { ids, among: 'anonymous', trust, previous }) : nobody;
    return { ...found, ids, call, how: found.profile === undefined ? 'made' : 'found' };
  }
  const carriesLogin = command.ids.some(isLogin);
  const separate = strategy === 'profile_link' || strategy === 'profile_isolation';
  const among = separate && carriesLogin ? 'known' : 'all';
  const found = lookUp(graph, directory, { ids: command.ids, among, trust, previous });
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
