import { type DirectoryPolicy, directoryOf } from '../directory/settings.ts';
import type { Identifier, Trust } from '../words/ids.ts';

/**
 * What a kind of identifier says about a human.
 * `login` names one human · `contact` reaches one (e-mail, phone) · `anonymous` is a device, session or visitor ·
 * `handle` is an id of Mixpanel's original merge, which may be either · `profile` is a profile of the directory ·
 * `group` is a company or a team, which has traits and is nobody ([V4]).
 */
export type Role = 'profile' | 'login' | 'contact' | 'anonymous' | 'handle' | 'group';

export type SharedDevice = 'first-login' | 'last-login' | 'by-interval' | 'reach-bound';

/** How far a login reaches on an identifier that several people use ([L7]). ms */
export interface Reach {
  readonly ms: number;
  /** More people than these make a crowd, where it reaches less far ([K3]). */
  readonly crowd: number;
  readonly crowdedMs: number;
  /** How long after a logout it is still whoever left. */
  readonly leftMs: number;
  /** What its only person left behind is theirs if they logged in on at least this part of its visits, 0 to 1 ([L7b]). */
  readonly soleShare: number;
  /** Leaves [L7b] out. */
  readonly strict: boolean;
}

/** The rules a project chose. Plain data; `presets` holds the named ones and a project may override any field. */
export interface Policy {
  readonly preset: string;
  /** What a public key may do to known people: link its own device, the same but counted, or nothing. */
  readonly identityMode: 'open' | 'report' | 'enforce';
  /** Which evidence is first: the one that happened first, or (as some vendors do) the one that arrived first. */
  readonly order: 'time' | 'arrival';
  readonly sharedDevice: SharedDevice;
  /** `reach-bound`: how far a login reaches. */
  readonly reach: Reach;
  /** `by-interval`: whose a device is between a logout and the next login. */
  readonly afterLogout: 'nobody' | 'last-login';
  /** Whether traits said of a device before its login follow the login as said then, stay behind, or move at the login. */
  readonly anonymousTraits: 'carry' | 'drop' | 'move';
  /** Whether merged people's traits mix, or only the surviving person's show. */
  readonly mergedTraits: 'mix' | 'survivor';
  /** How Mixpanel's own identity events are read: as evidence, not at all (simplified merge), or as edits (original merge). */
  readonly mixpanel: 'evidence' | 'simplified' | 'original';
  /** Kinds from strongest to weakest; a kind not listed ranks as its role, then by name. */
  readonly rank: readonly string[];
  readonly roles: Readonly<Record<string, Role>>;
  /** The role of a kind that `roles` does not name. */
  readonly unlistedRole: Role;
  /** Values that are nobody, beside the built-in list. */
  readonly placeholders: readonly string[];
  /** Values that are nobody, as patterns ([V5]). */
  readonly blocklist: readonly BlockedValues[];
  readonly breaker: Breaker;
  /** Traits that only the server key sets ([W8]). */
  readonly protectedTraits: readonly string[];
  /** The least trust that may join two known people. */
  readonly mergeTrust: Trust;
  /** The least trust that may take back what was told, and put it back ([U1]). */
  readonly undoTrust: Trust;
  readonly caps: Caps;
  readonly directory: DirectoryPolicy;
  /** Traits that name a contact of whoever is described, and the contact's kind ([C1]). */
  readonly contactTraits: Readonly<Record<string, string>>;
}

/** Values of a kind, or of any, that match a regular expression anywhere. */
export interface BlockedValues {
  readonly kind?: string;
  readonly pattern: string;
}

/** When a value that many known people come to share at once is believed for none of them ([K5], [K6]). */
export interface Breaker {
  /**
   * How many known people one value may be said to belong to, or be merged with, on one day (UTC): by its kind, else by
   * its role; absent: any number.
   */
  readonly perDay: Readonly<Record<string, number>>;
  /** Values that are never quarantined, as `kind:value`: a till, a test account that is meant to. */
  readonly trusted: readonly string[];
}

export interface Caps {
  /** Identifiers of one person. */
  readonly perPerson: number;
  /** Identifiers of one person and one kind, by role. `login` counts values of one kind. */
  readonly perKind: Readonly<Record<Role, number>>;
  /** Known people one anonymous identifier may point to before it is disbelieved. */
  readonly peoplePerIdentifier: number;
  /** Changes of owner that count of what public keys say of one identifier: so many first ones, and so many latest ([K4]). */
  readonly changes: number;
  /** Traits of one person, and the bytes of what was said of them ([W10]). */
  readonly traits: number;
  readonly traitBytes: number;
}

/** Profile data of SPiD that only the platform sets (sheet §5). */
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

/** The role of a kind. */
export const roleOf = (policy: Policy, kind: string): Role =>
  Object.hasOwn(policy.roles, kind)
    ? (policy.roles[kind] as Role)
    : kind.startsWith(GROUP_PREFIX)
      ? 'group'
      : policy.unlistedRole;

/** Kinds of groups: a company is `group.company`. */
const GROUP_PREFIX = 'group.';

const strength: Readonly<Record<Role, number>> = {
  profile: 0,
  login: 1,
  handle: 2,
  contact: 3,
  anonymous: 4,
  group: 5,
};

/** Is one kind of a stronger role than another? */
export const isStronger = (policy: Policy, one: string, other: string): boolean =>
  strength[roleOf(policy, one)] < strength[roleOf(policy, other)];

/** Orders identifiers from strongest to weakest ([A1]): by role, then by the policy's rank, then by name and value. */
export function compareStrength(policy: Policy, a: Identifier, b: Identifier): number {
  const roles = strength[roleOf(policy, a.kind)] - strength[roleOf(policy, b.kind)];
  if (roles !== 0) return roles;
  if (a.kind !== b.kind) {
    const place = (kind: string) => {
      const at = policy.rank.indexOf(kind);
      return at < 0 ? policy.rank.length : at;
    };
    return place(a.kind) - place(b.kind) || (a.kind < b.kind ? -1 : 1);
  }
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}
