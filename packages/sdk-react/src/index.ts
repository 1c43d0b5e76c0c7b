import { type Client, createClient, type Options, type Schema, type User } from '@selfsame/browser';
import { createContext, createElement, type ReactNode, useContext, useState, useSyncExternalStore } from 'react';
import { onServer, type Watched, watched } from './watched.ts';

const Context = createContext<Watched | undefined>(undefined);

/** One client a project and page, however often React renders, throws away or mounts twice (strict mode). */
const made = new Map<string, Watched>();
function clientFor(options: Options): Watched {
  if (typeof document === 'undefined') return onServer;
  const name = `${options.key} ${String(options.endpoint)}`;
  const known = made.get(name) ?? watched(createClient(options));
  made.set(name, known);
  return known;
}

export type ProviderProps = { readonly children?: ReactNode } & (
  | { readonly options: Options; readonly client?: never }
  /** One that the page has already. */
  | { readonly client: Client; readonly options?: never }
);

/** Makes a client for everything below it. `options` are read once. */
export function SelfsameProvider({ options, client, children }: ProviderProps): ReactNode {
  const [value] = useState(() => (client === undefined ? clientFor(options) : watched(client)));
  return createElement(Context.Provider, { value }, children);
}

function useWatched(): Watched {
  const value = useContext(Context);
  if (value === undefined) throw new Error('useSelfsame and its like need a <SelfsameProvider> above them');
  return value;
}

/** The client, the same one at every render: `const { track } = useSelfsame()`. @throws Error without a provider above */
export const useSelfsame = <S extends Schema = Schema>(): Client<S> => useWatched().client as unknown as Client<S>;

/** Who is here, now and after every login, logout and change of traits, in any tab. On the server and while hydrating: nobody. */
export function usePerson(): User {
  const { watch, user } = useWatched();
  return useSyncExternalStore(watch, user, onServer.user);
}

export interface Consent {
  /** `ask`: nobody has said; nothing is stored or sent. */
  readonly state: 'granted' | 'denied' | 'ask';
  readonly optIn: Client['optIn'];
  readonly optOut: Client['optOut'];
}

/** The visitor's consent, for a banner. On the server and while hydrating it is `ask`. */
export function useConsent(): Consent {
  const { client, watch, consent } = useWatched();
  const state = useSyncExternalStore(watch, consent, onServer.consent);
  return { state, optIn: client.optIn, optOut: client.optOut };
}
