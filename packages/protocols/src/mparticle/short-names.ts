import type { Json, JsonObject } from '@selfsame/identity';

/** Short names of members, and their names in the events API. */
export type Names = Readonly<Record<string, string>>;

/** An object with its members under their long names; others keep theirs. */
export const renamed = (object: JsonObject, names: Names): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(object).map(([name, value]) => [Object.hasOwn(names, name) ? (names[name] as string) : name, value]),
  );

/** What is meant, by its number on the web, by its name in apps. */
export const meant = (sent: Json | undefined, names: readonly string[]): Json =>
  typeof sent === 'number' ? (names[sent] ?? sent) : (sent ?? 'unknown');
