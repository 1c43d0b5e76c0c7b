import type { Callback, Client, Result } from './api.ts';
import type { Ids, Properties } from './wire.ts';

/** Everything about the visitor in one object, for pages that think of a user rather than of calls. */
export interface UserDraft {
  readonly identities: Ids;
  readonly segments?: readonly string[];
  readonly traits?: Properties;
}

export interface UserVerbs {
  addIdentity(kind: string, value: string, callback?: Callback): Promise<Result>;
  /** These instead of all others. */
  setIdentities(identities: Ids, callback?: Callback): Promise<Result>;
  /** Identifiers, segments and traits at once; what is left out becomes empty. */
  setUser(user: UserDraft, callback?: Callback): Promise<Result>;
  /** Forgets the visitor; a new one begins. */
  clearUser(): void;
}

/** Verbs on the visitor as a whole. */
export function user(
  client: Pick<Client, 'identify' | 'say' | 'login' | 'setSegments' | 'setTraits' | 'reset'>,
): UserVerbs {
  return {
    addIdentity: (kind, value, callback) => client.identify({ [kind]: value }, callback),
    setIdentities: (identities, callback) => client.login(identities, callback),
    setUser({ identities, segments = [], traits = {} }, callback) {
      const told = client.login(identities, callback);
      void client.setSegments(segments);
      if (Object.keys(traits).length > 0) void client.setTraits(traits);
      return told;
    },
    clearUser: () => client.reset(),
  };
}
