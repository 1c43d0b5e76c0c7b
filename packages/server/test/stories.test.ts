import { expect, test } from 'vitest';
import { batch, other, running, shop } from './running.ts';

const LONG = process.env['SELFSAME_LONG'] !== undefined;
const seed = Number(process.env['SELFSAME_SEED']);
console.log(`hostile stories: SELFSAME_SEED=${seed}`);

/** Requests of a story; many times that in the long run. */
const REQUESTS = LONG ? 400 : 12;
const ITEMS = 50;
/** The most that a person's answer may have, bytes: the limit on traits, and a thousand entries of each list. */
const MOST = 1_500_000;

/** Random whole numbers, the same for one seed. */
function dice(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Item = Readonly<Record<string, unknown>>;
interface Story {
  readonly says: string;
  readonly key: string;
  /** Who is looked at afterwards. */
  readonly who: readonly [kind: string, value: string];
  readonly item: (n: number, roll: (below: number) => number) => Item;
}

/** What one project's keys can do to the others, and to whoever looks at its people. */
const stories: readonly Story[] = [
  {
    says: 'logins and logouts in turn on one device',
    key: shop.publicKey,
    who: ['device', 'busy'],
    item: (n, roll) =>
      n % 2 === 0
        ? { type: 'login', ids: { user: `in-turn-${roll(7)}`, device: 'busy' } }
        : { type: 'logout', ids: { device: 'busy' } },
  },
  {
    says: 'a new user at each login on one device',
    key: shop.publicKey,
    who: ['device', 'crowd'],
    item: (n) => ({ type: 'login', ids: { user: `crowd-${n}`, device: 'crowd' } }),
  },
  {
    says: 'a new device at each login of one user',
    key: shop.publicKey,
    who: ['user', 'hub'],
    item: (n) => ({ type: 'login', ids: { user: 'hub', device: `of-hub-${n}` } }),
  },
  {
    says: 'a star of merges',
    key: shop.serverKey,
    who: ['user', 'star'],
    item: (n) => ({ type: 'merge', ids: [{ user: 'star' }, { user: `ray-${n}` }] }),
  },
  {
    says: 'a chain of merged devices, each with a login',
    key: shop.serverKey,
    who: ['device', 'chain-0'],
    item: (n) =>
      n % 2 === 0
        ? { type: 'merge', ids: [{ device: `chain-${n}` }, { device: `chain-${n + 2}` }] }
        : { type: 'login', ids: { user: `chained-${n % 4}`, device: `chain-${n - 1}` } },
  },
  {
    says: 'large traits',
    key: shop.publicKey,
    who: ['device', 'large'],
    item: (n, roll) => ({ type: 'traits', ids: { device: 'large' }, traits: { [`t${n}`]: 'x'.repeat(roll(60_000)) } }),
  },
  {
    says: 'many traits, over the identifiers of one person',
    key: shop.publicKey,
    who: ['user', 'many'],
    item: (n, roll) => ({
      type: 'traits',
      ids: roll(3) === 0 ? { user: 'many', device: `many-${n % 5}` } : { device: `many-${n % 5}` },
      traits: { [`t${n}`]: n, [`u${n}`]: 'y'.repeat(roll(2_000)) },
    }),
  },
  {
    says: 'a list without end',
    key: shop.publicKey,
    who: ['device', 'list'],
    item: (n, roll) => ({
      type: 'traits',
      op: roll(2) === 0 ? 'append' : 'union',
      ids: { device: 'list' },
      traits: { list: `${n}`.repeat(50) },
    }),
  },
  {
    says: 'yes and no in turn',
    key: shop.publicKey,
    who: ['device', 'torn'],
    item: (n) => ({ type: 'consent', ids: { device: 'torn' }, consent: n % 2 === 0 ? 'denied' : 'granted' }),
  },
];

interface Results {
  readonly results: readonly { readonly status: string }[];
}

test('whatever one project is told, another is served, all is accounted for, and every person can be looked at', {
  timeout: 120_000 + (LONG ? 3_600_000 : 0),
}, async () => {
  const { url } = await running();
  const get = async (path: string, key: string) => {
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${key}` } });
    return { status: answer.status, text: await answer.text() };
  };
  const roll = dice(seed);
  let sent = 0;
  let kept = 0;
  let neighboursKept = 0;

  async function tell({ key, item }: Story): Promise<void> {
    for (let request = 0; request < REQUESTS; request++) {
      const items = Array.from({ length: ITEMS }, (_, i) => item(request * ITEMS + i, roll));
      const answer = await batch(url, key, items);
      // Too much at once is told to come again; nothing else is refused.
      expect([200, 503]).toContain(answer.status);
      if (answer.status !== 200) continue;
      sent += items.length;
      const { results } = (await answer.json()) as Results;
      kept += results.filter(({ status }) => status === 'applied').length;
    }
  }

  for (const story of stories) {
    let isOver = false;
    const neighbours = (async () => {
      let served = 0;
      while (!isOver) {
        const answer = await batch(url, other.publicKey, [
          { type: 'track', name: 'Seen', ids: { device: `n${served}` } },
        ]);
        // A slow machine has no room for a moment; what it says then is when to come again.
        if (answer.status === 200) served += 1;
        else expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
      }
      return served;
    })();
    await tell(story).finally(() => (isOver = true));
    const served = await neighbours;
    neighboursKept += served;
    const [kind, value] = story.who;
    const person = await get(`/v1/people?kind=${kind}&value=${value}`, shop.serverKey);
    expect([story.says, person.status]).toEqual([story.says, 200]);
    expect(person.text.length, story.says).toBeLessThan(MOST);
    const { id } = JSON.parse(person.text) as { id: string };
    for (const part of ['graph', 'shared', 'events']) {
      const { status, text } = await get(`/v1/people/${id}/${part}`, shop.serverKey);
      expect([story.says, part, status, text.length < MOST]).toEqual([story.says, part, 200, true]);
    }
    console.log(`${story.says}: ${served} neighbours served, a person of ${person.text.length >> 10} KiB`);
  }

  const theirs = JSON.parse((await get('/v1/stats', other.serverKey)).text) as Record<string, number>;
  expect([theirs['received'], theirs['applied']]).toEqual([neighboursKept, neighboursKept]);
  const stats = JSON.parse((await get('/v1/stats', shop.serverKey)).text) as Record<string, number>;
  const fates = ['applied', 'duplicate', 'rejected', 'quarantined', 'suppressed'].map((fate) => stats[fate] ?? 0);
  expect([stats['received'], stats['applied']]).toEqual([sent, kept]);
  expect(fates.reduce((sum, one) => sum + one, 0)).toBe(sent);
});
