import { campaigns, products } from '@selfsame/shop/catalogue';
import { type Chance, chanceFrom, uuid } from '../chance.ts';
import type { Rates } from './rates.ts';

/** One thing that was said, as our own wire takes it, and (what nobody is told) which human it was about. */
export interface Told {
  readonly item: {
    readonly type: string;
    readonly insertId: string;
    readonly time: number;
    readonly [field: string]: unknown;
  };
  /** Said by the backend; else by a page with the public key. */
  readonly trusted: boolean;
  /** When it came, ms. */
  readonly arrives: number;
  readonly human: number;
}

export interface World {
  /** In the order of arrival. */
  readonly told: readonly Told[];
  readonly humans: number;
  /** Who has each account. */
  readonly accounts: ReadonlyMap<string, ReadonlySet<number>>;
}

export interface WorldOptions {
  readonly rates: Rates;
  readonly people: number;
  readonly seed: number;
  /** When what was said ends, ms. */
  readonly end: number;
}

interface Person {
  readonly number: number;
  readonly account: string;
  readonly email: string;
  readonly signsUp: boolean;
  readonly devices: readonly Machine[];
  readonly shared: Machine | undefined;
}

interface Machine {
  readonly isShared: boolean;
  /** How far its clock is ahead, ms. */
  readonly clock: number;
  /** Its browser drops a script's cookie that was not used for days. */
  readonly drops: boolean;
  cookie: string;
  lastUsed: number;
  freeFrom: number;
  user: string | undefined;
  /** Whether the login outlives the visit. */
  isRemembered: boolean;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTH = 30 * DAY;

/** How long a site was there, of which nothing is told: its accounts exist, and who stayed logged in is so still. */
const MONTHS_BEFORE = 3;

/** Lets a world run, and tells of its last thirty days: the same seed gives the same history. */
export function runWorld({ rates, people, seed, end }: WorldOptions): World {
  const chance = chanceFrom(seed);
  const first = end - (MONTHS_BEFORE + 1) * MONTH;
  const population = settle(chance, rates, people, first);
  const visits = population.flatMap((person) =>
    Array.from({ length: MONTHS_BEFORE + 1 }, (_, month) =>
      Array.from({ length: chance.whole(...rates.visits) }, () => ({
        person,
        start: first + MONTH * (month + 0.008 + 0.99 * chance.next()),
      })),
    ).flat(),
  );
  visits.sort((a, b) => a.start - b.start);
  const told: Told[] = [];
  const customers = new Map<string, number>();
  const staff = machine(chance, rates, false, first);
  for (const { person, start } of visits) {
    const acting = customers.size > 0 && chance.yes(rates.support);
    const device = acting ? staff : deviceOf(chance, rates, person);
    const visit = new Visit(chance, rates, person, device, Math.max(start, device.freeFrom), customers);
    const said = acting ? visit.support([...customers.keys()], people) : visit.run();
    told.push(...said.filter((one) => one.arrives >= end - MONTH && one.item.time < end));
  }
  return { told: told.sort((a, b) => a.arrives - b.arrives), humans: people, accounts: accountsOf(population) };
}

function settle(chance: Chance, rates: Rates, people: number, start: number): readonly Person[] {
  const population: Person[] = [];
  while (population.length < people) {
    const size = Math.min(chance.one(rates.together), people - population.length);
    const shared = size > 1 && chance.yes(rates.sharedDevice) ? machine(chance, rates, true, start) : undefined;
    const common = chance.yes(rates.sharedAccount) ? `c-${chance.text(12, '0123456789abcdef')}` : undefined;
    for (let i = 0; i < size; i++) {
      const number = population.length;
      population.push({
        number,
        account: common ?? `c-${chance.text(12, '0123456789abcdef')}`,
        email: `${chance.text(8, 'abcdefghijklmnop')}.${number}@example.com`,
        signsUp: chance.yes(rates.signsUp),
        devices: Array.from({ length: chance.one(rates.own) }, () => machine(chance, rates, false, start)),
        shared,
      });
    }
  }
  return population;
}

function accountsOf(population: readonly Person[]): ReadonlyMap<string, ReadonlySet<number>> {
  const all = Map.groupBy(
    population.filter(({ signsUp }) => signsUp),
    ({ account }) => account,
  );
  return new Map([...all].map(([account, people]) => [account, new Set(people.map(({ number }) => number))]));
}

const machine = (chance: Chance, rates: Rates, isShared: boolean, start: number): Machine => ({
  isShared,
  clock: chance.yes(rates.wrongClock) ? chance.whole(-DAY, DAY / 24) : 0,
  drops: chance.yes(rates.drops.share),
  cookie: uuid(chance),
  lastUsed: start,
  freeFrom: 0,
  user: undefined,
  isRemembered: false,
});

function deviceOf(chance: Chance, rates: Rates, person: Person): Machine {
  if (person.shared !== undefined && chance.yes(rates.onShared)) return person.shared;
  return chance.one(person.devices);
}

/** One visit, from the first page to leaving. */
class Visit {
  readonly #chance: Chance;
  readonly #rates: Rates;
  readonly #person: Person;
  readonly #device: Machine;
  readonly #customers: Map<string, number>;
  readonly #told: Told[] = [];
  readonly #delay: number;
  #human: number;
  #now: number;

  constructor(
    chance: Chance,
    rates: Rates,
    person: Person,
    device: Machine,
    start: number,
    customers: Map<string, number>,
  ) {
    this.#chance = chance;
    this.#rates = rates;
    this.#person = person;
    this.#device = device;
    this.#customers = customers;
    this.#human = person.number;
    this.#now = Math.floor(start);
    this.#delay = chance.yes(rates.late) ? chance.whole(HOUR, 8 * HOUR) : 0;
    const away = Math.max(0, this.#now - device.lastUsed) / DAY;
    const isLost = chance.yes(1 - (1 - rates.cookiesLost) ** (away / 30));
    if (isLost || (device.drops && away > rates.drops.afterDays)) this.#forget();
  }

  run(): readonly Told[] {
    const chance = this.#chance;
    const rates = this.#rates;
    const campaign = chance.yes(0.4) ? chance.one(campaigns).campaign : undefined;
    this.#track('Page Viewed', campaign === undefined ? {} : { utm_campaign: campaign });
    for (let views = chance.whole(1, 5); views > 0; views--)
      this.#track('Product Viewed', { product: chance.one(products).id });
    if (chance.yes(rates.hostile)) this.#attack();
    const isCustomer = this.#customers.get(this.#person.account) === this.#person.number;
    const { user } = this.#device;
    if (user === undefined && this.#person.signsUp && chance.yes(isCustomer ? rates.logsIn : 0.35)) this.#logIn();
    else if (user === undefined && chance.yes(rates.leavesEmail)) this.#leaveEmail();
    // Whoever finds somebody else logged in does not order on their account.
    if (this.#device.user === this.#person.account && chance.yes(0.5))
      this.#track('Order Completed', { revenue: chance.whole(10, 200) });
    for (let views = chance.whole(0, 3); views > 0; views--) this.#track('Page Viewed', {});
    this.#leave();
    return this.#told;
  }

  /** Staff logs in as a customer, looks, and leaves; who did it is nobody of the population. */
  support(accounts: readonly string[], nobody: number): readonly Told[] {
    this.#human = nobody;
    this.#device.user = this.#chance.one(accounts);
    this.#say('login', { ids: this.#ids() }, true);
    for (let views = this.#chance.whole(1, 3); views > 0; views--) this.#track('Account Viewed', {});
    this.#say('logout', { ids: { device: this.#device.cookie } }, true);
    this.#device.user = undefined;
    this.#end();
    return this.#told;
  }

  #logIn(): void {
    const person = this.#person;
    const isNew = !this.#customers.has(person.account);
    if (isNew) this.#customers.set(person.account, person.number);
    this.#device.user = person.account;
    const { own, shared } = this.#rates.remembered;
    this.#device.isRemembered = this.#chance.yes(this.#device.isShared ? shared : own);
    this.#say('login', { ids: this.#ids() });
    this.#track(isNew ? 'Signed Up' : 'Logged In', {});
    // Segment's documentation advises to say who it is, with traits, at every login.
    this.#say('traits', { ids: { user: person.account }, traits: { email: person.email } }, true);
  }

  #leaveEmail(): void {
    this.#say('traits', { ids: { device: this.#device.cookie }, traits: { email: this.#person.email } });
    this.#track('Newsletter Ordered', {});
  }

  /** A line nobody but the public key stands behind: somebody's account on a device of one's own. */
  #attack(): void {
    const [victim] = this.#customers.keys();
    if (victim === undefined) return;
    const ids = { user: victim, device: `evil-${uuid(this.#chance)}` };
    this.#say('identify', { ids, time: this.#now - 400 * DAY });
  }

  #leave(): void {
    const device = this.#device;
    const { own, shared } = this.#rates.logsOut;
    if (device.user !== undefined && this.#chance.yes(device.isShared ? shared : own)) {
      this.#say('logout', { ids: { device: device.cookie } });
      device.user = undefined;
      if (this.#chance.yes(this.#rates.resets)) this.#forget();
    }
    if (!device.isRemembered) device.user = undefined;
    this.#end();
  }

  #end(): void {
    this.#device.lastUsed = this.#now;
    this.#device.freeFrom = this.#now + MINUTE;
  }

  #forget(): void {
    this.#device.cookie = uuid(this.#chance);
    this.#device.user = undefined;
  }

  #ids(): Readonly<Record<string, string>> {
    const { user, cookie } = this.#device;
    return { ...(user === undefined ? {} : { user }), device: cookie };
  }

  #track(name: string, properties: object): void {
    this.#say('track', { name, ids: this.#ids(), properties });
  }

  #say(type: string, fields: object, trusted = false): void {
    this.#now += this.#chance.whole(2 * SECOND, 40 * SECOND);
    this.#told.push({
      item: {
        type,
        insertId: this.#chance.text(16, '0123456789abcdefghijklmnopqrstuvwxyz'),
        time: this.#now + this.#device.clock,
        ...fields,
      },
      trusted,
      arrives: this.#now + this.#delay,
      human: this.#human,
    });
  }
}
