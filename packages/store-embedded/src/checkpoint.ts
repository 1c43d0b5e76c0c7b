import type { IdentifierKey, Position, ProjectId, Rules } from '@selfsame/identity';
import { movedBy, searchTexts } from '@selfsame/store';
import type { Database, Statement } from 'better-sqlite3';
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
  readonly #rules: (project: ProjectId) => Rules;
  readonly #upsert: Statement<[number, string, string, string, string]>;
  readonly #evidence: Statement<[number, number, number, string]>;
  readonly #moved: Statement<[number]>;
  readonly #search: Statement<[string, string, number]>;
  readonly #meta: Statement<[string, number]>;
  readonly #policy: Statement<[string, string]>;

  constructor(db: Database, cache: NodeCache, rules: (project: ProjectId) => Rules) {
    this.#cache = cache;
    this.#rules = rules;
    this.#upsert = db.prepare(
      'INSERT INTO nodes VALUES (?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET body = excluded.body',
    );
    this.#evidence = db.prepare('INSERT OR IGNORE INTO evidence VALUES (?, ?, ?, ?)');
    this.#moved = db.prepare('INSERT INTO moved (number) VALUES (?)');
    this.#search = db.prepare('INSERT OR IGNORE INTO search VALUES (?, ?, ?)');
    this.#meta = db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)');
    this.#policy = db.prepare('INSERT OR IGNORE INTO meta VALUES (?, ?)');
  }

  /** Nodes waiting to be written. */
  get size(): number {
    let size = 0;
    for (const nodes of this.#cache.projects()) size += nodes.dirty.size;
    return size;
  }

  /** Part of the caller's transaction. `through`: the last log position the graph has folded. Call `done` after the commit. */
  write(through: Position): void {
    for (const nodes of this.#cache.projects()) {
      const { policy } = this.#rules(nodes.project);
      if (nodes.dirty.size === 0) continue;
      this.#policy.run(`policy:${nodes.project}`, JSON.stringify(policy));
      const moved = new Set<IdentifierKey>();
      for (const [key, before] of nodes.dirty) {
        const node = nodes.node(key);
        if (node === undefined) continue;
        this.#upsert.run(node.number, nodes.project, key, node.person, encodeNode(node));
        if (before === undefined || before.writes !== node.writes)
          for (const text of searchTexts(node)) this.#search.run(nodes.project, text, node.number);
        movedBy(nodes, policy, before, node, moved);
      }
      for (const key of moved) this.#moved.run(nodes.node(key)?.number as number);
      for (const [key, claims] of nodes.pending) {
        const number = nodes.node(key)?.number as number;
        for (const claim of claims) this.#evidence.run(number, claim.time, claim.position, JSON.stringify(claim));
      }
    }
    this.#meta.run('graph-through', through);
  }

  /** After the transaction that held `write` has committed. */
  done(): void {
    for (const nodes of this.#cache.projects()) nodes.clean();
    this.#cache.trim();
  }
}
