import type { Identifier } from '@selfsame/identity';

/** XO's names of repositories and our kinds; every other repository is a kind under its own lower-case name. */
const kinds: ReadonlyMap<string, string> = new Map([
  ['sessionid', 'session'],
  ['ecommerceid', 'user'],
]);

export interface Identities {
  /** Whom the activity speaks of. */
  readonly ids: readonly Identifier[];
  /** Pairs of different values that one activity gave for one repository other than the session: two people, perhaps. */
  readonly rivals: readonly (readonly [chosen: Identifier, other: Identifier])[];
}

/**
 * Identities as an activity spells them, repository by repository. Names are folded to lower case, so one repository may
 * come twice: `{"sessionId": "caller's", "sessionid": "the SDK's stored one"}`. A value under a name that was not yet
 * lower-case is the caller's explicit choice and speaks for the activity. Further sessions are sessions of the same
 * visitor; a further value of a login is a rival, which the rules record and refuse to join.
 */
export function readIdentities(given: readonly (readonly [repository: string, value: string])[]): Identities {
  const byKind = new Map<string, string[]>();
  for (const [repository, value] of given) {
    const name = repository.toLowerCase();
    const kind = kinds.get(name) ?? name;
    const values = byKind.get(kind) ?? [];
    byKind.set(kind, name === repository ? [...values, value] : [value, ...values]);
  }
  const ids: Identifier[] = [];
  const rivals: [Identifier, Identifier][] = [];
  for (const [kind, [first, ...more]] of byKind) {
    const chosen = { kind, value: first as string };
    ids.push(chosen);
    for (const value of more) {
      if (value === first) continue;
      if (kind === 'session') ids.push({ kind, value });
      else rivals.push([chosen, { kind, value }]);
    }
  }
  return { ids, rivals };
}
