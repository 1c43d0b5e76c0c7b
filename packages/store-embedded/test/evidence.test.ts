import { type Claim, dawn, dusk, type IdentifierKey, keyOf, nodeOf, type PersonId } from '@selfsame/identity';
import type { Database } from 'better-sqlite3';
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
  const stored = {
    node: () => undefined,
    founder: () => undefined,
    evidence: () => [both[0] as Claim],
    beside: () => [],
    keptAs: () => undefined,
  };
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

interface Read {
  rows: number;
  /** Of text, about. */
  bytes: number;
}

/** A database that counts what is read of it. */
function watched(db: Database) {
  const read: Read = { rows: 0, bytes: 0 };
  const count = (row: unknown) => {
    read.rows += 1;
    read.bytes += JSON.stringify(row ?? '').length;
    return row;
  };
  const prepare = (sql: string) => {
    const statement = db.prepare(sql);
    return {
      get: (...values: unknown[]) => count(statement.get(...values)),
      all: (...values: unknown[]) => statement.all(...values).map(count),
    };
  };
  return { db: { prepare } as unknown as Database, read };
}

const [ann, bob] = ['ann', 'bob'].map((value) => keyOf({ kind: 'user', value })) as [IdentifierKey, IdentifierKey];

const login = (time: number, owner = ann): Claim => ({
  ...{ time, tie: `t${time}`, position: time, trust: 0, owner, wire: 'native' },
});

/** The same as it is set aside where evidence goes by arrival: said of moments in whatever order. */
const arrived = (position: number, owner = ann): Claim => ({
  ...{ ...login(position, owner), time: (position * 7919) % 1_000 },
  byArrival: true,
});

/** What a look reads beside a moment among `size` claims of each of three checkpoints, in any order, of one node or of many. */
function readAmong(size: number, ofMany: boolean, said = login) {
  const graph = openGraph(`${temporary()}/graph.db`);
  const { db, read } = watched(graph);
  const table = new EvidenceTable(db);
  for (const through of [1, 2, 3]) {
    const claims = Array.from({ length: size }, (_, i) => said(3 * ((i * 7919) % size) + through - 1));
    const kept = ofMany
      ? claims.map((claim) => [1 + 1024 * Math.floor(claim.position / 3), [claim]] as const)
      : [[1, claims] as const];
    const writes = new Writes();
    for (const _ of table.add(kept, through, writes));
    graph.transaction(runnerOf(graph))(writes.take());
  }
  const moment = ofMany ? 1 : 150;
  const { byArrival: _, ...listed } = said(moment, bob);
  expect(table.beside(1, login(0), listed).map(({ position }) => position)).toEqual([moment, moment + 1]);
  graph.close();
  return read;
}

it.each([
  ['of one identifier', false, login],
  ['of many', true, login],
  ['of one, by arrival', false, arrived],
] as const)(
  'a look for the claims next to a moment reads as much among twenty times the claims (%s)',
  (_of, ofMany, said) => {
    const [few, many] = [200, 4_000].map((size) => readAmong(size, ofMany, said)) as [Read, Read];
    console.log(`read: ${few.rows} rows of ${few.bytes} bytes, then ${many.rows} rows of ${many.bytes} bytes`);
    // A search takes a few steps more in a longer list.
    expect(many.rows).toBeLessThan(few.rows + 3 * 7);
    expect(many.bytes).toBeLessThan(1.1 * few.bytes + 2_000);
  },
);
