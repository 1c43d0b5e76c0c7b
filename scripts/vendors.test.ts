import { expect, it } from 'vitest';
import { vendorProblems, vendorsIn } from './vendors.ts';

it.each([
  ['a key', 'packages/server/src/settings/keyring.ts', "project.keys['spid']"],
  ['a part of a name', 'packages/server/src/policy/a.ts', 'const mparticleSettings = {};'],
  ['an address', 'packages/server/src/a.ts', "fetch('/segment/v1')"],
  ['words for people', 'packages/server/src/a.ts', 'log.warn(`a SPiD callback was not taken`)'],
  [
    'in the folder of another',
    'packages/protocols/src/native/a.ts',
    "import { asPlatform } from '../spid/platform.ts';",
  ],
  ['a short one', 'packages/server/src/a.ts', "wire === 'xo'"],
])('finds %s', (_what, file, text) => {
  expect(vendorsIn(file, text)).toHaveLength(1);
});

it.each([
  ['its folder', 'packages/protocols/src/spid/a.ts', "const name = 'spid';"],
  ['a comment', 'packages/server/src/a.ts', '/** As SPiD does. */\nlet a; // Mixpanel, too.'],
  ['words of ours', 'packages/server/src/a.ts', 'for (const segment of segments) exotic(segment);'],
])('lets %s', (_what, file, text) => {
  expect(vendorsIn(file, text)).toEqual([]);
});

it('no source of ours names one without a reason', () => {
  expect(vendorProblems()).toEqual([]);
});
