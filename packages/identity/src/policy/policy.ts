import type { DirectoryPolicy } from '../directory/settings.ts';
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
