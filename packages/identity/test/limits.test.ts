import { describe } from 'vitest';
import {
  at,
  byInterval,
  identify,
  merge,
  numbered,
  preset,
  type Row,
  selfsame,
  T,
  track,
  tryRows,
  twentyADay,
} from './told.ts';

describe('SPEC.md, row by row: Limits', () => {
  tryRows([
    // Caps
    {
      rule: '[K1] the 25th e-mail is linked',
      when: Array.from({ length: 25 }, (_, i) => identify(`ann e${i}@x.y`)),
      last: 'applied',
    },
    {
      rule: '[K1] the 26th is quarantined (S15)',
      when: Array.from({ length: 26 }, (_, i) => identify(`ann e${i}@x.y`)),
      last: 'quarantined',
      lastRule: 'K1',
    },
    {
      rule: '[K2] a person has a largest size in all (S15)',
      policy: preset('selfsame', { caps: { ...selfsame.caps, perPerson: 3 } }),
      when: [identify('ann d1'), identify('ann d2'), identify('ann d3')],
      last: 'quarantined',
      lastRule: 'K2',
    },
    ...['by-interval', 'xo', 'spid', 'segment', 'mixpanel-original', 'mparticle-default'].flatMap(
      (name): readonly Row[] => [
        {
          rule: `[K3] [S10] ${name}: users that a page makes up take no device from whom the backend gave it to`,
          policy: preset(name),
          when: [T(2, identify('ann d1')), ...numbered(26).map((i) => identify(`u${i} d1`)), track('d1')],
          owners: ['ann', ...numbered(26).map((i) => `u${i}`), 'ann'].join(' '),
        },
      ],
    ),
    {
      rule: '[K3] a till whose customers the backend names is each of theirs in turn, however many they are',
      policy: byInterval,
      when: numbered(30).flatMap((i) => [T(2, identify(`u${i} d1`)), track('d1')]),
      owners: numbered(30)
        .map((i) => `u${i} u${i}`)
        .join(' '),
    },
    {
      rule: '[K3] a terminal of 26 people is believed for none',
      policy: byInterval,
      when: [...Array.from({ length: 26 }, (_, i) => track(`d1 u${i}`)), track('d1')],
      last: 'applied',
      owners: [...Array.from({ length: 26 }, (_, i) => `u${i}`), 'd1'].join(' '),
    },

    // The breaker
    {
      rule: '[K5] an e-mail that 21 customers have on one day is nobody’s, from the first of them on',
      policy: twentyADay,
      when: [...Array.from({ length: 21 }, (_, i) => T(2, identify(`u${i} a@b`))), track('a@b')],
      owners: [...Array.from({ length: 21 }, (_, i) => `u${i}`), 'a@b'].join(' '),
    },
    {
      rule: '[K5] … 20 are within the limit, and so are 30 on two days',
      policy: twentyADay,
      when: [
        ...Array.from({ length: 15 }, (_, i) => T(2, at(i + 1, identify(`u${i} a@b`)))),
        ...Array.from({ length: 15 }, (_, i) => T(2, at(100_000 + i, identify(`v${i} a@b`)))),
        track('a@b'),
      ],
      owners: [
        ...Array.from({ length: 15 }, (_, i) => `u${i}`),
        ...Array.from({ length: 15 }, (_, i) => `v${i}`),
        'u0',
      ].join(' '),
    },
    {
      rule: '[K5] a page parts no value from whom the backend named',
      policy: twentyADay,
      when: [T(2, identify('ann a@b')), ...Array.from({ length: 30 }, (_, i) => identify(`u${i} a@b`)), track('a@b')],
      owners: ['ann', ...Array.from({ length: 30 }, (_, i) => `u${i}`), 'ann'].join(' '),
    },
    {
      rule: '[K5] a till of 201 people is nobody’s where a project limits devices too',
      policy: preset('selfsame', { breaker: { perDay: { device: 200 }, trusted: [] } }),
      when: [...Array.from({ length: 201 }, (_, i) => identify(`d1 u${i}`)), at(200, track('d1'))],
      owners: [...Array.from({ length: 201 }, (_, i) => `u${i}`), 'd1'].join(' '),
    },
    {
      rule: '[K5] … and trusted it is as before',
      policy: preset('selfsame', { breaker: { perDay: { device: 200 }, trusted: ['device:d1'] } }),
      when: [...Array.from({ length: 201 }, (_, i) => identify(`d1 u${i}`)), at(200, track('d1'))],
      owners: [...Array.from({ length: 201 }, (_, i) => `u${i}`), 'u199'].join(' '),
    },
    {
      rule: '[K5] … and by default, where each has a stretch of their own',
      when: [...Array.from({ length: 201 }, (_, i) => identify(`d1 u${i}`)), at(200, track('d1'))],
      owners: [...Array.from({ length: 201 }, (_, i) => `u${i}`), 'u199'].join(' '),
    },
    {
      rule: '[K6] a tester’s id that a backend merges with 21 customers on one day joins none of them',
      policy: twentyADay,
      when: Array.from({ length: 21 }, (_, i) => T(2, merge('qa', `u${i}`))),
      people: ['qa', ...Array.from({ length: 21 }, (_, i) => `u${i}`)].sort(),
      last: 'quarantined',
      lastRule: 'K6',
    },
    {
      rule: '[K6] … 20 are within the limit',
      policy: twentyADay,
      when: Array.from({ length: 20 }, (_, i) => T(2, merge('qa', `u${i}`))),
      people: [['qa', ...Array.from({ length: 20 }, (_, i) => `u${i}`)].sort().join(' ')],
      last: 'applied',
    },
    {
      rule: '[K6] an operator’s merge of that day stands',
      policy: preset('selfsame', { breaker: { perDay: { login: 1 }, trusted: [] } }),
      when: [T(3, merge('ann', 'bob')), T(2, merge('ann', 'cyd')), T(2, merge('ann', 'dan'))],
      people: ['ann bob', 'cyd', 'dan'],
    },
    {
      rule: '[K6] [S10] a page’s merges part none of a backend’s, whichever came first',
      policy: preset('selfsame', { breaker: { perDay: { device: 1 }, trusted: [] } }),
      when: [merge('d1', 'd3'), T(2, merge('d1', 'd2')), merge('d1', 'd4')],
      people: ['d1 d2', 'd3', 'd4'],
      last: 'quarantined',
      lastRule: 'K6',
    },
  ]);
});
