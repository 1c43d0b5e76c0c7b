import type { Claim, IdentifierKey, Node, Position, ProjectId, Rules } from '@selfsame/identity';
import { movedBy, searchTexts } from '@selfsame/store';
import type { Database, Statement } from 'better-sqlite3';
import { checksum } from './checksum.ts';
import type { EvidenceTable } from './evidence-table.ts';
import type { Meta } from './meta.ts';
import { encodeNode, type NodeCache } from './node-cache.ts';

/**
 * Writes the graph's changes since the last checkpoint into the tables, and how far into the log they reach.
 *
 * The log alone makes an answer durable; the graph is its fold. So a commit writes the log and the graph follows a few
 * thousand entries behind, in the same transaction as some later commit. After a crash the entries past the checkpoint
 * are folded again. A node that changed a hundred times meanwhile is written once.
 */
export class Checkpoint {
  readonly #cache: NodeCache;
  readonly #meta: Meta;
  readonly #rules: (project: ProjectId) => Rules;
  readonly #upsert: Statement<[number, string, string, string, string, number]>;
  readonly #evidence: EvidenceTable;
  readonly #moved: Statement<[number, number, number]>;
  readonly #lastChange: Statement<[], { last: number | null }>;
  readonly #search: Statement<[string, string, number]>;
  readonly #unsearch: Statement<[string, string, number]>;

  constructor(
    db: Database,
    cache: NodeCache,
    evidence: EvidenceTable,
    meta: Meta,
    rules: (project: ProjectId) => Rules,
  ) {
    this.#cache = cache;
    this.#meta = meta;
    this.#rules = rules;
    this.#upsert = db.prepare(
      'INSERT INTO nodes VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET body = excluded.body, crc = excluded.crc',
    );
    this.#evidence = evidence;
    this.#moved = db.prepare('INSERT INTO moved VALUES (?, ?, ?)');
    this.#lastChange = db.prepare('SELECT max(change) AS last FROM moved');
    this.#search = db.prepare('INSERT OR IGNORE INTO search VALUES (?, ?, ?)');
    this.#unsearch = db.prepare('DELETE FROM search WHERE project = ? AND text = ? AND number = ?');
  }

  /** Nodes waiting to be written. */
  get size(): number {
    let size = 0;
    for (const nodes of this.#cache.projects()) size += nodes.dirty.size;
    return size;
  }

  /** Part of the caller's transaction. `through`: the last log position the graph has folded. Call `done` after the commit. */
  write(through: Position): void {
    let change = this.#lastChange.get()?.last ?? 0;
    for (const nodes of this.#cache.projects()) {
      const { policy } = this.#rules(nodes.project);
      if (nodes.dirty.size === 0) continue;
      // The first policy stays: one that changes while we run is noticed at the next start, and the log folded again.
      const name = `policy:${nodes.project}`;
      if (this.#meta.get(name) === undefined) this.#meta.set(name, JSON.stringify(policy));
      const moved = new Set<IdentifierKey>();
      for (const [key, before] of nodes.dirty) {
        const node = nodes.node(key) as Node;
        const row = encodeNode(nodes.project, node);
        this.#upsert.run(row.number, row.project, row.key, row.person, row.body, row.crc);
        this.#index(nodes.project, before, node);
        movedBy(nodes, policy, before, node, moved);
      }
      for (const key of moved) {
        const number = nodes.node(key)?.number as number;
        change += 1;
        this.#moved.run(change, number, checksum(change, number));
      }
    }
    this.#evidence.add(this.#kept(), through);
    this.#meta.set('graph-through', String(through));
  }

  *#kept(): Generator<readonly [number, Claim]> {
    for (const nodes of this.#cache.projects()) {
      for (const [key, claims] of nodes.pending) {
        const number = nodes.node(key)?.number as number;
        for (const claim of claims) yield [number, claim];
      }
    }
  }

  #index(project: ProjectId, before: Node | undefined, node: Node): void {
    if (before !== undefined && before.writes === node.writes) return;
    const texts = searchTexts(node);
    for (const text of texts) this.#search.run(project, text, node.number);
    // A name that is said no more is found no more.
    for (const text of before === undefined ? [] : searchTexts(before))
      if (!texts.includes(text)) this.#unsearch.run(project, text, node.number);
  }

  /** After the transaction that held `write` has committed. */
  done(): void {
    for (const nodes of this.#cache.projects()) nodes.clean();
    this.#cache.trim();
  }
}
