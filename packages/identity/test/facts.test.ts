import { describe, expect, it } from 'vitest';
import {
  apply,
  type Decision,
  decide,
  type Entry,
  type Graph,
  MemoryGraph,
  type Policy,
  presets,
  type Rules,
  step,
} from '../src/index.ts';
import { derive, entriesOf } from './history.ts';
import { Dice, randomHistory, randomPolicy } from './random-history.ts';

const seed = Number(process.env['SELFSAME_SEED']);
console.log(`facts: SELFSAME_SEED=${seed}`);

/** A graph as deciders may have it: for reading. */
const readOnly = (graph: MemoryGraph): Graph => ({
  listsAll: graph.listsAll,
  node: (key) => graph.node(key),
  ghost: (key) => graph.ghost(key),
  founder: (person) => graph.founder(person),
  evidence: (key, after, before) => graph.evidence(key, after, before),
  beside: (key, like, at) => graph.beside(key, like, at),
});

const textOf = (graph: MemoryGraph): string =>
  JSON.stringify([...graph.nodes.values()].map((node) => [node, graph.keptOf(node.key)]));

/** The entries of a history, some of them copies of what came before. */
function withCopies(dice: Dice, policy: Policy): readonly Entry[] {
  return entriesOf(randomHistory(dice, 30), policy).map((entry): Entry => {
    if (entry.position < 3 || !dice.oneIn(8)) return entry;
    const copied = 1 + dice.below(entry.position - 1);
    if (dice.oneIn(3)) return { ...entry, outrankedBy: copied };
    const repeat = { key: 'k', keep: dice.of(['latest', 'first'] as const) };
    return { ...entry, repeats: copied, repeat };
  });
}

function everyDecision(check: (decision: Decision, graph: MemoryGraph, entry: Entry, rules: Rules) => void): void {
  for (let i = 0; i < 1_000; i++) {
    const dice = new Dice(seed + i);
    const policy = randomPolicy(dice);
    const rules = { policy, derive };
    const graph = new MemoryGraph();
    for (const entry of withCopies(dice, policy)) {
      check(decide(readOnly(graph), rules, entry), graph, entry, rules);
      step(graph, rules, entry);
    }
  }
}

describe('facts', () => {
  it('[G7] are all of it: as data, applied to another graph, they make what a step makes', () => {
    for (let i = 0; i < 1_000; i++) {
      const dice = new Dice(seed + i);
      const policy = randomPolicy(dice);
      const rules = { policy, derive };
      const [stepped, applied] = [new MemoryGraph(), new MemoryGraph()];
      for (const entry of withCopies(dice, policy)) {
        const { verdict, facts } = decide(readOnly(applied), rules, entry);
        apply(applied, policy, entry, JSON.parse(JSON.stringify(facts)));
        expect(verdict, `SELFSAME_SEED=${seed + i}`).toEqual(step(stepped, rules, entry));
      }
      expect(textOf(applied), `SELFSAME_SEED=${seed + i}`).toBe(textOf(stepped));
    }
  });

  it('[A6] are none where an item was suppressed, repeated, or refused outright', () => {
    const seen = new Set<string>();
    everyDecision((decision, graph, entry, rules) => {
      // Asked again it says the same: nothing was written.
      expect(decide(readOnly(graph), rules, entry)).toEqual(decision);
      const { verdict, facts } = decision;
      const { status, rule = '' } = verdict;
      if (status === 'applied' || status === 'quarantined' || rule === 'D2' || rule === 'D3') return;
      if (rule === 'S11') {
        for (const fact of facts) expect(['founded', 'met', 'conflict']).toContain(fact.type);
        return;
      }
      seen.add(`${status} ${rule}`);
      expect(facts, `SELFSAME_SEED=${seed}`).toEqual([]);
    });
    expect([...seen]).toEqual(expect.arrayContaining(['suppressed G3', 'duplicate D1', 'rejected M4', 'rejected R10']));
  });

  it('[D3] come from a copy that a backend outranked, and never make an event of it, whoever it names', () => {
    const policy = { ...(presets['selfsame'] as Policy), identityMode: 'enforce' } as const;
    const track = { type: 'Track', ids: [{ kind: 'user', value: 'ann' }], name: 'View', properties: {} } as const;
    const said = { project: 'p', wire: 'native', command: track, insertId: 'i', at: 0, time: 0 } as const;
    const graph = new MemoryGraph();
    step(graph, { policy, derive }, { ...said, trust: 2, position: 1 });
    const verdict = step(graph, { policy, derive }, { ...said, trust: 0, position: 2, outrankedBy: 1 });
    expect(verdict).toMatchObject({ status: 'duplicate', rule: 'D3', notes: [{ rule: 'E2' }] });
  });

  it('speak of identifiers that somebody named', () => {
    const [entry] = entriesOf(randomHistory(new Dice(1), 5));
    const nobody = 'device:nobody' as never;
    expect(() =>
      apply(new MemoryGraph(), randomPolicy(new Dice(1)), entry as Entry, [{ type: 'left', key: nobody }]),
    ).toThrow('nobody named');
  });
});
