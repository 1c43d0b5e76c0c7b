import type { Client, Result, User } from '@selfsame/browser';

/** A client whose user can be watched. */
export interface Watched {
  readonly client: Client;
  /** The same object until something about the user changes. */
  user(): User;
  consent(): ReturnType<Client['consent']>;
  /** Runs when the user or the consent may have changed; the answer takes that back. */
  watch(run: () => void): () => void;
}

const CHANGING = ['identify', 'login', 'logout', 'modify', 'reset', 'register', 'registerOnce', 'unregister'] as const;
const CHANGING_TOO = ['setTraits', 'addSegment', 'setSegments', 'optIn', 'optOut'] as const;

/** Watches a client: its own verbs here, and other tabs by the browser's storage event. */
export function watched(client: Client): Watched {
  const watchers = new Set<() => void>();
  const tell = () => {
    for (const run of watchers) run();
  };
  const telling = Object.fromEntries(
    [...CHANGING, ...CHANGING_TOO].map((name) => [
      name,
      (...rest: unknown[]) => {
        const answer = (client[name] as (...rest: unknown[]) => unknown)(...rest);
        tell();
        return answer;
      },
    ]),
  );
  let last: { readonly text: string; readonly user: User } | undefined;
  return {
    client: { ...client, ...telling } as Client,
    user() {
      const user = client.getUser();
      const text = JSON.stringify(user);
      if (last?.text !== text) last = { text, user };
      return last.user;
    },
    consent: () => client.consent(),
    watch(run) {
      // Another tab changed who is here; a page that comes back from the browser's memory may have missed it.
      if (watchers.size === 0) for (const moment of ['storage', 'pageshow']) addEventListener(moment, tell);
      watchers.add(run);
      return () => {
        watchers.delete(run);
        if (watchers.size === 0) for (const moment of ['storage', 'pageshow']) removeEventListener(moment, tell);
      };
    },
  };
}

const nobody: User = { device: '', ids: {}, traits: {}, segments: [], properties: {}, isKnown: false };
const nothing: Result = { status: 'suppressed', reason: 'rendered on a server', getUser: () => nobody };
const resolved = () => Promise.resolve(nothing);
const silent = () => {};

/** Where pages are rendered there is no visitor: nothing is sent, and nobody is here. */
export const onServer: Watched = {
  client: {
    ...{ track: resolved, page: resolved, identify: resolved, login: resolved, logout: resolved, modify: resolved },
    ...{ setTraits: resolved, addSegment: resolved, setSegments: resolved, say: resolved },
    ...{ optIn: resolved, optOut: resolved, hasOptedOut: () => false, consent: () => 'ask' },
    ...{ reset: silent, register: silent, registerOnce: silent, unregister: silent },
    getUser: () => nobody,
    flush: () => Promise.resolve(),
  },
  user: () => nobody,
  consent: () => 'ask',
  watch: () => silent,
};
