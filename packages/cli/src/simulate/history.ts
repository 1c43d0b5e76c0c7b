import type { JsonObject } from '@selfsame/identity';
import { campaigns, currency, products } from '@selfsame/shop/catalogue';
import { type Chance, chanceFrom, uuid } from './chance.ts';
import { type Device, type Human, settle } from './world.ts';

/** Something a shop's page or library saw, and (what no shop is told) which human did it. */
export interface SimulatedEvent {
  readonly name: string;
  /** ms */
  readonly time: number;
  readonly insertId: string;
  /** The device id the library sent. */
  readonly device: string;
  /** The customer the library believed to be there. */
  readonly user: string | null;
  readonly properties: JsonObject;
  /** What the visitor told of themselves at this moment. */
  readonly traits?: JsonObject;
  /** The login or the end of one, for wires that have a word for it. */
  readonly turn?: 'login' | 'logout';
  /** Ground truth: {@link Human.number}. */
  readonly human: number;
}

export interface SimulatedHistory {
  /** Oldest first. */
  readonly events: readonly SimulatedEvent[];
  readonly humans: readonly Human[];
}

export interface SimulateOptions {
  readonly people: number;
  readonly seed: number;
  /** The history ends here, ms. */
  readonly end: number;
  /** How long it is. Default 30. */
  readonly days?: number;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Chances that make a history as untidy as a real one. */
const untidy = {
  cookiesLost: 0.06,
  /** On a private device people log out rarely, and the library is reset as its vendor advises. */
  logsOutAtHome: 0.05,
  /** On a shared tablet mostly, but the site keeps its device cookie. */
  logsOutOnTablet: 0.85,
} as const;

/** A shop's month: people with phones, laptops and family tablets, who lose cookies, log in late or never, and buy. */
export function simulate({ people, seed, end, days = 30 }: SimulateOptions): SimulatedHistory {
  const chance = chanceFrom(seed);
  const humans = settle(chance, people);
  const visits = humans.flatMap((human) =>
    Array.from({ length: chance.whole(1, 6) }, () => ({
      human,
      start: end - DAY * days * (0.001 + 0.998 * chance.next()),
    })),
  );
  visits.sort((a, b) => a.start - b.start);
  const events: SimulatedEvent[] = [];
  const signedUp = new Set<Human>();
  // A shared tablet is in one pair of hands at a time: a visit starts when the one before is over.
  const freeFrom = new Map<Device, number>();
  for (const { human, start } of visits) {
    const device = chance.one(human.devices);
    const visit = new Visit(chance, human, device, Math.max(start, freeFrom.get(device) ?? 0), signedUp);
    const seen = visit.run().filter((event) => event.time <= end);
    freeFrom.set(device, visit.now + MINUTE);
    events.push(...seen);
  }
  return { events: events.sort((a, b) => a.time - b.time), humans };
}

/** One visit: what happens, in order, and what the device remembers afterwards. */
class Visit {
  readonly #chance: Chance;
  readonly #human: Human;
  readonly #device: Device;
  readonly #signedUp: Set<Human>;
  readonly #events: SimulatedEvent[] = [];
  now: number;

  constructor(chance: Chance, human: Human, device: Device, start: number, signedUp: Set<Human>) {
    this.#chance = chance;
    this.#human = human;
    this.#device = device;
    this.#signedUp = signedUp;
    this.now = Math.floor(start);
  }

  run(): readonly SimulatedEvent[] {
    const chance = this.#chance;
    if (chance.yes(untidy.cookiesLost)) this.#forget();
    const campaign = chance.yes(0.4) ? chance.one(campaigns) : undefined;
    this.#see('Page Viewed', {
      page: 'home',
      ...(campaign === undefined
        ? {}
        : { utm_source: campaign.source, utm_medium: campaign.medium, utm_campaign: campaign.campaign }),
    });
    const basket = this.#browse();
    if (basket.length > 0 && chance.yes(0.7)) this.#checkOut(basket);
    else if (this.#signedUp.has(this.#human) && chance.yes(0.3)) this.#logIn();
    this.#leave();
    return this.#events;
  }

  #browse(): readonly (typeof products)[number][] {
    const basket = [];
    for (let views = this.#chance.whole(1, 5); views > 0; views--) {
      const product = this.#chance.one(products);
      const about = { product: product.id, kind: product.kind, price: product.price };
      this.#see('Product Viewed', about);
      if (!this.#chance.yes(0.25)) continue;
      this.#see('Added to Basket', { ...about, quantity: 1 });
      basket.push(product);
    }
    return basket;
  }

  #checkOut(basket: readonly (typeof products)[number][]): void {
    const revenue = basket.reduce((sum, product) => sum + product.price, 0);
    this.#see('Checkout Started', { items: basket.length, revenue, currency });
    // The shop sells to customers only.
    if (!this.#human.signsUp) return;
    this.#logIn();
    if (this.#chance.yes(0.75))
      this.#see('Order Completed', {
        items: basket.length,
        revenue,
        currency,
        order: `o-${uuid(this.#chance).slice(0, 8)}`,
      });
  }

  #logIn(): void {
    const human = this.#human;
    if (this.#device.loggedIn === human) return;
    this.#device.loggedIn = human;
    const first = !this.#signedUp.has(human);
    this.#signedUp.add(human);
    this.#see(
      first ? 'Signed Up' : 'Logged In',
      { method: 'e-mail' },
      { turn: 'login', ...(first ? { traits: { $name: human.name, $email: human.email } } : {}) },
    );
  }

  #leave(): void {
    if (this.#device.loggedIn === null) return;
    const shared = this.#device.type === 'family tablet';
    if (!this.#chance.yes(shared ? untidy.logsOutOnTablet : untidy.logsOutAtHome)) return;
    this.#see('Logged Out', {}, { turn: 'logout' });
    this.#device.loggedIn = null;
    if (!shared) this.#forget();
  }

  #forget(): void {
    this.#device.cookie = uuid(this.#chance);
    this.#device.loggedIn = null;
  }

  #see(name: string, properties: JsonObject, extra: Pick<SimulatedEvent, 'turn' | 'traits'> = {}): void {
    this.now += this.#chance.whole(2_000, 40_000);
    this.#events.push({
      name,
      time: this.now,
      insertId: this.#chance.text(16, '0123456789abcdefghijklmnopqrstuvwxyz'),
      device: this.#device.cookie,
      user: this.#device.loggedIn?.customer ?? null,
      properties: { ...properties, $os: this.#device.os, $browser: this.#device.browser },
      human: this.#human.number,
      ...extra,
    });
  }
}
