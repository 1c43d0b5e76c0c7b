import type { ProjectView } from '../api/shapes.ts';
import type { SetupWire } from './setup-test.ts';

export interface Snippet {
  readonly name: string;
  readonly wire: SetupWire;
  readonly note: string;
  readonly code: string;
}

/** Programs that send a first event to this project, as they are pasted. */
export function snippets({
  url,
  publicKey,
  keys,
  mixpanel,
}: Pick<ProjectView, 'url' | 'publicKey' | 'keys' | 'mixpanel'>): readonly Snippet[] {
  const key = JSON.stringify(publicKey);
  const merge =
    mixpanel === 'original' ? 'Mixpanel’s own SDK, unchanged (original ID merge).' : 'Mixpanel’s own SDK, unchanged.';
  return [
    {
      name: 'script tag',
      wire: 'native',
      note: 'Selfsame’s own client, from this server: page views and campaigns included.',
      code: `<script>
  selfsame = window.selfsame || function () { (selfsame.q = selfsame.q || []).push(arguments) };

  // Anything that happens:
  selfsame('track', 'Product Viewed', { product: 'espresso-cup' });
  // When somebody logs in, and when they log out:
  // selfsame('login', { user: 'customer-42' });
  // selfsame('logout');
</script>
<script async src="${attribute(`${url}/sdk.js`)}" data-key="${attribute(publicKey)}" data-plugins="pageviews, campaign"></script>`,
    },
    {
      name: '@selfsame/browser',
      wire: 'native',
      note: 'The same client as a module: 4 kB, everything else an import.',
      code: `import { createClient } from "@selfsame/browser";
import { pageviews } from "@selfsame/browser/pageviews";

const selfsame = createClient({
  key: ${key},
  endpoint: ${JSON.stringify(url)},
  plugins: [pageviews()],
});
selfsame.track('Product Viewed', { product: 'espresso-cup' });

// When somebody logs in, and when they log out:
await selfsame.login({ user: 'customer-42' });
await selfsame.logout();`,
    },
    {
      name: 'mixpanel-browser',
      wire: 'mixpanel',
      note: `${merge} Only api_host differs from what you have.`,
      code: `import mixpanel from 'mixpanel-browser';

mixpanel.init(${key}, {
  api_host: ${JSON.stringify(`${url}/mixpanel`)},
});
mixpanel.track('Page view', { page: location.pathname });

// When somebody logs in:
mixpanel.identify('customer-42');
mixpanel.people.set({ $name: 'Ann Example', plan: 'pro' });

// When they log out:
mixpanel.reset();`,
    },
    {
      name: 'fetch',
      wire: 'native',
      note: 'No SDK at all: one request, from a page or a backend.',
      code: `await fetch(${JSON.stringify(`${url}/v1/batch`)}, {
  method: 'POST',
  headers: {
    'content-type': 'application/json',
    authorization: ${JSON.stringify(`Bearer ${publicKey}`)},
  },
  body: JSON.stringify({
    items: [
      { type: 'track', name: 'Page view', ids: { device: 'device-1' } },
      { type: 'login', ids: { device: 'device-1', user: 'customer-42' } },
    ],
  }),
});`,
    },
    {
      name: 'curl',
      wire: 'native',
      note: 'From a terminal.',
      code: `curl ${url}/v1/batch \\
  -H ${shell(`Authorization: Bearer ${publicKey}`)} \\
  -H 'Content-Type: application/json' \\
  -d '{"items":[{"type":"track","name":"Page view","ids":{"device":"device-1"}}]}'`,
    },
    {
      name: 'mParticle',
      wire: 'mparticle',
      note: 'mParticle’s own web SDK, unchanged. Only domain differs from what you have; the SDK wants HTTPS.',
      code: `mParticle.init(${key}, {
  domain: ${JSON.stringify(`${url.replace(/^https?:\/\//, '')}/mparticle`)},
  identityCallback: (result) => console.log('who is here', result.httpCode),
});
mParticle.logEvent('Page view', mParticle.EventType.Navigation);

// When somebody logs in, and when they log out:
mParticle.Identity.login({ userIdentities: { customerid: 'customer-42' } });
mParticle.Identity.logout({});`,
    },
    {
      name: 'Segment',
      wire: 'segment',
      note: 'analytics.js, unchanged. Only cdnURL differs from what you have.',
      code: `const analytics = AnalyticsBrowser.load({
  writeKey: ${key},
  cdnURL: ${JSON.stringify(`${url}/segment`)},
});
analytics.page();

// When somebody logs in, and when they log out:
analytics.identify('customer-42', { plan: 'pro' });
analytics.reset();`,
    },
    {
      name: 'Crownpeak XO',
      wire: 'xo',
      note: `XO’s calls, with the script from here.${keys['xo'] === undefined ? ' XO’s own SDK wants a tracker key of its shape: keys.xo in the settings.' : ''}`,
      code: `<script src="${attribute(`${url}/xo/xo.js`)}"></script>
<script>
  xo.init({ activity: { trackerKey: ${script(JSON.stringify(keys['xo'] ?? publicKey))}, endpoint: ${script(JSON.stringify(`${url}/xo`))} } });
  xo.activity.send({ action: 'view', target: { product: '123' } });

  // When somebody logs in, and when they log out:
  // xo.activity.addUserIdentity('ecommerceId', 'customer-42');
  // xo.activity.clearUser();
</script>`,
    },
    {
      name: 'SPiD',
      wire: 'spid',
      note: `SPiD’s calls, with the script from here.${keys['spid'] === undefined ? ' The project speaks it once the settings name a client: keys.spid.' : ''}`,
      code: `<script src="${attribute(`${url}/spid/js/spid-sdk.js`)}"></script>
<script>
  VGS.Event.subscribe('auth.visitor', (visitor) => console.log('who is here', visitor.uid));
  VGS.init({
    client_id: ${script(JSON.stringify(keys['spid'] ?? publicKey))},
    server: ${script(JSON.stringify(`${url.replace(/^https?:\/\//, '')}/spid`))},
    prod: false,${url.startsWith('http:') ? '\n    https: false,' : ''}
  });
</script>`,
    },
  ];
}

const attribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** JSON within a script element, which nothing in it may end. */
const script = (json: string): string => json.replaceAll('<', '\\u003c');

const shell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
