/**
 * A month of an outdoor shop, the same every time: people who come by a campaign on one device, look around, come
 * back on another, sign up, buy. Some share a tablet at home; a few items are wrong on purpose.
 */

export interface Item {
  readonly type: 'track' | 'login' | 'logout' | 'traits' | 'segments' | 'consent';
  readonly ids: Readonly<Record<string, string>>;
  readonly time: string;
  readonly insertId: string;
  readonly [more: string]: unknown;
}

const hour = 3_600_000;
const day = 24 * hour;

const firstNames = [
  'Ann',
  'Jonas',
  'Mira',
  'Tomás',
  'Ingrid',
  'Yusuf',
  'Clara',
  'Emil',
  'Noor',
  'Aino',
  'Luca',
  'Priya',
];
const lastNames = ['Lindqvist', 'Okafor', 'Berger', 'Haugen', 'Moreau', 'Sato', 'Novak', 'Rossi', 'Keller', 'Ahmadi'];
const campaigns = [
  ['spring-tents', 'newsletter', 'email'],
  ['trail-running', 'instagram', 'social'],
  ['brand', 'google', 'cpc'],
  ['winter-sale', 'google', 'cpc'],
] as const;
const products = [
  ['Ridge 2 tent', 389],
  ['Fjell down jacket', 249],
  ['Sula trail shoes', 139],
  ['Tarn stove', 79],
  ['Myr rain shell', 189],
  ['Vidde sleeping bag', 219],
] as const;

/** A small generator of numbers in 0…1, the same for a seed on every machine (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The items of `people` visitors in the 28 days before `end` (ms), oldest first. */
export function shopTraffic(people: number, end: number): readonly Item[] {
  const next = random(7);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const items: Item[] = [];
  const hex = (length: number) => Array.from({ length }, () => Math.floor(next() * 16).toString(16)).join('');

  for (let person = 0; person < people; person++) {
    const name = `${firstNames[person % firstNames.length]} ${lastNames[Math.floor(person / 3) % lastNames.length]}`;
    const user = `customer-${1000 + person}`;
    const phone = hex(12);
    const laptop = hex(12);
    const [campaign, source, medium] = pick(campaigns);
    let now = end - next() * 27 * day - hour;
    const at = (passed: number) => {
      now = Math.min(now + passed, end - 1);
      return new Date(now).toISOString();
    };
    const say = (type: Item['type'], ids: Item['ids'], passed: number, more: object = {}) =>
      items.push({ type, ids, time: at(passed), insertId: `shop-${items.length}`, ...more });
    const track = (name: string, ids: Item['ids'], passed: number, properties: object) =>
      say('track', ids, passed, { name, properties });
    const wait = (most: number) => (0.1 + next()) * most;

    // On the phone, from a campaign.
    const came = next() < 0.65 ? { utm_campaign: campaign, utm_source: source, utm_medium: medium } : {};
    track('Page view', { device: phone }, 0, { page: '/', platform: 'phone', ...came });
    for (let seen = 0; seen < 1 + next() * 3; seen++) {
      const [product, price] = pick(products);
      track('Product viewed', { device: phone }, wait(90_000), { product, price, platform: 'phone' });
    }
    if (next() < 0.45) continue;
    // Later on the laptop, still nobody we know.
    track('Page view', { device: laptop }, wait(30 * hour), { page: '/tents', platform: 'laptop' });
    const [product, price] = pick(products);
    track('Added to cart', { device: laptop }, wait(5 * 60_000), { product, price, platform: 'laptop' });
    if (next() < 0.35) continue;
    // Signs up there: the laptop's past is theirs. Then logs in on the phone: so is the phone's.
    const email = `${name
      .normalize('NFD')
      .replace(/[^A-Za-z ]/g, '')
      .toLowerCase()
      .replace(' ', '.')}.${person}@example.com`;
    say('login', { device: laptop, user, email }, wait(4 * 60_000));
    say('traits', { user }, 500, {
      traits: {
        name,
        email,
        plan: next() < 0.3 ? 'member' : 'guest',
        city: pick(['Oslo', 'Bergen', 'Tromsø', 'Lyon']),
        orders: 0,
      },
    });
    track('Sign up', { device: laptop, user }, 1_000, { platform: 'laptop', method: 'e-mail' });
    say('login', { device: phone, user }, wait(20 * hour));
    track('Page view', { device: phone, user }, 2_000, { page: '/account', platform: 'phone' });
    if (next() < 0.3) continue;
    track('Checkout started', { device: phone, user }, wait(8 * 60_000), { items: 1, value: price, platform: 'phone' });
    if (next() < 0.25) continue;
    track('Purchase', { device: phone, user }, wait(3 * 60_000), {
      product,
      revenue: price,
      currency: 'EUR',
      platform: 'phone',
    });
    say('segments', { user }, 800, { segments: next() < 0.5 ? ['buyers', 'mountain'] : ['buyers'] });
    say('traits', { user }, 900, { traits: { orders: 1, last_order: product } });
    if (next() < 0.5)
      track('Page view', { device: laptop, user }, wait(3 * day), { page: '/orders', platform: 'laptop' });
    if (next() < 0.2) say('consent', { user }, wait(hour), { consent: 'granted' });
    if (next() < 0.3) say('logout', { device: laptop }, wait(hour));
  }
  return items.sort((a, b) => (a.time < b.time ? -1 : 1));
}
