import type { Callback, Client, Result } from './api.ts';
import type { Ids, Properties } from './wire.ts';

/** Everything about a user in one object, for pages that think of a user rather than of calls. */
export interface UserDraft {
  readonly identities: Ids;
  readonly segments?: readonly string[];
  readonly traits?: Properties;
}

/** The visitor as an object: who they are, and their attributes (traits) with verbs of their own. */
export interface CurrentUser extends Required<UserDraft> {
  /** Somebody is logged in. */
  readonly isKnown: boolean;
  set(attribute: string, value: unknown, callback?: Callback): Promise<Result>;
  remove(attribute: string, callback?: Callback): Promise<Result>;
  /** An attribute that is a list; these instead of what is in it. */
  list(attribute: string, values: readonly unknown[], callback?: Callback): Promise<Result>;
  /** An attribute that is there or not, without a value. */
  tag(attribute: string, callback?: Callback): Promise<Result>;
}

export interface UserVerbs {
  addIdentity(kind: string, value: string, callback?: Callback): Promise<Result>;
  /** These instead of all others. */
  setIdentities(identities: Ids, callback?: Callback): Promise<Result>;
  /** Identifiers, segments and traits at once; what is left out becomes empty. */
  setUser(user: UserDraft, callback?: Callback): Promise<Result>;
  /** Forgets the visitor; a new one begins. */
  clearUser(): void;
  /** The visitor now. */
  currentUser(): CurrentUser;
  /** An event of somebody else, who is described with it; the visitor stays who they are. */
  trackAs(user: UserDraft, name: string, properties?: Properties, callback?: Callback): Promise<Result>;
}

/** Verbs on the visitor as a whole. */
export function user(
  client: Pick<Client, 'identify' | 'say' | 'login' | 'setSegments' | 'setTraits' | 'reset' | 'getUser' | 'track'>,
): UserVerbs {
  const set: CurrentUser['set'] = (attribute, value, callback) => client.setTraits({ [attribute]: value }, callback);
  return {
    addIdentity: (kind, value, callback) => client.identify({ [kind]: value }, callback),
    setIdentities: (identities, callback) => client.login(identities, callback),
    setUser({ identities, segments = [], traits = {} }, callback) {
      const told = client.login(identities, callback);
      void client.setSegments(segments);
      void client.say({ type: 'traits', op: 'replace', traits: {} });
      if (Object.keys(traits).length > 0) void client.setTraits(traits);
      return told;
    },
    clearUser: () => client.reset(),
    currentUser() {
      const { device, ids, traits, segments, isKnown } = client.getUser();
      return {
        ...{ identities: { device, ...ids }, traits, segments, isKnown, set, list: set },
        remove: (attribute, callback) => set(attribute, null, callback),
        tag: (attribute, callback) => set(attribute, true, callback),
      };
    },
    trackAs({ identities: ids, segments, traits }, name, properties, callback) {
      if (segments) void client.say({ type: 'segments', ids, segments });
      if (traits) void client.say({ type: 'traits', ids, traits });
      return client.track(name, properties, { ids }, callback);
    },
  };
}
