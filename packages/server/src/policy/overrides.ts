import { type DirectoryPolicy, type Policy, presets } from '@selfsame/identity';
import type { PolicySettings } from '../settings/schema.ts';

type PolicyFields = {
  readonly [K in keyof Omit<PolicySettings, 'preset' | 'directory'>]?: PolicySettings[K] | undefined;
};

/** What a new project begins with when it names no preset. */
export const today = presets['selfsame'] as Policy;

/**
 * The policy a project chose: its preset, what the wires it speaks make of that, and every field it overrides.
 * @param begun what stands for a preset it does not name
 */
export function policyOf(
  chosen: PolicySettings,
  begun: Policy = today,
  spoken: (preset: Policy) => Policy = (preset) => preset,
): Policy {
  const { preset, directory, ...fields } = chosen;
  const base = spoken(preset === undefined ? begun : (presets[preset] as Policy));
  return { ...overridden(base, fields), directory: { ...base.directory, ...defined(directory ?? {}) } };
}

/** A policy with other fields; `roles`, `reach`, `breaker` and `caps` field by field. The directory has rules of its own for that. */
export function overridden(base: Policy, fields: PolicyFields): Policy {
  const { caps, roles, reach, breaker, ...plain } = defined(fields);
  return {
    ...base,
    ...plain,
    roles: { ...base.roles, ...roles },
    breaker: { ...base.breaker, ...defined(breaker ?? {}) },
    reach: { ...base.reach, ...defined(reach ?? {}) },
    caps: {
      ...base.caps,
      ...defined(caps ?? {}),
      perKind: { ...base.caps.perKind, ...defined(caps?.perKind ?? {}) },
    },
  };
}

/** An immutable kind is also a unique and a login kind. */
export const hasSoundImmutables = ({ immutableIds, uniqueIds, loginIds }: DirectoryPolicy): boolean =>
  immutableIds.every((kind) => uniqueIds.includes(kind) && loginIds.includes(kind));

/** A reach is a time: it cannot be read where evidence goes by its arrival. */
export const goesByTime = ({ sharedDevice, order }: Policy): boolean =>
  sharedDevice !== 'reach-bound' || order === 'time';
export const reachNeedsTime = 'sharedDevice "reach-bound" needs order "time"; choose another of the two';

/** The same object without keys that hold undefined, so that spreading it overrides nothing by accident. */
export function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
