import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternOf, whyNotPattern } from '../src/words/pattern.ts';

const seed = Number(process.env['SELFSAME_SEED'] ?? Date.now() % 2 ** 31);
console.log(`pattern: SELFSAME_SEED=${seed}`);

/** Patterns of a small language, so that random texts often match. */
const source = fc.letrec<{ part: string; whole: string }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\w', '\\S', '[b-d1]', '\\.', '\\b'),
    tie('whole').map((inner) => `(${inner})`),
    tie('whole').map((inner) => `(?:${inner})`),
    fc
      .tuple(
        fc.constantFrom('a', '.', '(ab)', '(a|b)', '[ab1]'),
        fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,}', '*?'),
      )
      .map(([part, times]) => part + times),
  ),
  whole: fc
    .tuple(
      fc.constantFrom('', '^'),
      fc.array(fc.oneof(tie('part'), fc.constant('|')), { minLength: 1, maxLength: 5 }),
      fc.constantFrom('', '$'),
    )
    .map(([begin, parts, end]) => begin + parts.join('') + end),
})).whole;

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '.', ' ', 'A'), maxLength: 12 });

describe('[V5] a pattern of the block list', () => {
  it('matches what a regular expression of the language matches', () => {
    fc.assert(
      fc.property(source, fc.boolean(), fc.array(text, { minLength: 5, maxLength: 5 }), (written, isLoose, texts) => {
        const expected = new RegExp(written, isLoose ? 'i' : '');
        const pattern = patternOf(isLoose ? `(?i)${written}` : written);
        for (const one of texts) expect([written, one, pattern.test(one)]).toEqual([written, one, expected.test(one)]);
      }),
      { seed, numRuns: 3_000 },
    );
  });

  it.each([
    ['(?=a)', 'looks around'],
    ['(?<!a)b', 'looks around'],
    ['(a)\\1', 'refers back'],
    ['(a', 'does not close'],
    ['a)', 'does not open'],
    ['*a', 'repeats nothing'],
    ['[a', 'ends in the middle'],
    ['a{3,2}', 'less often'],
    ['[z-a]', 'ends before it begins'],
    ['((a{99}){99}){99}', 'too large'],
    ['a'.repeat(513), 'at most 512'],
    ['\\q', 'not known'],
  ])('%j cannot be: %s', (written, why) => {
    expect(whyNotPattern(written)).toContain(why);
  });

  it('(S22) takes steps that grow with the text alone, where trying every way takes for ever', () => {
    // A backtracking engine needs 2^500 steps for this.
    expect(patternOf('^(a|a)*(a|aa)+$').test(`${'a'.repeat(500)}!`)).toBe(false);
    expect(patternOf('(x+x+)+y').test('x'.repeat(512))).toBe(false);
    expect(patternOf('(((){999}){999}){999}').test('x')).toBe(true);
  });
});
