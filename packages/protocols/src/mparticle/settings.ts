import { type DirectoryPolicy, directoryOf, type Policy } from '@selfsame/identity';
import type { Setting, WireSettings } from '../setting.ts';
import type { Wire } from '../wire.ts';
import { kindOf } from './kinds.ts';

/** Names of identity types, read as our kinds. */
const types: Setting = {
  is: 'list',
  of: {
    is: 'word',
    read: kindOf,
    says: 'is no identity type of mParticle; use names such as customerid, email, other2',
  },
};

/** A project's `wires.mparticle`: what a workspace of the vendor's sets. */
export const settings: WireSettings = {
  strategy: {
    is: 'one of',
    of: ['default', 'profile_conversion', 'profile_link', 'profile_isolation', 'best_match'],
  },
  priority: types,
  loginIds: types,
  uniqueIds: types,
  immutableIds: types,
  aliasDelaySeconds: { is: 'whole number' },
  reuseAnonymousAtLogout: { is: 'yes-or-no' },
};

/** A strategy fixes what the workspace leaves open; login ids are unique unless it says more. */
export const policy: NonNullable<Wire['policy']> = (preset, settings): Policy => {
  const { aliasDelaySeconds: _aliasDelay, ...fields } = settings as Partial<DirectoryPolicy> & {
    readonly aliasDelaySeconds?: number;
  };
  const base = fields.strategy === undefined ? preset.directory : directoryOf(fields.strategy);
  const unique = fields.loginIds === undefined ? {} : { uniqueIds: fields.loginIds };
  return { ...preset, directory: { ...base, ...unique, ...fields } };
};

/** An immutable type is also a unique and a login type. */
export const whyNot: NonNullable<Wire['whyNot']> = ({ directory: { immutableIds, uniqueIds, loginIds } }) =>
  immutableIds.every((kind) => uniqueIds.includes(kind) && loginIds.includes(kind))
    ? undefined
    : { setting: 'immutableIds', says: 'holds a type that is not also in loginIds and uniqueIds; add it there' };
