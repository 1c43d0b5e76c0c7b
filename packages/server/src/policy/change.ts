import { type DirectoryPolicy, directoryOf, foldedUnder, type Policy, presets } from '@selfsame/identity';
import type { PolicySettings } from '../settings/schema.ts';
import { defined, goesByTime, hasSoundImmutables, overridden, reachNeedsTime } from './overrides.ts';

/** What an operator may say of a policy: any of its fields. `preset` begins anew with that preset. */
export type PolicyChange = { readonly [K in keyof PolicySettings]?: PolicySettings[K] | undefined };

/**
 * The policy after a change: what it does not name stays as it is. A preset is what the wires that the project speaks make
 * of it, as in the settings file, so their protected traits and strategy stay unless the change says more. A directory that
 * gets another strategy begins with that strategy's own settings, and login ids are unique unless the change says more.
 * @param spoken what those wires make of a preset
 */
export function changedPolicy(now: Policy, change: PolicyChange, spoken: (preset: Policy) => Policy): Policy {
  const base = change.preset === undefined ? now : spoken(presets[change.preset] as Policy);
  const { preset: _preset, directory, ...fields } = change;
  return {
    ...overridden(base, fields),
    directory: directory === undefined ? base.directory : changedDirectory(base.directory, defined(directory)),
  };
}

function changedDirectory(now: DirectoryPolicy, change: Partial<DirectoryPolicy>): DirectoryPolicy {
  const { strategy, loginIds } = change;
  const base = strategy === undefined || strategy === now.strategy ? now : directoryOf(strategy);
  return { ...base, ...(loginIds === undefined ? {} : { uniqueIds: loginIds }), ...change };
}

/** Why a policy cannot be, or undefined. */
export const whyNotPolicy = (policy: Policy): string | undefined => {
  if (!hasSoundImmutables(policy.directory))
    return 'directory.immutableIds holds a kind that is not also in loginIds and uniqueIds';
  return goesByTime(policy) ? undefined : reachNeedsTime;
};

/** Must the log be folded again? The directory's settings hold from now on and change no answer that went out ([R14]). */
export const mustRefold = (before: Policy, after: Policy): boolean => foldedUnder(before) !== foldedUnder(after);
