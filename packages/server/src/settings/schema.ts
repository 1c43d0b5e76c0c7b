import { presets, whyNotPattern } from '@selfsame/identity';
import { kindOf, spidEndpoints, type WireName, wireNames } from '@selfsame/protocols';
import * as v from 'valibot';
import { isNetwork } from '../http/networks.ts';
import { connectionSettings } from './connection-schema.ts';
import { exact, text, webAddress } from './fields.ts';
import { alertSettings, outputSettings } from './output-schema.ts';

const whole = v.pipe(v.number(), v.integer('is no whole number'), v.minValue(0, 'is below 0'));
const trust = v.picklist([0, 1, 2, 3]);
const wires = Object.keys(wireNames) as readonly WireName[];
const role = v.picklist(['profile', 'login', 'contact', 'anonymous', 'handle', 'group']);
/** A kind of identifier; it never holds a colon, which ends it in a key. */
const kind = v.pipe(v.string(), v.regex(/^[\w.$-]{1,64}$/, 'is no kind; use letters, digits and _ . $ -'));
const strategy = v.picklist(['default', 'profile_conversion', 'profile_link', 'profile_isolation', 'best_match']);

/** Any field of a preset can be overridden; `breaker`, `caps`, `directory` and `roles` field by field. */
export const policySettings = exact({
  /** Absent: the default that the project began with. */
  preset: v.optional(v.picklist(Object.keys(presets))),
  identityMode: v.optional(v.picklist(['open', 'report', 'enforce'])),
  order: v.optional(v.picklist(['time', 'arrival'])),
  sharedDevice: v.optional(v.picklist(['first-login', 'last-login', 'by-interval', 'reach-bound'])),
  reach: v.optional(
    exact({
      ms: v.optional(whole),
      crowd: v.optional(whole),
      crowdedMs: v.optional(whole),
      leftMs: v.optional(whole),
      soleShare: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
      strict: v.optional(v.boolean()),
    }),
  ),
  contactTraits: v.optional(v.record(v.string(), kind)),
  afterLogout: v.optional(v.picklist(['nobody', 'last-login'])),
  anonymousTraits: v.optional(v.picklist(['carry', 'drop', 'move'])),
  mergedTraits: v.optional(v.picklist(['mix', 'survivor'])),
  mixpanel: v.optional(v.picklist(['evidence', 'simplified', 'original'])),
  rank: v.optional(v.array(kind)),
  roles: v.optional(v.record(kind, role)),
  unlistedRole: v.optional(role),
  placeholders: v.optional(v.array(v.string())),
  blocklist: v.optional(
    v.array(
      exact({
        kind: v.exactOptional(kind),
        pattern: v.pipe(
          v.string(),
          v.nonEmpty('is empty; it would match every value'),
          v.check(
            (one) => whyNotPattern(one) === undefined,
            'is no pattern that can be matched in linear time: no look-around, no back reference, at most 512 characters',
          ),
        ),
      }),
    ),
  ),
  breaker: v.optional(exact({ perDay: v.optional(v.record(kind, whole)), trusted: v.optional(v.array(v.string())) })),
  protectedTraits: v.optional(v.array(v.string())),
  mergeTrust: v.optional(trust),
  undoTrust: v.optional(v.picklist([2, 3])),
  caps: v.optional(
    exact({
      perPerson: v.optional(whole),
      perKind: v.optional(
        exact({
          profile: v.optional(whole),
          login: v.optional(whole),
          contact: v.optional(whole),
          anonymous: v.optional(whole),
          handle: v.optional(whole),
          group: v.optional(whole),
        }),
      ),
      peoplePerIdentifier: v.optional(whole),
      changes: v.optional(whole),
      traits: v.optional(whole),
      traitBytes: v.optional(whole),
    }),
  ),
  directory: v.optional(
    exact({
      strategy: v.optional(strategy),
      priority: v.optional(v.array(kind)),
      loginIds: v.optional(v.array(kind)),
      uniqueIds: v.optional(v.array(kind)),
      immutableIds: v.optional(v.array(kind)),
      deviceIds: v.optional(v.array(kind)),
      reuseAnonymousAtLogout: v.optional(v.boolean()),
    }),
  ),
});

/** A name of mParticle's identity types, read as our kind. */
const types = v.array(
  v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const ours = kindOf(dataset.value);
      if (ours !== undefined) return ours;
      addIssue({ message: 'is no identity type of mParticle; use names such as customerid, email, other2' });
      return NEVER;
    }),
  ),
);

export const mparticleSettings = exact({
  strategy: v.optional(strategy),
  priority: v.optional(types),
  loginIds: v.optional(types),
  uniqueIds: v.optional(types),
  immutableIds: v.optional(types),
  aliasDelaySeconds: v.optional(whole),
  reuseAnonymousAtLogout: v.optional(v.boolean()),
});

const endpoints = v.array(v.picklist(spidEndpoints));
const scope = v.pipe(
  v.string(),
  v.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'is no scope; use letters, digits, . _ - and :'),
);
/** Where users are sent with a code: an address without a fragment, which would hide the code from the site. */
const redirectUri = v.pipe(
  webAddress,
  v.check((one) => !one.includes('#'), 'has a fragment; leave out # and what follows'),
);

/** All optional; what is absent allows. */
const spidSettings = exact({
  tMaxAgeSeconds: v.optional(v.nullable(whole)),
  signedResponses: v.optional(v.boolean()),
  callbackUrl: v.optional(webAddress),
  /** How long a login lasts without a word from the browser, s. */
  sessionSeconds: v.optional(whole),
  /** Cookie domain for the SDK's own session cookie. */
  domain: v.optional(v.string()),
  /** Where `/oauth/authorize` may send users; without one nobody gets a user token. */
  redirectUris: v.optional(v.array(redirectUri)),
  /** The pages that may ask who is logged in; absent: those of `redirectUris`, and without these every page. */
  origins: v.optional(
    v.array(
      v.pipe(
        webAddress,
        v.check((one) => URL.parse(one)?.origin === one, 'is no origin; use one such as https://shop.example.com'),
      ),
    ),
  ),
  /** The scopes tokens may be asked for, and the endpoints that need one of theirs. */
  scopes: v.optional(v.record(scope, endpoints)),
  /** Where the REST API may be called from. */
  addresses: v.optional(
    v.array(
      v.pipe(v.string(), v.check(isNetwork, 'is no IP address or network; use one such as 192.0.2.7 or 192.0.2.0/24')),
    ),
  ),
  requestsPerHour: v.optional(v.pipe(whole, v.minValue(1, 'lets nothing through; leave it out to switch it off'))),
  /** The endpoints of the REST API that the client may use. */
  endpoints: v.optional(endpoints),
  /** Users that only pages have named are not shown to the REST API. */
  connectedUsersOnly: v.optional(v.boolean()),
});

const wireSettings = exact({
  mixpanel: v.optional(exact({})),
  mparticle: v.optional(mparticleSettings),
  xo: v.optional(exact({})),
  spid: v.optional(spidSettings),
  segment: v.optional(exact({})),
});

/** A name of the IANA list; an offset such as +02:00 knows nothing of daylight saving. */
const timeZone = v.pipe(
  v.string(),
  v.check(isTimeZone, 'is no time zone; use an IANA name such as Europe/Berlin or America/New_York'),
);

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** What revenue is counted in; a project counts in one. */
const currency = v.pipe(
  v.string(),
  v.check((code) => currencies.has(code), 'is no currency; use an ISO 4217 code such as EUR or NOK'),
);

/** So many a second in the long run, and at once. */
const rate = exact({
  perSecond: v.pipe(v.number(), v.minValue(0.01, 'lets nothing through; leave it out to switch it off')),
  burst: v.pipe(whole, v.minValue(1, 'lets nothing through; leave it out to switch it off')),
});

const project = exact({
  id: v.pipe(v.string(), v.regex(/^(?!\.+$)[\w.-]{1,64}$/, 'is no project id; use letters, digits and _ . -')),
  name: v.optional(text),
  timeZone: v.optional(timeZone, 'UTC'),
  currency: v.optional(currency),
  publicKey: text,
  serverKey: text,
  signingSecret: text,
  /** The signing secret before; what backends that still hold it sign is taken, too. Nothing is signed with it. */
  previousSigningSecret: v.optional(text),
  keys: v.optional(exact({ xo: v.optional(text), spid: v.optional(text) })),
  policy: v.optional(policySettings, {}),
  wires: v.optional(wireSettings, {}),
  outputs: v.optional(v.array(outputSettings), []),
  /** What each output takes of which input; absent: every output takes everything. */
  connections: v.optional(v.array(connectionSettings), []),
  /** Told when an output halts and when it goes on. */
  alerts: v.optional(alertSettings),
  /** The wires it answers on; absent: all. What it does not speak, the weakest of them cannot decide. */
  speaks: v.optional(v.array(v.picklist(wires))),
  /** Items; absent: as much as there is room for. */
  rateLimits: v.optional(
    exact({ project: v.optional(rate), publicKey: v.optional(rate), serverKey: v.optional(rate) }),
    {},
  ),
});

const hostName = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.regex(
    /^[a-z0-9._-]*(\*[a-z0-9._-]*)?$/,
    'is no host name; use one such as api.example.com, or a pattern with one *',
  ),
  v.nonEmpty('is empty; name a host'),
);

/** The settings file, as README.md shows it. */
export const settingsSchema = exact({
  projects: v.pipe(v.array(project), v.minLength(1, 'is empty; describe at least one project')),
  hosts: v.optional(v.record(hostName, v.picklist(wires.filter((wire) => wire !== 'native'))), {}),
  /** Where `/metrics` answers and to whom: with a key, or at an address of its own and nowhere else. */
  metrics: v.optional(
    exact({
      key: v.optional(text),
      listen: v.optional(exact({ host: text, port: v.pipe(whole, v.maxValue(65_535, 'is no port')) })),
    }),
    {},
  ),
  /** Requests of one address; null switches it off. Absent: 1,000 a second, 20,000 at once, this machine not counted. */
  rateLimits: v.optional(exact({ address: v.optional(v.nullable(rate)) }), {}),
  /** Where outputs run: beside intake in the server, or in a process of their own, `selfsame outputs`. */
  outputs: v.optional(exact({ in: v.optional(v.picklist(['server', 'process']), 'server') }), {}),
  /** Where outputs of the type `files` write; absent: `files` in the data directory. */
  filesDirectory: v.optional(text),
  allowPrivateOutputs: v.optional(v.array(v.pipe(v.string(), v.ip('is no single IP address'))), []),
  /** Addresses of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed (S41). */
  trustedProxies: v.optional(v.array(v.pipe(v.string(), v.ip('is no single IP address'))), []),
});

export type Settings = v.InferOutput<typeof settingsSchema>;
export type ProjectSettings = Settings['projects'][number];
export type PolicySettings = v.InferOutput<typeof policySettings>;
export type MparticleSettings = v.InferOutput<typeof mparticleSettings>;
