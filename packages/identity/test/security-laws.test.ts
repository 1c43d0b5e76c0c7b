import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  explain,
  fold,
  isPlaceholder,
  keyOf,
  type MemoryGraph,
  type Node,
  ownerAt,
  ownershipOf,
  type Person,
  type Policy,
  peopleIn,
  personAt,
  presets,
  roleOf,
  type Statement,
  spansOf,
  type Verdict,
} from '../src/index.ts';
import {
  aboutAnn,
  attackOnProfiles,
  backendOnProfiles,
  evilOf,
  onProfiles,
  otherMint,
  own,
  strategiesOf,
  thing,
  users,
} from './attacks.ts';
import { crowdHistory, derive, directoryHistory, entriesOf, history } from './history.ts';
import { rules, runs, selfsame, tight, timeOrdered } from './laws.ts';

describe('security laws', () => {
  it('[S11] whatever public keys say, no two known people become one', () => {
    fc.assert(
      fc.property(history({ minLength: 2, maxLength: 40 }, [0]), (items) => {
        const { graph } = fold(entriesOf(items), rules);
        for (const person of peopleIn(graph, selfsame, graph.nodes.values())) {
          const logins = new Set(
            spansOf(person.holdings)
              .filter((span) => span.node.id.kind === 'user')
              .map((span) => span.node.key),
          );
          expect(logins.size).toBeLessThanOrEqual(1);
        }
      }),
      runs(1_000),
    );
  });

  const few = [history({ minLength: 1, maxLength: 12 }, [2]), history({ minLength: 1, maxLength: 12 }, [0])] as const;
  const many = [
    crowdHistory({ minLength: 1, maxLength: 14 }, [2]),
    crowdHistory({ minLength: 1, maxLength: 24 }, [0]),
  ] as const;
  it.each([
    ...[...timeOrdered, ...strategiesOf('default', 'link')].map((policy) => [policy.preset, policy, few] as const),
    ...timeOrdered.map(tight).map((policy) => [policy.preset, policy, many] as const),
  ])(
    '[S10] [K1] [K2] [K3] %s: public keys take nothing from what servers said, whatever time and insert id they choose',
    (_name, policy, [trusted, attack]) => {
      const at = { policy, derive };
      fc.assert(
        fc.property(trusted, attack, fc.boolean(), (server, attacker, first) => {
          const evil = attacker.map((statement, i): Statement => ({ ...statement, insertId: `a${i}` }));
          const before = fold(entriesOf(server), at).graph;
          const after = fold(entriesOf(first ? [...evil, ...server] : [...server, ...evil]), at).graph;
          for (const node of before.nodes.values())
            for (const { from, to, person, claim } of ownershipOf(before, policy, node)) {
              // What was nobody's may be somebody's by now; what a server said is whose it was.
              if (claim?.owner !== person.key || claim.trust < 2 || !person.key.startsWith('user:')) continue;
              const moment = Math.max(from, Math.min(to - 1, 1_000_000));
              expect(ownerAt(after, policy, node.key, moment)?.key).toBe(person.key);
            }
        }),
        runs(200),
      );
    },
  );

  const withDirectory = [
    ...timeOrdered.slice(0, 3),
    presets['segment'] as Policy,
    ...strategiesOf('default', 'link', 'best-match'),
  ];
  it.each(withDirectory.map((policy) => [policy.preset, policy] as const))(
    '[S10] [S11] [R6] %s: no call of the directory by a public key joins or parts whom servers named',
    (_name, policy) => {
      const at = { policy, derive };
      fc.assert(
        fc.property(directoryHistory(10, [2]), directoryHistory(10, [0]), fc.nat(), (told, attack, cut) => {
          // What pages told the directory before is there for a backend to find.
          const server = told.filter(({ command }) => command.type !== 'Modify' && command.type !== 'Alias');
          const asked = server.findLastIndex(({ command }) => command.type === 'Resolve' || 'resolve' in command) + 1;
          const place = asked + (cut % (server.length + 1 - asked));
          const before = fold(entriesOf(server, policy), at).graph;
          const after = fold(entriesOf(server.toSpliced(place, 0, ...evilOf(attack)), policy), at).graph;
          const people = [...before.nodes.values()].filter(({ id }) =>
            ['login', 'contact'].includes(roleOf(policy, id.kind)),
          );
          const owner = (graph: MemoryGraph, { key }: Node) =>
            ownerAt(graph, policy, key, Number.POSITIVE_INFINITY)?.key;
          for (const one of people)
            for (const other of people)
              expect(owner(after, one) === owner(after, other), `${one.key} ${other.key}`).toBe(
                owner(before, one) === owner(before, other),
              );
        }),
        runs(40),
      );
    },
  );

  // Where words go by arrival the first is the first, whoever says it [L3].
  it.each(withDirectory.filter(({ order }) => order === 'time').map((policy) => [policy.preset, policy] as const))(
    '[S10] [R6] %s: a public key moves no word of the directory by which a backend has a device, whatever time it says',
    (_name, policy) => {
      const at = { policy, derive };
      fc.assert(
        fc.property(
          history({ minLength: 2, maxLength: 12 }, [2]),
          directoryHistory(10, [0]),
          fc.nat(),
          (told, attack, cut) => {
            const server = onProfiles(told);
            // Pages come once a backend has made the profile of each customer.
            const place = users.length + (cut % (server.length + 1 - users.length));
            const before = fold(entriesOf(server, policy), at).graph;
            const after = fold(entriesOf(server.toSpliced(place, 0, ...evilOf(attack)), policy), at).graph;
            for (const node of before.nodes.values())
              for (const { from, to, person, claim } of ownershipOf(before, policy, node)) {
                if (claim?.owner !== person.key || claim.directory !== true) continue;
                const moment = Math.max(from, Math.min(to - 1, 1_000_000));
                expect(ownerAt(after, policy, node.key, moment)?.key).toBe(person.key);
              }
          },
        ),
        runs(40),
      );
    },
  );

  const modes = (['open', 'report', 'enforce'] as const).flatMap((identityMode) =>
    withDirectory.map((policy): Policy => ({ ...policy, identityMode, preset: `${policy.preset}, ${identityMode}` })),
  );
  it.each(modes.map((policy) => [policy.preset, policy] as const))(
    '[S10] [W2] [G2] [R3] [R5] [R10] %s: a public key changes no trait, consent, record or answer of a backend’s customers',
    (_name, policy) => {
      const at = { policy, derive };
      // Where words go by arrival the first has a device, whoever says it [L3]; so a backend hears of the page's own alone.
      const device = policy.order === 'time' ? fc.oneof(thing, fc.constant(own)) : fc.constant(own);
      fc.assert(
        fc.property(backendOnProfiles(device), attackOnProfiles, fc.nat(), (server, attack, cut) => {
          // Pages come once a backend has made the profile of each customer.
          const place = users.length + (cut % (server.length + 1 - users.length));
          const all = server.toSpliced(place, 0, ...evilOf(attack));
          const [before, after] = [fold(entriesOf(server, policy), at), fold(entriesOf(all, policy), at)];
          const asked = ({ status, rule, answer }: Verdict) => [
            status,
            rule,
            answer?.mpid,
            answer?.known,
            answer?.loggedIn,
          ];
          server.forEach((one, i) => {
            expect(asked(after.verdicts[all.indexOf(one)] as Verdict)).toEqual(asked(before.verdicts[i] as Verdict));
          });
          for (const { key, record } of before.graph.nodes.values())
            for (const one of record)
              expect(after.graph.node(key)?.record, key).toContainEqual(
                expect.objectContaining({ key: one.key, trust: one.trust }),
              );
          for (const user of users) {
            const [was, is] = [before, after].map(({ graph }) =>
              personAt(graph, policy, keyOf(user), Number.POSITIVE_INFINITY),
            ) as [Person, Person];
            expect(is.id).toBe(was.id);
            // [G2] Where a backend said something of consent, no page turns it round, by its own devices neither.
            if (was.consent !== 'not-asked') expect(is.consent).toBe(was.consent);
            for (const part of ['traits', 'purposes'] as const)
              for (const [name, value] of was[part]) expect([name, is[part].get(name)]).toEqual([name, value]);
            if (was.segments.length > 0) expect(is.segments).toEqual(was.segments);
          }
        }),
        runs(40),
      );
    },
  );

  it.each(
    Object.values(presets)
      .map(tight)
      .map((policy) => [policy.preset, policy] as const),
  )(
    '[K1] [K2] [S10] %s: no directory call by a public key has an identifier refused that a backend gives its customer',
    (_name, policy) => {
      const at = { policy, derive };
      const isOver = ({ rule, notes }: Verdict) =>
        [rule, ...notes.map((note) => (note.effect === 'refused' ? note.rule : undefined))].some(
          (one) => one === 'K1' || one === 'K2',
        );
      fc.assert(
        fc.property(directoryHistory(20, [2]), directoryHistory(30, [0]), fc.nat(), (told, attack, cut) => {
          const server = aboutAnn(told);
          const evil = attack.map(
            (one, i): Statement => ({ ...one, command: otherMint(one.command), insertId: `a${i}` }),
          );
          const at0 = 1 + (cut % server.length);
          const all = [...server.slice(0, at0), ...evil, ...server.slice(at0)];
          const before = fold(entriesOf(server, policy), at).verdicts;
          const after = fold(entriesOf(all, policy), at).verdicts;
          server.forEach((statement, i) => {
            if (isOver(after[all.indexOf(statement)] as Verdict)) expect(isOver(before[i] as Verdict)).toBe(true);
          });
        }),
        runs(30),
      );
    },
  );

  it('[S13] no two devices meet on a placeholder', () => {
    const words = [
      'null',
      'undefined',
      '0',
      '-1',
      'anonymous',
      'guest',
      'none',
      'NaN',
      '[object Object]',
      'true',
      '00000000-0000-0000-0000-000000000000',
      '',
      'unknown',
      'n/a',
      '<nil>',
      'false',
    ];
    const disguised = fc
      .tuple(fc.constantFrom(...words), fc.constantFrom('', ' ', '\t', '\n'), fc.constantFrom('', ' '), fc.boolean())
      .map(([word, before, after, upper]) => `${before}${upper ? word.toUpperCase() : word}${after}`);
    fc.assert(
      fc.property(disguised, fc.constantFrom('user', 'email', 'device', 'phone'), (value, kind) => {
        expect(isPlaceholder(value)).toBe(true);
        const track = (device: string): Statement => ({
          project: 'p',
          wire: 'native',
          trust: 0,
          time: 1,
          command: {
            type: 'Track',
            name: 'x',
            properties: {},
            ids: [
              { kind, value },
              { kind: 'session', value: device },
            ],
          },
        });
        const { graph } = fold(entriesOf([track('s1'), track('s2')]), rules);
        expect(graph.nodes.size).toBe(2);
        expect(
          explain(graph, selfsame, keyOf({ kind: 'session', value: 's1' }), keyOf({ kind: 'session', value: 's2' }))
            .same,
        ).toBe(false);
      }),
      runs(1_000),
    );
  });

  it('look-alikes stay apart (S14)', () => {
    const pairs = [
      ['Ａnn', 'Ann'],
      ['straße', 'strasse'],
      ['é', 'e\u0301'],
      ['ﬁ', 'fi'],
      ['ı', 'i'],
      ['\u212a', 'K'],
      ['ann', 'Ann'],
      ['ann ', 'ann'],
      ['001', '1'],
      ['1.0', '1'],
    ] as const;
    for (const [one, other] of pairs) {
      for (const kind of ['user', 'device', 'phone']) {
        const graph = fold(
          entriesOf(
            [one, other].map(
              (value): Statement => ({
                project: 'p',
                wire: 'native',
                trust: 0,
                time: 1,
                command: { type: 'Identify', ids: [{ kind, value }] },
              }),
            ),
          ),
          rules,
        ).graph;
        expect([...graph.nodes.keys()], `${kind} ${one}`).toHaveLength(2);
      }
    }
    const emails = (values: readonly string[]) =>
      fold(
        entriesOf(
          values.map(
            (value): Statement => ({
              project: 'p',
              wire: 'native',
              trust: 0,
              time: 1,
              command: { type: 'Identify', ids: [{ kind: 'email', value }] },
            }),
          ),
        ),
        rules,
      ).graph.nodes.size;
    expect(emails(['Ann@Example.com', ' ann@example.com\n'])).toBe(1);
    expect(
      emails([
        'İ@example.com',
        'i@example.com',
        '\u212a@example.com',
        'k@example.com',
        'ann+1@example.com',
        'ann@example.com',
        'a.nn@example.com',
      ]),
    ).toBe(7);
  });
});
