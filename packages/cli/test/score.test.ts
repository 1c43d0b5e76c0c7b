import { type Policy, type ProjectId, presets, type Statement } from '@selfsame/identity';
import { accountsOf, type Given, knowableGroups, measure, type Seen } from '@selfsame/server/quality';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ceilingOf, judge, judgeWorld, scoreOf } from '../src/score/score-world.ts';
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
const viewed = (device: string, user: string | undefined): Statement => ({
  ...{ project: 'p' as ProjectId, wire: 'native', trust: 0 },
  command: {
    ...{ type: 'Track', name: 'Page Viewed', properties: {} },
    ids: [...(user === undefined ? [] : [{ kind: 'user', value: user }]), { kind: 'device', value: device }],
  },
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

  it('who uses the account of another meets what is rightly the other’s, and no mistake of ours is excused by it', () => {
    // Ann signs in, forgets to log out, and her son goes on under her login.
    const all = [event('ann'), event('ann', 'u'), event('ann', 'u'), event('son', 'u')];
    const hers = given('u', 'u');
    expect(measure(all, [hers, hers, hers, hers], all.map(String))).toMatchObject({ precision: 1, overMerged: 0 });
    // What he did without a login is not hers, whoever else used her account.
    const his = [...all, event('son')];
    const { precision } = measure(his, [hers, hers, hers, hers, hers], his.map(String));
    expect(precision).toBeCloseTo((3 * (4 / 5) + 1 + 2 / 5) / 5, 10);
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
        const owners = accountsOf(list);
        const told = (x: (typeof list)[number]) => (x.login === undefined ? x.human : owners.get(x.login));
        const mean = list.map((x) => {
          const same = list.filter((y) => y.person === x.person);
          return same.filter((y) => y.human === x.human || told(y) === told(x)).length / same.length;
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
    const [a, b, c, d, e] = knowableGroups(
      [
        { human: 'a', ids: ['d1'], login: undefined },
        { human: 'a', ids: ['d1', 'u'], login: 'u' },
        { human: 'a', ids: ['u', 'd2'], login: 'u' },
        { human: 'a', ids: ['d3'], login: undefined },
        { human: 'b', ids: ['d1'], login: undefined },
      ],
      new Map([['u', 'a']]),
    );
    expect([b, c]).toEqual([a, a]);
    expect(new Set([a, d, e]).size).toBe(3);
  });

  it('nobody can know of what was done under another’s login that it was not theirs', () => {
    const [alone, under, again, own] = knowableGroups(
      [
        { human: 'son', ids: ['tablet'], login: undefined },
        { human: 'son', ids: ['mother', 'tablet'], login: 'mother' },
        { human: 'son', ids: ['mother', 'phone'], login: 'mother' },
        { human: 'son', ids: ['son', 'tablet'], login: 'son' },
      ],
      new Map([
        ['mother', 'mother'],
        ['son', 'son'],
      ]),
    );
    expect(again).toBe(under);
    expect(own).toBe(alone);
    expect(under).not.toBe(alone);
  });

  it('an oracle who takes the sender’s word and joins all else that can be known makes no mistake', () => {
    const said = fc.record({
      human: fc.constantFrom('a', 'b', 'c'),
      device: fc.constantFrom('d1', 'd2', 'd3'),
      login: fc.option(fc.constantFrom('u', 'v', 'w'), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(said, { minLength: 1, maxLength: 20 }), (list) => {
        const judged = judge(
          list.map(({ device, login }, at) => ({ statement: viewed(device, login), at })),
          list.map(({ human }) => human),
        );
        expect(ceilingOf(judged)).toMatchObject({ overMerged: 0, wrongAnonymous: 0 });
        expect(ceilingOf(judged).precision).toBeCloseTo(1, 12);
        expect(ceilingOf(judged).recall).toBeCloseTo(1, 12);
      }),
    );
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
      expect(best).toMatchObject({ overMerged: 0, wrongAnonymous: 0 });
      expect(best.f).toBeCloseTo(1, 9);
    },
  );
});
