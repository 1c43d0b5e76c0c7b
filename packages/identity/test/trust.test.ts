import { describe } from 'vitest';
import type { Policy } from '../src/index.ts';
import {
  at,
  byInterval,
  G1,
  G2,
  g1,
  g2,
  identify,
  join,
  logout,
  merge,
  preset,
  type Row,
  say,
  selfsame,
  set,
  signed,
  simplified,
  T,
  track,
  tryRows,
} from './told.ts';

describe('SPEC.md, row by row: Trust and pins', () => {
  tryRows([
    // Trust
    ...[selfsame, byInterval, preset('xo'), preset('spid')].flatMap((policy): readonly Row[] => [
      {
        rule: `[S10] ${policy.preset}: a backdated login takes no history from the owner the backend named`,
        policy,
        when: [T(2, at(500_000, identify('d1 ann'))), at(1, identify('d1 bob')), at(400_000, track('d1'))],
        owners: 'ann bob ann',
      },
      {
        rule: `[L5] ${policy.preset}: a backdated item of a page joins nobody the backend knows`,
        policy,
        when: [
          T(2, at(500_000, say('crm7', set('t', 1)))),
          T(2, at(500_000, say('ann', set('t', 2)))),
          T(2, at(500_000, say('ceo@x.se', set('t', 3)))),
          at(1, identify('ann crm7')),
          at(1, identify('mallory ceo@x.se')),
        ],
        people: ['ann', 'ceo@x.se', 'crm7', 'mallory'],
      },
    ]),
    {
      rule: '[K1] what a page was refused, and what a page added, fills no limit of the backend’s',
      policy: preset('selfsame', { caps: { ...selfsame.caps, perKind: { ...selfsame.caps.perKind, contact: 2 } } }),
      when: [
        T(2, identify('bob b1@x.se')),
        T(2, identify('bob b2@x.se')),
        identify('ann b1@x.se'),
        identify('ann b2@x.se'),
        identify('ann mine@x.se'),
        T(2, identify('ann a1@x.se')),
        T(2, identify('ann a2@x.se')),
        track('a2@x.se'),
      ],
      owners: 'bob bob ann ann ann ann ann ann',
    },
    {
      rule: '[K2] counts everyone merged',
      policy: preset('selfsame', { caps: { ...selfsame.caps, perPerson: 4 } }),
      when: [
        T(2, identify('ann d1')),
        T(2, identify('bob d2')),
        T(2, merge('ann', 'bob')),
        T(2, identify('ann d3')),
        T(2, track('d3')),
      ],
      owners: 'ann ann ann ann d3',
    },
    ...((policy: Policy): readonly Row[] => [
      {
        rule: '[K2] nor does what a page added where the backend knows it from elsewhere',
        policy,
        when: [
          identify('ann d1'),
          T(2, track('d1')),
          T(2, identify('ann d2')),
          T(2, identify('ann d3')),
          T(2, track('d3')),
        ],
        owners: 'ann ann ann ann ann',
      },
      {
        rule: '[K2] nor what a page merged with it',
        policy,
        when: [
          T(2, identify('ann d1')),
          T(2, track('d2')),
          track('ann d2'),
          merge('d1', 'd2'),
          T(2, identify('ann d3')),
          T(2, track('d3')),
        ],
        owners: 'ann ann ann ann ann ann',
      },
      {
        rule: '[K2] a page stands in the way of no merge of the backend’s',
        policy,
        when: [
          identify('ann d1'),
          identify('ann d2'),
          T(2, track('ann')),
          T(2, track('bob')),
          T(2, merge('ann', 'bob')),
        ],
        last: 'applied',
      },
      {
        rule: '[K2] a page that says it first takes the backend over no limit',
        policy,
        when: [identify('ann d3'), T(2, identify('ann d1')), T(2, identify('ann d2')), T(2, identify('ann d3'))],
        last: 'quarantined',
        lastRule: 'K2',
      },
    ])(preset('selfsame', { caps: { ...selfsame.caps, perPerson: 3 } })),
    {
      rule: '[S10] a public key does not end a trusted stretch',
      when: [T(2, identify('d1 ann')), track('d1 bob'), track('d1')],
      owners: 'ann bob ann',
    },
    {
      rule: '[S10] nor sign it out',
      when: [T(2, identify('d1 ann')), logout('d1'), track('d1')],
      owners: 'ann ann ann',
    },
    {
      rule: '[E2] enforce: a public key that names a known person links nothing',
      policy: preset('selfsame', { identityMode: 'enforce' }),
      when: [T(2, track('ann')), track('d1'), track('d1 ann'), track('d1')],
      owners: 'ann d1 d1 d1',
    },
    {
      rule: '[E2] … unless a backend signed that name beside the item, and then of no other',
      policy: preset('selfsame', { identityMode: 'enforce' }),
      when: [T(2, track('ann')), T(2, track('bob')), signed('ann', track('d1 ann')), signed('ann', track('d2 bob'))],
      owners: 'ann bob ann d2',
    },
    {
      rule: '[E2] enforce, original merge: the anonymous id of a page is nobody’s name, and its visitor stays one',
      policy: preset('mixpanel-original', { identityMode: 'enforce' }),
      when: [track(G1), track(G1), track(G2), track(G2)],
      owners: `${g1} ${g1} ${g2} ${g2}`,
    },
    {
      rule: '[E2] … a page joins nobody to an id that the backend knows',
      policy: preset('mixpanel-original', { identityMode: 'enforce' }),
      when: [T(2, track('id:U1')), track(G1), join('identify', 'id:U1', G1), track('id:U1'), track(G1)],
      owners: `U1 ${g1} ${g1} - ${g1}`,
    },
    {
      rule: '[E2] … nor by an alias, nor to one that a page identified',
      policy: preset('mixpanel-original', { identityMode: 'enforce' }),
      when: [track(G1), join('identify', 'id:U1', G1), join('identify', 'id:U1', G2), join('alias', 'id:U1', 'id:A')],
      people: [g2, `${g1} U1`, 'A'].sort(),
    },
    {
      rule: '[E2] … unless a backend signed that id beside it',
      policy: preset('mixpanel-original', { identityMode: 'enforce' }),
      when: [
        T(2, track('id:U1')),
        track(G1),
        signed('id:U1', join('identify', 'id:U1', G1)),
        signed('id:U1', track('id:U1')),
        track(G1),
      ],
      owners: 'U1 U1 U1 U1 U1',
    },
    {
      rule: '[E1] report believes and counts',
      policy: preset('selfsame', { identityMode: 'report' }),
      when: [T(2, track('ann')), track('d1 ann'), track('d1')],
      owners: 'ann ann ann',
    },

    // Pins
    {
      rule: '[U5] an operator’s word about a device holds for all time, and nothing weaker moves it',
      when: [
        at(1, identify('d1 ann')),
        T(3, at(2, identify('d1 bob'))),
        T(2, at(9_000, identify('d1 ann'))),
        track('d1'),
      ],
      owners: 'ann bob ann bob',
    },
    {
      rule: '[U5] the last pin counts',
      policy: simplified,
      when: [identify('d1 ann'), T(3, identify('d1 bob')), T(3, identify('d1 cyd')), track('d1')],
      owners: 'ann bob cyd cyd',
    },
    {
      rule: '[U5] pinned to nobody it belongs to itself',
      when: [identify('ann a@b'), T(3, logout('a@b')), T(2, identify('bob a@b')), track('a@b')],
      owners: 'ann a@b bob a@b',
    },
    {
      rule: '[V5] what a pattern of the block list matches is nobody',
      policy: preset('selfsame', { blocklist: [{ kind: 'user', pattern: '^qa-' }] }),
      when: [identify('qa-1 d1'), track('d1')],
      owners: 'd1 d1',
    },
  ]);
});
