import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternOf, whyNotPattern } from '../src/words/pattern.ts';

const seed = Number(process.env['SELFSAME_SEED']);
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
    ['(?=a)', 'invalid or unsupported Perl syntax'],
    ['(?<!a)b', 'invalid named capture'],
    ['(a)\\1', 'invalid escape sequence'],
    ['(a', 'missing closing )'],
    ['a)', 'unexpected )'],
    ['*a', 'missing argument to repetition operator'],
    ['[a', 'missing closing ]'],
    ['a{3,2}', 'invalid repeat count'],
    ['[z-a]', 'invalid character class range'],
    ['((a{99}){99}){99}', 'invalid repeat count'],
    ['a'.repeat(513), 'at most 512'],
    ['\\q', 'invalid escape sequence'],
  ])('%j cannot be: %s', (written, why) => {
    expect(whyNotPattern(written)).toContain(why);
    expect(whyNotPattern(written)).not.toContain(written);
  });

  it('(S22) ends at once where trying every way takes for ever', () => {
    // A backtracking engine needs 2^500 steps for this.
    expect(patternOf('^(a|a)*(a|aa)+$').test(`${'a'.repeat(500)}!`)).toBe(false);
    expect(patternOf('(x+x+)+y').test('x'.repeat(512))).toBe(false);
  });
});
