import { describe, expect, it } from 'vitest';
import { eventHoldings, identifierHoldings, type Person, type Policy, spansOf, type Verdict } from '../src/index.ts';
import { bestMatch, isolation, link, session } from './session.ts';

describe('aliases', () => {
  function aliased(policy: Policy) {
    const one = session(policy);
    one.call('identify D1');
    one.call('login D1 x@ c7');
    const alias = (source: string, destination: string, from: number, to: number) =>
      one.tell({
        type: 'Alias',
        source: one.mpidOf(source),
        destination: one.mpidOf(destination),
        from,
        to,
        shownFrom: 9_000,
      });
    return { one, alias };
  }

  it('[R11] the source’s events show under both, from the given moment on; nothing else does', () => {
    const { one, alias } = aliased(link);
    const source = { kind: 'mpid', value: one.mpidOf('A') };
    one.tell({ type: 'Describe', ids: [source], changes: [{ op: 'set', name: 'anon', value: 1 }] });
    expect(alias('A', 'B', 1_000, 5_000).status).toBe('applied');
    const person = one.person('mpid', 'B') as Person;
    const shown = (now: number) =>
      spansOf(eventHoldings(person, now)).filter((span) => span.node.id.value === source.value);
    expect(shown(8_999)).toEqual([]);
    expect(shown(9_000)).toMatchObject([{ to: 5_001, rule: 'R11' }]);
    expect(person.traits.size).toBe(0);
    expect(identifierHoldings(person).some((span) => span.node.id.value === source.value)).toBe(false);
    expect(person.firstSeen).toBeLessThan(2_000);
    expect(one.person('mpid', 'A')?.traits.get('anon')).toBe(1);
  });

  it('[R11] the destination is first seen when the source was, whenever the window begins', () => {
    const { one, alias } = aliased(link);
    const seen = (name: string) => (one.person('mpid', one.mpidOf(name)) as Person).firstSeen;
    const source = seen('A');
    expect(seen('B')).toBeGreaterThan(source);
    expect(alias('A', 'B', source + 500, source + 900).rule).toBeUndefined();
    expect(seen('B')).toBe(source);
  });

  it('[R11] checks: two, different, known, in order; and not under every strategy', () => {
    const { alias } = aliased(link);
    const code = (verdict: Verdict) => verdict.notes[0]?.code;
    expect(code(alias('A', 'A', 1, 2))).toBe('BAD_REQUEST');
    expect(code(alias('A', '404', 1, 2))).toBe('BAD_REQUEST');
    expect(code(alias('A', 'B', 2, 1))).toBe('BAD_REQUEST');
    expect(code(aliased(isolation).alias('A', 'B', 1, 2))).toBe('FORBIDDEN');
    expect(code(aliased(bestMatch).alias('A', 'A', 1, 2))).toBe('BAD_REQUEST');
  });

  it('[R11] overlaps and chains are dropped and recorded', () => {
    const { one, alias } = aliased(link);
    one.call('logout D1');
    alias('A', 'B', 1_000, 2_000);
    expect(alias('A', 'C', 1_500, 2_500)).toMatchObject({ status: 'applied', rule: 'R11' });
    expect(alias('A', 'C', 2_001, 2_500).rule).toBeUndefined();
    expect(alias('B', 'C', 1_000, 2_000).rule).toBe('R11');
    expect(alias('C', 'A', 1_000, 2_000).rule).toBe('R11');
  });

  it.each(['overlap', 'chain', 'other end', 'many'])(
    '[R11] [S10] no request of a page stands in a backend’s way: %s',
    (how) => {
      const { one, alias } = aliased(link);
      one.call('logout D1');
      if (how === 'overlap') alias('A', 'C', 1_000, 2_000);
      if (how === 'chain') alias('C', 'A', 1_000, 2_000);
      if (how === 'other end') alias('B', 'C', 1_000, 2_000);
      if (how === 'many')
        for (let i = 0; i < 500; i++)
          one.statements.push({
            project: 'p',
            wire: 'mparticle',
            trust: 0,
            time: 1,
            command: {
              type: 'Alias',
              source: one.mpidOf('C'),
              destination: one.mpidOf('B'),
              from: 3 * i,
              to: 3 * i + 1,
              shownFrom: 0,
            },
          });
      const ends = { source: one.mpidOf('A'), destination: one.mpidOf('B') };
      const told = one.tell({ type: 'Alias', ...ends, from: 1_000, to: 2_000, shownFrom: 9_000 }, { trust: 2 });
      expect(told.rule).toBeUndefined();
    },
  );
});
