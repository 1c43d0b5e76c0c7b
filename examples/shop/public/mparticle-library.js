import { noteSent } from './sent.js';

/** mParticle's web SDK, the vendor's own file, unchanged. Answers null when the browser does not load it. */
export function start(config) {
  const base = `${new URL(config.apiHost).host}/mparticle`;
  return new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = 'mparticle.js';
    script.onerror = () => resolve(null);
    script.onload = () =>
      window.mParticle.init(config.token, {
        isDevelopmentMode: true,
        // On a page of http the SDK asks for its configuration by https all the same, so this one brings it along. A real
        // site gives `configUrl` and nothing else.
        requestConfig: false,
        forceHttps: false,
        workspaceToken: `ss-${config.projectId}`,
        identityUrl: `${base}/identity/v1/`,
        v3SecureServiceUrl: `${base}/webevents/v3/JS/`,
        aliasUrl: `${base}/webevents/v1/identity/`,
        // Seen in the console at once; a real site leaves the five seconds.
        flags: { eventsV3: '100', eventBatchingIntervalMillis: '500' },
        // Who is this? Told at the start of each session, and from the browser's own memory on every other page.
        identityCallback: (result) => {
          note(result.httpCode === -3 ? 'who is here (remembered)' : `identify: ${result.httpCode}`);
          resolve(speaking);
        },
      });
    document.head.append(script);
  });
}

const user = () => window.mParticle.Identity.getCurrentUser();

const speaking = {
  track(name, properties) {
    const { eCommerce, ProductActionType, EventType } = window.mParticle;
    const product = () =>
      eCommerce.createProduct(properties.product, properties.product, properties.price, properties.quantity ?? 1);
    if (name === 'Page Viewed') window.mParticle.logPageView(properties.page, properties);
    else if (name === 'Product Viewed') eCommerce.logProductAction(ProductActionType.ViewDetail, product());
    else if (name === 'Added to Basket') eCommerce.logProductAction(ProductActionType.AddToCart, product());
    else if (name === 'Order Completed')
      eCommerce.logProductAction(
        ProductActionType.Purchase,
        properties.products.map((id) => eCommerce.createProduct(id, id, 0)),
        {},
        {},
        { Id: properties.order, Revenue: properties.revenue },
      );
    else window.mParticle.logEvent(name, EventType.Other, flat(properties));
    window.mParticle.upload();
    note(name);
  },
  async signedUp(customer) {
    await ask('login', customer);
    user()?.setUserAttribute('$FirstName', customer.name);
    user()?.setUserAttribute('Signed up', new Date().toISOString());
    // A field that the customer may change later goes by modify.
    await ask('modify', customer);
    this.track('Signed Up', { method: 'e-mail' });
  },
  async loggedIn(customer) {
    await ask('login', customer);
    this.track('Logged In', { method: 'e-mail' });
  },
  loggedOut: () => ask('logout'),
  ids: () => ({
    MPID: user()?.getMPID() ?? null,
    'logged in': user()?.isLoggedIn() ? 'yes' : 'no',
    device: window.mParticle.getDeviceId(),
  }),
};

/** An identity call; resolves when its callback was called. The SDK does not call again by itself when it fails. */
function ask(call, customer) {
  const userIdentities = customer && { customerid: customer.id, email: customer.email };
  return new Promise((resolve) =>
    window.mParticle.Identity[call](userIdentities === undefined ? {} : { userIdentities }, (result) => {
      note(`${call}: ${result.httpCode}`);
      resolve();
    }),
  );
}

const note = (name) =>
  noteSent(name, {
    user: user()?.getUserIdentities().userIdentities.customerid,
    device: window.mParticle.getDeviceId(),
  });

/** The SDK takes texts, numbers and booleans. */
const flat = (properties) =>
  Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
