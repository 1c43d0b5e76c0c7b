import { expect, it } from 'vitest';
import { isRefused, LONG, type Sums, sumsOf } from '../src/evidence/claim-sums.ts';
import { compareClaims } from '../src/evidence/order.ts';
import {
  atRest,
  type Claim,
  type Command,
  type Graph,
  type Identifier,
  type IdentifierKey,
  identifierOf,
  keyOf,
  linksOf,
  MemoryGraph,
  type Node,
  ownerAt,
  type Policy,
  presets,
  type Statement,
  step,
  type Trust,
} from '../src/index.ts';
import { linkAt, momentAt } from '../src/reading/links.ts';
import { type ReachStretch, reachBound } from '../src/reading/reach.ts';
import { reachAt } from '../src/reading/reach-at.ts';
import { claimsFor } from '../src/reading/shared-claims.ts';
import { derive, entriesOf } from './history.ts';
import { Dice } from './random-history.ts';
import { strange } from './strange.ts';

const seed = Number(process.env['SELFSAME_SEED']);
const LISTS = process.env['SELFSAME_LONG'] === '1' ? 30_000 : 1_000;
const HISTORIES = process.env['SELFSAME_LONG'] === '1' ? 1_000 : 10;

const people = ['user:ann', 'user:bob', 'user:cyd', 'user:dan'] as IdentifierKey[];
/** Other names of two of them: more than are counted. */
const owners = [...people, ...Array.from({ length: 24 }, (_, i) => `user:also-${i}` as IdentifierKey)];
const personOf = (owner: IdentifierKey) =>
  people.includes(owner) ? owner : (people[Number(owner.at(-1)) % 2] as IdentifierKey);

/** Claims of a few people at few moments, who are often named again and again. */
function claimsOf(dice: Dice): readonly Claim[] {
  const few = dice.oneIn(8) ? owners.length : 1 + dice.below(people.length);
  const [trusts, latest] = [1 + dice.below(3), 1 + dice.below(60)];
  const times = Array.from({ length: 1 + dice.below(few > 8 ? 80 : 24) }, () => dice.below(latest)).sort(
    (a, b) => a - b,
  );
  let owner: IdentifierKey | null = null;
  const claims = times.map((time, i): Claim => {
    if (!dice.oneIn(2)) owner = dice.oneIn(3) ? null : (owners[dice.below(few)] as IdentifierKey);
    const trust = dice.below(trusts) as Trust;
    const since = dice.oneIn(3) ? { since: time - dice.below(40) } : {};
    return { time, tie: '', position: i + 1, trust, owner, wire: 'native', ...since };
  });
  return claims.sort((a, b) => compareClaims('time', a, b));
}

/** Each moment at which something is said, between two, long before, and at the end. */
const moments = [...Array.from({ length: 180 }, (_, i) => i / 2 - 10), Number.POSITIVE_INFINITY];

it('[L7] one moment is read from the claims around it as from all of them', () => {
  console.log(`reach at: SELFSAME_SEED=${seed}`);
  let asked = 0;
  let all = 0;
  for (let number = 0; number < LISTS; number++) {
    const dice = new Dice(seed + number);
    const claims = claimsOf(dice);
    const reach = {
      ms: dice.of([0, 8]),
      crowd: 2,
      crowdedMs: dice.of([0, 3]),
      leftMs: 2,
      soleShare: 0.5,
      strict: dice.oneIn(4),
    };
    const visits = Array.from({ length: dice.below(5) }, () => dice.below(60)).sort((a, b) => a - b);
    const stretches = reachBound(
      claims,
      reach,
      personOf,
      () => visits,
      () => {},
    );
    const sums = sumsOf(claims);
    const wrong: unknown[] = [];
    for (const time of moments) {
      const told = reachAt(claims, sums, reach, personOf, time);
      asked += 1;
      if (told === undefined) continue;
      all += 1;
      const whole = stretches.find((one) => time < one.to) ?? (stretches.at(-1) as ReachStretch);
      const isSame =
        told.owner === whole.owner &&
        (told.owner !== null || (told.from === whole.from && told.to === whole.to && told.rule === whole.rule));
      if (!isSame) wrong.push({ time, told, whole });
    }
    expect(wrong, `list ${seed + number}`).toEqual([]);
  }
  console.log(`${asked} moments, ${all} of them read from the claims around`);
  expect(all).toBeGreaterThan(asked / 2);
});

const of = (preset: string, more: Partial<Policy> = {}, caps: Partial<Policy['caps']> = {}): Policy => {
  const policy = presets[preset] as Policy;
  return { ...policy, ...more, caps: { ...policy.caps, ...caps } };
};
/** So few changes of hands count that some are forgotten [K4]. */
const few = { changes: 40 };
const policies = [
  of('selfsame'),
  of('selfsame', { reach: { ...of('selfsame').reach, crowd: 2, strict: true } }),
  of('selfsame', {}, few),
  of('selfsame', { identityMode: 'enforce' }),
  of('by-interval', { identityMode: 'enforce' }, few),
  of('by-interval', {}, { ...few, peoplePerIdentifier: 12 }),
  of('by-interval', { afterLogout: 'last-login' }, { ...few, peoplePerIdentifier: 3 }),
  of('xo', {}, few),
  of('segment', {}, { ...few, peoplePerIdentifier: 3 }),
  of(
    'by-interval',
    { sharedDevice: 'last-login' },
    { ...few, perKind: { ...of('selfsame').caps.perKind, anonymous: 2 } },
  ),
];
/** Some of a stronger kind, where there are several. */
const device = (n: number) => ({ kind: n % 5 === 3 ? 'visitor' : 'device', value: `d${n}` });
const MINUTE = 60_000;

function longHistory(dice: Dice, devices: number): readonly Statement[] {
  const trusts = dice.of([[2], [0, 2], [1, 2], [0]]) as readonly Trust[];
  const users = dice.of([1, 2, 4, 30]);
  const seldom = dice.of([25, 90]);
  return Array.from({ length: 200 }, (_, i): Statement => {
    const user = { kind: 'user', value: `u${dice.below(users)}` };
    const [one, other] = [device(dice.below(devices)), device(dice.below(devices))];
    const time = (dice.oneIn(4) ? dice.below(200) : i) * 13 * MINUTE;
    const command = ((): Command => {
      if (dice.oneIn(seldom) && one.value !== other.value) return { type: 'Merge', one, other };
      if (dice.oneIn(3)) return { type: 'Logout', ids: [one] };
      if (dice.oneIn(60)) return { type: 'Merge', one: user, other: { kind: 'user', value: 'u0' } };
      return { type: 'Identify', ids: dice.oneIn(8) ? [one, { kind: 'session', value: 's' }] : [user, one] };
    })();
    return { project: 'p', wire: 'native', trust: dice.of(trusts), command, time };
  });
}

/**
 * Where a merge more made the parts of merged devices, and the words known of them lay in parts of other names; and where
 * much is said with one trust, whatever the seed.
 */
const once = [100_006_582, 4];

it.each([1, 8])(
  '[L7] [M6] a device with a long history is whose a reading of all of it says (%i devices)',
  (devices) => {
    let [long, merged, ruled] = [0, 0, 0];
    for (const number of [...Array.from({ length: HISTORIES }, (_, i) => seed + i), ...once]) {
      const dice = new Dice(number);
      const policy = dice.of(policies);
      const graph = new MemoryGraph();
      for (const entry of entriesOf(longHistory(dice, devices), policy)) {
        step(graph, { policy, derive }, entry);
        if (entry.position < 100 || entry.position % 9 !== 0) continue;
        const whole = atRest(strange(graph));
        const keys = Array.from({ length: devices }, (_, i) => keyOf(device(i))).filter(
          (key) => graph.node(key) && (devices === 1 || dice.oneIn(3)),
        );
        const where = `history ${number} after ${entry.position}`;
        for (const key of keys) {
          const { claims, edges } = graph.node(key) as Node;
          if (claims.length > LONG) long += 1;
          if (edges.length > 0) merged += 1;
          expect(plain(sumsOf(claims)), where).toEqual(plain(sumsOf([...claims])));
          // A word that does not hold is refused by the rule that a reading of all of it names, where that is one rule.
          for (const time of times) {
            const node = graph.node(key) as Node;
            const now = momentAt(graph, policy, node, time);
            if (!('trust' in now) || !areAlike(claimsFor(graph, policy, node))) continue;
            ruled += 1;
            expect(now.rule, `${where} at ${time}`).toBe(linkAt(whole, policy, whole.node(key) as Node, time).rule);
          }
          const namesIn = (of: Graph) => times.map((time) => ownerAt(of, policy, key, time)?.key);
          expect(namesIn(graph), where).toEqual(namesIn(whole));
          // What is remembered of merged devices is what reading all of them says, claim by claim.
          if (devices > 1) expect(told(atRest(graph), policy, key), where).toEqual(told(whole, policy, key));
        }
      }
    }
    console.log(`${long} long histories, ${merged} of merged devices, ${ruled} rules of moments`);
    expect(ruled).toBeGreaterThan(HISTORIES);
    expect(devices === 1 ? long : merged).toBeGreaterThan(HISTORIES);
  },
);

it.each(Object.values(presets).map((policy) => [policy.preset, policy] as const))(
  '[E2] [P1] %s: a device of which all that is said is unverified is its own, however much that is',
  (_name, preset) => {
    const policy: Policy = { ...preset, identityMode: 'enforce' };
    const graph = new MemoryGraph();
    const say = (user: number, time: number, trust: Trust, ...ids: readonly Identifier[]): Statement => ({
      project: 'p',
      wire: 'native',
      trust,
      command: { type: 'Identify', ids: [{ kind: 'user', value: `u${user}` }, ...ids] },
      time,
    });
    const known = Array.from({ length: 7 }, (_, i) => say(i, i, 2));
    const flood = Array.from({ length: 3 * LONG }, (_, i) => say(i % 7, 100 + i * 1_000_000, 0, device(0)));
    const verdicts = entriesOf([...known, ...flood], policy).map((entry) => step(graph, { policy, derive }, entry));
    const key = keyOf(device(0));
    const { claims, person } = graph.node(key) as Node;
    expect(claims.length).toBeGreaterThan(LONG);
    expect(verdicts.at(-1)?.person).toBe(person);
    for (const time of [0, 50_000_000, Number.POSITIVE_INFINITY])
      expect(ownerAt(graph, policy, key, time)?.key).toBe(key);
  },
);

const told = (graph: Graph, policy: Policy, key: IdentifierKey) =>
  linksOf(graph, policy, graph.node(key) as Node).stretches.map(({ claim, ...link }) => ({
    ...link,
    claim: claim && `${claim.position} ${claim.of} ${claim.trust}`,
  }));

const times = [...Array.from({ length: 60 }, (_, i) => (43 * i - 20) * MINUTE), Number.POSITIVE_INFINITY];

/** Were all said with one trust, and none refused? Neighbours of several trusts are one, by the rule of the first. */
const areAlike = (claims: readonly Claim[]): boolean =>
  claims.every((claim) => claim.trust === claims[0]?.trust && !isRefused(claim));

/** Of more owners than are counted only that there are more is the same. */
const plain = ({ byTrust, kinds, refused, ofDirectory }: Sums) => ({
  refused,
  ofDirectory,
  kinds: [...kinds].filter(([, times]) => times > 0).sort(),
  byTrust: byTrust.map(({ owners: named, others, ...sum }) => ({
    ...sum,
    owners: others > 0 ? named.size : [...named].map(([key, times]) => `${identifierOf(key).value} ${times}`).sort(),
  })),
});
