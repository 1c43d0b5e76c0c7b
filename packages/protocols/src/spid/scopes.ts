import type { Access } from '../protocol.ts';
import type { EndpointName } from './endpoints.ts';
import { settingsOf } from './settings.ts';

/**
 * The scopes that were asked for, names with blanks between; undefined when one of them is none of this client's.
 * A client without `scopes` in its settings may ask for whatever it likes and gets none, as nothing needs one.
 */
export function scopesFor(asked: string | undefined, access: Access): readonly string[] | undefined {
  const { scopes } = settingsOf(access);
  const names = (asked ?? '').split(' ').filter((name) => name !== '');
  if (scopes === null) return [];
  return names.every((name) => Object.hasOwn(scopes, name)) ? [...new Set(names)] : undefined;
}

/** The scopes one of which a token must have to open an endpoint; none where no scope names it. */
export const scopesThatOpen = (endpoint: EndpointName, access: Access): readonly string[] =>
  Object.entries(settingsOf(access).scopes ?? {}).flatMap(([scope, opened]) =>
    opened.includes(endpoint) ? [scope] : [],
  );
