import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Command,
  digestText,
  fold,
  isVisit,
  keyOf,
  MemoryGraph,
  type Node,
  ownershipOf,
  peopleIn,
  personById,
  presets,
  roleOf,
  type Statement,
  spansOf,
  step,
  survivor,
  type Trust,
} from '../src/index.ts';
import { consented, contactOf, customer, someOf, thing } from './attacks.ts';
import { derive, digestOf, entriesOf, history } from './history.ts';
import {
  digest,
  everyPreset,
  everyTimeOrdered,
  long,
  rules,
  runs,
  selfsame,
  short,
  thawed,
  timeOrdered,
} from './laws.ts';

const shuffled = fc
  .oneof({ weight: 9, arbitrary: history(short) }, { weight: 1, arbitrary: history({ minLength: 50, maxLength: 80 }) })
  .chain((items) =>
    fc.tuple(fc.constant(items), fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length })),
  );

/** Each login and contact of some items, named by the server key. */
function namedFirst(items: readonly Statement[]): readonly Statement[] {
  const ids = items.flatMap(({ command }) =>
    command.type === 'Merge' ? [command.one, command.other] : 'ids' in command ? command.ids : [],
  );
  const people = new Map(
    ids.filter(({ kind }) => kind !== 'device' && kind !== 'session').map((id) => [keyOf(id), id]),
  );
  return [...people.values()].map(
    (id, i): Statement => ({
      project: 'p',
      wire: 'native',
      trust: 2,
      time: 1,
      insertId: `named${i}`,
      command: { type: 'Identify', ids: [id] },
    }),
  );
}

describe('laws', () => {
  it.each(timeOrdered.map((policy) => [policy.preset, policy] as const))(
    '[O1] %s: one graph for every order of arrival (G8)',
    (name, policy) => {
      let orders = 0;
      fc.assert(
        fc.property(shuffled, ([items, other]) => {
          expect(digestOf(other, policy)).toBe(digestOf(items, policy));
          orders += 1;
        }),
        // Of all together ten thousand.
        runs(1_700, 100_000),
      );
      console.log(`G8: ${name}: ${orders} orders, 0 differences`);
    },
  );

  it.each(everyTimeOrdered.map((policy) => [policy.preset, { ...policy, identityMode: 'enforce' as const }] as const))(
    '[O1] [E2] %s, enforce: one graph for every order of arrival once a backend has named whom pages name (G8)',
    (name, policy) => {
      let orders = 0;
      fc.assert(
        fc.property(shuffled, ([items, other]) => {
          const named = namedFirst(items);
          expect(digestOf([...named, ...other], policy)).toBe(digestOf([...named, ...items], policy));
          orders += 1;
        }),
        runs(400),
      );
      console.log(`G8: ${name}, enforce: ${orders} orders, 0 differences`);
    },
  );

  it.each(timeOrdered.map((policy) => [policy.preset, policy] as const))(
    '[O3] %s: what is said at one moment without insert ids gives one graph for every order of arrival (G8)',
    (_name, policy) => {
      const said = fc
        .tuple(customer, thing, fc.integer({ min: 1, max: 2 }), fc.constantFrom<Trust>(0, 2), fc.nat({ max: 5 }))
        .map(([who, device, time, trust, what]): Statement => {
          const command: Command =
            what === 0 ? { type: 'Logout', ids: [device] } : { type: 'Identify', ids: [who, device] };
          return { project: 'p', wire: 'native', trust, time: time * 1_000, command };
        });
      const told = fc.array(said, { minLength: 2, maxLength: 8 });
      const orders = told.chain((items) =>
        fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length })),
      );
      fc.assert(
        fc.property(orders, ([items, other]) => {
          expect(digestOf(other, policy)).toBe(digestOf(items, policy));
        }),
        runs(100),
      );
    },
  );

  it('[O1] [O2] holds under every preset but those that copy a vendor who goes by arrival', () => {
    const others = Object.keys(presets).filter((name) => !everyTimeOrdered.some((policy) => policy.preset === name));
    expect(others).toEqual(['mixpanel-simplified', 'mixpanel-original', 'segment']);
  });

  it('[D1] telling an item again, anywhere, changes nothing (G8)', () => {
    fc.assert(
      fc.property(history(short), fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 10 }), (items, again) => {
        const told = [...items];
        // A copy goes somewhere after its original.
        for (const [which, where] of again) {
          const original = told[which % told.length] as Statement;
          const from = told.indexOf(original);
          told.splice(from + 1 + (where % (told.length - from)), 0, original);
        }
        expect(digestOf(told)).toBe(digestOf(items));
      }),
      runs(1_000),
    );
  });

  it.each(everyPreset.map((policy) => [policy.preset, policy] as const))(
    '%s: stopping and going on at any point gives the fold of the whole (G7)',
    (name, policy) => {
      let histories = 0;
      fc.assert(
        fc.property(history(long ? { minLength: 50, maxLength: 80 } : short), fc.nat(), (items, cut) => {
          const entries = entriesOf(items);
          const at = cut % (entries.length + 1);
          const { graph } = fold(entries.slice(0, at), { policy, derive });
          const resumed = thawed(graph);
          for (const entry of entries.slice(at)) step(resumed, { policy, derive }, entry);
          expect(digest(resumed, policy)).toBe(digest(fold(entries, { policy, derive }).graph, policy));
          histories += 1;
        }),
        // Of all presets together a hundred thousand.
        runs(200, Math.ceil(100_000 / everyPreset.length)),
      );
      console.log(`G7: ${name}: ${histories} histories, 0 differences`);
    },
  );

  it.each(everyPreset.map((policy) => [policy.preset, policy] as const))(
    '[O2] %s: an identifier has one owner at any moment, and no chain of owners closes (G9)',
    (name, policy) => {
      let identifiers = 0;
      fc.assert(
        fc.property(history(short), (items) => {
          const { graph } = fold(entriesOf(items), { policy, derive });
          for (const node of graph.nodes.values()) {
            const stretches = ownershipOf(graph, policy, node);
            expect(stretches[0]?.from).toBe(Number.NEGATIVE_INFINITY);
            expect(stretches.at(-1)?.to).toBe(Number.POSITIVE_INFINITY);
            stretches.slice(1).forEach((stretch, i) => expect(stretch.from).toBe(stretches[i]?.to));
            for (const { person } of stretches) expect(survivor(graph, policy, person).key).toBe(person.key);
            identifiers += 1;
          }
        }),
        runs(300),
      );
      console.log(`G9: ${name}: ${identifiers} identifiers with one owner at every moment`);
    },
  );

  it.each(timeOrdered.map((policy) => [policy.preset, policy] as const))(
    '[M6] %s: devices of a merge that stands are one person at every moment, where all is said with one trust',
    (_name, policy) => {
      fc.assert(
        fc.property(history(short, [2]), (items) => {
          const { graph } = fold(entriesOf(items, policy), { policy, derive });
          const whose = (key: Node['key']) =>
            ownershipOf(graph, policy, graph.node(key) as Node).map(({ from, person }) => [from, person.key]);
          for (const node of graph.nodes.values())
            for (const { other, refused } of node.edges)
              if (refused === undefined && roleOf(policy, node.id.kind) === 'anonymous')
                expect(whose(other)).toEqual(whose(node.key));
        }),
        runs(100),
      );
    },
  );

  it.each(
    everyPreset.flatMap((policy) =>
      (['open', 'enforce'] as const).map((mode) => [policy.preset, mode, { ...policy, identityMode: mode }] as const),
    ),
  )('%s, %s: a graph may read each node anew, and list what is below it in any order', (_, _mode, policy) => {
    class ReadAnew extends MemoryGraph {
      override node(key: Node['key']): Node | undefined {
        const node = super.node(key);
        return node && { ...structuredClone(node), below: node.below.toReversed() };
      }
    }
    const people = fc.tuple(customer, customer);
    const merged = fc.oneof(
      people.map(([one, other]): Command => ({ type: 'Merge', one, other })),
      people.map(([one, other]): Command => ({ type: 'Join', how: 'identify', one, other })),
    );
    const linked = fc.tuple(customer, thing).map((ids): Command => ({ type: 'Identify', ids }));
    const said = (trust: Trust) =>
      someOf(consented(fc.oneof(customer, contactOf, thing).map((one) => [one])), trust, 4);
    const words = fc
      .tuple(someOf(merged, 2, 3), someOf(linked, 2, 3), said(2), said(0), said(2))
      .map((all) => all.flat());
    fc.assert(
      fc.property(history(short), words, history(short), (before, words, after) => {
        const told = [...before, ...words, ...after].map((item, i) => ({
          ...item,
          insertId: `i${i}`,
        }));
        const { graph, verdicts } = fold(entriesOf(told, policy), { policy, derive });
        const anew = new ReadAnew();
        const found = entriesOf(told, policy).map((entry) => step(anew, { policy, derive }, entry));
        expect(found).toEqual(verdicts);
        const [is, was] = [anew, graph].map((one) => digestText(one, policy, [...graph.nodes.values()]));
        expect(is).toBe(was);
      }),
      runs(40),
    );
  });

  it('[P3] every id ever given leads to somebody', () => {
    fc.assert(
      fc.property(history(short), (items) => {
        const graph = new MemoryGraph();
        const given = new Set<string>();
        for (const entry of entriesOf(items)) {
          const { person } = step(graph, rules, entry);
          if (person !== undefined) given.add(person);
        }
        for (const id of given) expect(personById(graph, selfsame, id as never)).toBeDefined();
      }),
      runs(500),
    );
  });

  it('people share no moment of an identifier, and together have all of it', () => {
    fc.assert(
      fc.property(history(short), (items) => {
        const { graph } = fold(entriesOf(items), rules);
        const total = new Map<string, number>();
        const add = (key: string, { from, to }: { readonly from: number; readonly to: number }) =>
          total.set(key, (total.get(key) ?? 0) + Math.min(to, 1e10) - Math.max(from, -1e10));
        const shown = new Set<string>();
        for (const person of peopleIn(graph, selfsame, graph.nodes.values())) {
          shown.add(person.founder.key);
          for (const span of spansOf(person.holdings)) add(span.node.key, span);
        }
        // [L7c] A visit in which nothing was seen is nobody.
        for (const node of graph.nodes.values())
          for (const stretch of ownershipOf(graph, selfsame, node))
            if (isVisit(stretch.person) && !shown.has(stretch.person.key)) add(node.key, stretch);
        for (const node of graph.nodes.values()) expect(total.get(node.key)).toBe(2e10);
      }),
      runs(500),
    );
  });
});
