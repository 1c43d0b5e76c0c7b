import { load, server } from './load.js';
import { noteSent } from './sent.js';

/** Crownpeak XO's library as its package is published, bundled. Answers null when the browser does not load it. */
export async function start({ trackerKey }) {
  if (!(await load('xo.js'))) return null;
  // The library sends to a host of the vendor's for its region; a client of one's own is how it is told another.
  const client = {
    async send({ body }) {
      const headers = { 'Content-Type': 'application/json', 'X-SDK': '1' };
      const answer = await fetch(`${server}xo/${trackerKey}`, { method: 'POST', headers, body, keepalive: true });
      return { status: answer.status, body: await answer.text() };
    },
  };
  window.xo.activity.init({ trackerKey }, client);
  return speakingTo(window.xo.activity);
}

function speakingTo(activity) {
  const session = () => localStorage.getItem('attraqtsessionid');
  let user = null;
  const send = (action, target, metadata = {}) => {
    void activity.send({ action, target, metadata });
    noteSent(action, { user, device: session() });
  };
  const known = (customer) => {
    user = customer.id;
    activity.addUserIdentity('eCommerceId', customer.id);
    activity.addUserTrait('email', customer.email);
    activity.addUserTrait('name', customer.name);
  };
  return {
    track(name, properties) {
      if (name === 'Page Viewed') send('view', { page: properties.page });
      else if (name === 'Product Viewed') send('view', { product: properties.product });
      else if (name === 'Added to Basket')
        // Prices are in cents.
        send('add-to-cart', { product: properties.product }, { price: properties.price * 100, quantity: 1 });
      else if (name === 'Order Completed')
        for (const product of properties.products) send('purchase', { product }, { orderId: properties.order });
      else send(name, {});
    },
    signedUp(customer) {
      known(customer);
      send('Signed Up', {});
    },
    loggedIn(customer) {
      known(customer);
      send('Logged In', {});
    },
    /** The library forgets the customer and begins another session. */
    loggedOut() {
      user = null;
      activity.clearUser();
    },
    /** A page that knows its customer says so: the library keeps nothing but the session. */
    here: (customer) => customer && known(customer),
    ids: () => ({ sessionId: session(), eCommerceId: user }),
  };
}
