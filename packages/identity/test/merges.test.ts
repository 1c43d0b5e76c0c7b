import { describe, expect, it } from 'vitest';
import {
  fold,
  type Identifier,
  keyOf,
  type Person,
  personAt,
  personById,
  type Statement,
  spansOf,
} from '../src/index.ts';
import { entriesOf } from './history.ts';
import {
  byInterval,
  consent,
  G1,
  G2,
  G4,
  g1,
  g2,
  g4,
  id,
  identify,
  join,
  logout,
  merge,
  original,
  preset,
  type Row,
  run,
  say,
  selfsame,
  set,
  T,
  track,
  tryRows,
} from './told.ts';

describe('SPEC.md, row by row: Merges', () => {
  tryRows([
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
    {
      rule: '[M3] … and joins no two people',
      when: [track('d1 ann'), merge('d1', 'bob')],
      people: ['ann d1', 'bob d1'],
    },
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
      rule: '[J6] what pages joined beforehand joins nobody whom a backend then names',
      policy: original,
      when: [join('alias', 'id:U1', 'id:U2'), T(2, track('id:U1')), T(2, track('id:U2'))],
      people: ['U1', 'U2'],
    },
    {
      rule: '[J6] … by a third id that only pages know neither',
      policy: original,
      when: [
        join('alias', 'id:X', 'id:U1'),
        join('alias', 'id:X', 'id:U2'),
        T(2, track('id:U1')),
        T(2, track('id:U2')),
      ],
      people: ['U1 X', 'U2'],
    },
    {
      rule: '[J6] … but the anonymous id of a user, of which a backend tells too, is still theirs',
      policy: original,
      when: [join('identify', 'id:U1', G2), T(2, track(G2)), T(2, track('id:U1'))],
      people: [`${g2} U1`],
    },
    {
      rule: '[J4] [S10] an alias that a page gave somebody is still the backend’s to give',
      policy: original,
      when: [join('alias', 'id:evil', 'id:A'), T(2, join('alias', 'id:U1', 'id:A')), T(2, track('id:evil'))],
      people: ['A U1', 'evil'],
    },
    {
      rule: '[J3] [S10] … and an anonymous id to identify',
      policy: original,
      when: [join('identify', 'id:evil', G2), T(2, join('identify', 'id:U1', G2)), T(2, track('id:evil'))],
      people: [`${g2} U1`, 'evil'],
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
  ]);
});

describe('people', () => {
  it('[P3] former ids keep leading to the person', () => {
    const { graph } = run([track('d1'), track('d1 ann'), track('bob'), T(2, merge('ann', 'bob'))], selfsame);
    for (const former of ['p-device-d1', 'p-user-bob', 'p-user-ann'])
      expect(personById(graph, selfsame, former as never)?.id).toBe('p-user-ann');
  });

  it('[P3] [L7c] the id of a device that went from hand to hand leads to whoever had it last', () => {
    const { graph } = run([track('d1'), identify('d1 ann'), identify('d1 bob')], selfsame);
    expect(personById(graph, selfsame, 'p-device-d1' as never)?.id).toBe('p-user-bob');
    expect(personById(graph, selfsame, 'p-user-bob' as never)?.formerIds).toEqual(['p-device-d1']);
  });

  it('[P3] [M6] the id of somebody leads to them, also where the identifier they are named after is another’s', () => {
    const { graph } = run(
      [track('d1'), track('d2'), merge('d1', 'd2'), T(2, identify('d1 ann')), T(2, logout('d2')), track('d2')],
      byInterval,
    );
    const visitor = personAt(graph, byInterval, keyOf(id('d2')), Number.POSITIVE_INFINITY) as Person;
    expect(visitor.known).toBe(false);
    expect(personById(graph, byInterval, visitor.id)?.id).toBe(visitor.id);
    const ann = personById(graph, byInterval, 'p-user-ann' as never);
    expect(ann?.formerIds).toEqual([]);
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
