import { describe, expect, it } from 'vitest';
import { keyOf, ownerAt, personById, personOf } from '../src/index.ts';
import {
  at,
  byInterval,
  id,
  identify,
  logout,
  preset,
  type Row,
  run,
  type Step,
  say,
  selfsame,
  set,
  simplified,
  T,
  track,
  tryRows,
} from './told.ts';

describe('SPEC.md, row by row: From claims to links', () => {
  tryRows([
    // Stitching: the flows that Mixpanel documents, under its preset
    {
      rule: '[S1] sign-up',
      policy: simplified,
      when: [track('d1'), track('d1'), track('d1 ann')],
      owners: 'ann ann ann',
      people: ['ann d1'],
    },
    {
      rule: '[S1] second device',
      policy: simplified,
      when: [track('d1'), track('d1 ann'), track('d2'), track('d2 ann')],
      owners: 'ann ann ann ann',
      people: ['ann d1 d2'],
    },
    {
      rule: '[S1] reset, other user',
      policy: simplified,
      when: [track('d1'), track('d1 ann'), track('d2'), track('d2 bob')],
      owners: 'ann ann bob bob',
      people: ['ann d1', 'bob d2'],
    },
    {
      rule: '[L3a] shared device, no reset',
      policy: simplified,
      when: [track('d1'), track('d1 ann'), track('d1'), track('d1 bob'), track('d1')],
      owners: 'ann ann ann bob ann',
      people: ['ann d1', 'bob'],
    },
    {
      rule: '[S1] link arrives first',
      policy: simplified,
      when: [track('d1 ann'), at(0, track('d1')), at(0, track('d1'))],
      owners: 'ann ann ann',
    },
    {
      rule: '[S1] never together',
      policy: simplified,
      when: [track('d1'), track('ann')],
      owners: 'd1 ann',
      people: ['ann', 'd1'],
    },
    {
      rule: '[O2] simplified merge: first is first to arrive',
      policy: simplified,
      when: [at(9, track('d1 ann')), at(1, track('d1 bob')), at(5, track('d1'))],
      owners: 'ann bob ann',
    },

    // Shared devices, one history under three policies
    ...(['first-login', 'last-login', 'by-interval'] as const).map(
      (sharedDevice): Row => ({
        rule: `[${{ 'first-login': 'L3a', 'last-login': 'L3b', 'by-interval': 'L6a' }[sharedDevice]}] the family tablet, ${sharedDevice}`,
        policy: preset('selfsame', { sharedDevice }),
        when: [track('d1'), track('d1 ann'), track('d1'), track('d1 bob'), track('d1')],
        owners: {
          'first-login': 'ann ann ann bob ann',
          'last-login': 'bob ann bob bob bob',
          'by-interval': 'ann ann ann bob bob',
        }[sharedDevice],
      }),
    ),
    {
      rule: '[L6b] the time before the first login',
      policy: byInterval,
      when: [track('d1'), identify('d1 ann')],
      owners: 'ann ann',
    },
    {
      rule: '[L6c] after a logout nobody new',
      policy: byInterval,
      when: [identify('d1 ann'), track('d1'), logout('d1'), track('d1'), identify('d1 bob'), track('d1')],
      owners: 'ann ann d1 d1 bob bob',
    },

    // Shared devices where a login has a reach. Times are in seconds; a reach is 1,800.
    {
      rule: '[L6] a device of one person is wholly theirs',
      when: [at(1, track('d1')), at(9_000, identify('d1 ann')), at(99_000, track('d1'))],
      owners: 'ann ann ann',
    },
    {
      rule: '[L6] two identifiers of one person are one person',
      when: [at(1, track('d1 ann x@example.com')), at(2, identify('d1 x@example.com')), at(99_000, track('d1'))],
      owners: 'ann ann ann',
    },
    {
      rule: '[L7a] on a shared device the latest login within reach, else the next within reach',
      when: [
        at(10_000, identify('d1 ann')),
        at(11_000, track('d1')),
        at(14_000, track('d1')),
        at(15_000, identify('d1 bob')),
        at(13_000, track('d1')),
      ],
      owners: 'ann ann bob bob d1~13000',
    },
    {
      rule: '[L7a] for two minutes after a logout it is whoever left',
      when: [
        at(10_000, identify('d1 ann')),
        at(10_100, logout('d1')),
        at(10_150, track('d1')),
        at(10_300, track('d1')),
        at(99_000, identify('d1 bob')),
      ],
      owners: 'ann ann ann d1~10220 bob',
    },
    {
      rule: '[L7a] what was done before a logout within reach is whoever left’s, however long ago they logged in',
      when: [
        at(10_000, identify('d1 ann')),
        at(12_500, track('d1')),
        at(14_000, track('d1')),
        at(15_000, logout('d1')),
        at(99_000, identify('d1 bob')),
      ],
      owners: 'ann d1~12500 ann ann bob',
    },
    {
      rule: '[L7a] … and nobody else’s who was logged in before',
      when: [
        at(10_000, identify('d1 ann')),
        at(13_000, identify('d1 bob')),
        at(14_900, track('d1')),
        at(15_500, logout('d1')),
        at(99_000, identify('d1 ann')),
      ],
      owners: 'ann bob bob bob ann',
    },
    {
      rule: '[L7a] [K3] … five minutes before it on a device of very many',
      when: [
        ...Array.from({ length: 9 }, (_, i) => at(10_000 * (i + 1), identify(`d1 u${i}`))),
        at(90_500, track('d1')),
        at(91_000, track('d1')),
        at(91_200, logout('d1')),
      ],
      owners: [...Array.from({ length: 9 }, (_, i) => `u${i}`), 'd1~90300', 'u8', 'u8'].join(' '),
    },
    {
      rule: '[L7b] what one person left is theirs up to their last login …',
      when: [
        at(1, track('d1')),
        at(10_000, identify('d1 ann')),
        at(10_100, logout('d1')),
        at(50_000, track('d1')),
        at(90_000, identify('d1 ann')),
        at(99_000, track('d1')),
      ],
      owners: 'ann ann ann ann ann d1~99000',
    },
    {
      rule: '[L7b] … but not where they logged in on too few of its visits',
      when: [
        at(1, track('d1')),
        at(10_000, track('d1')),
        at(20_000, track('d1')),
        at(30_000, identify('d1 ann')),
        at(30_100, logout('d1')),
      ],
      owners: 'd1~ d1~10000 d1~20000 ann ann',
    },
    {
      rule: '[L7b] … two visits of five are enough',
      when: [
        at(1, track('d1')),
        at(10_000, track('d1')),
        at(20_000, track('d1')),
        at(30_000, identify('d1 ann')),
        at(30_100, logout('d1')),
        at(40_000, identify('d1 ann')),
        at(60_000, track('d1')),
      ],
      owners: 'ann ann ann ann ann ann d1~60000',
    },
    {
      rule: '[L7b] [S10] visits that a page makes up take nothing away that the backend told',
      when: [
        at(1, track('d1')),
        at(10_000, track('d1')),
        at(20_000, track('d1')),
        at(30_000, T(2, identify('d1 ann'))),
        at(30_100, T(2, logout('d1'))),
      ],
      owners: 'ann ann ann ann ann',
    },
    {
      rule: '[L7b] … unless the policy is strict',
      policy: preset('selfsame', { reach: { ...selfsame.reach, strict: true } }),
      when: [at(1, track('d1')), at(10_000, identify('d1 ann')), at(10_100, logout('d1')), at(50_000, track('d1'))],
      owners: 'd1~ ann ann d1~50000',
    },
    {
      rule: '[L7c] each visit that nobody reaches is a person of its own',
      when: [
        at(1, identify('d1 ann')),
        at(2, identify('d1 bob')),
        at(10_000, track('d1')),
        at(11_000, track('d1')),
        at(20_000, track('d1')),
      ],
      owners: 'ann bob d1~10000 d1~10000 d1~20000',
    },
    {
      rule: '[K3] a crowd shortens the reach to five minutes and takes nothing away',
      when: [
        ...Array.from({ length: 30 }, (_, i) => at(10_000 * (i + 1), identify(`d1 u${i}`))),
        at(300_200, track('d1')),
        at(300_400, track('d1')),
      ],
      owners: [...Array.from({ length: 30 }, (_, i) => `u${i}`), 'u29', 'd1~300300'].join(' '),
    },
    {
      rule: '[S10] a public key makes no shared device of one that the backend named',
      when: [T(2, at(1, identify('d1 ann'))), at(2, identify('d1 bob')), at(99_000, track('d1'))],
      owners: 'ann bob ann',
    },
    {
      rule: '[C1] an e-mail among the traits is a contact of whoever is described',
      when: [say('ann', set('email', 'X@example.com')), track('x@example.com')],
      owners: 'ann ann',
    },
    {
      rule: '[C1] … of a device too, and meets the account that is made with it',
      when: [say('d1', set('email', 'x@example.com')), identify('ann x@example.com'), track('d1')],
      owners: 'ann ann ann',
    },
    {
      rule: '[C1] a text that is no address stays a trait',
      when: [say('ann', set('email', 'none yet')), track('d1')],
      people: ['ann', 'd1'],
    },
    {
      rule: '[C1] the vendors’ presets link nothing by it',
      policy: simplified,
      when: [say('ann', set('email', 'x@example.com')), track('d1')],
      people: ['ann', 'd1'],
    },
    {
      rule: '[L6d] spid: a browser stays with its user until somebody else logs in, and then keeps their history apart',
      policy: preset('spid'),
      when: [track('d1'), identify('d1 ann'), logout('d1'), track('d1'), identify('d1 bob'), track('d1')],
      owners: 'ann ann ann ann bob bob',
    },
    {
      rule: '[L6a] back and forth within seconds',
      when: [track('d1 ann'), track('d1 bob'), track('d1 ann'), track('d1')],
      owners: 'ann bob ann ann',
    },
    {
      rule: '[L4] a late claim inside a run finds the run’s next claim',
      when: [
        at(1, track('d1 ann')),
        at(3, track('d1 ann')),
        at(5, track('d1 ann')),
        at(7, track('d1 ann')),
        at(4, track('d1 bob')),
        at(6, track('d1')),
      ],
      owners: 'ann ann ann ann bob ann',
    },
    {
      rule: '[L4] … and how far its claims were trusted',
      when: [
        T(2, at(1, track('d1 ann'))),
        T(0, at(2, track('d1 ann'))),
        T(0, at(6, track('d1 ann'))),
        T(2, at(7, track('d1 ann'))),
        T(0, at(8, track('d1 ann'))),
        T(2, at(4, track('d1 bob'))),
        T(1, at(9, track('d1 bob'))),
        at(10, track('d1')),
      ],
      owners: 'ann ann ann ann ann bob bob ann',
    },
    {
      rule: '[O1] evidence goes by its own time',
      when: [at(9, track('d1 bob')), at(1, track('d1 ann')), at(5, track('d1'))],
      owners: 'bob ann ann',
    },
    {
      rule: '[L2] a session follows its person, not its device',
      when: [track('d1 s1'), track('s1 ann'), track('s1')],
      owners: 'd1 ann ann',
      people: ['ann s1', 'd1'],
    },
    {
      rule: '[S1] a session follows its device',
      when: [track('d1 s1'), track('s1'), track('d1 ann')],
      owners: 'ann ann ann',
      people: ['ann d1 s1'],
    },

    // Contacts and lesser logins
    {
      rule: '[L1] an e-mail belongs to the first who named it',
      when: [track('ann a@b.c'), track('bob a@b.c'), track('a@b.c')],
      owners: 'ann bob ann',
    },
    {
      rule: '[L1] a trusted claim on an e-mail comes first',
      when: [track('ann a@b.c'), T(2, track('bob a@b.c')), track('a@b.c')],
      owners: 'ann bob bob',
    },
    {
      rule: '[L5] a public key does not take a trusted e-mail',
      when: [T(2, track('a@b.c')), track('eve a@b.c'), track('a@b.c')],
      owners: 'a@b.c eve a@b.c',
    },
    {
      rule: '[L5] a newsletter address joins the account that is made with it',
      when: [track('d1 a@b.c'), track('d1 ann a@b.c')],
      owners: 'ann ann',
      people: ['a@b.c ann d1'],
    },
    { rule: '[L5] a lesser login joins when first met', when: [track('ann crm1'), track('crm1')], owners: 'ann ann' },
    {
      rule: '[L5] S11: two known logins are not joined by a public key',
      when: [track('ann'), track('crm1'), track('ann crm1')],
      people: ['ann', 'crm1'],
    },
    {
      rule: '[L5] … but by the server key',
      when: [track('ann'), track('crm1'), T(2, track('ann crm1'))],
      people: ['ann crm1'],
    },
    {
      rule: '[S2] one item naming two customers joins nobody',
      when: [T(2, track('ann bob d1'))],
      people: ['ann d1', 'bob'],
    },
  ]);
});

describe('[L7d] whose something is, when nobody says when', () => {
  const now = (steps: readonly Step[]) => run(steps, selfsame).person('d1').founder.id.value;
  const shared = [at(1, identify('d1 ann')), at(9_000, identify('d1 bob')), at(9_100, track('d1'))];
  it('a shared device’s last user, however long ago', () => expect(now(shared)).toBe('bob'));
  it('nobody’s after a logout', () => expect(now([...shared, at(9_200, logout('d1'))])).toBe('d1'));
});

describe('[L7c] a visit', () => {
  it('was first and last seen when its device was', () => {
    const steps = [
      at(1, identify('d1 ann')),
      at(2, identify('d1 bob')),
      at(10_000, track('d1')),
      at(10_600, track('d1')),
    ];
    const { graph } = run([...steps, at(90_000, track('d1'))], selfsame);
    const visit = ownerAt(graph, selfsame, keyOf(id('d1')), 10_300_000);
    const person = personOf(graph, selfsame, visit as never);
    expect(person).toMatchObject({ known: false, firstSeen: 10_000_000, lastSeen: 10_600_000 });
    expect(personById(graph, selfsame, person.id)?.id).toBe(person.id);
  });
});
