import { type Policy, presets } from '@selfsame/identity';

/** The default's roles: what a login or a device is does not hang on the policy that is judged. */
export const standard = presets['selfsame'] as Policy;
