import { createSender } from './sender.ts';
import type { Ids, Properties, Result, TraitOp } from './wire.ts';

export interface Options {
  /** The server key, for a backend that may say anything; the public key speaks as a page does. */
  readonly key: string;
  /** Where the server is: `https://id.example.com`. */
  readonly endpoint: string;
  /** Items that may wait; default 10,000. More are `rejected` at once, so that a server in trouble cannot fill the memory. */
  readonly queueLimit?: number;
  /** ms that items wait for company; default 200. */
  readonly sendAfter?: number;
  /** Sends what waits when the process has nothing else to do; default true. */
  readonly flushOnExit?: boolean;
  readonly fetch?: typeof fetch;
}

/** What any item may say of itself. */
export interface Circumstances {
  /** Equal ones have one effect. */
  readonly insertId?: string;
  /** When it happened; default now. */
  readonly time?: Date | number | string;
}

/** The verbs of the browser client with the ids said each time. Promises resolve with the item's fate and never reject. */
export interface Client {
  track(ids: Ids, name: string, properties?: Properties, more?: Circumstances): Promise<Result>;
  page(ids: Ids, name?: string, properties?: Properties, more?: Circumstances): Promise<Result>;
  /** These identifiers are one person's. */
  identify(ids: Ids, more?: Circumstances): Promise<Result>;
  login(ids: Ids, more?: Circumstances): Promise<Result>;
  /** Whoever used these devices or sessions has left them. */
  logout(ids: Ids, more?: Circumstances): Promise<Result>;
  modify(ids: Ids, more?: Circumstances): Promise<Result>;
  setTraits(ids: Ids, traits: Properties, more?: Circumstances & { readonly op?: TraitOp }): Promise<Result>;
  addSegment(ids: Ids, segment: string, more?: Circumstances): Promise<Result>;
  setSegments(ids: Ids, segments: readonly string[], more?: Circumstances): Promise<Result>;
  /** Two people are one; the server key only. Each side names one identifier. */
  merge(one: Ids, other: Ids, more?: Circumstances): Promise<Result>;
  optIn(ids: Ids, more?: Circumstances): Promise<Result>;
  optOut(ids: Ids, more?: Circumstances): Promise<Result>;
  /** Resolves when nothing waits any more. */
  flush(): Promise<void>;
  /** Sends what waits and takes no more; gives up after `ms`, default 10,000. Call it where the process stops by a signal. */
  close(ms?: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A client for a backend.
 * @example
 * const selfsame = createClient({ key: process.env.SELFSAME_SERVER_KEY, endpoint: 'https://id.example.com' });
 * await selfsame.login({ device: cookie, user: '42' });
 * @throws TypeError without a key or with an endpoint that is no URL: a mistake to find before anything is sent
 */
export function createClient(options: Options): Client {
  const { key, endpoint, queueLimit = 10_000, sendAfter = 200, flushOnExit = true } = options;
  if (typeof key !== 'string' || key === '') throw new TypeError('key is missing: give the project’s server key');
  if (!URL.canParse(endpoint)) throw new TypeError('endpoint is not a URL: give it as https://id.example.com');
  const sender = createSender({
    key,
    endpoint: endpoint.replace(/\/+$/, ''),
    queueLimit,
    sendAfter,
    fetch: options.fetch ?? fetch,
  });
  const say = (item: object, { time, ...more }: Circumstances = {}) =>
    sender.add({
      ...item,
      ...more,
      ...(time === undefined ? {} : { time: time instanceof Date ? time.toISOString() : time }),
    });
  const onExit = () => void sender.flush();
  if (flushOnExit) process.on('beforeExit', onExit);
  const close = async (ms = 10_000) => {
    await sender.close(ms);
    process.off('beforeExit', onExit);
  };
  return {
    track: (ids, name, properties = {}, more) => say({ type: 'track', ids, name, properties }, more),
    page: (ids, name = 'page', properties = {}, more) => say({ type: 'page', ids, name, properties }, more),
    identify: (ids, more) => say({ type: 'identify', ids }, more),
    login: (ids, more) => say({ type: 'login', ids }, more),
    logout: (ids, more) => say({ type: 'logout', ids }, more),
    modify: (ids, more) => say({ type: 'modify', ids }, more),
    setTraits: (ids, traits, more) => say({ type: 'traits', ids, traits }, more),
    addSegment: (ids, segment, more) => say({ type: 'segments', ids, segments: [segment], op: 'add' }, more),
    setSegments: (ids, segments, more) => say({ type: 'segments', ids, segments }, more),
    merge: (one, other, more) => say({ type: 'merge', ids: [one, other] }, more),
    optIn: (ids, more) => say({ type: 'consent', ids, consent: 'granted' }, more),
    optOut: (ids, more) => say({ type: 'consent', ids, consent: 'denied' }, more),
    flush: () => sender.flush(),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}
