import { shapeLimits } from './json/shape.ts';
import { withWholeCharacters } from './percent.ts';

/** Fields that are read of a form: as many as an object of JSON may have. */
const MOST = shapeLimits.keys;

/**
 * The fields of an `application/x-www-form-urlencoded` text, a repeated name keeping its first value. A pair that is
 * not percent-encoded properly keeps its text as sent.
 */
export function readForm(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const pair of text.split('&', MOST)) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
    if (!fields.has(name)) fields.set(name, equals < 0 ? '' : decoded(pair.slice(equals + 1)));
  }
  return fields;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(withWholeCharacters(text.replaceAll('+', ' ')));
  } catch {
    return text;
  }
}
