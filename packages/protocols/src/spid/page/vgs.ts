import type { Answer, Events, Handler, Options, Page, Talk } from './page.ts';

/** The global `VGS` of the vendor's SDK 1.x: the same calls, and its events in their order. */
export function createVgs(page: Page, talk: Omit<Talk, 'response'>, events: Events): object {
  const { fire, run } = events;
  let session: Answer | null = null;
  let status = 'unknown';
  let loading: 'no' | 'loading' | 'loaded' = 'no';
  let wasInitiated = false;
  let refresh: number | undefined;

  const cookieName = () => `${talk.isProduction ? 'vgs_js_' : 'vgs_js_test_'}${talk.options.client_id}`;
  const writeCookie = (value: string, seconds: number, domain: string | undefined) => {
    const scope = domain ? `; domain=.${domain}` : '';
    page.document.cookie = `${cookieName()}=${value}; max-age=${seconds}; path=/${scope}`;
  };
  const readCookie = (): Answer | undefined => {
    const start = `${cookieName()}=`;
    const pair = page.document.cookie.split('; ').find((one) => one.startsWith(start));
    try {
      return pair === undefined ? undefined : (JSON.parse(decodeURIComponent(pair.slice(start.length))) as Answer);
    } catch {
      return undefined;
    }
  };

  /** Fires what has changed. */
  const setSession = (now: Answer | null, nowStatus: string): void => {
    const had = session?.userId !== undefined;
    const has = now?.userId !== undefined;
    const isOther = had && has && session?.id !== now?.id;
    const changed = had !== has || !had || session?.sig !== now?.sig;
    const statusChanged = status !== nowStatus;
    const told = { session: now, status: nowStatus };
    const domain = now?.baseDomain ?? session?.baseDomain;
    session = now;
    status = nowStatus;
    if (changed && talk.options.cookie !== false) {
      if (now === null) writeCookie('', 0, domain);
      else writeCookie(encodeURIComponent(JSON.stringify(now)), now.expiresIn ?? 0, domain);
    }
    if (!had && !has) fire('auth.notLoggedin', told);
    if (statusChanged) fire('auth.statusChange', told);
    if ((had && !has) || isOther) fire('auth.logout', told);
    if ((has && !had) || isOther) fire('auth.login', told);
    if (changed) fire('auth.sessionChange', told);
    if (isOther) fire('auth.userChange', told);
    if (has && !wasInitiated) {
      wasInitiated = true;
      fire('auth.sessionInit', told);
    }
    page.clearTimeout(refresh);
    const every = Math.max(60_000, talk.options.refresh_timeout ?? 900_000);
    if (now !== null && loading !== 'no') refresh = page.setTimeout(() => getLoginStatus(undefined, true), every);
  };

  const report = (error: { readonly type?: string } | undefined) => {
    if (error?.type === 'communication' || (error !== undefined && talk.options.logging)) fire('VGS.error', error);
  };
  const validate = (answer: Answer) => {
    const visitor = answer.visitor ?? answer.response?.visitor;
    if (visitor !== undefined) fire('auth.visitor', visitor);
    report(answer.error);
    if (answer.result && answer.userId !== undefined) setSession(answer, answer.userStatus ?? 'unknown');
    else setSession(null, 'unknown');
  };

  function getLoginStatus(callback?: Handler, force?: boolean): void {
    if (callback && force !== true && loading === 'loaded') {
      run(callback, { status, session });
      return;
    }
    if (callback) events.subscribe('VGS.loginStatus', callback);
    if (force !== true && loading === 'loading') return;
    loading = 'loading';
    const loaded = (answer: Answer) => {
      loading = 'loaded';
      validate(answer);
      fire('VGS.loginStatus', answer);
      events.clear('VGS.loginStatus');
    };
    talk.ask(talk.session(), {}, (answer) => {
      if (answer.error?.type !== 'LoginException') {
        loaded(answer);
        return;
      }
      fire('VGS.loginException', answer);
      talk.ask(talk.core(), { autologin: 1 }, loaded);
    });
  }

  const call = (name: string, query: Readonly<Record<string, unknown>>, callback?: Handler) =>
    talk.ask(`${talk.server()}ajax/${name}.js`, query, (answer) => {
      if (answer.error?.type === 'communication') fire('VGS.error', answer.error);
      else run(callback, answer);
    });
  /** Pages of the login platform: not ours, but sites link to them. `names` of the first arguments, in their order. */
  const uri =
    (path: string, ...names: readonly string[]) =>
    (...values: readonly unknown[]) => {
      const query: Record<string, unknown> = {
        response_type: 'code',
        client_id: talk.options.client_id,
        redirect_uri: page.location,
      };
      [...names, 'redirect_uri', 'client_id'].forEach((name, i) => {
        if (values[i]) query[name] = values[i];
      });
      const text = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
      return `${talk.server()}${path}?${text.join('&')}`;
    };

  return {
    init(given: Options = {}) {
      talk.use(given);
      if (given.client_id === undefined || given.server === undefined) {
        report({ type: 'default', ...{ code: 400, description: 'VGS.init: client_id and server are needed' } });
        return;
      }
      const cookie = given.cookie === false ? undefined : readCookie();
      if (cookie !== undefined && given.session === undefined) loading = 'loaded';
      const known = given.session ?? cookie;
      if (known !== undefined) setSession(known, known.userStatus ?? 'unknown');
      if (given.status || known === undefined) getLoginStatus(undefined, true);
    },
    getSession: () => session,
    getLoginStatus,
    setTraits: (traits: string, callback?: Handler) => call('traits', { t: traits }, callback),
    hasProduct: (id: unknown, callback?: Handler) => call('hasproduct', { product_id: id }, callback),
    hasSubscription: (id: unknown, callback?: Handler) => call('hassubscription', { product_id: id }, callback),
    getLoginURI: uri('flow/login'),
    getSignupURI: uri('flow/signup'),
    getLogoutURI: uri('logout'),
    getAccountURI: uri('account/summary'),
    getPurchaseHistoryURI: uri('account/purchasehistory'),
    getSubscriptionsURI: uri('account/subscriptions'),
    getProductsURI: uri('account/products'),
    getRedeemVoucherURI: uri('account/redeem', 'voucher_code'),
    getPurchaseProductURI: uri('flow/checkout', 'product_id'),
    getPurchaseCampaignURI: uri('flow/checkout', 'campaign_id', 'product_id', 'voucher_code'),
    Event: events,
    Auth: {
      setSession,
      validate,
      logout(callback?: Handler) {
        setSession(null, 'unknown');
        call('logout', {}, callback);
      },
    },
    // The answer script speaks to the original here; ours listens at `SPiD.Talk`.
    callbacks: {},
    Ajax: { responseReceived() {} },
  };
}
