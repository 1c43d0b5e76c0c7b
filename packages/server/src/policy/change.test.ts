import { type Policy, presets } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { changedPolicy, mustRefold, type PolicyChange } from './change.ts';

const selfsame = presets['selfsame'] as Policy;
const vendor = presets['mparticle-default'] as Policy;
/** No wire makes more of a preset. */
const alone = (preset: Policy) => preset;
const enforce = changedPolicy(selfsame, { identityMode: 'enforce' }, alone);

describe('what a change of policy costs', () => {
  it.each<[string, Policy, PolicyChange, boolean]>([
    ['another strategy of the directory', selfsame, { directory: { strategy: 'profile_link' } }, false],
    ['another preset that is another strategy', vendor, { preset: 'mparticle-isolation' }, false],
    ['another priority', selfsame, { directory: { priority: ['email'] } }, false],
    ['other login ids', selfsame, { directory: { loginIds: ['email'] } }, false],
    ['other login ids where they name people [E2]', enforce, { directory: { loginIds: ['email'] } }, true],
    ['another kind of device [R6]', selfsame, { directory: { deviceIds: ['session'] } }, true],
    ['another rule for shared devices', selfsame, { sharedDevice: 'first-login' }, true],
    ['another wire’s preset', selfsame, { preset: 'xo' }, true],
    ['what is so already', selfsame, { sharedDevice: 'reach-bound', directory: { strategy: 'default' } }, false],
  ])('%s', (_name, before, change, refolds) => {
    expect(mustRefold(before, changedPolicy(before, change, alone))).toBe(refolds);
  });
});
