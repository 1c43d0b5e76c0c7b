import { type DirectoryPolicy, directoryOf } from '../directory/settings.ts';
import type { Policy } from './policy.ts';

/** Profile data of SPiD that only the platform sets. */
export const spidProfile: readonly string[] = ['Locale', 'Birthday', 'Last authenticated', 'Last login'];

const MINUTE = 60_000;

/** What the presets of the vendors are made of, and what `selfsame` was before logins had a reach. */
const byInterval: Policy = {
  preset: 'by-interval',
  identityMode: 'open',
  order: 'time',
  sharedDevice: 'by-interval',
  reach: { ms: 30 * MINUTE, crowd: 8, crowdedMs: 5 * MINUTE, leftMs: 2 * MINUTE, soleShare: 0.4, strict: false },
  afterLogout: 'nobody',
  anonymousTraits: 'carry',
  mergedTraits: 'mix',
  mixpanel: 'evidence',
  rank: ['mpid', 'user', 'email', 'phone', 'visitor', 'device', 'session'],
  roles: {
    user: 'login',
    crmid: 'login',
    distinct_id: 'handle',
    email: 'contact',
    phone: 'contact',
    mpid: 'profile',
    visitor: 'anonymous',
    device: 'anonymous',
    session: 'anonymous',
  },
  // An anonymous identifier can never join two known people.
  unlistedRole: 'anonymous',
  placeholders: [],
  blocklist: [],
  breaker: { perDay: {}, trusted: [] },
  protectedTraits: [],
  mergeTrust: 1,
  undoTrust: 2,
  caps: {
    perPerson: 500,
    perKind: { profile: 1, login: 1, contact: 25, anonymous: 500, handle: 500, group: 0 },
    peoplePerIdentifier: 25,
    changes: 250,
    traits: 1_000,
    traitBytes: 256 * 1_024,
  },
  directory: directoryOf('default'),
  contactTraits: {},
};

const contactTraits = { email: 'email', $email: 'email', phone: 'phone', $phone: 'phone' } as const;

const selfsame: Policy = {
  ...byInterval,
  preset: 'selfsame',
  sharedDevice: 'reach-bound',
  contactTraits,
  // A shop's terminal has hundreds of people a day, each with a stretch of their own.
  breaker: { perDay: { login: 100, contact: 100 }, trusted: [] },
};

/** Every named policy. Each reproduces its vendor; `selfsame` is the default. */
export const presets: Readonly<Record<string, Policy>> = {
  selfsame,
  'by-interval': byInterval,
  'mixpanel-simplified': {
    ...byInterval,
    preset: 'mixpanel-simplified',
    order: 'arrival',
    sharedDevice: 'first-login',
    anonymousTraits: 'drop',
    mixpanel: 'simplified',
    // The vendor sets no limit on the devices of a user.
    caps: {
      ...byInterval.caps,
      perPerson: 1_000_000,
      perKind: { ...byInterval.caps.perKind, anonymous: 1_000_000 },
      peoplePerIdentifier: 1_000_000,
    },
  },
  'mixpanel-original': {
    ...byInterval,
    preset: 'mixpanel-original',
    order: 'arrival',
    mergedTraits: 'survivor',
    mixpanel: 'original',
  },
  // The vendor ranks every repository a shop makes up above the session.
  xo: { ...byInterval, preset: 'xo', sharedDevice: 'first-login', unlistedRole: 'login' },
  spid: {
    ...byInterval,
    preset: 'spid',
    // A browser is known to belong to its last user until somebody else logs in; what it said for one stays theirs.
    afterLogout: 'last-login',
    anonymousTraits: 'move',
    protectedTraits: spidProfile,
  },
  // A profile has one user id and five of every other kind. What would give it more is left out, weakest kind first: so
  // a browser stays with the first user who logged in on it.
  segment: {
    ...byInterval,
    preset: 'segment',
    order: 'arrival',
    sharedDevice: 'first-login',
    contactTraits: { email: 'email' },
    caps: { ...byInterval.caps, perKind: { ...byInterval.caps.perKind, contact: 5, anonymous: 5 } },
  },
  'mparticle-default': selfsameWith('default'),
  'mparticle-conversion': selfsameWith('profile_conversion'),
  'mparticle-link': selfsameWith('profile_link'),
  'mparticle-isolation': selfsameWith('profile_isolation'),
  'mparticle-best-match': selfsameWith('best_match'),
};

function selfsameWith(strategy: DirectoryPolicy['strategy']): Policy {
  return {
    ...byInterval,
    preset: `mparticle-${strategy.replace('profile_', '').replace('_', '-')}`,
    directory: directoryOf(strategy),
  };
}
