import { setTimeout as pause } from 'node:timers/promises';
import type { Policy, ProjectId } from '@selfsame/identity';
import type { ServerContext } from '../context.ts';
import { type Refusal, refusal } from '../http/api-error.ts';
import { mustRefold } from './change.ts';
import { fieldChanges } from './field-changes.ts';
import type { PolicyWord } from './file.ts';
import { Cancelled } from './refold/refolds.ts';

/** So long a change of policy is waited for before it is answered that it is under way, ms. */
const PATIENCE = 20_000;

export const policyBusy = refusal(
  409,
  'policy_changing',
  'A change of policy is under way: wait for it, or cancel it.',
);

/**
 * Gives a project another policy, and its history an entry. What is so already changes nothing.
 * @returns `done` when it is in force · `underWay` where the log takes long to fold; it goes on by itself · why not
 */
export async function switchPolicy(
  { projects, refolds, outputs }: Pick<ServerContext, 'projects' | 'refolds' | 'outputs'>,
  project: ProjectId,
  after: Policy,
  word: PolicyWord,
): Promise<'done' | 'underWay' | Refusal> {
  const before = projects.rules(project).policy;
  if (refolds.underWay !== undefined) return policyBusy;
  if (fieldChanges(before, after).length === 0) return 'done';
  if (!mustRefold(before, after)) {
    projects.choose(project, after, word);
    return 'done';
  }
  const change = refolds.begin(project, after, word)?.then(() => outputs.refold(project));
  if (change === undefined) return policyBusy;
  // Whoever waits no longer is told by GET; a failure leaves the policy as it was.
  change.catch(() => {});
  const waiting = new AbortController();
  try {
    const done = change.then(() => 'done' as const);
    return await Promise.race([done, pause(PATIENCE, 'underWay' as const, { signal: waiting.signal })]);
  } catch (error) {
    const why = error instanceof Cancelled ? 'it was cancelled' : 'the log could not be folded under it';
    return refusal(error instanceof Cancelled ? 409 : 503, 'policy_unchanged', `The policy is as it was: ${why}.`);
  } finally {
    waiting.abort();
  }
}
