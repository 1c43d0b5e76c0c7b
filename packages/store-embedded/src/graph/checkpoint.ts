import {
  atRest,
  type Claim,
  foldedUnder,
  type Graph,
  type Instant,
  isAlike,
  type Node,
  type Position,
  type ProjectId,
  type Rules,
} from '@selfsame/identity';
import { Moved, movedBy, searchTexts } from '@selfsame/store';
import { type Batch, Writes } from '../disk/writes.ts';
import type { Seen } from '../seen/seen.ts';
import { byNumber } from './by-number.ts';
import { beforeOf } from './changes.ts';
import type { EvidenceTable } from './evidence-table.ts';
import type { Meta } from './meta.ts';
import type { MovedTable } from './moved-table.ts';
import { hashesOf } from './name-table.ts';
import type { NodeCache } from './node-cache.ts';
import { encodeNode } from './node-row.ts';
import type { ProjectNodes } from './project-nodes.ts';
import { RowsInOrder } from './rows-in-order.ts';

/**
 * Work between which requests are answered: less than a millisecond. Counted in bytes written, and what takes as long as
 * writing them would.
 */
const TURN = 20_000;
/** Of what takes longer than its bytes say, as whom a change of many merged identifiers has moved: ms. */
const LONGEST = 1;
/** Nodes that become clean in a turn: less than a millisecond. */
const CLEANED = 1_000;
/** What putting a node in its place costs. */
const ORDERED = 20;
/** What a node costs beside its bytes: reading whom it moved, and its checksum. */
const NODE = 500;

const names = new RowsInOrder('names', ['hash', 'number']);
const search = new RowsInOrder('search', ['project', 'text', 'number']);
const upsert =
  'INSERT INTO nodes VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET body = excluded.body, crc = excluded.crc';

/** What a checkpoint reads and brings up to date in memory. */
export interface CheckpointParts {
  readonly cache: NodeCache;
  readonly evidence: EvidenceTable;
  readonly meta: Meta;
  readonly seen: Seen;
  readonly rules: (project: ProjectId) => Rules;
  readonly moved: MovedTable;
}

/**
 * The graph's changes since the last checkpoint, and how far into the log they reach, as writes to its tables.
 *
 * The log alone makes an answer durable; the graph is its fold. So a commit writes the log, and the graph follows some
 * thousand entries behind. After a crash the entries past the checkpoint are folded again. A node that changed a hundred
 * times meanwhile is written once.
 */
export class Checkpoint {
  readonly #parts: CheckpointParts;
  /** Nothing changes within a turn. */
  readonly #resting = new Map<ProjectId, Graph>();

  constructor(parts: CheckpointParts) {
    this.#parts = parts;
  }

  /** From here on, what changes belongs to the next checkpoint. `now`: when the last entry arrived, ms. */
  begin(now: Instant): void {
    for (const nodes of this.#parts.cache.projects()) nodes.leave();
    this.#parts.seen.leave(now);
    this.#parts.moved.begin();
  }

  /** The writes of the checkpoint that has begun; `through`: the log position it reaches. */
  *batches(through: Position): Generator<Batch> {
    const writes = new Writes();
    let work = 0;
    let began = performance.now();
    this.#resting.clear();
    for (const cost of this.#all(through, writes)) {
      work += cost;
      if (work < TURN && performance.now() - began < LONGEST) continue;
      yield writes.take();
      work = 0;
      began = performance.now();
      this.#resting.clear();
    }
    yield writes.take();
  }

  /** The writes are in the tables: what they held is clean. Yields after every `CLEANED` nodes, for these may be many. */
  *done(): Generator<void> {
    let cleaned = 0;
    for (const nodes of this.#parts.cache.projects())
      for (const _ of nodes.left()) if (++cleaned % CLEANED === 0) yield;
    this.#parts.seen.left();
  }

  *#all(through: Position, writes: Writes): Generator<number> {
    const { cache, evidence, meta, seen } = this.#parts;
    names.begin(writes);
    search.begin(writes);
    for (const nodes of cache.projects()) yield* this.#graph(nodes, writes);
    names.end(writes);
    search.end(writes);
    yield* evidence.add(this.#kept(), through, writes);
    yield* seen.write(writes);
    for (const { project, undos } of cache.projects())
      if (undos.length > 0) meta.set(`undos:${project}`, JSON.stringify(undos), writes);
    meta.set('graph-through', String(through), writes);
  }

  *#graph(nodes: ProjectNodes, writes: Writes): Generator<number> {
    const { meta, rules } = this.#parts;
    if (nodes.leaving === undefined || nodes.leaving.nodes.size === 0) return;
    const { policy } = rules(nodes.project);
    // The first policy stays: one that changes while we run is noticed at the next start, and the log folded again.
    const name = `policy:${nodes.project}`;
    if (meta.get(name) === undefined) meta.set(name, foldedUnder(policy), writes);
    const moved = new Moved();
    const untold = moved.values();
    let told = 0;
    for (const changed of byNumber(nodes.leaving.nodes.values(), ({ now }) => now.number)) {
      if (changed === undefined) {
        yield ORDERED;
        continue;
      }
      const { before, now } = changed;
      movedBy(this.#restingOf(nodes), policy, beforeOf(changed), now, moved);
      // At once, while they are at hand: after all that changed they would be read from the tables once more.
      for (; told < moved.size; told++) {
        const key = untold.next().value as Node['key'];
        const { number } = (nodes.node(key) ?? nodes.ghost(key)) as Node;
        this.#parts.moved.add(nodes.project, number, writes);
        yield 100;
      }
      // What an undo folded again and came out as it was stands in the tables already; whose it is may have changed.
      if (isAlike(before, now)) {
        yield NODE;
        continue;
      }
      const row = encodeNode(nodes.project, now);
      if (before === undefined)
        for (const hash of hashesOf(row)) {
          this.#parts.cache.filter.add(hash);
          names.add(writes, hash, now.number);
        }
      writes.add(upsert, row.number, row.project, row.key, row.person, row.body, row.crc);
      index(nodes.project, before, now, writes);
      yield NODE + row.body.length;
    }
  }

  #restingOf(nodes: ProjectNodes): Graph {
    const known = this.#resting.get(nodes.project);
    if (known !== undefined) return known;
    const graph = atRest(nodes);
    this.#resting.set(nodes.project, graph);
    return graph;
  }

  *#kept(): Generator<readonly [number, readonly Claim[]]> {
    for (const nodes of this.#parts.cache.projects())
      for (const [key, claims] of nodes.leaving?.kept ?? [])
        yield [((nodes.node(key) ?? nodes.ghost(key)) as Node).number, claims];
  }
}

function index(project: ProjectId, before: Node | undefined, now: Node, writes: Writes): void {
  if (before !== undefined && before.writes === now.writes && now.gone !== true) return;
  const texts = now.gone === true ? [] : searchTexts(now);
  for (const text of texts) search.add(writes, project, text, now.number);
  // A name that is said no more is found no more.
  for (const text of before === undefined ? [] : searchTexts(before))
    if (!texts.includes(text))
      writes.add('DELETE FROM search WHERE project = ? AND text = ? AND number = ?', project, text, now.number);
}
