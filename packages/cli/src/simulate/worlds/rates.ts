/** How people and machines of one world behave. Chances are per visit unless they say otherwise. */
export interface Rates {
  /** What the world is about, for people. */
  readonly about: string;
  /** Humans at one place (a household, a shop, an office); one of these. */
  readonly together: readonly number[];
  /** Chance that a place has a device that all of its humans use. */
  readonly sharedDevice: number;
  /** Chance that a visit takes place on it. */
  readonly onShared: number;
  /** Machines a human has for themselves; one of these. */
  readonly own: readonly number[];
  /** Chance, per human, of ever having an account. */
  readonly signsUp: number;
  readonly visits: readonly [min: number, max: number];
  /** Chance that somebody with an account logs in, where nobody is. */
  readonly logsIn: number;
  readonly logsOut: { readonly own: number; readonly shared: number };
  /** Chance that the library makes a new device id at a logout, as its vendor advises. */
  readonly resets: number;
  /** Days until a browser drops a cookie that a script has set, counted from its last visit; Infinity: never. */
  readonly cookieDays: number;
  /** Chance that cookies were deleted, or the app was installed anew, since the last visit. */
  readonly cookiesLost: number;
  /** Chance that a visitor who is not logged in leaves an e-mail (a guest's order, a newsletter). */
  readonly leavesEmail: number;
  /** Chance, per place, that its humans have one account between them. */
  readonly sharedAccount: number;
  /** Chance that a visit is support staff who acts under a customer's login on the staff's machine. */
  readonly support: number;
  /** Chance, per device, that its clock is wrong by up to a day. */
  readonly wrongClock: number;
  /** Chance that what a visit sent arrives hours later. */
  readonly late: number;
  /** Chance that a stranger's script writes a line with somebody's login or e-mail on its own device, public key. */
  readonly hostile: number;
}

/**
 * The shop that the others differ from. Rates without a source are set so that every untidiness occurs often enough to
 * be measured; docs/quality.md says which are which.
 */
const shop: Rates = {
  about: 'a shop’s month: phones, laptops, some family tablets',
  together: [1, 1, 2, 2, 3, 4],
  sharedDevice: 0.5,
  onShared: 0.35,
  own: [1, 2, 2],
  signsUp: 0.6,
  visits: [1, 6],
  logsIn: 0.45,
  logsOut: { own: 0.05, shared: 0.85 },
  resets: 0.5,
  cookieDays: Number.POSITIVE_INFINITY,
  cookiesLost: 0.06,
  leavesEmail: 0,
  sharedAccount: 0,
  support: 0,
  wrongClock: 0,
  late: 0,
  hostile: 0,
};

/** Worlds whose truth is known, from the plain to the unpleasant. */
export const rates: Readonly<Record<string, Rates>> = {
  shop,
  family: {
    ...shop,
    about: 'families on one tablet who forget to log out',
    together: [2, 3, 4, 5],
    sharedDevice: 1,
    onShared: 0.6,
    logsOut: { own: 0.05, shared: 0.3 },
    resets: 0.1,
  },
  terminal: {
    ...shop,
    about: 'terminals in shops, a hundred customers each',
    together: [100],
    sharedDevice: 1,
    onShared: 0.5,
    logsIn: 0.7,
    logsOut: { own: 0.05, shared: 0.9 },
    resets: 0,
  },
  office: {
    ...shop,
    about: 'a business tool: offices with common machines, some with one account between them, and support staff',
    together: [3, 5, 8],
    sharedDevice: 0.5,
    onShared: 0.2,
    signsUp: 0.9,
    visits: [4, 12],
    logsIn: 0.8,
    sharedAccount: 0.1,
    support: 0.02,
  },
  mobile: {
    ...shop,
    about: 'app and website: reinstalls, e-mails left as a guest',
    own: [2, 2, 3],
    sharedDevice: 0.1,
    cookiesLost: 0.12,
    leavesEmail: 0.25,
    logsIn: 0.5,
  },
  news: {
    ...shop,
    about: 'a newspaper: most read without an account, and browsers drop the cookie after seven days',
    sharedDevice: 0.3,
    signsUp: 0.2,
    visits: [3, 12],
    logsIn: 0.3,
    leavesEmail: 0.05,
    cookieDays: 7,
  },
  migration: {
    ...shop,
    about: 'a move: late batches, wrong clocks, e-mails of guests',
    leavesEmail: 0.2,
    wrongClock: 0.03,
    late: 0.2,
  },
  hostile: {
    ...shop,
    about: 'a shop among people who play with its public key',
    together: [1, 2, 4, 30],
    sharedDevice: 0.6,
    leavesEmail: 0.1,
    support: 0.01,
    wrongClock: 0.02,
    late: 0.1,
    hostile: 0.03,
  },
};

/** The same world where the shop sets its cookie from its own server: browsers keep that one. */
export const withServerCookie = (world: Rates): Rates => ({
  ...world,
  cookieDays: Number.POSITIVE_INFINITY,
  cookiesLost: world.cookiesLost / 2,
});
