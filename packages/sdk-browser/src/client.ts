import type { Callback, Client, EventOptions, Inside, Options, Result, Schema, Unsaid, User } from './api.ts';
import { identified, idsOf, left, parseVisitor, present, stranger, type Visitor } from './identity.ts';
import { createOutbox, type Sent } from './outbox.ts';
import { attempt, createStore } from './store.ts';
import type { Surroundings } from './surroundings.ts';
import { visitorCookie } from './visitor-cookie.ts';
import type { Item, Properties } from './wire.ts';

const VISITOR = 'visitor';

/** Makes a client; `page` is the browser unless a test brings its own. */
export function createClientIn<S extends Schema = Schema>(
  page: Surroundings,
  options: Options = {} as Options,
): Client<S> {
  const { key = '', endpoint, sendAfter: delay = 1_000 } = options;
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
    attempt(() => page.storage.setItem(consentName, said));
  };

  const outbox = createOutbox(store, page, {
    key,
    endpoints: [endpoint].flat().map((one) => `${one}`.replace(/\/+$/, '')),
    limit: options.queueLimit ?? 500,
    delay,
    mayGo: () => isGranted() && !page.isPrerendered(),
  });

  /** Read afresh each time: another tab may have logged in, or out, or changed what the visitor agrees to. */
  const visitor = (): Visitor => {
    if (isDenied()) {
      store.close();
      return stranger('');
    }
    if (isGranted()) store.open();
    const kept = parseVisitor(store.get(VISITOR));
    const device = (isGranted() && cookie?.read()) || kept?.device || page.uuid();
    return kept?.device === device ? kept : remember({ ...(kept ?? stranger('')), device });
  };
  const remember = (now: Visitor): Visitor => {
    if (!isDenied()) store.set(VISITOR, JSON.stringify(now));
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
    attempt(() => change((now) => ({ ...now, properties: how(now.properties) })));

  const client: Client = {
    track: (name, properties, more, callback) => event('track', name, properties as Properties, more, callback),
    page: (name = 'page', properties) => event('page', name, properties),
    identify: (ids, callback) => say(callback, { type: 'identify' }, (now) => identified(now, ids)),
    login: (ids, callback) => say(callback, { type: 'login' }, (now) => identified(left(now), ids)),
    logout: (callback) => say(callback, { type: 'logout' }, left),
    modify: (ids, callback) => say(callback, { type: 'modify' }, (now) => identified(now, ids)),
    reset: () => void attempt(() => remember(stranger(page.uuid()))),
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
      // Kept anew, so that the cookie is set as well.
      return say(callback, { type: 'consent', consent: 'granted' }, (now) => now);
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

  const inside: Inside = {
    page,
    store,
    onItem: (how) => void changes.push(how),
    onShown: (run) => void shown.push(run),
  };
  /** Once everything is in its place, so that no plugin depends on being named before another. */
  const look = () => {
    if (!page.isPrerendered()) for (const run of shown.splice(0)) attempt(run);
  };
  // The cookie lives on from every visit.
  if (isGranted()) attempt(() => remember(visitor()));
  // What an earlier page left behind.
  page.later(outbox.flush, delay);
  for (const plugin of options.plugins ?? []) attempt(() => plugin(client, inside));
  look();
  page.on('prerenderingchange', look);
  if (options.identify) void client.identify(options.identify, options.onIdentify);
  return client as unknown as Client<S>;
}

const OPTED_OUT: Sent = { status: 'suppressed', reason: 'opted out' };
