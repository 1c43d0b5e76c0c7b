/** All that the shop tells Mixpanel's library, which is the vendor's own file, unchanged. */

const SENT = 'shop-sent';
const KEPT = 20;
/** An ad blocker may stop the library; the shop goes on without it after this long, ms. */
const PATIENCE = 3_000;

/** `{ token, apiHost, projectId }`, or null where no server offers one. */
export const config = await fetch('config.json')
  .then((answer) => (answer.ok ? answer.json() : null))
  .catch(() => null);

const library = config === null ? Promise.resolve(null) : Promise.race([start(), wait(PATIENCE)]);

function start() {
  // The vendor's snippet leaves a stub that remembers calls, and loads the library from here.
  window.MIXPANEL_CUSTOM_LIB_URL = new URL('mixpanel.js', document.baseURI).href;
  return new Promise((resolve) => {
    const snippet = document.createElement('script');
    snippet.src = 'mixpanel-snippet.js';
    snippet.onerror = () => resolve(null);
    snippet.onload = () =>
      window.mixpanel.init(config.token, {
        api_host: config.apiHost,
        persistence: 'localStorage',
        // Seen in the console at once; a real site leaves the five seconds.
        batch_flush_interval_ms: 500,
        // A campaign is written on the page it led to and not on every later visit.
        stop_utm_persistence: true,
        hooks: { before_send_events: noteSent, before_send_people: noteSent },
        loaded: resolve,
      });
    document.head.append(snippet);
  });
}

/** Something happened on the page. Answers once the library has it in its queue, which outlives the page. */
export async function track(name, properties = {}) {
  const mixpanel = await library;
  mixpanel?.track(name, properties);
}

/** A customer signed up: says who this device is now, what they are called, and the event that proves it. */
export async function signedUp(customer) {
  const mixpanel = await library;
  if (mixpanel === null) return;
  mixpanel.identify(customer.id);
  mixpanel.people.set({ $name: customer.name, $email: customer.email });
  mixpanel.people.set_once({ 'Signed up': new Date().toISOString() });
  // An ordinary event after identify() carries both ids; simplified ID merge goes by that.
  mixpanel.track('Signed Up', { method: 'e-mail' });
  await settled();
}

export async function loggedIn(customer) {
  const mixpanel = await library;
  if (mixpanel === null) return;
  mixpanel.identify(customer.id);
  mixpanel.track('Logged In', { method: 'e-mail' });
  await settled();
}

/** Logged out. With `reset` the library forgets the customer and the device becomes a new one, as Mixpanel advises. */
export async function loggedOut({ reset }) {
  const mixpanel = await library;
  if (mixpanel === null) return;
  mixpanel.track('Logged Out');
  // Let the event leave with the old ids first.
  await settled();
  if (reset) mixpanel.reset();
}

/** The ids the next event will carry. */
export async function ids() {
  const mixpanel = await library;
  const read = (name) => mixpanel?.get_property(name) ?? null;
  return { distinct_id: read('distinct_id'), $device_id: read('$device_id'), $user_id: read('$user_id') };
}

/** What was sent last from this tab, newest first. */
export const sent = () => JSON.parse(sessionStorage.getItem(SENT) ?? '[]');

/** Waits until everything queued so far is on its way; the queue also survives a page that is left earlier. */
export const settled = () => wait(700);

function noteSent(item) {
  const { event, properties = item } = item;
  const ids = {
    distinct_id: properties.distinct_id ?? properties.$distinct_id,
    $device_id: properties.$device_id,
    $user_id: properties.$user_id,
  };
  const name =
    event ?? Object.keys(item).find((key) => ['$set', '$set_once', '$add', '$unset'].includes(key)) ?? 'profile';
  sessionStorage.setItem(SENT, JSON.stringify([{ name, at: Date.now(), ids }, ...sent()].slice(0, KEPT)));
  window.dispatchEvent(new Event('shop-sent'));
  return item;
}

function wait(ms) {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms));
}
