/** How people and machines of one world behave. Chances are per visit unless they say otherwise. */
export interface Rates {
  /** What the world is about, for people. */
  readonly about: string;
  /** Humans at one place (a household, a shop, an office); one of these. */
  readonly together: readonly number[];
  /** Chance that a place of several humans has a device that all of them use. */
  readonly sharedDevice: number;
  /** Chance that a visit takes place on it. */
  readonly onShared: number;
  /** Machines a human has for themselves; one of these. */
  readonly own: readonly number[];
  /** Chance, per human, of ever having an account. */
  readonly signsUp: number;
  /** In thirty days. */
  readonly visits: readonly [min: number, max: number];
  /** Chance that somebody with an account logs in, where nobody is. */
  readonly logsIn: number;
  readonly logsOut: { readonly own: number; readonly shared: number };
  /** Chance, per login, that it outlives the visit; else the site forgets it, and says nothing. */
  readonly remembered: { readonly own: number; readonly shared: number };
  /** Chance that the library makes a new device id at a logout, as its vendor advises. */
  readonly resets: number;
  /** Chance, per machine, that its browser drops a cookie that a script has set so many days after the last visit. */
  readonly drops: { readonly share: number; readonly afterDays: number };
  /** Chance, in thirty days, that cookies are deleted or the app is installed anew. */
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
 * Households by size. 29 % are of one, 35 % of two, 2.5 humans in the mean: US Census Bureau, America's Families and
 * Living Arrangements 2022.
 */
const households = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5] as const;

/**
 * The shop that the others differ from. Each rate has the source it was set by, or says that we found none; those are
 * guesses.
 */
const shop: Rates = {
  about: 'a shop’s month: phones, laptops, some family tablets',
  together: households,
  // 70 % of households have a tablet (comScore, device ownership 2016); 60 % of those who use one share it
  // (GlobalWebIndex, Device, Q1 2017).
  sharedDevice: 0.42,
  // 13.5 % of visits to shops come from tablets (Monetate, Ecommerce Quarterly, Q2 2016); the shared ones' 8 % are of the
  // 36 % of humans who have such a tablet.
  onShared: 0.23,
  // Six in ten use two devices a day or more, a fifth three (GfK for Facebook, Finding simplicity in a multi-device
  // world, 2014).
  own: [1, 1, 2, 2, 3],
  // Guests are 1.2 times those who order with an account (Moovweb, 1.8 million mobile sessions, 2016).
  signsUp: 0.45,
  // 3.5 visits a user a month (Usermaven, Understanding user behavior, 2023).
  visits: [1, 6],
  // No source.
  logsIn: 0.45,
  // No source with a number. At home few change users (Matthews and others, A study of everyday device and account
  // sharing in households, CHI 2016).
  logsOut: { own: 0.05, shared: 0.85 },
  // Adobe Commerce ends a login after an idle hour unless told otherwise (its admin guide, Customer session lifetime);
  // four in five ask to be remembered where a site offers it (a survey of 57, purecaffeine.com, 2009).
  remembered: { own: 0.5, shared: 0.5 },
  // Segment, Mixpanel and Amplitude advise it in their documentation. How many do it: no source.
  resets: 0.5,
  // WebKit, Full third-party cookie blocking and more, 2020: after seven days without a visit. Safari has 19 to 20 % of
  // page views (StatCounter, February and April 2023).
  drops: { share: 0.2, afterDays: 7 },
  // 31 % of computers in a month (comScore, The impact of cookie deletion, 2007).
  cookiesLost: 0.31,
  // 2 % of visitors take a newsletter (Profit.co, Newsletter signup conversion rate); 2.9 % order (SalesLion, Q2 2018),
  // 55 % of them as guests (Moovweb, as above).
  leavesEmail: 0.035,
  sharedAccount: 0,
  // 6.7 tickets on 100 orders (Gorgias, 2025), 2.9 orders on 100 visits, as if staff looked at each.
  support: 0.002,
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
    // Of a hundred who use a tablet, 60 share it, 40 with two others or more (GlobalWebIndex, Device, Q1 2017), 14 with
    // three or more (an earlier report of theirs): so of shared tablets 46 % have two people, 39 % three, 15 % more.
    together: [2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 5],
    sharedDevice: 1,
    // A tablet makes the visits of four phones (Adobe Digital Index, 2013), shared by 2.75, beside 1.8 machines of one's
    // own.
    onShared: 0.45,
    // No source: whom this world is about.
    logsOut: { own: 0.05, shared: 0.3 },
    // Four in five ask to be remembered (as above).
    remembered: { own: 0.8, shared: 0.8 },
    resets: 0.1,
  },
  terminal: {
    ...shop,
    about: 'terminals in shops, a hundred customers each',
    together: [100],
    sharedDevice: 1,
    // No source: half in the shop, half at home.
    onShared: 0.5,
    // More than eight in ten of the British hold a loyalty card (Mintel, in The Telegraph, January 2024).
    signsUp: 0.8,
    // 84 % of sales go with a Clubcard (Tesco, Preliminary results 2024/25).
    logsIn: 0.84,
    // No source.
    logsOut: { own: 0.05, shared: 0.9 },
    // A terminal forgets whoever left after 30 to 60 seconds (Kiosk Pro, Idle time limit).
    remembered: { own: 0.5, shared: 0 },
    resets: 0,
  },
  office: {
    ...shop,
    about: 'a business tool: offices with common machines, some with one account between them, and support staff',
    // No source for how offices are made up, nor how often a tool is used.
    together: [3, 5, 8],
    sharedDevice: 0.5,
    onShared: 0.2,
    signsUp: 0.9,
    visits: [4, 12],
    logsIn: 0.8,
    // A third share a password with colleagues (SurveyMonkey, 2019), for any of their tools; for this one, a third of them.
    sharedAccount: 0.1,
    // 0.19 to 0.35 contacts a user a month (MetricNet and HDI), eight visits a month, half with a look into the account.
    support: 0.02,
  },
  mobile: {
    ...shop,
    about: 'app and website: reinstalls, e-mails left as a guest',
    // The app and the website at least.
    own: [2, 2, 3],
    // Nearly a quarter of phones have another regular user (GlobalWebIndex, Device, Q3 2014).
    sharedDevice: 0.24,
    // As above, and 28 % of apps are removed within a month (AppsFlyer, organic installs, 2022), of which 34 % come back
    // (Adjust, 2018).
    cookiesLost: 0.38,
    // The upper end of what pop-ups for a newsletter reach (QuizConvert, Email opt-in rate).
    leavesEmail: 0.05,
    logsIn: 0.5,
  },
  news: {
    ...shop,
    about: 'a newspaper: most is read without an account',
    // With these 16 % of what is read is read under a login, as subscribers and registered users do (Chartbeat, 670 sites,
    // in Press Gazette, July 2022).
    signsUp: 0.25,
    // Four in five ask to be remembered (as above).
    remembered: { own: 0.8, shared: 0.8 },
    // 1.8 visits a cookie a month (Usermaven, as above), and a human has several cookies.
    visits: [1, 8],
    leavesEmail: 0.02,
  },
  migration: {
    ...shop,
    about: 'a move: late batches, wrong clocks, e-mails of guests',
    leavesEmail: 0.05,
    // 6.7 % of clocks were a day behind among browsers that reported a bad certificate (Acer and others, Where the wild
    // warnings are, CCS 2017); among all it must be fewer.
    wrongClock: 0.03,
    // No source.
    late: 0.2,
  },
  hostile: {
    ...shop,
    about: 'a shop among people who play with its public key',
    together: [1, 2, 4, 30],
    sharedDevice: 0.6,
    wrongClock: 0.02,
    // No source for either.
    late: 0.1,
    hostile: 0.03,
  },
};

/** The same world where the shop sets its cookie from its own server: no browser drops that one. */
export const withServerCookie = (world: Rates): Rates => ({ ...world, drops: { ...world.drops, share: 0 } });
