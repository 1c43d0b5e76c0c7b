import { load, server } from './load.js';
import { noteSent } from './sent.js';

/** Segment's analytics.js, the vendor's own file, unchanged. Answers null when the browser does not load it. */
export async function start(config) {
  if (!(await load('segment.js'))) return null;
  const { host, protocol } = new URL(server);
  const settings = { apiKey: config.token, apiHost: `${host}/segment/v1`, protocol: protocol.slice(0, -1) };
  const [analytics] = await window.AnalyticsNext.AnalyticsBrowser.load({
    writeKey: config.token,
    // A real site leaves that to the settings it asks the server for.
    cdnSettings: { integrations: { 'Segment.io': settings } },
  });
  return speakingTo(analytics);
}

function speakingTo(analytics) {
  const ids = () => ({ userId: analytics.user().id() ?? null, anonymousId: analytics.user().anonymousId() ?? null });
  const note = (name) => noteSent(name, { user: ids().userId, device: ids().anonymousId });
  return {
    track(name, properties) {
      if (name === 'Page Viewed') void analytics.page(properties.page, properties);
      else void analytics.track(name, properties);
      note(name);
    },
    signedUp(customer) {
      void analytics.identify(customer.id, { name: customer.name, email: customer.email });
      note('identify');
      this.track('Signed Up', { method: 'e-mail' });
    },
    loggedIn(customer) {
      void analytics.identify(customer.id, { email: customer.email });
      note('identify');
      this.track('Logged In', { method: 'e-mail' });
    },
    /** The library forgets the customer and the device becomes a new one. */
    loggedOut: () => analytics.reset(),
    ids,
  };
}
