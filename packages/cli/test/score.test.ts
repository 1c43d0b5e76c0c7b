import { type Policy, presets } from '@selfsame/identity';
import { type Given, knowableGroups, measure, type Seen } from '@selfsame/server/quality';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ceilingOf, judgeWorld, scoreOf } from '../src/score/score-world.ts';
import { rates } from '../src/simulate/worlds/rates.ts';
import { runWorld } from '../src/simulate/worlds/world.ts';

const end = Date.UTC(2026, 0, 31);
const event = (human: string, login?: string): Seen => ({
  human,
  login,
  time: 0,
  campaign: undefined,
  revenue: 0,
});
const given = (person: string | undefined, login?: string): Given => ({ person, login });

describe('measure', () => {
  it('a perfect grouping', () => {
    const all = [event('a'), event('a'), event('b')];
    expect(measure(all, [given('1'), given('1'), given('2')], ['a', 'a', 'b'])).toMatchObject({
      precision: 1,
      recall: 1,
      f: 1,
      overMerged: 0,
      largest: 1,
    });
  });

  it('two humans as one, unless both events name one login', () => {
    const together = [given('1'), given('1')];
    expect(measure([event('a'), event('b')], together, ['a', 'b'])).toMatchObject({
      precision: 0.5,
      overMerged: 1,
      largest: 2,
    });
    expect(measure([event('a', 'u'), event('b', 'u')], together, ['a', 'b'])).toMatchObject({
      precision: 1,
      overMerged: 0,
    });
  });

  it('recall asks only for what can be known', () => {
    const all = [event('a'), event('a')];
    const apart = [given('1'), given(undefined)];
    expect(measure(all, apart, ['a', 'a'])).toMatchObject({ recall: 0.5, recallOfAll: 0.5 });
    expect(measure(all, apart, ['a 1', 'a 2'])).toMatchObject({ recall: 1, recallOfAll: 0.5 });
  });

  it('an anonymous event in somebody else’s account is wrong', () => {
    const all = [event('a', 'u'), event('b'), event('a')];
    const account = [given('u', 'u'), given('u', 'u'), given('u', 'u')];
    expect(measure(all, account, ['a', 'b', 'a'])).toMatchObject({ wrongAnonymous: 0.5 });
  });

  it('counts as counting every pair does', () => {
    const one = fc.record({
      human: fc.constantFrom('a', 'b'),
      login: fc.option(fc.constantFrom('u', 'v'), { nil: undefined }),
      person: fc.constantFrom('1', '2', '3'),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 20 }), (list) => {
        const mean = list.map((x) => {
          const same = list.filter((y) => y.person === x.person);
          return (
            same.filter((y) => y.human === x.human || (x.login !== undefined && y.login === x.login)).length /
            same.length
          );
        });
        const { precision } = measure(
          list.map(({ human, login }) => event(human, login)),
          list.map(({ person }) => given(person)),
          list.map(({ human }) => human),
        );
        expect(precision).toBeCloseTo(mean.reduce((sum, x) => sum + x, 0) / list.length, 10);
      }),
    );
  });
});

describe('knowableGroups', () => {
  it('joins what hangs together by one human’s identifiers, and nothing else', () => {
    const [a, b, c, d, e] = knowableGroups([
      { human: 'a', ids: ['d1'] },
      { human: 'a', ids: ['d1', 'u'] },
      { human: 'a', ids: ['u', 'd2'] },
      { human: 'a', ids: ['d3'] },
      { human: 'b', ids: ['d1'] },
    ]);
    expect([b, c]).toEqual([a, a]);
    expect(new Set([a, d, e]).size).toBe(3);
  });
});

describe('the worlds', () => {
  it.each(Object.keys(rates))(
    '%s: the default is ahead of every other reading of shared devices, and under the ceiling',
    (name) => {
      const judged = judgeWorld(runWorld({ rates: rates[name] as (typeof rates)[string], people: 300, seed: 7, end }));
      const [ours, best] = [scoreOf(judged, presets['selfsame'] as Policy), ceilingOf(judged)];
      for (const other of ['by-interval', 'xo', 'spid'])
        expect(ours.f, other).toBeGreaterThan(scoreOf(judged, presets[other] as Policy).f - 0.003);
      expect(best).toMatchObject({ precision: 1, recall: 1, overMerged: 0 });
      expect(ours.recallOfAll).toBeLessThanOrEqual(best.recallOfAll + 1e-9);
    },
  );
});
