import { describe, expect, it } from 'vitest';
import {
  claimMovedOn,
  decide,
  type Entry,
  type Graph,
  MemoryGraph,
  NotedGraph,
  nodeMovedOn,
  Overlay,
  type ReadingSet,
  type Rules,
  type Shift,
  shifted,
  step,
  type Verdict,
} from '../src/index.ts';
import { derive, entriesOf } from './history.ts';
import { Dice, randomHistory, randomPolicy } from './random-history.ts';

const seed = Number(process.env['SELFSAME_SEED']);
console.log(`reading set: SELFSAME_SEED=${seed}`);
const HISTORIES = 150;

/** What is left of a graph to whoever may look at these alone. */
function only(graph: Graph, { keys, people }: ReadingSet): Graph {
  const may =
    <K, T>(known: ReadonlySet<K>, read: (key: K) => T) =>
    (key: K) => {
      if (!known.has(key)) throw new Error(`nobody read ${key} before`);
      return read(key);
    };
  return {
    node: may(keys, (key) => graph.node(key)),
    ghost: may(keys, (key) => graph.ghost(key)),
    founder: may(people, (person) => {
      const node = graph.founder(person);
      return node && may(keys, () => node)(node.key);
    }),
    evidence: (key, after, before) => may(keys, () => graph.evidence(key, after, before))(key),
    beside: (key, like, at) => may(keys, () => graph.beside(key, like, at))(key),
  };
}

/** What a group of entries makes of a graph. */
function decided(graph: Graph, entries: readonly Entry[], rules: Rules, numbers: number) {
  let number = numbers;
  const overlay = new Overlay(graph, () => ++number);
  const verdicts = entries.map((entry) => step(overlay, rules, entry));
  return { verdicts, changed: overlay.changed, kept: overlay.kept, overlay };
}

/** Histories of everything that can be said, cut into groups; `check` sees each group before it is kept. */
function everyGroup(check: (graph: MemoryGraph, entries: readonly Entry[], rules: Rules, name: string) => void): void {
  for (let i = 0; i < HISTORIES; i++) {
    const dice = new Dice(seed + i);
    const policy = randomPolicy(dice);
    const rules = { policy, derive };
    const graph = new MemoryGraph();
    const entries = entriesOf(randomHistory(dice, 30), policy);
    for (let from = 0; from < entries.length; ) {
      const group = entries.slice(from, from + 1 + dice.below(6));
      check(graph, group, rules, `SELFSAME_SEED=${seed + i}`);
      for (const entry of group) step(graph, rules, entry);
      from += group.length;
    }
  }
}

describe('a reading set', () => {
  it('is all that a decision needs: with the rest of the graph gone it is the same verdict and the same facts', () => {
    everyGroup((graph, [entry], rules, name) => {
      const noted = new NotedGraph(graph);
      const decision = decide(noted, rules, entry as Entry);
      expect(decide(only(graph, noted), rules, entry as Entry), name).toEqual(decision);
    });
  });

  it('of a group is all that the group needs, to be decided and to be applied', () => {
    everyGroup((graph, entries, rules, name) => {
      const noted = new NotedGraph(graph);
      const { overlay: _, ...made } = decided(noted, entries, rules, graph.nodes.size);
      const { overlay: __, ...again } = decided(only(graph, noted), entries, rules, graph.nodes.size);
      expect(again, name).toEqual(made);
      // Who looks whether it still stands looks at nodes alone.
      for (const key of made.changed.keys()) expect(noted.keys.has(key), name).toBe(true);
      for (const key of made.kept.keys()) expect(made.changed.has(key), name).toBe(true);
    });
  });

  it('holds whoever founds a person id, and what is not there', () => {
    const policy = randomPolicy(new Dice(seed));
    const graph = new MemoryGraph();
    const ids = [{ kind: 'user', value: 'ann' }];
    const [entry] = entriesOf([
      { project: 'p', wire: 'native', trust: 2, time: 1, command: { type: 'Identify', ids } },
    ]);
    step(graph, { policy, derive }, entry as Entry);
    const noted = new NotedGraph(graph);
    const [key] = graph.nodes.keys();
    expect(noted.founder(derive('p', ids[0] as (typeof ids)[0], 0))?.key).toBe(key);
    const nobody = derive('p', { kind: 'user', value: 'bob' }, 0);
    expect(noted.founder(nobody)).toBeUndefined();
    expect([...noted.keys]).toEqual([key]);
    expect(noted.people.has(nobody)).toBe(true);
  });
});

describe('a place that was only presumed', () => {
  it('changes nothing that was decided: moved on, it is what is decided at the place it took', () => {
    everyGroup((graph, entries, rules, name) => {
      const by = 1 + (seed % 7);
      const numbers = { from: graph.nodes.size + 1, by: 3 };
      const places = { from: (entries[0] as Entry).position, by };
      const presumed = decided(graph, entries, rules, graph.nodes.size);
      const taken = decided(
        graph,
        entries.map((entry) => movedOn(entry, places)),
        rules,
        graph.nodes.size + numbers.by,
      );
      expect(
        presumed.verdicts.map((one) => verdictMovedOn(one, places)),
        name,
      ).toEqual(taken.verdicts);
      expect(
        [...presumed.changed.values()].map((node) => nodeMovedOn(node, places, numbers)),
        name,
      ).toEqual([...taken.changed.values()]);
      expect([...presumed.kept].map(([key, claims]) => [key, claims.map((one) => claimMovedOn(one, places))])).toEqual([
        ...taken.kept,
      ]);
    });
  });
});

const movedOn = (entry: Entry, places: Shift): Entry => ({
  ...entry,
  position: shifted(entry.position, places),
  ...(entry.repeats === undefined ? {} : { repeats: shifted(entry.repeats, places) }),
});
const verdictMovedOn = (verdict: Verdict, places: Shift): Verdict =>
  verdict.repeats === undefined ? verdict : { ...verdict, repeats: shifted(verdict.repeats, places) };
