import { describe, expect, it } from 'vitest';
import { keyOf, type Policy, presenceOf, type Trust } from '../src/index.ts';
import {
  id,
  identify,
  join,
  logout,
  merge,
  original,
  preset,
  run,
  type Step,
  selfsame,
  simplified,
  T,
  track,
} from './told.ts';

describe('a verdict names the rule that refused or joined', () => {
  const G = 'id:1-1-1-1-1';
  it.each<readonly [string, Policy, readonly Step[]]>([
    ['L3a', simplified, [track('ann d1'), track('bob d1')]],
    ['L1', selfsame, [T(2, identify('ann a@b.se')), T(2, identify('bob a@b.se'))]],
    ['S10', selfsame, [T(2, identify('ann a@b.se')), identify('bob a@b.se')]],
    ['M1', selfsame, [track('ann'), track('bob'), T(2, merge('ann', 'bob'))]],
    ['J0', original, [join('identify', 'id:U1', G)]],
    ['S1', selfsame, [track('ann d1')]],
  ])('[%s]', (rule, policy, steps) => {
    expect(
      run(steps, policy)
        .verdicts.at(-1)
        ?.notes.map((note) => note.rule),
    ).toContain(rule);
  });
});

describe('presence', () => {
  const presence = (steps: readonly Step[], trust: Trust = 2) =>
    presenceOf(selfsame, run(steps, selfsame).graph.node(keyOf(id('s1'))), trust);
  const ann = id('ann');

  it('[N1] signed in from the login on, signed out after the logout, and still known', () => {
    expect(presence([track('s1')])).toEqual({ type: 'stranger' });
    expect(presence([T(2, identify('s1 ann')), T(2, identify('s1 ann'))])).toEqual({
      type: 'signed-in',
      login: ann,
      lastSaid: 2000,
    });
    expect(presence([T(2, identify('s1 ann')), T(2, logout('s1'))])).toEqual({ type: 'signed-out', login: ann });
    expect(presence([T(2, identify('s1 ann')), T(2, identify('s1 bob'))])).toMatchObject({
      login: id('bob'),
      lastSaid: 2000,
    });
  });

  it('[N1] a public key signs nobody in or out where the server key is asked for', () => {
    expect(presence([identify('s1 ann')])).toEqual({ type: 'stranger' });
    expect(presence([T(2, identify('s1 ann')), logout('s1'), track('s1 eve')])).toMatchObject({
      type: 'signed-in',
      login: ann,
    });
  });
});

describe('explain', () => {
  it('[X2] names the limit that kept an identifier apart', () => {
    const few = preset('selfsame', { caps: { ...selfsame.caps, perKind: { ...selfsame.caps.perKind, anonymous: 2 } } });
    const steps = ['d1', 'd2', 'd3'].map((device) => T(2, identify(`ann ${device}`)));
    expect(run(steps, few).explain('ann', 'd3')).toMatchObject({ same: false, refusal: { rule: 'K1' } });
  });

  it('[X1] names each link, from one device up and down to the other', () => {
    const result = run([track('d1 ann'), T(2, track('d2 ann'))], selfsame).explain('d1', 'd2');
    expect(result).toMatchObject({
      same: true,
      chain: [
        { from: 'device:d1', to: 'user:ann', rule: 'L6', trust: 0, time: 1000 },
        { from: 'device:d2', to: 'user:ann', trust: 2 },
      ],
    });
  });

  it('[X1] crosses merges', () => {
    const result = run([track('d1 ann'), track('d2 bob'), T(2, merge('ann', 'bob'))], selfsame).explain('d1', 'd2');
    expect(result.same && result.chain.map((step) => step.rule)).toEqual(['L6', 'M1', 'L6']);
  });

  it.each([
    ['a refused merge', [track('ann'), track('bob'), merge('ann', 'bob')], 'ann', 'bob', 'S11', selfsame],
    ['a shared device', [track('d1 ann'), track('d1 bob')], 'ann', 'bob', 'S11', selfsame],
    ['the first login', [track('d1 ann'), track('d1 bob')], 'd1', 'bob', 'L3a', simplified],
    ['nothing', [track('ann'), track('bob')], 'ann', 'bob', 'P1', selfsame],
    ['a stranger', [track('ann')], 'ann', 'zoe', 'P1', selfsame],
  ] as const)('[X2] kept apart by %s', (_what, steps, a, b, rule, policy) => {
    expect(run(steps, policy).explain(a, b)).toMatchObject({ same: false, refusal: { rule } });
  });
});
