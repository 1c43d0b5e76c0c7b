import { RE2JS } from 're2js';

/**
 * A regular expression of a project's block list ([V5]), in the language of RE2: matched in time that grows with pattern
 * × value and nothing else (S22), so it has no look-around and no back reference; `(?i)` before it compares letters in
 * either case.
 */
export interface Pattern {
  test(text: string): boolean;
}

const LONGEST = 512;

/** Why a pattern cannot be used, without quoting it; undefined when it can. */
export function whyNotPattern(source: string): string | undefined {
  if (source.length > LONGEST) return `a pattern has at most ${LONGEST} characters`;
  try {
    patternOf(source);
    return undefined;
  } catch (error) {
    // The engine quotes the place, which may be somebody's address.
    return error instanceof Error ? error.message.replace(/: `[\s\S]*$/, '') : 'it is no regular expression';
  }
}

/** Makes a pattern that is looked for anywhere in a text. @throws when {@link whyNotPattern} says why. */
export function patternOf(source: string): Pattern {
  const compiled = RE2JS.compile(source);
  return { test: (text) => compiled.test(text) };
}
