import { describe, expect, it } from 'vitest';
import {
  type Command,
  explain,
  fold,
  type Identifier,
  type IdentifierKey,
  identifiersOf,
  isVisit,
  keyOf,
  ownerAt,
  type Policy,
  peopleIn,
  personById,
  personOf,
  presenceOf,
  presets,
  type Statement,
  spansOf,
  type TraitChange,
  type Trust,
} from '../src/index.ts';
import { derive, entriesOf } from './history.ts';

/** `ann` is a user, `d1` a device, `s1` a session, `a@b` an e-mail; `dx:…` a handle. */
function id(name: string): Identifier {
  if (name.startsWith('id:')) return { kind: 'distinct_id', value: name.slice(3) };
  if (name.includes('@')) return { kind: 'email', value: name };
  return {
    kind: /^d\d+$/.test(name) ? 'device' : /^s\d+$/.test(name) ? 'session' : /^crm/.test(name) ? 'crmid' : 'user',
    value: name,
  };
}
const ids = (names: string) => names.split(' ').filter(Boolean).map(id);

type Step = Command & {
  readonly trust?: Trust;
  readonly at?: number;
  readonly wire?: string;
  /** It comes under the insert id of the first step, by a wire that keeps the first copy or the latest. */
  readonly again?: 'first' | 'latest';
  /** What a backend signed beside it. */
  readonly vouched?: readonly IdentifierKey[];
};
const track = (names: string): Step => ({ type: 'Track', ids: ids(names), name: 'View', properties: {} });
const identify = (names: string): Step => ({ type: 'Identify', ids: ids(names) });
const logout = (names: string): Step => ({ type: 'Logout', ids: ids(names) });
const merge = (one: string, other: string): Step => ({ type: 'Merge', one: id(one), other: id(other) });
const join = (how: 'identify' | 'alias' | 'merge', one: string, other: string): Step => ({
  type: 'Join',
  how,
  one: id(one),
  other: id(other),
});
const say = (names: string, ...changes: Extract<Command, { type: 'Describe' }>['changes']): Step => ({
  type: 'Describe',
  ids: ids(names),
  changes,
});
const set = (name: string, value: string | number) => ({ op: 'set', name, value }) as const;
const consent = (names: string, word: 'granted' | 'denied'): Step => ({
  type: 'Consent',
  ids: ids(names),
  consent: word,
});
const signed = (name: string, step: Step): Step => ({ ...step, vouched: [keyOf(id(name))] });
const T = (trust: Trust, step: Step): Step => ({ ...step, trust });
/** At this second instead of the next. */
const at = (second: number, step: Step): Step => ({ ...step, at: second });

const preset = (name: string, change: Partial<Policy> = {}): Policy => ({ ...(presets[name] as Policy), ...change });
const selfsame = preset('selfsame');
const byInterval = preset('by-interval');
const simplified = preset('mixpanel-simplified');
const original = preset('mixpanel-original');

function run(steps: readonly Step[], policy: Policy) {
  const statements = steps.map(
    ({ trust = 0, at: second, wire = 'native', again, vouched, ...command }, i): Statement => ({
      project: 'p',
      wire,
      trust,
      time: (second ?? i + 1) * 1000,
      insertId: again === undefined ? `i${i}` : 'i0',
      ...(vouched === undefined ? {} : { vouched }),
      ...(again === 'latest' ? { repeat: { key: 'i0', keep: 'latest' } } : {}),
      command: command as Command,
    }),
  );
  const entries = entriesOf(statements);
  const { graph, verdicts } = fold(entries, { policy, derive });
  const owner = (i: number) => {
    const anchor = verdicts[i]?.anchor;
    const who = anchor && ownerAt(graph, policy, keyOf(anchor), (entries[i] as { time: number }).time);
    if (who === undefined) return '-';
    // A visit is shown with the second it began at.
    const { from } = isVisit(who) ? who.visit : { from: undefined };
    return from === undefined ? who.id.value : `${who.id.value}~${Number.isFinite(from) ? from / 1000 : ''}`;
  };
  return {
    graph,
    verdicts,
    /** Who owns each item now, by the founder's value. */
    owners: steps.map((_, i) => owner(i)).join(' '),
    people: [...peopleIn(graph, policy, graph.nodes.values())]
      .map((person) =>
        identifiersOf(person)
          .map(({ id }) => id.value)
          .sort()
          .join(' '),
      )
      .sort(),
    person: (name: string) =>
      personOf(graph, policy, ownerAt(graph, policy, keyOf(id(name)), Number.POSITIVE_INFINITY) as never),
    explain: (a: string, b: string) => explain(graph, policy, keyOf(id(a)), keyOf(id(b))),
  };
}

interface Row {
  readonly rule: string;
  readonly policy?: Policy;
  readonly when: readonly Step[];
  /** Owner of each item, after the last. */
  readonly owners?: string;
  readonly people?: readonly string[];
  /** Status of the last item. */
  readonly last?: string;
  readonly lastRule?: string;
  /** What people read of consent, by one identifier of each: `ann granted, bob denied`. */
  readonly consent?: string;
}

const G1 = 'id:$device:11111111-1111-4111-8111-111111111111';
const G2 = 'id:22222222-2222-4222-8222-222222222222';
const G4 = 'id:44444444-4444-4444-8444-444444444444';
const g4 = G4.slice(3);
const g1 = G1.slice(3);
const g2 = G2.slice(3);

const numbered = (count: number) => Array.from({ length: count }, (_, i) => i);

const twentyADay = preset('selfsame', { breaker: { perDay: { login: 20, contact: 20 }, trusted: [] } });

const rows: readonly Row[] = [
  // Reading an item
  {
    rule: '[V2] an e-mail has one form',
    when: [track(' Ann@Example.COM'), track('ann@example.com')],
    people: ['ann@example.com'],
  },
  {
    rule: '[V3] two devices do not meet on a placeholder',
    when: [track('null d1'), track('NULL d2')],
    people: ['d1', 'd2'],
  },
  {
    rule: '[V3] padded placeholders are nobody',
    when: [track(''), { ...track(''), ids: [{ kind: 'user', value: '  Undefined ' }] } as Step],
    people: [],
    last: 'applied',
    lastRule: 'A3',
  },
  {
    rule: '[V1] an over-long value is refused whole',
    when: [track(`d1 ${'x'.repeat(513)}`)],
    people: [],
    last: 'rejected',
    lastRule: 'V1',
  },
  { rule: '[V1] 512 bytes are fine', when: [track(`d1 ${'x'.repeat(512)}`)], last: 'applied' },
  { rule: '[V1] bytes count, not characters', when: [track('é'.repeat(257))], last: 'rejected' },
  { rule: '[V1] a lone surrogate is refused', when: [track('a\ud800')], last: 'rejected' },
  { rule: '[A3] traits need somebody', when: [say('', set('plan', 'pro'))], last: 'rejected', lastRule: 'A3' },
  {
    rule: '[A2] an event that names a login belongs to it, whatever the device',
    when: [track('d1 ann'), track('d1 bob'), track('d1 ann')],
    owners: 'ann bob ann',
  },

  {
    rule: '[V4] a group joins nobody',
    when: [
      { ...track(''), ids: [...ids('d1 ann'), { kind: 'group.company', value: 'acme' }] } as Step,
      { ...track(''), ids: [...ids('bob'), { kind: 'group.company', value: 'acme' }] } as Step,
    ],
    people: ['ann d1', 'bob'],
  },

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

  // Merges
  {
    rule: '[M1] the server key joins two people',
    when: [track('d1 ann'), track('d2 bob'), T(2, merge('ann', 'bob'))],
    owners: 'ann ann ann',
    people: ['ann bob d1 d2'],
  },
  {
    rule: '[M1] a public key does not',
    when: [track('ann'), track('bob'), merge('ann', 'bob')],
    people: ['ann', 'bob'],
    last: 'rejected',
    lastRule: 'S11',
  },
  {
    rule: '[P3] who is named first does not pick the survivor',
    when: [track('ann'), track('bob'), T(2, merge('bob', 'ann'))],
    owners: 'ann ann ann',
  },
  {
    rule: '[M3] merging a device is using it',
    when: [track('d1'), merge('d1', 'ann')],
    owners: 'ann ann',
    people: ['ann d1'],
  },
  { rule: '[M3] … and joins no two people', when: [track('d1 ann'), merge('d1', 'bob')], people: ['ann d1', 'bob d1'] },
  { rule: '[M4] a merge names two', when: [T(2, merge('ann', 'ann'))], last: 'rejected', lastRule: 'M4' },

  {
    rule: '[A6] a merge that comes again is a duplicate before it is asked what it is of',
    when: [T(2, merge('ann', 'bob')), { ...T(2, merge('ann', 'ann')), again: 'first' }],
    last: 'duplicate',
    lastRule: 'D1',
  },
  {
    rule: '[A6] [D2] the evidence of a later copy counts, a merge too, and the copy is no event',
    when: [T(2, track('ann d1')), { ...T(2, merge('ann', 'bob')), again: 'latest' }],
    last: 'duplicate',
    lastRule: 'D2',
    people: ['ann bob d1'],
  },

  ...(['d1 d2', 'd2 d1'] as const).flatMap((pair): Row[] => {
    const [one, other] = pair.split(' ') as [string, string];
    return ([0, 2] as const).map((trust) => ({
      rule: `[M6] two merged devices stay one visitor’s, whichever logs in: ${pair}, T${trust}`,
      when: [track(one), track(other), T(trust, merge(one, other)), T(2, identify(`ann ${other}`)), track(one)],
      owners: 'ann ann ann ann ann',
      people: ['ann d1 d2'],
    }));
  }),
  {
    rule: '[M6] two merged e-mails likewise',
    when: [T(2, merge('a@b.c', 'x@y.z')), T(2, identify('ann x@y.z')), track('a@b.c')],
    people: ['a@b.c ann x@y.z'],
  },
  ...[selfsame, byInterval, preset('xo'), preset('spid'), preset('segment')].flatMap((policy): readonly Row[] => [
    {
      rule: `[M6] ${policy.preset}: what is merged with a device goes with it to a stronger one`,
      policy,
      when: [T(2, merge('d3', 's1')), T(2, identify('d1 d3')), track('s1')],
      owners: 'd1 d1 d1',
      people: ['d1 d3 s1'],
    },
    {
      rule: `[M6] ${policy.preset}: and stays with the merge where that is the stronger`,
      policy,
      when: [T(2, merge('d1', 's9')), T(2, identify('d2 s9')), track('s9')],
      owners: 'd1 d2 d1',
      people: ['d1 s9', 'd2'],
    },
  ]),
  {
    rule: '[M6] merged contacts go to a stronger contact together',
    when: [T(2, merge('b@x.y', 'c@x.y')), T(2, identify('a@x.y c@x.y')), track('b@x.y')],
    people: ['a@x.y b@x.y c@x.y'],
  },
  {
    rule: '[M6] by way of a public key’s merge nothing is worth more than that key',
    when: [
      T(2, identify('ann d1')),
      T(2, identify('eve d2')),
      merge('d1', 'd2'),
      T(2, identify('eve d2')),
      track('d1'),
    ],
    owners: 'ann eve ann eve ann',
  },

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
      when: [identify('ann d1'), identify('ann d2'), T(2, track('ann')), T(2, track('bob')), T(2, merge('ann', 'bob'))],
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
  { rule: '[S10] nor sign it out', when: [T(2, identify('d1 ann')), logout('d1'), track('d1')], owners: 'ann ann ann' },
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

  // Consent
  {
    rule: '[G3] one person’s no stops nobody who comes after them on the device',
    when: [
      T(2, identify('ann d1')),
      T(2, consent('ann', 'denied')),
      logout('d1'),
      T(2, logout('d1')),
      T(2, identify('bob d1')),
      T(2, track('bob d1')),
      track('d1'),
    ],
    last: 'applied',
    owners: 'ann ann - - bob bob bob',
  },
  {
    rule: '[G3] … without a logout either: an item is its anchor’s',
    when: [T(2, identify('ann d1')), T(2, consent('ann', 'denied')), T(2, track('bob d1')), track('d1')],
    last: 'applied',
  },
  {
    rule: '[G3] … and a session of the device of somebody who said no is theirs',
    when: [T(2, identify('ann s1')), T(2, consent('ann', 'denied')), track('d1 s1')],
    last: 'suppressed',
  },
  {
    rule: '[G4] a backend’s no by way of a device is the person’s who has it',
    when: [T(2, identify('ann d1')), T(2, consent('d1', 'denied')), T(2, logout('d1')), at(500, track('d1'))],
    last: 'applied',
  },
  {
    rule: '[G4] … so all their devices are quiet',
    when: [T(2, identify('ann d1')), T(2, identify('ann d2')), T(2, consent('d1', 'denied')), track('d2')],
    last: 'suppressed',
  },
  {
    rule: '[G3] a page that denies its device stops what it says itself',
    when: [consent('d1', 'denied'), track('d1 ann')],
    last: 'suppressed',
  },
  {
    rule: '[G3] … and no backend’s order that names the user; the device stays out of it',
    when: [consent('d1', 'denied'), T(2, track('d1 ann'))],
    last: 'applied',
    people: ['ann', 'd1'],
  },
  {
    rule: '[G3] a merge asks too',
    when: [T(2, track('bob')), T(2, consent('ann', 'denied')), T(2, merge('ann', 'bob'))],
    last: 'suppressed',
    lastRule: 'G3',
    people: ['ann', 'bob'],
  },
  {
    rule: '[G3] a device that said no is not recorded',
    when: [consent('d1', 'denied'), track('d1')],
    last: 'suppressed',
    lastRule: 'G3',
  },
  {
    rule: '[G4] a public key does not speak for a person (S17)',
    when: [consent('ann', 'denied')],
    last: 'rejected',
    lastRule: 'G4',
  },
  {
    rule: '[G4] a backend does, on all devices',
    when: [track('d1 ann'), T(2, consent('ann', 'denied')), track('d1')],
    last: 'suppressed',
  },
  {
    rule: '[G2] a public key does not lift a backend’s denial (S17)',
    when: [track('d1 ann'), T(2, consent('ann', 'denied')), consent('d1', 'granted'), track('d1 ann')],
    last: 'suppressed',
  },
  {
    rule: '[G1] opting in resumes',
    when: [consent('d1', 'denied'), consent('d1', 'granted'), track('d1')],
    last: 'applied',
  },
  {
    rule: '[G3] an item that names a denied identifier links nothing',
    when: [T(2, consent('a@b.c', 'denied')), T(2, track('a@b.c ann')), track('ann')],
    last: 'applied',
    people: ['a@b.c', 'ann'],
  },
  {
    rule: '[G4] a denial of a merged person counts for both',
    when: [T(2, merge('ann', 'bob')), T(2, consent('ann', 'denied')), track('bob')],
    last: 'suppressed',
  },

  {
    rule: '[G5] a denial of forwarding alone is no denial of keeping',
    when: [{ type: 'Consent', ids: ids('d1'), consent: 'denied', scope: 'forwarding' }, track('d1')],
    last: 'applied',
    owners: 'd1 d1',
  },

  {
    rule: '[G2] a page’s no at a device that it gave a customer itself turns no grant of a backend’s round',
    when: [T(2, consent('ann', 'granted')), identify('ann d9'), consent('d9', 'denied')],
    consent: 'ann granted',
  },
  {
    rule: '[G2] … nor where the backend gave her the device',
    when: [T(2, identify('ann d1')), T(2, consent('ann', 'granted')), consent('d1', 'denied')],
    consent: 'ann granted',
  },
  {
    rule: '[G2] … nor where the grant came by way of a device that a backend gave her',
    when: [T(2, identify('ann d1')), T(2, consent('d1', 'granted')), identify('ann d9'), consent('d9', 'denied')],
    consent: 'ann granted',
  },
  {
    rule: '[G3] … but nothing that comes by the device is kept',
    when: [T(2, consent('ann', 'granted')), identify('ann d9'), consent('d9', 'denied'), track('ann d9')],
    last: 'suppressed',
    consent: 'ann granted',
  },
  {
    rule: '[G3] … nor what a page says was done on it, whomever it names',
    when: [consent('d9', 'denied'), { ...track('ann'), device: id('d9') } as Step],
    last: 'suppressed',
  },
  {
    rule: '[G3] … while a backend’s is its anchor’s',
    when: [consent('d9', 'denied'), T(2, { ...track('ann'), device: id('d9') } as Step)],
    last: 'applied',
  },
  {
    rule: '[G2] … and where a backend said nothing, it is hers',
    when: [T(2, track('ann')), identify('ann d9'), consent('d9', 'denied')],
    consent: 'ann denied',
  },
  {
    rule: '[G2] … until a backend does',
    when: [identify('ann d9'), consent('d9', 'denied'), T(2, consent('ann', 'granted'))],
    consent: 'ann granted',
  },
  {
    rule: '[G2] a page that denies, grants and denies again turns it no more',
    when: [
      T(2, consent('ann', 'granted')),
      identify('ann d9'),
      consent('d9', 'denied'),
      consent('d9', 'granted'),
      consent('d9', 'denied'),
    ],
    consent: 'ann granted',
  },
  {
    rule: '[G4] what a backend says by way of a device that pages alone gave a customer denies no grant it had of her',
    when: [T(2, consent('ann', 'granted')), identify('ann d9'), T(2, consent('d9', 'denied')), track('d9')],
    last: 'suppressed',
    consent: 'ann granted',
  },
  {
    rule: '[G4] … and what she is sent for stands',
    when: [T(2, consent('ann', 'granted')), identify('ann d9'), T(2, consent('d9', 'denied')), T(2, track('ann'))],
    last: 'applied',
  },
  {
    rule: '[G4] … nor grants what she denied',
    when: [identify('ann d9'), T(2, consent('ann', 'denied')), T(2, consent('d9', 'granted')), T(2, track('ann'))],
    last: 'suppressed',
    consent: 'ann denied',
  },
  {
    rule: '[G4] where it had none, she is denied by it, and the device is quiet for her alone',
    when: [identify('ann d1'), T(2, consent('d1', 'denied')), T(2, logout('d1')), at(500, track('d1'))],
    last: 'applied',
    consent: 'ann denied',
  },
  {
    rule: '[G4] … and granted by the same way',
    when: [identify('ann d1'), T(2, consent('d1', 'denied')), T(2, consent('d1', 'granted')), track('ann d1')],
    last: 'applied',
    consent: 'ann granted',
  },
  {
    rule: '[G2] a signed no is the person’s, whatever a backend had',
    when: [T(2, consent('ann', 'granted')), T(1, consent('ann', 'denied'))],
    consent: 'ann denied',
  },

  // Mixpanel's original merge
  {
    rule: '[G4] … by an id that pages alone joined with a customer’s neither',
    policy: original,
    when: [
      T(2, consent('id:U1', 'granted')),
      join('identify', 'id:U1', G1),
      T(2, consent(G1, 'denied')),
      T(2, track('id:U1')),
    ],
    last: 'applied',
    consent: 'id:U1 granted',
  },
  {
    rule: '[J1] an id is not itself',
    policy: original,
    when: [join('identify', G1, G1)],
    last: 'applied',
    lastRule: 'J1',
  },
  {
    rule: '[J2] the anonymous id has the shape of one',
    policy: original,
    when: [join('identify', 'id:U2', 'id:U1')],
    last: 'applied',
    lastRule: 'J2',
    people: ['U1', 'U2'],
  },
  {
    rule: '[J3] an anonymous id is identified once',
    policy: original,
    when: [join('identify', 'id:U1', G1), join('identify', 'id:U2', G1)],
    lastRule: 'J3',
    people: [`${g1} U1`, 'U2'],
  },
  {
    rule: '[J3] … though a merge may override it',
    policy: original,
    when: [join('identify', 'id:U1', G1), T(2, join('merge', 'id:U2', G1))],
    people: [`${g1} U1 U2`],
  },
  {
    rule: '[J4] an alias is given once',
    policy: original,
    when: [join('alias', 'id:U1', 'id:A'), join('alias', 'id:U2', 'id:A')],
    lastRule: 'J4',
    people: ['A U1', 'U2'],
  },
  {
    rule: '[J5] a cluster has a largest size',
    policy: preset('mixpanel-original', { caps: { ...original.caps, perPerson: 2 } }),
    when: [join('alias', 'id:U1', 'id:A'), join('alias', 'id:U1', 'id:B')],
    lastRule: 'J5',
    people: ['A U1', 'B'],
  },
  {
    rule: '[J1]–[J6] aliases chain and fan in',
    policy: original,
    when: [join('alias', 'id:U1', 'id:A'), join('alias', 'id:U1', 'id:B'), join('alias', 'id:B', 'id:C')],
    people: ['A B C U1'],
  },
  {
    rule: '[J6] a public key joins no two identified clusters',
    policy: original,
    when: [join('identify', 'id:U1', G1), join('identify', 'id:U2', G2), join('merge', G1, G2)],
    lastRule: 'S11',
    people: [`${g1} U1`, `${g2} U2`],
  },
  {
    rule: '[J6] … nor by an alias [S11]',
    policy: original,
    when: [join('identify', 'id:U1', G1), join('identify', 'id:U2', G2), join('alias', 'id:U1', 'id:U2')],
    lastRule: 'S11',
    people: [`${g1} U1`, `${g2} U2`],
  },
  {
    rule: '[J6] … nor one that the backend knows',
    policy: original,
    when: [join('identify', 'id:U1', G1), T(2, track(G2)), join('identify', G2, 'id:U1')],
    people: [`${g1} U1`, g2],
  },
  {
    rule: '[J6] … nor two that only the backend knows',
    policy: original,
    when: [T(2, track(G4)), T(2, say(G2, set('plan', 'pro'))), join('identify', G2, G4)],
    lastRule: 'S11',
    people: [g2, g4],
  },
  {
    rule: '[J6] … nor a new user with somebody’s identified id for an anonymous one',
    policy: original,
    when: [join('identify', G2, G1), join('identify', 'id:U9', G2)],
    lastRule: 'S11',
    people: [`${g1} ${g2}`, 'U9'],
  },
  {
    rule: '[J6] what an SDK marks as a device is nobody, whoever names it',
    policy: original,
    when: [T(2, track(G1)), T(2, track('id:U1')), join('identify', 'id:U1', G1)],
    people: [`${g1} U1`],
  },
  {
    rule: '[G3] an edit is no way around a denied consent',
    policy: original,
    when: [T(2, consent('id:U1', 'denied')), join('identify', 'id:U1', G1)],
    last: 'suppressed',
    lastRule: 'G3',
  },
  {
    rule: '[P3] the identified id names the cluster',
    policy: original,
    when: [track(G1), join('identify', 'id:zed', G1), track(G1)],
    owners: 'zed zed zed',
  },
];

describe('SPEC.md, row by row', () => {
  it.each(rows.map((row) => [row.rule, row] as const))('%s', (_rule, row) => {
    const result = run(row.when, row.policy ?? selfsame);
    if (row.owners !== undefined) expect(result.owners).toBe(row.owners);
    if (row.people !== undefined) expect(result.people).toEqual(row.people);
    if (row.last !== undefined) expect(result.verdicts.at(-1)?.status).toBe(row.last);
    if (row.lastRule !== undefined) expect(result.verdicts.at(-1)?.rule).toBe(row.lastRule);
    for (const said of row.consent?.split(', ') ?? []) {
      const [name, state] = said.split(' ') as [string, string];
      expect(result.person(name).consent, name).toBe(state);
    }
  });
});

describe('traits', () => {
  const traitsOf = (steps: readonly Step[], name: string, policy = selfsame) =>
    Object.fromEntries(run(steps, policy).person(name).traits);

  it('[W3] every operation', () => {
    const steps = [
      say(
        'ann',
        { op: 'set', name: 'a', value: 1 },
        { op: 'set-once', name: 'a', value: 2 },
        { op: 'set-once', name: 'b', value: 3 },
      ),
      say('ann', { op: 'add', name: 'n', value: 2 }, { op: 'add', name: 'n', value: 3 }),
      say('ann', { op: 'append', name: 'l', value: 'x' }, { op: 'append', name: 'l', value: 'x' }),
      say('ann', { op: 'union', name: 'u', value: ['x', 'y'] }, { op: 'union', name: 'u', value: ['y', 'z'] }),
      say(
        'ann',
        { op: 'remove', name: 'u', value: 'y' },
        { op: 'remove', name: 'none', value: 'y' },
        { op: 'set', name: 'gone', value: 1 },
        { op: 'unset', name: 'gone' },
      ),
    ];
    expect(traitsOf(steps, 'ann')).toEqual({ a: 1, b: 3, n: 5, l: ['x', 'x'], u: ['x', 'z'] });
  });

  it('[W3] clear forgets what was said before, and only that', () => {
    expect(traitsOf([say('ann', set('a', 1)), say('ann', { op: 'clear' }), say('ann', set('b', 2))], 'ann')).toEqual({
      b: 2,
    });
  });

  it('[W3] a clear of one wire leaves what others said', () => {
    const steps: Step[] = [
      { ...say('ann', set('shop', 1), set('both', 'xo')), wire: 'xo' },
      { ...say('ann', set('app', 1), set('both', 'app')), wire: 'mixpanel' },
      { ...say('ann', { op: 'clear', of: 'wire' }, set('shop2', 1)), wire: 'xo' },
    ];
    expect(traitsOf(steps, 'ann')).toEqual({ app: 1, both: 'app', shop2: 1 });
    expect(run(steps, selfsame).person('ann').traitSources.get('both')).toEqual({
      wire: 'mixpanel',
      trust: 0,
      time: 2000,
    });
  });

  it('[W9] of the clears of one wire the latest count, and a reading is as it was', () => {
    const replaced = Array.from({ length: 40 }, (_, i): readonly Step[] => [
      { ...say('ann', { op: 'clear', of: 'wire' }, set(`shop${i}`, 1)), wire: 'xo' },
      { ...say('ann', { op: 'add', name: 'visits', value: 1 }), wire: 'mixpanel' },
    ]).flat();
    expect(traitsOf(replaced, 'ann')).toEqual({ shop39: 1, visits: 40 });
  });

  it('[W1] later wins by the item’s time', () => {
    expect(traitsOf([at(9, say('ann', set('a', 'late'))), at(1, say('ann', set('a', 'early')))], 'ann')).toEqual({
      a: 'late',
    });
  });

  it('[W1] traits of the anonymous time go with the device’s stretch', () => {
    const steps = [
      say('d1', set('from', 'd1')),
      identify('d1 ann'),
      say('d1', set('ann', 1)),
      identify('d1 bob'),
      say('d1', set('bob', 1)),
    ];
    expect(traitsOf(steps, 'ann')).toEqual({ from: 'd1', ann: 1 });
    expect(traitsOf(steps, 'bob')).toEqual({ bob: 1 });
  });

  it('[W2] a public key changes nothing the server said', () => {
    expect(
      traitsOf([T(2, say('ann', set('plan', 'pro'))), say('ann', set('plan', 'free'), set('x', 1))], 'ann'),
    ).toEqual({ plan: 'pro', x: 1 });
  });

  it('[W2] a page lays no ground for what the server adds, and the server may take it back', () => {
    const add = (value: number) => ({ op: 'add', name: 'credit', value }) as const;
    expect(traitsOf([say('ann', set('credit', 1_000)), T(2, say('ann', add(5)))], 'ann')).toEqual({ credit: 5 });
    expect(traitsOf([T(2, say('ann', add(5))), at(1, say('ann', set('credit', 1_000)))], 'ann')).toEqual({ credit: 5 });
    const gone = [T(2, say('ann', set('a', 1))), T(2, say('ann', { op: 'unset', name: 'a' })), say('ann', set('a', 2))];
    expect(traitsOf(gone, 'ann')).toEqual({ a: 2 });
  });

  it('[W3] a sum beyond all numbers is not made', () => {
    const add = (value: number) => ({ op: 'add', name: 'n', value }) as const;
    expect(traitsOf([say('ann', add(1e308)), say('ann', add(1e308)), say('ann', add(-1e308))], 'ann')).toEqual({
      n: 0,
    });
  });

  it('[W9] counters stay exact however often they are added to', () => {
    const steps = Array.from({ length: 500 }, () => say('d1', { op: 'add', name: 'n', value: 1 }));
    const { graph, person } = run(steps, selfsame);
    expect(person('d1').traits.get('n')).toBe(500);
    expect(graph.node(keyOf({ kind: 'device', value: 'd1' }))?.writes.length).toBeLessThan(30);
  });

  it('[W9] a large value leaves little of what it was before', () => {
    const page = (n: number) => `${n}`.repeat(10_000);
    const steps = Array.from({ length: 40 }, (_, i) => say('d1', set('page', page(i % 10)), set('n', i)));
    const { graph, person } = run(steps, selfsame);
    expect(person('d1').traits).toEqual(
      new Map<string, unknown>([
        ['page', page(9)],
        ['n', 39],
      ]),
    );
    expect(JSON.stringify(graph.node(keyOf({ kind: 'device', value: 'd1' }))?.writes).length).toBeLessThan(60_000);
  });

  describe('[W10] a person’s traits have limits', () => {
    const few = preset('selfsame', { caps: { ...selfsame.caps, traits: 5, traitBytes: 1_100 } });
    const names = (steps: Step[], of: string) => [...run(steps, few).person(of).traits.keys()].sort().join(' ');
    const many = (who: string, from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => say(who, set(`n${from + i}`, 1)));

    it('of names: what is new is left out, what is there can be changed and taken away', () => {
      const steps = [...many('ann', 0, 4), say('ann', set('n4', 1), set('n5', 1)), say('ann', set('n6', 1))];
      const { verdicts } = run(steps, few);
      expect(verdicts.at(-2)).toMatchObject({ status: 'applied', notes: [{ rule: 'W10', effect: 'ignored' }] });
      expect(verdicts.at(-1)).toMatchObject({ status: 'quarantined', rule: 'W10' });
      expect(names(steps, 'ann')).toBe('n0 n1 n2 n3 n4');
      const more = [...steps, say('ann', set('n0', 2)), say('ann', { op: 'unset', name: 'n1' }, set('n7', 1))];
      expect(names([...more, say('ann', set('n7', 1))], 'ann')).toBe('n0 n2 n3 n4 n7');
      expect(run(more, few).person('ann').traits.get('n0')).toBe(2);
    });

    it('over all of a person’s identifiers', () => {
      expect(names([track('ann d1 d2'), ...many('d1', 0, 3), ...many('d2', 3, 9), ...many('ann', 9, 12)], 'ann')).toBe(
        'n0 n1 n2 n3 n4',
      );
    });

    it('of bytes: a set counts once however often it is said, a list grows', () => {
      const long = 'x'.repeat(400);
      const often = Array.from({ length: 30 }, (_, i) => say('ann', set('a', `${i}${long}`)));
      expect(run(often, few).verdicts.every((one) => one.status === 'applied')).toBe(true);
      const list = Array.from({ length: 30 }, () => say('ann', { op: 'append', name: 'l', value: long }));
      expect(run(list, few).verdicts.filter((one) => one.status === 'applied')).toHaveLength(2);
      // Something smaller still fits, and a value may shrink.
      const { person } = run([...list, say('ann', set('b', 1)), say('ann', set('l', 1))], few);
      expect(Object.fromEntries(person('ann').traits)).toEqual({ b: 1, l: 1 });
    });

    it('[S10] a page that fills a person takes no room of the backend’s', () => {
      const steps = [...many('ann', 0, 9), T(2, say('ann', ...[10, 11, 12, 13, 14].map((n) => set(`n${n}`, 1))))];
      expect(names(steps, 'ann')).toBe('n0 n1 n10 n11 n12 n13 n14 n2 n3 n4');
    });

    it('what a person takes does not grow with what a page sends', () => {
      const bytes = (times: number) => {
        const steps = Array.from({ length: times }, (_, i) =>
          say(`d${i % 3}`, set(`n${i}`, 'x'.repeat(50 + (i % 300)))),
        );
        const { graph } = run([track('ann d0'), track('ann d1'), track('ann d2'), ...steps], few);
        return [...graph.nodes.values()].reduce((sum, node) => sum + JSON.stringify(node.writes).length, 0);
      };
      expect(bytes(1_000)).toBe(bytes(100));
    });

    it.each<[string, (n: number) => readonly TraitChange[]]>([
      ['names that come and go', (n) => (n % 2 ? [{ op: 'unset', name: `n${n >> 1}` }] : [set(`n${n >> 1}`, n)])],
      ['names that were never there', (n) => [{ op: 'unset', name: `n${n}` }]],
      ['values that are taken out', (n) => [{ op: 'remove', name: 'list', value: `v${n}` }]],
      ['clears', () => [{ op: 'clear' }]],
      ['a wire’s traits, put in place of those before', (n) => [{ op: 'clear', of: 'wire' }, set('n', n)]],
    ])('nor with what it takes away: %s', (_what, changes) => {
      const bytes = (times: number) => {
        const steps = Array.from({ length: times }, (_, n) => say('d1', ...changes(n)));
        const { graph } = run(steps, few);
        return JSON.stringify(graph.node(keyOf({ kind: 'device', value: 'd1' }))?.writes).length;
      };
      expect(bytes(3_000)).toBeLessThan(1.1 * bytes(300));
    });

    it('who is full may still take away, until as much again was said', () => {
      const full = many('ann', 0, 5);
      const gone = ['n0', 'x', 'y'].map((name) => say('ann', { op: 'unset', name }));
      expect(run([...full, ...gone], few).verdicts.every((one) => one.status === 'applied')).toBe(true);
      const more = ['a', 'b', 'c', 'd', 'n1'].map((name) => say('ann', { op: 'unset', name }));
      const { verdicts } = run([...full, ...gone, ...more], few);
      expect(verdicts.slice(8).map((one) => one.status)).toEqual([
        'applied',
        'applied',
        'applied',
        'quarantined',
        'applied',
      ]);
    });
  });

  it('[W5] simplified merge leaves the device’s profile behind; later updates land on the user', () => {
    expect(
      traitsOf([say('d1', set('before', 1)), track('d1 ann'), say('d1', set('after', 1))], 'ann', simplified),
    ).toEqual({ after: 1 });
  });

  it('[W8] spid: protected traits are the server key’s alone', () => {
    const spid = preset('spid');
    const steps = [
      T(1, say('ann', set('Locale', 'xx'), set('own', 1))),
      T(2, say('ann', set('Birthday', '1980-01-01'))),
      T(1, say('ann', { op: 'unset', name: 'Birthday' })),
    ];
    expect(traitsOf(steps, 'ann', spid)).toEqual({ own: 1, Birthday: '1980-01-01' });
    expect(run(steps, spid).verdicts[0]?.notes).toContainEqual(expect.objectContaining({ rule: 'W8' }));
  });

  it('[W7] spid: what a visitor said moves at the login, in its order, and wins there', () => {
    const spid = preset('spid');
    const steps = [
      at(1, say('s1', set('plan', 'b'), set('seen', 1))),
      at(2, say('s1', set('plan', 'a'))),
      at(3, say('ann', set('plan', 'c'), set('own', 1))),
      at(4, identify('s1 ann')),
    ];
    expect(traitsOf(steps, 'ann', spid)).toEqual({ plan: 'a', seen: 1, own: 1 });
    expect(traitsOf([...steps, at(5, say('ann', set('plan', 'd')))], 'ann', spid)).toMatchObject({ plan: 'd' });
    expect(traitsOf(steps, 'ann', preset('spid', { anonymousTraits: 'carry' }))).toMatchObject({ plan: 'c' });
  });

  it('[W7] [S10] spid: the login is the most trusted word of it, whatever pages say beside it', () => {
    const steps = [
      at(1, identify('s1 ann')),
      at(2, say('s1', set('plan', 'a'))),
      at(3, say('ann', set('plan', 'c'))),
      T(2, at(4, identify('s1 ann'))),
    ];
    expect(traitsOf(steps, 'ann', preset('spid'))).toEqual({ plan: 'a' });
  });

  it('[W7] spid: what moved to the first user of a browser stays theirs when another logs in there', () => {
    const steps = [
      at(1, say('s1', set('plan', 'b'))),
      at(2, identify('s1 ann')),
      at(3, logout('s1')),
      at(4, identify('s1 bob')),
    ];
    expect(traitsOf(steps, 'ann', preset('spid'))).toEqual({ plan: 'b' });
    expect(traitsOf(steps, 'bob', preset('spid'))).toEqual({});
  });

  it('[W6] original merge shows the survivor’s profile', () => {
    expect(
      traitsOf(
        [say(G1, set('anon', 1)), say('id:U1', set('user', 1)), join('identify', 'id:U1', G1)],
        'id:U1',
        original,
      ),
    ).toEqual({ user: 1 });
    expect(traitsOf([say(G1, set('anon', 1)), join('identify', 'id:U1', G1)], 'id:U1', original)).toEqual({ anon: 1 });
  });

  // A backend's people with profiles of their own, and what it made of them.
  const server = [
    T(2, say('id:U1', set('plan', 'one'))),
    T(2, say('id:U2', set('plan', 'two'))),
    T(2, join('merge', 'id:U1', 'id:U2')),
  ];
  it.each<[string, readonly Step[]]>([
    ['identifies one of them', [join('identify', 'id:U2', G2)]],
    ['describes one of them', [say('id:U2', set('other', 1))]],
    ['describes the other', [say('id:U1', set('other', 1))]],
    ['sees one of them', [track('id:U2')]],
    [
      'sees, describes and identifies',
      [track('id:U2'), say('id:U2', set('other', 1)), join('identify', 'id:U2', G2), join('identify', 'id:U1', G1)],
    ],
  ])('[P3] [W6] [S10] a page that %s decides no merge of a backend’s, whenever it does', (_what, page) => {
    for (let i = 0; i <= server.length; i++) {
      const { person } = run([...server.slice(0, i), ...page, ...server.slice(i)], original);
      expect(person('id:U2').founder.id.value, `at ${i}`).toBe('U1');
      expect(person('id:U2').traits.get('plan'), `at ${i}`).toBe('one');
    }
  });

  it.each([1, 40])('[W6] [S10] … and hides none of a backend’s words, said %i times after a page’s', (times) => {
    const words = Array.from({ length: times }, (_, i) => T(2, say('id:U2', set('plan', i))));
    const steps = [
      say('id:U1', set('other', 1)),
      ...words,
      T(2, track('id:U1')),
      T(2, join('merge', 'id:U1', 'id:U2')),
    ];
    // Named by a backend last, the survivor had nothing of it when they were merged.
    const { person } = run([T(2, track('id:U1')), ...steps], original);
    expect(person('id:U1').founder.id.value).toBe('U1');
    expect(person('id:U1').traits.get('plan')).toBe(times - 1);
  });

  it('[W4] dropping overruled words changes nothing', () => {
    const steps = Array.from({ length: 200 }, (_, i) =>
      say('ann', { op: 'append', name: 'l', value: i }, set('n', i), ...(i === 150 ? [{ op: 'clear' } as const] : [])),
    );
    expect(traitsOf(steps, 'ann')).toEqual({ l: Array.from({ length: 49 }, (_, i) => i + 151), n: 199 });
  });

  it('[G6] what is said for each purpose stands beside the traits, and is dropped with none of them', () => {
    const agree = (name: string, value: number) => ({ ...set(name, value), on: 'purposes' }) as const;
    const steps = Array.from({ length: 100 }, (_, i) =>
      say('ann', set('plan', i), agree('plan', -i), ...(i === 0 ? [agree('ads', 1)] : [{ op: 'clear' } as const])),
    );
    const { traits, purposes } = run([...steps, at(5, say('ann', agree('ads', 0)))], selfsame).person('ann');
    expect(Object.fromEntries(purposes)).toEqual({ plan: -99, ads: 0 });
    expect(traits.size).toBe(0);
    // Of two words for one purpose the later counts, whenever it came.
    const late = run([at(9, say('ann', agree('ads', 9))), at(1, say('ann', agree('ads', 1)))], selfsame);
    expect(late.person('ann').purposes.get('ads')).toBe(9);
  });

  it.each([10, 100])(
    '[G6] of the purposes of %i people who were merged the latest show, as many as one may have traits',
    (people) => {
      const few = preset('selfsame', { caps: { ...selfsame.caps, traits: 8 } });
      const agree = (who: number, purpose: number) =>
        at(10 * who + purpose, say(`ann${who}`, { ...set(`p${who}.${purpose}`, 1), on: 'purposes' }));
      const each = Array.from({ length: people }, (_, who) => Array.from({ length: 6 }, (_, i) => agree(who, i)));
      const merges = Array.from({ length: people - 1 }, (_, i) => T(2, merge('ann0', `ann${i + 1}`)));
      const { purposes, traits } = run([...each.flat(), ...merges], few).person('ann0');
      const last = people - 1;
      expect([...purposes.keys()].sort()).toEqual(
        [...[4, 5].map((i) => `p${last - 1}.${i}`), ...[0, 1, 2, 3, 4, 5].map((i) => `p${last}.${i}`)].sort(),
      );
      expect(traits.size).toBe(0);
    },
  );

  it('[G6] [S10] a page’s purposes push out none of a backend’s', () => {
    const few = preset('selfsame', { caps: { ...selfsame.caps, traits: 8 } });
    const agree = (who: string, purpose: string) => say(who, { ...set(purpose, 1), on: 'purposes' });
    const told = Array.from({ length: 6 }, (_, i) => T(2, agree('ann', `b${i}`)));
    const pages = Array.from({ length: 8 }, (_, i) => at(500 + i, agree('eve', `p${i}`)));
    const { purposes } = run([...told, ...pages, T(2, merge('ann', 'eve'))], few).person('ann');
    expect([...purposes.keys()].filter((name) => name.startsWith('b'))).toHaveLength(6);
    expect(purposes.size).toBe(8);
  });

  it('[M7] [S10] a page’s refused merges push out none of a backend’s', () => {
    const few = preset('selfsame', { caps: { ...selfsame.caps, perPerson: 2 } });
    const refused = [T(2, merge('ann', 'bob')), T(2, merge('ann', 'cyd'))];
    const pages = Array.from({ length: 100 }, (_, i) => merge('ann', `user${i}`));
    const { explain } = run([...refused, ...pages], few);
    expect(explain('ann', 'cyd')).toMatchObject({ same: false, refusal: { rule: 'K2' } });
  });

  it('names of prototypes are plain data (S20)', () => {
    const { traits } = run([say('ann', set('__proto__', 1), set('constructor', 2))], selfsame).person('ann');
    expect([...traits]).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
  });
});

describe('anchors', () => {
  it('[A1] an item hangs on its strongest identifier, in whatever order they are named', () => {
    const anchors = ['s1 d1 a@b ann', 'a@b d1', 'd1 s1', 's1'].map(
      (names) => run([track(names)], selfsame).verdicts[0],
    );
    expect(anchors.map((verdict) => verdict?.anchor)).toEqual(['ann', 'a@b', 'd1', 's1'].map(id));
  });
});

describe('people', () => {
  it('[P3] former ids keep leading to the person', () => {
    const { graph } = run([track('d1'), track('d1 ann'), track('bob'), T(2, merge('ann', 'bob'))], selfsame);
    for (const former of ['p-device-d1', 'p-user-bob', 'p-user-ann'])
      expect(personById(graph, selfsame, former as never)?.id).toBe('p-user-ann');
  });

  it('[P2] a collision takes the next id', () => {
    const same = () => 'same' as never;
    const clash = (_project: string, _id: Identifier, attempt: number) =>
      attempt === 0 ? same() : (`same-${attempt}` as never);
    const statements = [track('ann'), track('bob')].map(
      (command, i): Statement => ({ project: 'p', wire: 'native', trust: 0, time: i, command }),
    );
    const { graph } = fold(entriesOf(statements), { policy: selfsame, derive: clash });
    expect([...graph.nodes.values()].map((node) => node.person)).toEqual(['same', 'same-1']);
  });

  it('a shared device shows in both people, each for its stretch', () => {
    const result = run([identify('d1 ann'), identify('d1 bob')], byInterval);
    const stretch = (name: string) =>
      spansOf(result.person(name).holdings).find((span) => span.node.id.kind === 'device');
    expect(stretch('ann')).toMatchObject({ from: Number.NEGATIVE_INFINITY, to: 2000, rule: 'L6b' });
    expect(stretch('bob')).toMatchObject({ from: 2000, to: Number.POSITIVE_INFINITY, rule: 'L6a' });
  });
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
      since: 1000,
      lastSaid: 2000,
    });
    expect(presence([T(2, identify('s1 ann')), T(2, logout('s1'))])).toEqual({ type: 'signed-out', login: ann });
    expect(presence([T(2, identify('s1 ann')), T(2, identify('s1 bob'))])).toMatchObject({
      login: id('bob'),
      since: 2000,
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
