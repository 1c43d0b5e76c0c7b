import { presets, whyNotPattern } from '@selfsame/identity';
import type { Wire } from '@selfsame/protocols';
import * as v from 'valibot';
import { connectionSettings } from './connection-schema.ts';
import { exact, text, whole } from './fields.ts';
import { alertSettings, outputSettings } from './output-schema.ts';
import { keysSchema, wiresSchema } from './wire-schema.ts';

const trust = v.picklist([0, 1, 2, 3]);
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

const hostName = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.regex(
    /^[a-z0-9._-]*(\*[a-z0-9._-]*)?$/,
    'is no host name; use one such as api.example.com, or a pattern with one *',
  ),
  v.nonEmpty('is empty; name a host'),
);

const namesOf = (wires: readonly Wire[]): readonly string[] => wires.map(({ name }) => name);

/** A project as the settings file writes it, of a server that speaks these wires. */
const projectOf = (wires: readonly Wire[]) =>
  exact({
    id: v.pipe(v.string(), v.regex(/^(?!\.+$)[\w.-]{1,64}$/, 'is no project id; use letters, digits and _ . -')),
    name: v.optional(text),
    timeZone: v.optional(timeZone, 'UTC'),
    currency: v.optional(currency),
    publicKey: text,
    serverKey: text,
    signingSecret: text,
    /** The signing secret before; what backends that still hold it sign is taken, too. Nothing is signed with it. */
    previousSigningSecret: v.optional(text),
    keys: v.optional(keysSchema(wires)),
    policy: v.optional(policySettings, {}),
    wires: v.optional(wiresSchema(wires), {}),
    outputs: v.optional(v.array(outputSettings), []),
    /** What each output takes of which input; absent: every output takes everything. */
    connections: v.optional(v.array(connectionSettings(namesOf(wires))), []),
    /** Told when an output halts and when it goes on. */
    alerts: v.optional(alertSettings),
    /** The wires it answers on; absent: all. What it does not speak, the weakest of them cannot decide. */
    speaks: v.optional(v.array(v.picklist(namesOf(wires)))),
    /** Items; absent: as much as there is room for. */
    rateLimits: v.optional(
      exact({ project: v.optional(rate), publicKey: v.optional(rate), serverKey: v.optional(rate) }),
      {},
    ),
  });

/** The settings file, as README.md shows it. */
export const settingsSchema = (wires: readonly Wire[]) =>
  exact({
    projects: v.pipe(v.array(projectOf(wires)), v.minLength(1, 'is empty; describe at least one project')),
    hosts: v.optional(v.record(hostName, v.picklist(namesOf(wires).filter((wire) => wire !== 'native'))), {}),
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

export type Settings = v.InferOutput<ReturnType<typeof settingsSchema>>;
export type ProjectSettings = Settings['projects'][number];
export type PolicySettings = v.InferOutput<typeof policySettings>;
