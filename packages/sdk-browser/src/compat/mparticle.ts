import type { Client, Plugin, Result } from '../api.ts';
import type { Ids, Properties } from '../wire.ts';

type Bag = Record<string, unknown>;
interface Request {
  readonly userIdentities?: Ids;
}
type Told = (result: object) => void;
interface User {
  getMPID(): string;
}

/** mParticle's identity types and our kinds; the others have one name. */
const pairs = [
  ['customerid', 'user'],
  ['mobile_number', 'phone'],
] as const;
const renamed = (ids: Ids, from: 0 | 1): Ids =>
  Object.fromEntries(
    Object.entries(ids).map(([name, id]) => [pairs.find((pair) => pair[from] === name)?.[from ? 0 : 1] ?? name, id]),
  );

const actions = [
  'Unknown',
  'AddToCart',
  'RemoveFromCart',
  'Checkout',
  'CheckoutOption',
  'Click',
  'ViewDetail',
  'Purchase',
  'Refund',
  'AddToWishlist',
  'RemoveFromWishlist',
];
const events = [
  'Unknown',
  'Navigation',
  'Location',
  'Search',
  'Transaction',
  'UserContent',
  'UserPreference',
  'Social',
  'Other',
];
const numbered = (names: readonly string[]) => Object.fromEntries(names.map((name, at) => [name, at]));
/** `AddToCart` as the vendor's batches spell it. */
const spelled = (name = 'unknown') => name.replace(/(?!^)[A-Z]/g, '_$&').toLowerCase();

/**
 * The calls of mParticle's web SDK on our client. A public key learns nothing about anybody, so the MPID is the device's
 * own id: it tells browsers apart, and people only on the server.
 */
export function mparticleOn(client: Client) {
  const set = (name: string, value: unknown) => void client.setTraits({ [name]: value });
  const user = () => {
    const { device, ids, isKnown } = client.getUser();
    return {
      getMPID: () => device,
      isLoggedIn: () => isKnown,
      getUserIdentities: () => ({ userIdentities: renamed(ids, 1) }),
      getAllUserAttributes: () => client.getUser().traits,
      setUserAttribute: set,
      setUserAttributes: (all: Bag) => void client.setTraits(all),
      setUserAttributeList: set,
      setUserTag: (name: string) => set(name, true),
      removeUserAttribute: (name: string) => set(name, null),
      removeUserTag: (name: string) => set(name, null),
      removeAllUserAttributes: () => Object.keys(client.getUser().traits).map((name) => set(name, null)),
    };
  };
  /** What the vendor's callbacks hear; offline is its −1. */
  const heard = ({ status, reason }: Result) => ({
    httpCode: status === 'queued' ? -1 : status === 'suppressed' ? -6 : status === 'rejected' ? 400 : 200,
    body: reason ?? { mpid: client.getUser().device, is_logged_in: client.getUser().isKnown },
    getUser: user,
  });
  const call =
    (verb: 'identify' | 'login' | 'modify') =>
    ({ userIdentities = {} }: Request = {}, told?: Told) =>
      void client[verb](renamed(userIdentities, 0), (result) => told?.(heard(result)));
  const log = (name: string, _type?: number, attributes?: Properties) => void client.track(name, attributes);
  const Identity = {
    identify: call('identify'),
    login: call('login'),
    modify: call('modify'),
    /** The vendor's logout leaves an anonymous person behind, on the same device. */
    logout: (_request?: Request, told?: Told) => void client.logout((result) => told?.(heard(result))),
    getCurrentUser: user,
    createAliasRequest: (source: User, destination: User) => ({
      sourceMpid: source.getMPID(),
      destinationMpid: destination.getMPID(),
    }),
    /** What was done before a login is theirs without it, so there is nothing to do. */
    aliasUsers: (_request?: object, told?: Told) => void told?.({ httpCode: 202 }),
  };
  return {
    init(_key: string, { identifyRequest, identityCallback }: Config = {}) {
      Identity.identify(identifyRequest, identityCallback);
    },
    isInitialized: () => true,
    ready: (run: () => void) => run(),
    getDeviceId: () => client.getUser().device,
    setOptOut: (isOut: boolean) => void (isOut ? client.optOut() : client.optIn()),
    upload: () => void client.flush(),
    logEvent: log,
    logPageView: (name = 'PageView', attributes?: Properties) => void client.page(name, attributes),
    logError: (error: string | { message: string }) =>
      log('Error', 0, { message: typeof error === 'string' ? error : error.message }),
    EventType: numbered(events),
    ProductActionType: numbered(actions),
    Identity,
    eCommerce: {
      createProduct: (Name: string, Sku: string, Price: number, Quantity = 1, Variant?: string, Category?: string) => ({
        Name,
        Sku,
        Price,
        Quantity,
        Variant,
        Category,
      }),
      createTransactionAttributes: (Id: string, Affiliation?: string, CouponCode?: string, Revenue?: number) => ({
        Id,
        Affiliation,
        CouponCode,
        Revenue,
      }),
      logProductAction: (
        type: number,
        products: object,
        attributes?: Properties,
        _flags?: object,
        transaction?: object,
      ) =>
        log(`eCommerce - ${spelled(actions[type])}`, 0, { ...attributes, ...transaction, products: [products].flat() }),
    },
  };
}

/** What a page gives, with what the vendor's snippet remembers of calls. */
interface Config {
  readonly identifyRequest?: Request;
  readonly identityCallback?: Told;
  readonly rq?: readonly unknown[];
}
const page = (typeof window === 'undefined' ? {} : window) as {
  mParticle?: { readonly config?: Config };
};

/** The global `mParticle` on our client; what the vendor's snippet has queued is done. */
export const mparticle = (): Plugin => (client) => {
  const { config } = page.mParticle ?? {};
  const all = mparticleOn(client);
  page.mParticle = Object.assign(all, config && { config });
  // The snippet starts the SDK by itself, with the configuration beside it.
  if (config?.rq) all.init('', config);
  for (const entry of config?.rq ?? []) {
    if (typeof entry === 'function') entry();
    else if (Array.isArray(entry)) {
      const [path, ...rest] = entry as [string, ...unknown[]];
      const [owner, name] = path.includes('.') ? path.split('.') : [undefined, path];
      const on = (owner ? all[owner as 'Identity'] : all) as unknown as Record<string, (...rest: unknown[]) => unknown>;
      on[name as string]?.(...rest);
    }
  }
};
