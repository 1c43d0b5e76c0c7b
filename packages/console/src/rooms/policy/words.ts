/** What an operator chooses of the policy, said to somebody who has not read SPEC.md. */
export interface Choice {
  readonly value: string;
  readonly name: string;
  readonly says: string;
}

export const strategies: readonly Choice[] = [
  {
    value: 'default',
    name: 'Default',
    says: 'The anonymous profile of the device becomes the customer’s at login and keeps its MPID. The customer id is the only login, and never changes. A logout makes a new profile.',
  },
  {
    value: 'profile_conversion',
    name: 'Profile conversion',
    says: 'As default, but you choose which identifiers are logins, unique or immutable.',
  },
  {
    value: 'profile_link',
    name: 'Profile link',
    says: 'A new login gets a profile of its own; the anonymous one stays as it was, and an alias may show its events under the customer.',
  },
  {
    value: 'profile_isolation',
    name: 'Profile isolation',
    says: 'As link, but what is anonymous stays apart for good: a logout goes back to the device’s anonymous profile, and there are no aliases.',
  },
  {
    value: 'best_match',
    name: 'Best match',
    says: 'No logins: every call goes to the profile that matches best, and nobody counts as logged in.',
  },
];

export const sharedDevices: readonly Choice[] = [
  {
    value: 'reach-bound',
    name: 'Within reach',
    says: 'A device of one person is wholly theirs. On one that several use a login reaches half an hour before and after itself; what nobody reaches is a visitor of its own.',
  },
  {
    value: 'by-interval',
    name: 'By interval',
    says: 'While somebody is logged in the device is theirs; the time before the first login is that person’s too; after a logout it is nobody’s.',
  },
  { value: 'first-login', name: 'First login', says: 'The device belongs to whoever logged in on it first, for good.' },
  { value: 'last-login', name: 'Last login', says: 'The device belongs to whoever logged in on it last.' },
];

export const identityModes: readonly Choice[] = [
  {
    value: 'open',
    name: 'Open',
    says: 'A page may link its own device. mParticle’s calls answer with a profile, so whoever has the public key and an e-mail can learn whether you know it.',
  },
  { value: 'report', name: 'Report', says: 'As open, and counts what enforce would refuse.' },
  {
    value: 'enforce',
    name: 'Enforce',
    says: 'A page that names a known person is not believed, and mParticle’s calls answer alike for people you know and people you do not. Logins then need your backend.',
  },
];
