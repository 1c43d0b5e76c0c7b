import { type Policy, presets, type Statement } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { chanceFrom } from '../src/simulate/chance.ts';
import { shrunk } from '../src/verify/counter-example.ts';
import { digestAfterCrash } from '../src/verify/crash.ts';
import { digestOf } from '../src/verify/digest.ts';
import { shuffled } from '../src/verify/shuffle.ts';
import { digestOfTrial, trialOf } from '../src/verify/trial.ts';

const selfsame = presets['selfsame'] as Policy;
const second = 1_000;

/** Somebody else's items, and 26 e-mails of one person, one more than the limit [K1] allows. */
const crowd: readonly Statement[] = [
  ...Array.from(
    { length: 40 },
    (_, i): Statement => ({
      project: 'verify',
      wire: 'native',
      trust: 2,
      time: i * second,
      insertId: `t${i}`,
      command: { type: 'Track', ids: [{ kind: 'user', value: `u${i % 7}` }], name: 'Seen', properties: {} },
    }),
  ),
  ...Array.from(
    { length: 26 },
    (_, i): Statement => ({
      project: 'verify',
      wire: 'native',
      trust: 2,
      time: (100 + i) * second,
      insertId: `i${i}`,
      command: {
        type: 'Identify',
        ids: [
          { kind: 'user', value: 'ann' },
          { kind: 'email', value: `e${i}@example.com` },
        ],
      },
    }),
  ),
];
const within = crowd.slice(0, -1);

describe('verify', () => {
  it('(G8) tells items in any order, in any batches and twice: one graph', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const trial = trialOf(within, chanceFrom(seed), false);
      expect(trial.told.length).toBeGreaterThan(within.length);
      expect(trial.pieces.reduce((all, one) => all + one, 0)).toBe(trial.told.length);
      expect([seed, await digestOfTrial(trial, selfsame)]).toEqual([seed, digestOf(within, selfsame)]);
    }
  });

  it('(G7) loses power in the middle of it: one graph', async () => {
    for (let seed = 1; seed <= 3; seed++) {
      const chance = chanceFrom(seed);
      const found = await digestAfterCrash(trialOf(within, chance, false), selfsame, chance);
      expect([seed, found]).toEqual([seed, digestOf(within, selfsame)]);
    }
  });

  it('keeps the order of what goes by arrival, and tells again only later', () => {
    const { told } = trialOf(within, chanceFrom(1), true);
    expect([...new Set(told)]).toEqual(within);
  });

  it('leaves of two orders that do not agree the fewest items that do not, and says by which rule', () => {
    const other = shuffled(crowd, chanceFrom(1));
    expect(digestOf(other, selfsame)).not.toBe(digestOf(crowd, selfsame));
    const found = shrunk(crowd, other, selfsame);
    expect(found.one).toHaveLength(26);
    expect(new Set(found.other)).toEqual(new Set(found.one));
    expect(found.differences.length).toBeGreaterThan(0);
    for (const { one, other: then } of found.differences) expect(`${one} ${then}`).toContain('refused by [K1]');
  });
});
