import type { Page } from 'playwright-core';
import type { ProjectFile } from './selfsame.ts';

/** What a callback of `mParticle.Identity` was told. */
export interface Told {
  readonly httpCode: number;
  /** Of the user it names, or null. */
  readonly mpid: string | null;
  readonly isLoggedIn: boolean | null;
  readonly body: unknown;
}

interface User {
  getMPID(): string;
  isLoggedIn(): boolean;
  getUserIdentities(): { readonly userIdentities: Readonly<Record<string, string>> };
  getAllUserAttributes(): Readonly<Record<string, unknown>>;
  setUserAttribute(name: string, value: unknown): void;
  setUserAttributeList(name: string, values: readonly unknown[]): void;
  setUserTag(name: string): void;
  removeUserAttribute(name: string): void;
  setConsentState(state: ConsentState): void;
}
interface ConsentState {
  addGDPRConsentState(purpose: string, consent: object): ConsentState;
  setCCPAConsentState(consent: object): ConsentState;
}
interface IdentityResult {
  readonly httpCode: number;
  readonly body?: unknown;
  getUser(): User | null;
}
type Callback = (result: IdentityResult) => void;
type Call = (request: object, callback: Callback) => void;

/** The global of the SDK, as far as the tests use it. */
export interface Mparticle {
  init(key: string, config: object): void;
  isInitialized(): boolean;
  logEvent(name: string, type?: number, attributes?: object): void;
  logPageView(name: string, attributes?: object): void;
  setOptOut(isOptedOut: boolean): void;
  upload(): void;
  readonly Identity: Readonly<Record<'identify' | 'login' | 'logout' | 'modify', Call>> & {
    getCurrentUser(): User | null;
    search(key: string, identities: object, callback: (result: object) => void): void;
    createAliasRequest(source: User, destination: User): object;
    aliasUsers(request: object, callback: (result: object) => void): void;
  };
  readonly Consent: {
    createConsentState(): ConsentState;
    createGDPRConsent(consented: boolean, timestamp: number, document?: string): object;
    createCCPAConsent(isOptedOut: boolean, timestamp: number): object;
  };
  readonly eCommerce: {
    createProduct(name: string, sku: string, price: number, quantity: number): object;
    logProductAction(type: number, products: object): void;
  };
  readonly ProductActionType: Readonly<Record<string, number>>;
}
declare const mParticle: Mparticle;

/** A workspace of the settings file under a strategy; its keys carry its name. */
export const workspace = (strategy: string, wire: object = {}, policy: object = {}): ProjectFile => ({
  id: strategy,
  publicKey: `web-${strategy}`,
  serverKey: `server-${strategy}-key-long-enough-to-pass`,
  policy: { preset: strategy, ...policy },
  wires: { mparticle: wire },
});

/**
 * The SDK's configuration without TLS: the page gives each address that the answer of one key would name (way 3).
 * @param url of Selfsame
 * @param sendAfter ms that the SDK gathers events for a batch
 */
export function plainConfig(url: string, sendAfter: number): object {
  const base = `${new URL(url).host}/mparticle`;
  return {
    requestConfig: false,
    forceHttps: false,
    isDevelopmentMode: true,
    workspaceToken: 'phone',
    identityUrl: `${base}/identity/v1/`,
    v1SecureServiceUrl: `${base}/webevents/v1/JS/`,
    v2SecureServiceUrl: `${base}/webevents/v2/JS/`,
    v3SecureServiceUrl: `${base}/webevents/v3/JS/`,
    aliasUrl: `${base}/webevents/v1/identity/`,
    flags: {
      eventsV3: '100',
      eventBatchingIntervalMillis: String(sendAfter),
      directURLRouting: 'False',
      cacheIdentity: 'False',
    },
  };
}

/** Starts the SDK on a page; answers what its identity callback was told. */
export function init(page: Page, key: string, config: object): Promise<Told> {
  return page.evaluate(
    ([apiKey, given]) =>
      new Promise<Told>((resolve) => {
        const identityCallback: Callback = (result) => {
          const user = result.getUser();
          resolve({
            httpCode: result.httpCode,
            mpid: user?.getMPID() ?? null,
            isLoggedIn: user?.isLoggedIn() ?? null,
            body: result.body,
          });
        };
        mParticle.init(apiKey as string, { ...(given as object), identityCallback });
      }),
    [key, config] as const,
  );
}

/** Makes one identity call and answers what its callback was told. */
export function call(
  page: Page,
  verb: 'identify' | 'login' | 'logout' | 'modify',
  userIdentities?: object,
): Promise<Told> {
  return page.evaluate(
    ([name, identities]) =>
      new Promise<Told>((resolve) => {
        const request = identities === undefined ? {} : { userIdentities: identities as object };
        mParticle.Identity[name as 'login'](request, (result) => {
          const user = result.getUser();
          resolve({
            httpCode: result.httpCode,
            mpid: user?.getMPID() ?? null,
            isLoggedIn: user?.isLoggedIn() ?? null,
            body: result.body,
          });
        });
      }),
    [verb, userIdentities] as const,
  );
}

/** Moves the SDK's memory of its last event back, as if the page had been left alone for so long. ms */
export const age = (page: Page, ms: number): Promise<void> =>
  page.evaluate((by) => {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith('mprtcl-v4')) continue;
      const stored = localStorage.getItem(name) as string;
      localStorage.setItem(
        name,
        stored.replace(/('les':)(\d+)/, (_all, les, at) => les + (Number(at) - by)),
      );
    }
  }, ms);
