import type { Visitor } from './identity.ts';
import type { Sent } from './outbox.ts';
import type { Store } from './store.ts';
import type { Surroundings } from './surroundings.ts';
import type { CookieOptions } from './visitor-cookie.ts';
import type { Ids, Item, Properties } from './wire.ts';

/** A project's own names and shapes: `createClient<{ events: { 'Order Completed': { total: number } } }>(…)`. */
export interface Schema {
  readonly events?: object;
  readonly traits?: object;
}
type Events<S extends Schema> = S['events'] extends object ? S['events'] : Record<string, Properties>;
type Traits<S extends Schema> = S['traits'] extends object ? S['traits'] : Properties;

export interface Options {
  /** The project's public key. */
  readonly key: string;
  /** Where the server is: `https://id.example.com`, with a path if you like. Of several the next is tried when one cannot be reached. */
  readonly endpoint: string | readonly string[];
  /** `ask`: nothing is stored or sent before {@link Client.optIn}. Default `granted`. */
  readonly consent?: 'granted' | 'ask';
  /** Browser signals that count as "no" until the visitor opts in. Default none. */
  readonly respect?: readonly ('dnt' | 'gpc')[];
  /** The visitor's cookie; false for local storage alone. */
  readonly cookie?: CookieOptions | false;
  /** Said first thing on every page, for pages that know who is logged in. */
  readonly identify?: Ids;
  readonly onIdentify?: (result: Result) => void;
  readonly plugins?: readonly Plugin[];
  /** Items that may wait for a better moment; default 500. */
  readonly queueLimit?: number;
  /** ms from an event to its sending, so that several go together; default 1,000. Identity calls go at once. */
  readonly sendAfter?: number;
}

/** Adds something to a client; most of what this package can do is one of these. */
export type Plugin = (client: Client, inside: Inside) => void;

/** What a plugin may reach. */
export interface Inside {
  readonly page: Surroundings;
  /** Changes every item before it is kept; the answer is kept instead. */
  onItem(change: (item: Item) => Item): void;
  /** Runs when the page is really looked at: once all plugins are in, or when it stops being prerendered. */
  onShown(run: () => void): void;
  /** What the plugin remembers, under the rules of consent. Its names begin with the plugin's. */
  readonly store: Store;
}

/** Whom this browser speaks for now. */
export interface User extends Visitor {
  /** Somebody is logged in. */
  readonly isKnown: boolean;
}

export interface Result extends Sent {
  getUser(): User;
}

export type Callback = (result: Result) => void;

/** For one event alone. */
export interface EventOptions {
  /** Whose it is, instead of the visitor's. */
  readonly ids?: Ids;
  /** Equal ones have one effect. */
  readonly insertId?: string;
  /** When it happened, ms since 1970. */
  readonly time?: number;
}

/** Nothing here ever throws; every promise resolves, also when the page is offline. */
export interface Client<S extends Schema = Schema> {
  track<N extends keyof Events<S> & string>(
    name: N,
    properties?: Events<S>[N],
    options?: EventOptions,
    callback?: Callback,
  ): Promise<Result>;
  /** The visitor is looking at a page. */
  page(name?: string, properties?: Properties): Promise<Result>;
  /** These identifiers are the visitor's too. */
  identify(ids: Ids, callback?: Callback): Promise<Result>;
  /** The visitor logged in: these identifiers instead of those known so far. */
  login(ids: Ids, callback?: Callback): Promise<Result>;
  /** The visitor left; the device stays what it is. */
  logout(callback?: Callback): Promise<Result>;
  /** Changes identifiers; null takes one away here. */
  modify(ids: Ids, callback?: Callback): Promise<Result>;
  /** A new visitor from here on, as after clearing cookies. Registered properties go too. */
  reset(): void;
  /** Sent with every event from now on. */
  register(properties: Properties): void;
  registerOnce(properties: Properties): void;
  unregister(name: string): void;
  /** Traits of the person; null unsets. Or a text your backend signed, which nobody can change on the way. */
  setTraits(traits: Partial<Traits<S>> | string, callback?: Callback): Promise<Result>;
  addSegment(segment: string, callback?: Callback): Promise<Result>;
  setSegments(segments: readonly string[], callback?: Callback): Promise<Result>;
  getUser(): User;
  /** Consent: what waits is stored and sent from now on. */
  optIn(callback?: Callback): Promise<Result>;
  /** No more: what waits is dropped, what is stored is forgotten, the server is told. */
  optOut(callback?: Callback): Promise<Result>;
  hasOptedOut(): boolean;
  /** `ask`: nobody has said yet, and nothing is stored or sent. */
  consent(): 'granted' | 'denied' | 'ask';
  /** Sends what waits. */
  flush(): Promise<void>;
  /** Says anything the wire knows, at once; `ids` are the visitor's unless the item has its own. */
  say(item: Unsaid, callback?: Callback): Promise<Result>;
}

/** An item of the wire that may leave its `ids` to the client. */
export type Unsaid = Item extends infer One
  ? One extends Item
    ? Omit<One, 'ids'> & Partial<Pick<One, 'ids'>>
    : never
  : never;
