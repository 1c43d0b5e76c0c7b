import { describe, expect, it } from 'vitest';
import { keyOf, type TraitChange } from '../src/index.ts';
import {
  at,
  G1,
  G2,
  identify,
  join,
  logout,
  merge,
  original,
  preset,
  run,
  type Step,
  say,
  selfsame,
  set,
  simplified,
  T,
  track,
} from './told.ts';

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
    // What the item says that logs in was the person's, too.
    const saysMore = [...steps.slice(0, 3), at(4, say('s1 ann', set('plan', 'e'), set('own', 2)))];
    expect(traitsOf(saysMore, 'ann', spid)).toEqual({ plan: 'a', seen: 1, own: 2 });
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

  it('[E2] enforce: a page says nothing of a group that somebody named before', () => {
    const steps = [T(2, say('group.company:acme', set('plan', 'a'))), say('group.company:acme', set('size', 3))];
    const enforce = preset('selfsame', { identityMode: 'enforce' });
    expect(run(steps, enforce).verdicts[1]?.notes).toContainEqual(expect.objectContaining({ rule: 'E2' }));
    expect(traitsOf(steps, 'group.company:acme', enforce)).toEqual({ plan: 'a' });
    expect(traitsOf(steps, 'group.company:acme', preset('selfsame'))).toEqual({ plan: 'a', size: 3 });
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
