import {
  createParser,
  type Options,
  parseAsString,
  parseAsStringLiteral,
  type SingleParserBuilder,
  useQueryState,
} from 'nuqs';
import { midnightOf } from '../time/zone.ts';

/** Every choice in an address is a step that Back takes again. */
export const step: Options = { history: 'push' };
/** What is typed letter by letter is one step, not twenty. */
export const typed: Options = { history: 'replace' };

/** One of a few words. Anything else in an address is a problem that is named, never a silent default. */
export const oneOf = <T extends string>(values: readonly T[]): SingleParserBuilder<T> => parseAsStringLiteral(values);

/** A day such as `2026-03-01`. */
export const parseDay: SingleParserBuilder<string> = createParser({
  parse: (text: string) => (midnightOf('UTC', text) === undefined ? null : text),
  serialize: (text: string) => text,
});

/** A choice kept in the address under `name`; the standard is left out of it. */
export function useChoice<T extends string>(
  name: string,
  values: readonly T[],
  standard: T,
): readonly [T, (value: T) => void] {
  const [value, set] = useQueryState(name, oneOf(values).withDefault(standard).withOptions(step));
  return [value, (next) => void set(next)];
}

/** A text kept in the address under `name`, empty when it is not there. */
export function useText(name: string, options: Options = step): readonly [string, (value: string) => void] {
  const [value, set] = useQueryState(name, parseAsString.withDefault('').withOptions(options));
  return [value, (next) => void set(next === '' ? null : next)];
}
