import { identified, idsOf, left, parseVisitor, present, stranger, type Visitor } from './identity.ts';
import { createOutbox, type Sent } from './outbox.ts';
import { attempt, createStore, type Store } from './store.ts';
import type { Surroundings } from './surroundings.ts';
import { type CookieOptions, visitorCookie } from './visitor-cookie.ts';
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

const VISITOR = 'visitor';

/** Makes a client; `page` is the browser unless a test brings its own. */
export function createClientIn<S extends Schema = Schema>(page: Surroundings, options: Options): Client<S> {
  const { key, endpoint, sendAfter: delay = 1_000 } = options;
  const store = createStore(page.storage, `ss.${key}.`);
  const cookie = options.cookie === false ? undefined : visitorCookie(key, options.cookie ?? {}, page);
  const changes: ((item: Item) => Item)[] = [];
  const shown: (() => void)[] = [];

  /** What the visitor said on this page, for browsers that store nothing. */
  let word: 'granted' | 'denied' | null = null;
  const consentName = `ss-consent.${key}`;
  /** The visitor's own word comes first, then the browser's, then the site's. */
  const consent = (): ReturnType<Client['consent']> =>
    (attempt(() => page.storage.getItem(consentName), null) as 'granted' | 'denied' | null) ??
    word ??
    (options.respect?.some((signal) => page.signals[signal]) ? 'denied' : (options.consent ?? 'granted'));
  const isGranted = () => consent() === 'granted';
  const isDenied = () => consent() === 'denied';
  const decide = (said: 'granted' | 'denied') => {
    word = said;
    attempt(() => page.storage.setItem(consentName, said), 0);
  };

  const outbox = createOutbox(store, page, {
    key,
    endpoints: [endpoint].flat().map((one) => one.replace(/\/+$/, '')),
    limit: options.queueLimit ?? 500,
    delay,
    mayGo: () => isGranted() && !page.isPrerendered(),
  });

  /** Read afresh each time: another tab may have logged in, or out, or taken the consent back. */
  const visitor = (): Visitor => {
    if (isDenied()) store.close();
    const kept = parseVisitor(store.get(VISITOR));
    const device = (isGranted() && cookie?.read()) || kept?.device || page.uuid();
    return kept?.device === device ? kept : remember({ ...(kept ?? stranger('')), device });
  };
  const remember = (now: Visitor): Visitor => {
    store.set(VISITOR, JSON.stringify(now));
    if (isGranted()) cookie?.write(now.device);
    return now;
  };
  const change = (how: (now: Visitor) => Visitor): Visitor => remember(how(visitor()));
  const getUser = (): User => {
    const now = visitor();
    return { ...now, isKnown: now.ids['user'] != null };
  };
  const answer = (sent: Sent, callback: Callback | undefined): Result => {
    const result = { ...sent, getUser };
    // A callback that throws is the page's problem, not its caller's.
    if (typeof callback === 'function') page.later(() => callback(result), 0);
    return result;
  };
  /** Runs a verb so that nothing of it reaches the page but a result. */
  const careful = async (callback: Callback | undefined, run: () => Promise<Sent>): Promise<Result> => {
    try {
      return answer(isDenied() ? OPTED_OUT : await run(), callback);
    } catch {
      return answer({ status: 'rejected', reason: 'not JSON' }, callback);
    }
  };
  const add = (item: Item, atOnce = true, { time = page.now(), insertId }: EventOptions = {}) =>
    outbox.add(
      changes.reduce((one, how) => how(one), item),
      time,
      atOnce,
      insertId,
    );
  /** Says something of the visitor, after a change to who that is. */
  const say = (callback: Callback | undefined, item: Unsaid, how?: (now: Visitor) => Visitor): Promise<Result> =>
    careful(callback, () => add({ ids: idsOf(how ? change(how) : visitor()), ...item } as Item));
  const event = (
    type: 'track' | 'page',
    name: string,
    properties: Properties | undefined,
    more?: EventOptions,
    callback?: Callback,
  ) =>
    careful(callback, () => {
      const now = visitor();
      const all = { ...now.properties, ...properties };
      return add({ type, name, ids: more?.ids ?? idsOf(now), properties: all }, false, more);
    });
  const register = (how: (known: Properties) => Properties) =>
    attempt(() => change((now) => ({ ...now, properties: how(now.properties) })), 0);

  const client: Client = {
    track: (name, properties, more, callback) => event('track', name, properties as Properties, more, callback),
    page: (name = 'page', properties) => event('page', name, properties),
    identify: (ids, callback) => say(callback, { type: 'identify' }, (now) => identified(now, ids)),
    login: (ids, callback) => say(callback, { type: 'login' }, (now) => identified(left(now), ids)),
    logout: (callback) => say(callback, { type: 'logout' }, left),
    modify: (ids, callback) => say(callback, { type: 'modify' }, (now) => identified(now, ids)),
    reset: () => void attempt(() => remember(stranger(page.uuid())), 0),
    register: (properties) => void register((known) => ({ ...known, ...properties })),
    registerOnce: (properties) => void register((known) => ({ ...properties, ...known })),
    unregister: (name) => void register((known) => present({ ...known, [name]: null })),
    setTraits: (traits, callback) =>
      typeof traits === 'string'
        ? say(callback, { type: 'traits', signed: traits })
        : say(callback, { type: 'traits', traits: traits as Properties }, (now) => ({
            ...now,
            traits: present({ ...now.traits, ...traits }),
          })),
    addSegment: (segment, callback) =>
      say(callback, { type: 'segments', segments: [segment], op: 'add' }, (now) => ({
        ...now,
        segments: [...new Set([...now.segments, segment])],
      })),
    setSegments: (segments, callback) => say(callback, { type: 'segments', segments }, (now) => ({ ...now, segments })),
    getUser,
    async optIn(callback) {
      decide('granted');
      open();
      return say(callback, { type: 'consent', consent: 'granted' });
    },
    async optOut(callback) {
      const known = isGranted() && visitor();
      decide('denied');
      outbox.clear();
      store.close();
      cookie?.remove();
      // Who never agreed was never told of, so there is nothing to take back.
      const item: Item | false = known && { type: 'consent', ids: idsOf(known), consent: 'denied' };
      return answer(item ? await outbox.tell(item) : OPTED_OUT, callback);
    },
    hasOptedOut: isDenied,
    consent,
    flush: outbox.flush,
    say: (item, callback) => say(callback, item),
  };

  /** Storage may be used from here on; what was said before goes out. */
  function open(): void {
    store.open();
    remember(visitor());
  }
  const inside: Inside = {
    page,
    store,
    onItem: (how) => void changes.push(how),
    onShown: (run) => void shown.push(run),
  };
  /** Once everything is in its place, so that no plugin depends on being named before another. */
  const look = () => {
    if (!page.isPrerendered()) for (const run of shown.splice(0)) attempt(run, 0);
  };
  if (isGranted()) attempt(open, 0);
  // What an earlier page left behind.
  page.later(outbox.flush, delay);
  for (const plugin of options.plugins ?? []) attempt(() => plugin(client, inside), 0);
  look();
  page.on('prerenderingchange', look);
  if (options.identify) void client.identify(options.identify, options.onIdentify);
  return client as unknown as Client<S>;
}

const OPTED_OUT: Sent = { status: 'suppressed', reason: 'opted out' };
