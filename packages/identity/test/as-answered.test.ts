import { expect, it } from 'vitest';
import {
  atRest,
  entryOf,
  type Graph,
  keyOf,
  MemoryGraph,
  ownerAt,
  type Policy,
  type Statement,
  step,
} from '../src/index.ts';
import { derive } from './history.ts';
import { Dice, randomHistory, randomPolicy } from './random-history.ts';
import { strange } from './strange.ts';

const seed = Number(process.env['SELFSAME_SEED']);
const HISTORIES = process.env['SELFSAME_LONG'] === '1' ? 500 : 15;
/** Entries of a history, of few identifiers: much is said of each. */
const ENTRIES = 260;
const times = [0, 3_000, 20_000, 60_000, 140_000, Number.POSITIVE_INFINITY];

/** A policy, at times with as many changes of hands that count as there may be ([K4]). */
function policyOf(dice: Dice): Policy {
  const policy = randomPolicy(dice);
  return dice.oneIn(2) ? policy : { ...policy, caps: { ...policy.caps, changes: 500 } };
}

function statementsOf(dice: Dice): readonly Statement[] {
  const all: Statement[] = [];
  while (all.length < ENTRIES) all.push(...randomHistory(dice, 60));
  return all.map(({ insertId: _, ...one }, i) => ({
    ...one,
    ...(dice.oneIn(2) ? { time: i * 700 } : {}),
    ...(dice.oneIn(3) ? {} : { insertId: `i${i}` }),
  }));
}

it('[P3] [L7] whom an item is answered as, and whose an identifier is at a moment, is what reading all that was said gives', () => {
  console.log(`as answered: SELFSAME_SEED=${seed}`);
  let [answered, asked] = [0, 0];
  for (let number = seed; number < seed + HISTORIES; number++) {
    const dice = new Dice(number);
    const policy = policyOf(dice);
    const graph = new MemoryGraph();
    for (const [i, statement] of statementsOf(dice).entries()) {
      const entry = entryOf(statement, policy, { position: i + 1, at: 1e9 + i });
      const { anchor, person, status } = step(graph, { policy, derive }, entry);
      if (i % 7 !== 0) continue;
      const where = `history ${number} after ${i}, ${policy.preset}`;
      const whole = atRest(strange(graph));
      if (anchor !== undefined && person !== undefined && status === 'applied') {
        answered += 1;
        expect(person, where).toBe(ownerAt(whole, policy, keyOf(anchor), entry.time)?.person);
      }
      for (const { key, gone } of graph.nodes.values()) {
        if (gone === true) continue;
        asked += times.length;
        const owners = (of: Graph) => times.map((time) => ownerAt(of, policy, key, time)?.key);
        expect(owners(graph), `${where}: ${key}`).toEqual(owners(whole));
      }
    }
  }
  console.log(`${answered} answers, ${asked} moments`);
  expect(answered).toBeGreaterThan(5 * HISTORIES);
});
