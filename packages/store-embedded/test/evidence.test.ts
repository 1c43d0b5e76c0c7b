import { type Claim, dawn, dusk, keyOf, nodeOf, type PersonId } from '@selfsame/identity';
import { expect, it } from 'vitest';
import { runnerOf } from '../src/disk/connection.js';
import { openGraph } from '../src/disk/schema.ts';
import { Writes } from '../src/disk/writes.ts';
import { EvidenceTable } from '../src/graph/evidence-table.ts';
import { HeldBudget } from '../src/graph/held-nodes.ts';
import { ProjectNodes } from '../src/graph/project-nodes.ts';
import { temporary } from './temporary.ts';

const email = { kind: 'email', value: 'a' };
const key = keyOf(email);

const claim = (owner: Claim['owner'], tie: string): Claim => ({
  ...{ time: 5, tie, position: 7, trust: 2, owner, wire: 'mparticle', directory: true },
});

/** [R6] Of one entry: an e-mail taken from one profile, and given to another. */
const both = [claim(null, '7'), claim(keyOf({ kind: 'mpid', value: '2' }), '7\u0001')];

it('keeps every word of one entry that an identifier need not list, in memory', () => {
  const node = nodeOf({
    ...{ key, id: email, number: 1, person: 'p' as PersonId, trust: 2, lastSeen: 5 },
    met: { time: 5, tie: '', position: 7, trust: 2 },
  });
  const stored = { node: () => undefined, founder: () => undefined, evidence: () => [both[0] as Claim] };
  const nodes = new ProjectNodes('p', stored, new HeldBudget(1_000));
  nodes.take(node, 7, true);
  nodes.keep(key, both);
  expect(nodes.evidence(key, dawn, dusk)).toEqual(both);
});

it('and in the tables, each once, also where two checkpoints kept it', () => {
  const graph = openGraph(`${temporary()}/graph.db`);
  const table = new EvidenceTable(graph);
  for (const through of [7, 9]) {
    const writes = new Writes();
    for (const _ of table.add([[1, both]], through, writes));
    runnerOf(graph)(writes.take());
  }
  expect(table.between(1, dawn, dusk)).toEqual(both);
  graph.close();
});
