import { describe, expect, it } from 'vitest';
import {
  type Command,
  claimId,
  digestText,
  type Entry,
  explain,
  type Graph,
  type Identifier,
  keyOf,
  MemoryGraph,
  type Node,
  ownershipOf,
  type Policy,
  presenceOf,
  presets,
  type Statement,
  step,
  type Trust,
  type Verdict,
} from '../src/index.ts';
import { derive, entriesOf } from './history.ts';
import { Dice, randomHistory, randomMergedHistory, randomMergedPolicy, randomPolicy } from './random-history.ts';

const long = process.env['SELFSAME_LONG'] === '1';
const seed = Number(process.env['SELFSAME_SEED']);
console.log(`evidence laws: SELFSAME_SEED=${seed}`);

/** A graph whose nodes list all they were ever told: the definition that the other is compared with. */
class WholeGraph extends MemoryGraph {
  override readonly listsAll = true;
}

describe('evidence', () => {
  it(
    'a node that lists only what matters reads as one that lists everything',
    () => {
      const histories = long ? 100_000 : 10_000;
      for (let i = 0; i < histories; i++) {
        const dice = new Dice(seed + i);
        const policy = randomPolicy(dice);
        const items = randomHistory(dice, i % 20 === 0 ? 90 : 30);
        if (differ(items, policy, i)) fail(items, policy, seed + i);
      }
    },
    long ? 3_600_000 : 600_000,
  );

  it(
    '[M6] merged identifiers of which each lists only what matters read as ones that list everything',
    () => {
      const histories = long ? 20_000 : 800;
      for (let i = 0; i < histories; i++) {
        const dice = new Dice(seed + i);
        const policy = randomMergedPolicy(dice);
        const items = randomMergedHistory(dice, policy);
        if (differ(items, policy, i)) fail(items, policy, seed + i);
      }
    },
    long ? 3_600_000 : 600_000,
  );

  it('[M6] [O2] of merged devices what one says after another is read, where evidence goes by arrival too', () => {
    const policy = presets['mixpanel-original'] as Policy;
    const [d, e] = ['d', 'e'].map((value) => ({ kind: 'device', value })) as [Identifier, Identifier];
    const login = (value: string, on: Identifier): Command => ({
      type: 'Identify',
      ids: [{ kind: 'user', value }, on],
    });
    const hers = Array.from({ length: 4 }, () => login('ann', d));
    const items = [{ type: 'Merge', one: d, other: e } as const, ...hers, login('bob', e), ...hers].map(
      (command, i): Statement => ({ project: 'p', wire: 'native', trust: 0, time: i * 1_000, command }),
    );
    const graph = new MemoryGraph();
    for (const entry of entriesOf(items, policy)) step(graph, { policy, derive }, entry);
    const stretches = ownershipOf(graph, policy, graph.node(keyOf(d)) as Node).map(({ from, person }) => [
      from,
      person.key,
    ]);
    const [ann, bob] = ['ann', 'bob'].map((value) => keyOf({ kind: 'user', value }));
    expect(stretches).toEqual([
      [Number.NEGATIVE_INFINITY, ann],
      [5_000, bob],
      [6_000, ann],
    ]);
  });

  it('[O3] [L4] what is told twice of one moment is one word, also where the first of the two was set aside', () => {
    const [d, e] = ['d', 'e'].map((value) => ({ kind: 'device', value })) as [Identifier, Identifier];
    const login = (value: string, on: Identifier, time: number): Statement => ({
      project: 'p',
      wire: 'native',
      trust: 2,
      time: time * 60_000,
      command: { type: 'Identify', ids: [{ kind: 'user', value }, on] },
    });
    const merge: Statement = { ...login('bob', d, 6), command: { type: 'Merge', one: d, other: e } };
    const items = [login('bob', d, 80), login('bob', d, 8), login('bob', d, 0), login('bob', d, 8), merge];
    const policy = presets['selfsame'] as Policy;
    expect(differ([...items, login('cyd', e, 0)], policy)).toBe(false);
  });

  it('[K4] what a device says again and again across changes of hands that do not count says nothing of their time', () => {
    const usual = presets['selfsame'] as Policy;
    const policy: Policy = {
      ...usual,
      reach: { ...usual.reach, soleShare: 1 },
      caps: { ...usual.caps, changes: 1 },
    };
    const [d, e] = ['d', 'e'].map((value) => ({ kind: 'device', value })) as [Identifier, Identifier];
    const say = (command: Command, time: number): Statement => ({
      project: 'p',
      wire: 'native',
      trust: 0,
      time: time * 60_000,
      command,
    });
    const login = (value: string, on: Identifier, time: number) =>
      say({ type: 'Identify', ids: [{ kind: 'user', value }, on] }, time);
    const merge = say({ type: 'Merge', one: d, other: e }, 5);
    const items = [login('bob', d, 15), login('ann', e, 200), login('bob', d, 235), login('ann', e, 240)];
    expect(differ([merge, ...items, login('bob', d, 243)], policy)).toBe(false);
  });

  it('[S10] [O2] of a run of less trusted words the first and the last say what a more trusted one took', () => {
    const usual = presets['segment'] as Policy;
    const [d, e] = ['d', 'e'].map((value) => ({ kind: 'device', value })) as [Identifier, Identifier];
    const say = (trust: Trust, time: number, command: Command): Statement => ({
      project: 'p',
      wire: 'native',
      trust,
      time: time * 1_000,
      command,
    });
    const login = (trust: Trust, time: number, value: string): Statement =>
      say(trust, time, { type: 'Identify', ids: [{ kind: 'user', value }, d] });
    const items = [
      login(2, 32, 'bob'),
      say(0, 10, { type: 'Merge', one: d, other: e }),
      ...[33, 5, 14].map((time) => login(0, time, 'cyd')),
      login(2, 28, 'cyd'),
      say(2, 24, { type: 'Logout', ids: [e] }),
    ];
    expect(differ(items, { ...usual, sharedDevice: 'by-interval' })).toBe(false);
  });

  it('[S10] a late word that is not listed is refused as one that is', () => {
    const usual = presets['selfsame'] as Policy;
    const policy: Policy = { ...usual, reach: { ...usual.reach, crowdedMs: 25 * 60_000 } };
    const d = { kind: 'device', value: 'd' };
    const login = (trust: Trust, minute: number, value: string, insertId?: string): Statement => ({
      project: 'p',
      wire: 'native',
      trust,
      time: minute * 60_000,
      command: { type: 'Identify', ids: [{ kind: 'user', value }, d] },
      ...(insertId === undefined ? {} : { insertId }),
    });
    const items = [login(2, 100, 'bob'), login(0, 50, 'ann'), login(0, 100, 'ann'), login(2, 100, 'ann', 'i')];
    expect(differ([...items, login(0, 95, 'ann')], policy)).toBe(false);
  });

  it('[K4] what counts after the changes that do not is read whole, whoever of very many merged devices said it', () => {
    const usual = presets['selfsame'] as Policy;
    const policy: Policy = { ...usual, sharedDevice: 'last-login', caps: { ...usual.caps, changes: 1 } };
    const devices = [0, 1, 2, 3, 4, 5].map((n): Identifier => ({ kind: 'device', value: `d${n}` }));
    const say = (time: number, command: Command): Statement => ({
      project: 'p',
      wire: 'native',
      trust: 0,
      time: time * 1_000,
      command,
    });
    const login = (time: number, value: string, n: number): Statement =>
      say(time, { type: 'Identify', ids: [{ kind: 'user', value }, devices[n] as Identifier] });
    const merges = devices
      .slice(1)
      .map((other, n) => say(n + 1, { type: 'Merge', one: devices[n] as Identifier, other }));
    const his = [4, 1, 4, 4, 2, 5, 3].map((n, i) => login(20 + i, 'bob', n));
    expect(differ([...merges, login(10, 'ann', 0), ...his], policy)).toBe(false);
  });

  it('[K4] a visit of somebody else among those that are forgotten leaves a device shared, whenever it is told', () => {
    const usual = presets['selfsame'] as Policy;
    const policy: Policy = { ...usual, caps: { ...usual.caps, changes: 2 } };
    const visit = (hour: number): Statement => ({
      project: 'p' as Statement['project'],
      wire: 'native',
      trust: 0,
      time: hour * 3_600_000,
      command: {
        type: 'Identify',
        ids: [
          { kind: 'user', value: hour === 6 ? 'bob' : 'ann' },
          { kind: 'device', value: 'd1' },
        ],
      },
    });
    const hours = Array.from({ length: 13 }, (_, i) => i + 1);
    for (const told of [hours, hours.toReversed(), [...hours.filter((hour) => hour !== 6), 6]])
      expect(differ(told.map(visit), policy), told.join()).toBe(false);
  });
});

/** @param turn which pairs are explained, as {@link told} */
function differ(items: readonly Statement[], policy: Policy, turn = 0): boolean {
  return told(items, policy, new MemoryGraph(), turn) !== told(items, policy, new WholeGraph(), turn);
}

/** Throws with the shortest part of the history that still shows the difference. */
function fail(items: readonly Statement[], policy: Policy, number: number): never {
  let shortest = [...items];
  for (let i = 0; i < shortest.length; ) {
    const less = shortest.toSpliced(i, 1);
    if (differ(less, policy)) shortest = less;
    else i += 1;
  }
  const show = (graph: MemoryGraph) => told(shortest, policy, graph);
  const { directory, ...rest } = policy;
  const about = { number, ...rest, roles: undefined, rank: undefined, strategy: directory.strategy };
  expect.soft(show(new MemoryGraph()), JSON.stringify({ about, shortest })).toBe(show(new WholeGraph()));
  throw new Error(`history ${number} differs; ${shortest.length} items`);
}

/**
 * All that anybody can ask of the graph of a history, as text. Explaining every pair takes longer than all the rest, so
 * only every fourth turn does; else each identifier is explained with one other, at a distance that changes with the turn.
 */
function told(items: readonly Statement[], policy: Policy, graph: MemoryGraph, turn = 0): string {
  const verdicts = entriesOf(items, policy).map((entry) => step(graph, { policy, derive }, entry));
  const lines = [verdicts.map(short).join('\n'), digestText(graph, policy, graph.nodes.values())];
  const nodes = [...graph.nodes.values()];
  for (const node of nodes) {
    lines.push(ownersOf(graph, policy, node));
    for (const trust of [0, 1, 2] as Trust[]) lines.push(JSON.stringify(presenceOf(policy, node, trust)));
  }
  for (const [i, a] of nodes.entries()) {
    const other = nodes[(i + 1 + (turn % (nodes.length - 1 || 1))) % nodes.length] as Node;
    for (const b of turn % 4 === 0 ? nodes.slice(i + 1) : [other])
      lines.push(JSON.stringify([a.key, b.key, explain(graph, policy, a.key, b.key)]));
  }
  return lines.join('\n');
}

const short = ({ status, rule, person, answer, notes }: Verdict): string =>
  JSON.stringify([status, rule, person, answer?.mpid, notes.map((note) => [note.effect, note.rule])]);

const ownersOf = (graph: Graph, policy: Policy, node: Node): string =>
  JSON.stringify(
    ownershipOf(graph, policy, node).map(({ from, to, person, claim, rule }) => [
      node.key,
      String(from),
      String(to),
      person.key,
      rule,
      claim && claimId(claim, node.key),
    ]),
  );

describe('the size of a node is bounded, whatever a public key sends', () => {
  const selfsame = presets['selfsame'] as Policy;
  const quick: Policy = { ...selfsame, reach: { ...selfsame.reach, ms: 1_000, crowdedMs: 500 } };
  const ann = { kind: 'user', value: 'ann' };
  const bob = { kind: 'user', value: 'bob' };
  const d1 = { kind: 'device', value: 'd1' };
  const many: Readonly<Record<string, (i: number) => Command>> = {
    'traits of one device': (i) => ({ type: 'Describe', ids: [d1], changes: [{ op: 'set', name: 't', value: i }] }),
    counters: () => ({ type: 'Describe', ids: [d1], changes: [{ op: 'add', name: 'n', value: 1 }] }),
    '[K4] alternating logins': (i) => ({ type: 'Identify', ids: [i % 2 === 0 ? ann : bob, d1] }),
    'logins and logouts': (i) => (i % 2 === 0 ? { type: 'Identify', ids: [ann, d1] } : { type: 'Logout', ids: [d1] }),
    'alternating logins, asked of the directory': (i) => ({
      type: 'Resolve',
      call: i % 4 < 2 ? 'login' : 'logout',
      ids: i % 4 < 2 ? [i % 2 === 0 ? ann : bob, d1] : [d1],
      mint: String(1_000 + i),
    }),
    'an e-mail between two profiles': (i) => ({
      type: 'Resolve',
      call: 'identify',
      ids: [
        { kind: 'email', value: 'x@example.com' },
        { kind: 'user', value: `u${i % 2}` },
      ],
      mint: String(1_000 + i),
    }),
    grants: () => ({ type: 'Consent', ids: [d1], consent: 'granted' }),
    'words of consent of every kind': (i) => ({
      type: 'Consent',
      ids: [d1],
      consent: i % 2 === 0 ? 'granted' : 'denied',
      ...(i % 4 < 2 ? {} : { scope: 'forwarding' as const }),
    }),
    '[L7c] silences': () => ({ type: 'Track', ids: [d1], name: 'View', properties: {} }),
    '[K2] devices of a record': (i) => ({
      type: 'Resolve',
      call: 'identify',
      ids: [ann, { kind: 'device', value: `d${i}` }],
      mint: '1000',
    }),
    '[K2] devices that modify adds to a record': (i) =>
      i === 0
        ? { type: 'Resolve', call: 'identify', ids: [ann], mint: '1000' }
        : { type: 'Modify', profile: '1000', changes: [{ kind: 'device', before: null, now: `d${i}` }] },
    '[M7] merges that are refused': (i) => ({ type: 'Merge', one: ann, other: { kind: 'user', value: `u${i}` } }),
    'the same event': () => ({ type: 'Track', ids: [ann, d1], name: 'View', properties: {} }),
  };

  it.each(Object.entries(many))('%s', (name, command) => {
    const [policy, apart] = name === '[L7c] silences' ? [quick, 2_000] : [selfsame, 1];
    const items = Array.from(
      { length: 6_000 },
      (_, i): Statement => ({
        project: 'p',
        wire: 'native',
        trust: 0,
        time: 1_000 + i * apart,
        insertId: `i${i}`,
        command: command(i),
      }),
    );
    const entries = entriesOf(items, policy);
    const graph = new MemoryGraph();
    const largest = (some: readonly Entry[]) => {
      for (const entry of some) step(graph, { policy, derive }, entry);
      return Math.max(...[...graph.nodes.values()].map((node) => JSON.stringify(node).length));
    };
    // A profile more is a node more; no node grows once its bound is reached.
    const [early, late] = [largest(entries.slice(0, 2_000)), largest(entries.slice(2_000))];
    expect(late).toBeLessThanOrEqual(early * 1.1 + 500);
    expect(late).toBeLessThan(150_000);
  });
});
