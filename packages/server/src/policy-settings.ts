import { type DirectoryPolicy, directoryOf, type Policy, presets } from '@selfsame/identity';
import type { MparticleSettings, PolicySettings } from './config-schema.ts';

/** The policy a project chose: its preset, every field it overrides, and its mParticle workspace's settings. */
export function policyOf(chosen: PolicySettings, mparticle: MparticleSettings = {}): Policy {
  const preset = presets[chosen.preset] as Policy;
  const { caps, directory, roles, ...fields } = defined(chosen);
  return {
    ...preset,
    ...fields,
    roles: { ...preset.roles, ...roles },
    caps: {
      ...preset.caps,
      ...defined(caps ?? {}),
      perKind: { ...preset.caps.perKind, ...defined(caps?.perKind ?? {}) },
    },
    directory: { ...directoryFor(preset.directory, mparticle), ...defined(directory ?? {}) },
  };
}

/** mParticle's sheet §4.2: a strategy fixes what the workspace leaves open; login ids are unique unless it says more. */
function directoryFor(preset: DirectoryPolicy, settings: MparticleSettings): DirectoryPolicy {
  const base = settings.strategy === undefined ? preset : directoryOf(settings.strategy);
  const { aliasDelaySeconds: _aliasDelay, ...fields } = defined(settings);
  const unique = fields.loginIds === undefined ? {} : { uniqueIds: fields.loginIds };
  return { ...base, ...unique, ...fields };
}

/** The same object without keys that hold undefined, so that spreading it overrides nothing by accident. */
export function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
