import { noteSent } from './sent.js';

/** Mixpanel's library, the vendor's own file, unchanged. Answers null when the browser does not load it. */
export function start(config) {
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
        hooks: { before_send_events: note, before_send_people: note },
        loaded: (mixpanel) => resolve(speakingTo(mixpanel)),
      });
    document.head.append(snippet);
  });
}

const speakingTo = (mixpanel) => ({
  track: (name, properties) => mixpanel.track(name, properties),
  signedUp(customer) {
    mixpanel.identify(customer.id);
    mixpanel.people.set({ $name: customer.name, $email: customer.email });
    mixpanel.people.set_once({ 'Signed up': new Date().toISOString() });
    // An ordinary event after identify() carries both ids; simplified ID merge goes by that.
    mixpanel.track('Signed Up', { method: 'e-mail' });
  },
  loggedIn(customer) {
    mixpanel.identify(customer.id);
    mixpanel.track('Logged In', { method: 'e-mail' });
  },
  /** The library forgets the customer and the device becomes a new one. */
  loggedOut: () => mixpanel.reset(),
  ids() {
    const read = (name) => mixpanel.get_property(name) ?? null;
    return { distinct_id: read('distinct_id'), $device_id: read('$device_id'), $user_id: read('$user_id') };
  },
});

function note(item) {
  const { event, properties = item } = item;
  const name =
    event ?? Object.keys(item).find((key) => ['$set', '$set_once', '$add', '$unset'].includes(key)) ?? 'profile';
  noteSent(name, { user: properties.$user_id, device: properties.$device_id });
  return item;
}
