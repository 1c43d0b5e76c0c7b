/** What the script uses of a browser's window; this package knows no browser. */
export interface Page {
  readonly localStorage: PageStorage;
  readonly navigator: { readonly doNotTrack?: string | null };
  readonly crypto: { getRandomValues(bytes: Uint8Array): Uint8Array };
  readonly console: { error(...what: unknown[]): void };
  readonly fetch: (url: string, init: object) => Promise<{ readonly status: number; text(): Promise<string> }>;
  readonly setTimeout: (run: () => void, ms: number) => void;
  _attraqt?: unknown;
  xo?: { readonly activity?: { readonly isInitialized?: unknown; handleQueuedEvents?(): void } };
  attraqt?: unknown;
}

export interface PageStorage {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

type Bag = Readonly<Record<string, unknown>>;

interface User {
  readonly identities: Record<string, string>;
  readonly segments: string[];
  readonly traits: Record<string, unknown>;
}

interface InitOptions {
  readonly trackerKey?: string;
  readonly region?: string;
  /** Base URL of the server; the vendor's host for the region when absent. */
  readonly endpoint?: string;
  readonly storage?: PageStorage;
}

export interface SendOptions {
  /** ms */
  readonly timeout?: number;
  readonly [more: string]: unknown;
}

export interface HttpClient {
  send(request: { readonly url: string; readonly body: string } & SendOptions): unknown;
}

/** What the script does for itself; a client that has these already brings its own. */
export interface Parts {
  /** Storage that a browser forbids or that is full is no error: then the session lasts as long as the page. */
  careful(storage: () => PageStorage): PageStorage;
  /** A random UUID, version 4. */
  uuid(): string;
  /** Where activities go. */
  readonly client: HttpClient;
}

/** The parts of the script that a page loads from us. Self-contained as {@link install}. */
export function createParts(page: Page): Parts {
  const uuid = (): string => {
    const bytes = page.crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };

  const careful = (storage: () => PageStorage): PageStorage => {
    const memory = new Map<string, string>();
    const attempt = <T>(run: () => T, otherwise: T): T => {
      try {
        return run();
      } catch {
        return otherwise;
      }
    };
    return {
      getItem: (name) => attempt(() => storage().getItem(name), null) ?? memory.get(name) ?? null,
      setItem(name, value) {
        memory.set(name, value);
        attempt(() => storage().setItem(name, value), undefined);
      },
      removeItem(name) {
        memory.delete(name);
        attempt(() => storage().removeItem(name), undefined);
      },
    };
  };

  const browserClient: HttpClient = {
    async send({ url, body, timeout, keepalive, cache }) {
      const headers = { 'Content-Type': 'application/json', 'X-SDK': '1' };
      const answer = page.fetch(url, {
        method: 'POST',
        headers,
        body,
        keepalive,
        cache,
        referrerPolicy: 'no-referrer',
      });
      const late = new Promise<never>((_, reject) => {
        if (!Number.isInteger(timeout)) return;
        const error = new Error('The request has timed out.');
        error.name = 'TimeoutError';
        page.setTimeout(() => reject(error), timeout as number);
      });
      const { status, text } = await Promise.race([answer, late]).then((one) => ({
        status: one.status,
        text: one.text(),
      }));
      return { status, body: await text };
    },
  };

  return { careful, uuid, client: browserClient };
}

/**
 * Makes the globals `xo` and `attraqt`, which behave as `@attraqt/xo-js` does, and runs what the page queued
 * in `_attraqt` before. Self-contained: it is sent to browsers as text. Where it differs from the original it says so.
 */
export function install(page: Page, parts: Parts): void {
  // Loaded twice (a tag manager and the page): the visitor's state stays. A page's stub has no state to keep.
  const loaded = page.xo?.activity;
  if (loaded?.handleQueuedEvents !== undefined && typeof loaded.isInitialized === 'boolean') {
    loaded.handleQueuedEvents();
    return;
  }

  const { careful, uuid } = parts;
  const SESSION = 'attraqtsessionid';
  const OPT_OUT = 'attraqtoptout';

  const isBag = (value: unknown): value is Bag => typeof value === 'object' && value !== null && !Array.isArray(value);
  const isStrings = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((one) => typeof one === 'string');
  const isNames = (value: unknown): value is Record<string, string> =>
    isBag(value) && Object.values(value).every((one) => typeof one === 'string');
  const is = (type: string) => (value: unknown) =>
    typeof value === type && (type !== 'number' || Number.isFinite(value as number));
  const optional = (value: unknown, check: (value: unknown) => boolean) => value === undefined || check(value);

  const isUser = (value: unknown): boolean =>
    isBag(value) &&
    isNames(value['identities']) &&
    optional(value['segments'], isStrings) &&
    optional(value['traits'], isBag);

  const isMetadata = (value: unknown): boolean =>
    isBag(value) &&
    Object.values(value).every(
      (one) => Array.isArray(one) || ['string', 'number', 'boolean'].some((type) => is(type)(one)),
    ) &&
    ['price', 'quantity'].every((name) => optional(value[name], is('number'))) &&
    ['currency', 'orderId', 'market'].every((name) => optional(value[name], is('string')));

  const isActivity = (value: Bag): boolean =>
    is('string')(value['action']) &&
    isNames(value['target']) &&
    isUser(value['user']) &&
    optional(value['metadata'], isMetadata) &&
    optional(value['segments'], isStrings) &&
    optional(value['sourceId'], is('string')) &&
    optional(value['opposite'], is('boolean')) &&
    optional(value['timestamp'], is('string'));

  /** Lower-case names, so that a `sessionId` is the session. A name that was not lower-case is the explicit choice. */
  const fold = (identities: Readonly<Record<string, string>>): Record<string, string> => {
    const folded: Record<string, string> = {};
    const explicit = (name: string) => (name === name.toLowerCase() ? 0 : 1);
    for (const name of Object.keys(identities).sort((a, b) => explicit(a) - explicit(b)))
      folded[name.toLowerCase()] = identities[name] as string;
    return folded;
  };

  let storage = careful(() => page.localStorage);
  let client = parts.client;
  let url = '';

  const assertInitialized = () => {
    if (!activity.isInitialized) throw new Error('The activities module must be initialized before using methods.');
  };
  const demand = (ok: boolean, message: string) => {
    if (!ok) throw new TypeError(message);
  };
  /** The session is the only identity that is kept; every change of identities writes it back. */
  const keepSession = () => {
    const { identities } = activity.user;
    identities['sessionid'] ||= storage.getItem(SESSION) || uuid();
    storage.setItem(SESSION, identities['sessionid']);
  };
  const changeUser = (change: Partial<User>) => {
    activity.user = { ...activity.user, ...change };
    keepSession();
  };

  const activity = {
    isInitialized: false,
    hasOptedOut: false,
    user: { identities: {}, segments: [], traits: {} } as User,

    init(options?: InitOptions, httpClient?: HttpClient) {
      if (!options?.trackerKey) throw new Error('A tracker key is required to initialize the activities module.');
      const region = options.region?.toLowerCase() || 'eu';
      const base =
        options.endpoint?.replace(/(^|[^/])\/+$/, '$1') ??
        `http${region === 'dev' ? '' : 's'}://collect-${region}.attraqt.io`;
      url = `${base}/${options.trackerKey}`;
      const given = options.storage;
      if (given !== undefined) storage = careful(() => given);
      client = httpClient ?? parts.client;
      keepSession();
      activity.hasOptedOut = storage.getItem(OPT_OUT) === 'true';
      activity.isInitialized = true;
    },

    send(activities: unknown, options?: SendOptions) {
      if (page.navigator.doNotTrack === '1') return null;
      if (!activity.isInitialized)
        throw new Error('The activities module must be initialized before sending activities.');
      const list = (Array.isArray(activities) ? activities : [activities]).map((one: Bag | undefined) => {
        const whole = { ...one, user: one?.['user'] || activity.user };
        if (!isActivity(whole)) throw new Error('The provided activity does not match the required format.');
        return whole;
      });
      if (activity.hasOptedOut) return null;
      const headers = { 'Content-Type': 'application/json' };
      return client.send({ method: 'POST', headers, url, body: JSON.stringify(list), ...options });
    },

    /** The original throws half-way when segments or traits are missing; here they are empty. */
    setUser(user: { identities: Record<string, string>; segments?: string[]; traits?: Bag }) {
      assertInitialized();
      demand(isUser(user), 'The provided user does not match the required format.');
      activity.setUserIdentities(user.identities);
      activity.setUserSegments(user.segments ?? []);
      activity.setUserTraits(user.traits ?? {});
    },

    addUserIdentity(repository: string, identity: string) {
      assertInitialized();
      demand(is('string')(repository) && is('string')(identity), 'identityRepository and identity must be strings.');
      changeUser({ identities: { ...activity.user.identities, [repository.toLowerCase()]: identity } });
    },

    /** The original keeps the case of names, and so does not know a `sessionId` for the session. */
    setUserIdentities(identities: Record<string, string>) {
      assertInitialized();
      const ok = isNames(identities) && Object.keys(identities).length > 0;
      demand(ok, 'The provided identities do not match the required format.');
      changeUser({ identities: fold(identities) });
    },

    addUserSegment(segment: string) {
      assertInitialized();
      demand(is('string')(segment), 'segment must be a string.');
      changeUser({ segments: [...activity.user.segments, segment] });
    },

    setUserSegments(segments: string[]) {
      assertInitialized();
      demand(isStrings(segments), 'segments must be an array of strings.');
      changeUser({ segments: [...segments] });
    },

    addUserTrait(trait: string, value: string) {
      assertInitialized();
      demand(is('string')(trait) && is('string')(value), 'trait and traitValue must be strings.');
      changeUser({ traits: { ...activity.user.traits, [trait]: value } });
    },

    setUserTraits(traits: Bag = {}) {
      assertInitialized();
      demand(isBag(traits), 'The provided traits do not match the required format.');
      changeUser({ traits: { ...traits } });
    },

    clearUser() {
      assertInitialized();
      storage.removeItem(SESSION);
      changeUser({ identities: {}, segments: [], traits: {} });
    },

    optOut() {
      assertInitialized();
      activity.hasOptedOut = true;
      storage.setItem(OPT_OUT, 'true');
    },

    optIn() {
      assertInitialized();
      activity.hasOptedOut = false;
      storage.removeItem(OPT_OUT);
    },

    /** Runs `[method, ...args]` entries; falsy arguments are dropped. The original stops at the first that throws. */
    handleQueuedEvents() {
      const queue = Array.isArray(page._attraqt) ? page._attraqt : [];
      page._attraqt = [];
      for (const entry of queue.filter((one): one is unknown[] => Array.isArray(one))) {
        const [method, first, ...more] = entry.filter(Boolean) as [string, ...unknown[]];
        // A page's stub may queue the options of `xo.init`; older templates say `sendAndStoreClusters`.
        const unwrapped = method === 'init' && isBag(first) && isBag(first['activity']) ? first['activity'] : first;
        const name = (method === 'sendAndStoreClusters' ? 'send' : method) as keyof typeof activity;
        const run = activity[name] as (...args: unknown[]) => unknown;
        try {
          Promise.resolve(run(unwrapped, ...more)).catch((error) => page.console.error(error));
        } catch (error) {
          page.console.error(error);
        }
      }
    },
  };

  const xo = {
    activity,
    init(options: { readonly activity?: InitOptions } = {}) {
      if (options.activity !== undefined) activity.init(options.activity);
    },
  };
  page.xo = xo;
  page.attraqt = xo;
  activity.handleQueuedEvents();
}
