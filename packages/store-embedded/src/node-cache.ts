import {
  type Claim,
  claimsBetween,
  compareClaimsByTime,
  type Graph,
  type IdentifierKey,
  identifierOf,
  type Node,
  type PersonId,
  type ProjectId,
  type Sight,
} from '@selfsame/identity';
import type { Database, Statement } from 'better-sqlite3';

/** Nodes held in memory before clean ones are let go. */
const HELD = 250_000;

interface NodeRow {
  readonly number: number;
  readonly key: IdentifierKey;
  readonly person: PersonId;
  readonly body: string;
}

/** The committed graph: what is in memory is ahead of the tables by the changes since the last checkpoint. */
export class NodeCache {
  readonly #byKey: Statement<[string, string], NodeRow>;
  readonly #byPerson: Statement<[string, string], NodeRow>;
  readonly #byNumber: Statement<[number], NodeRow & { project: ProjectId }>;
  readonly #evidence: Statement<[number, number, number], { body: string }>;
  readonly #projects = new Map<ProjectId, ProjectNodes>();
  #held = 0;

  constructor(db: Database) {
    this.#byKey = db.prepare('SELECT number, key, person, body FROM nodes WHERE key = ? AND project = ?');
    this.#byPerson = db.prepare('SELECT number, key, person, body FROM nodes WHERE person = ? AND project = ?');
    this.#byNumber = db.prepare('SELECT number, project, key, person, body FROM nodes WHERE number = ?');
    this.#evidence = db.prepare('SELECT body FROM evidence WHERE number = ? AND time BETWEEN ? AND ?');
  }

  project(project: ProjectId): ProjectNodes {
    let nodes = this.#projects.get(project);
    if (nodes === undefined) this.#projects.set(project, (nodes = new ProjectNodes(project, this)));
    return nodes;
  }

  projects(): Iterable<ProjectNodes> {
    return this.#projects.values();
  }

  /** The project and node of a number; the tables must be up to date. */
  byNumber(number: number): { readonly project: ProjectId; readonly node: Node } | undefined {
    const row = this.#byNumber.get(number);
    if (row === undefined) return undefined;
    return { project: row.project, node: this.project(row.project).node(row.key) ?? decodeNode(row) };
  }

  readNode(project: ProjectId, key: IdentifierKey): Node | undefined {
    const row = this.#byKey.get(key, project);
    return row && decodeNode(row);
  }

  readFounder(project: ProjectId, person: PersonId): Node | undefined {
    const row = this.#byPerson.get(person, project);
    return row && decodeNode(row);
  }

  readEvidence(number: number, after: Sight, before: Sight): readonly Claim[] {
    return claimsBetween(
      this.#evidence.all(number, after.time, before.time).map((row) => JSON.parse(row.body) as Claim),
      after,
      before,
    );
  }

  /** Lets clean nodes go, oldest first, when too many are held. Call at a checkpoint, when all are clean. */
  trim(): void {
    this.#held = [...this.#projects.values()].reduce((sum, nodes) => sum + nodes.size, 0);
    for (const nodes of this.#projects.values()) {
      if (this.#held <= HELD) return;
      this.#held -= nodes.drop(this.#held - HELD * 0.75);
    }
  }
}

/** The graph of one project. */
export class ProjectNodes implements Graph {
  readonly project: ProjectId;
  readonly dirty = new Map<IdentifierKey, Node | undefined>();
  readonly pending = new Map<IdentifierKey, Claim[]>();
  readonly #cache: NodeCache;
  readonly #nodes = new Map<IdentifierKey, Node>();
  readonly #newFounders = new Map<PersonId, IdentifierKey>();

  constructor(project: ProjectId, cache: NodeCache) {
    this.project = project;
    this.#cache = cache;
  }

  get size(): number {
    return this.#nodes.size;
  }

  node(key: IdentifierKey): Node | undefined {
    const held = this.#nodes.get(key);
    if (held !== undefined) return held;
    const read = this.#cache.readNode(this.project, key);
    if (read !== undefined) this.#nodes.set(key, read);
    return read;
  }

  founder(person: PersonId): Node | undefined {
    const fresh = this.#newFounders.get(person);
    if (fresh !== undefined) return this.#nodes.get(fresh);
    const read = this.#cache.readFounder(this.project, person);
    return read && this.node(read.key);
  }

  evidence(key: IdentifierKey, after: Sight, before: Sight): readonly Claim[] {
    const node = this.node(key);
    const stored = node === undefined ? [] : this.#cache.readEvidence(node.number, after, before);
    const fresh = claimsBetween(this.pending.get(key) ?? [], after, before);
    return fresh.length === 0 ? stored : [...stored, ...fresh].sort(compareClaimsByTime);
  }

  /** Takes a committed version of a node. The version of the last checkpoint is remembered until the next. */
  take(node: Node, isNew: boolean): void {
    if (!this.dirty.has(node.key)) {
      const before = isNew ? undefined : this.node(node.key);
      this.dirty.set(node.key, before);
      if (before === undefined) this.#newFounders.set(node.person, node.key);
    }
    this.#nodes.set(node.key, node);
  }

  keep(key: IdentifierKey, claims: readonly Claim[]): void {
    const kept = this.pending.get(key);
    if (kept === undefined) this.pending.set(key, [...claims]);
    else kept.push(...claims);
  }

  /** After a checkpoint: the tables hold everything. */
  clean(): void {
    this.dirty.clear();
    this.pending.clear();
    this.#newFounders.clear();
  }

  /** Lets go of up to `count` nodes, those held longest; answers how many. */
  drop(count: number): number {
    let dropped = 0;
    for (const key of this.#nodes.keys()) {
      if (dropped >= count) break;
      this.#nodes.delete(key);
      dropped += 1;
    }
    return dropped;
  }
}

/** The part of a node that its row's columns do not say. */
export const encodeNode = ({ met, lastSeen, claims, below, edges, writes, consents }: Node): string =>
  JSON.stringify({ met, lastSeen, claims, below, edges, writes, consents });

const decodeNode = (row: NodeRow): Node => ({
  ...(JSON.parse(row.body) as Omit<Node, 'key' | 'id' | 'number' | 'person'>),
  key: row.key,
  id: identifierOf(row.key),
  number: row.number,
  person: row.person,
});
