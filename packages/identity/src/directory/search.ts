import { namesPerson } from '../deciding/believe.ts';
import { readIds } from '../deciding/read-ids.ts';
import type { Graph } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import { type Identifier, keyOf, type Trust } from '../words/ids.ts';
import type { DirectoryAnswer } from '../words/verdict.ts';
import { answerOf, matchedBy } from './answer.ts';
import { lookUp } from './lookup.ts';
import { holds } from './record.ts';

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
  const found = lookUp(graph, directory, { ids, among: 'all', trust });
  if (found.profile === undefined) return undefined;
  const { profile } = found;
  if (
    directory.immutableIds.length > 0 &&
    !ids.some((id) => directory.immutableIds.includes(id.kind) && holds(profile, keyOf(id)))
  )
    return undefined;
  const choice = { ...found, how: 'found', ids, call: 'identify' } as const;
  return answerOf(policy, choice, profile.id.value, matchedBy(profile, ids), [], profile);
}
