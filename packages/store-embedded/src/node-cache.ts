import {
  type Claim,
  claimsBetween,
  compareClaimsByTime,
  type Graph,
  type IdentifierKey,
  identifierOf,
  type Node,
  nodeOf,
  type PersonId,
  type ProjectId,
  type Sight,
} from '@selfsame/identity';
import { StoreError } from '@selfsame/store';
import type { Database, Statement } from 'better-sqlite3';
import { checksum } from './checksum.ts';
import type { EvidenceTable } from './evidence-table.ts';

/** Nodes held in memory before clean ones are let go. */
const HELD = 250_000;

/** A node as it is stored: its look-up columns, the rest as JSON, and a checksum over all of it (G3). */
export interface NodeRow {
  readonly number: number;
  readonly project: ProjectId;
  readonly key: IdentifierKey;
  readonly person: PersonId;
  readonly body: string;
  readonly crc: number;
}

/** The committed graph: what is in memory is ahead of the tables by the changes since the last checkpoint. */
export class NodeCache {
  readonly #byKey: Statement<[string, string], NodeRow>;
  readonly #byPerson: Statement<[string, string], NodeRow>;
  readonly #byNumber: Statement<[number], NodeRow>;
  readonly #evidence: EvidenceTable;
  readonly #projects = new Map<ProjectId, ProjectNodes>();
  readonly #reading: <T>(read: () => T) => T;
  #held = 0;

  /** `reading` runs every look into the tables: the caller's place to notice that the storage failed. */
  constructor(db: Database, evidence: EvidenceTable, reading: <T>(read: () => T) => T) {
    this.#byKey = db.prepare('SELECT * FROM nodes WHERE key = ? AND project = ?');
    this.#byPerson = db.prepare('SELECT * FROM nodes WHERE person = ? AND project = ?');
    this.#byNumber = db.prepare('SELECT * FROM nodes WHERE number = ?');
    this.#evidence = evidence;
    this.#reading = reading;
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
    const row = this.#reading(() => this.#byNumber.get(number));
    if (row === undefined) return undefined;
    return { project: row.project, node: this.project(row.project).node(row.key) ?? decodeNode(row) };
  }

  /** @throws StoreError as `decodeNode`. */
  readNode(project: ProjectId, key: IdentifierKey): Node | undefined {
    const read = this.#reading(() => {
      const row = this.#byKey.get(key, project);
      return row && decodeNode(row);
    });
    // Looking at people without writing must not fill the memory either.
    if (read !== undefined && ++this.#held > HELD * 1.25) this.trim();
    return read;
  }

  readFounder(project: ProjectId, person: PersonId): Node | undefined {
    return this.#reading(() => {
      const row = this.#byPerson.get(person, project);
      return row && decodeNode(row);
    });
  }

  readEvidence(number: number, after: Sight, before: Sight): readonly Claim[] {
    return this.#reading(() => this.#evidence.between(number, after, before));
  }

  /** Lets nodes go that the tables hold as they are, those read first first, when too many are held. */
  trim(): void {
    this.#held = [...this.#projects.values()].reduce((sum, nodes) => sum + nodes.size, 0);
    for (const nodes of this.#projects.values()) {
      if (this.#held <= HELD) return;
      this.#held -= nodes.drop(this.#held - HELD * 0.75);
    }
  }
}

/** What changed in the graph of a project from one checkpoint to the next. */
class Changes {
  /** Each changed node as it was at the first, and as it was at the second. */
  readonly nodes = new Map<IdentifierKey, { readonly before: Node | undefined; now: Node }>();
  readonly kept = new Map<IdentifierKey, Claim[]>();
  readonly founders = new Map<PersonId, IdentifierKey>();

  /** `before` is asked for when this is the first change of the node. */
  take(node: Node, before: () => Node | undefined): void {
    const changed = this.nodes.get(node.key);
    if (changed !== undefined) {
      changed.now = node;
      return;
    }
    const was = before();
    this.nodes.set(node.key, { before: was, now: node });
    if (was === undefined) this.founders.set(node.person, node.key);
  }

  keep(key: IdentifierKey, claims: readonly Claim[]): void {
    const kept = this.kept.get(key);
    if (kept === undefined) this.kept.set(key, [...claims]);
    else kept.push(...claims);
  }

  /** Adds what changed after this. */
  append(later: Changes): void {
    for (const { before, now } of later.nodes.values()) this.take(now, () => before);
    for (const [key, claims] of later.kept) this.keep(key, claims);
  }
}

/** The graph of one project. */
export class ProjectNodes implements Graph {
  readonly project: ProjectId;
  /** What the checkpoint that is being written takes along; none between checkpoints. */
  leaving: Changes | undefined;
  #fresh = new Changes();
  readonly #cache: NodeCache;
  readonly #nodes = new Map<IdentifierKey, Node>();

  constructor(project: ProjectId, cache: NodeCache) {
    this.project = project;
    this.#cache = cache;
  }

  get size(): number {
    return this.#nodes.size;
  }

  /** Nodes that changed since the last checkpoint began. */
  get changed(): number {
    return this.#fresh.nodes.size;
  }

  node(key: IdentifierKey): Node | undefined {
    const held = this.#nodes.get(key);
    if (held !== undefined) return held;
    const read = this.#cache.readNode(this.project, key);
    if (read !== undefined) this.#nodes.set(key, read);
    return read;
  }

  founder(person: PersonId): Node | undefined {
    const fresh = this.#fresh.founders.get(person) ?? this.leaving?.founders.get(person);
    if (fresh !== undefined) return this.#nodes.get(fresh);
    const read = this.#cache.readFounder(this.project, person);
    return read && this.node(read.key);
  }

  evidence(key: IdentifierKey, after: Sight, before: Sight): readonly Claim[] {
    const node = this.node(key);
    const stored = node === undefined ? [] : this.#cache.readEvidence(node.number, after, before);
    const held = [...(this.leaving?.kept.get(key) ?? []), ...(this.#fresh.kept.get(key) ?? [])];
    const fresh = claimsBetween(held, after, before);
    if (fresh.length === 0) return stored;
    // What is leaving may have arrived already.
    const all = new Map([...stored, ...fresh].map((claim) => [claim.position, claim]));
    return [...all.values()].sort(compareClaimsByTime);
  }

  /** Takes a committed version of a node. The version of the last checkpoint is remembered until the next. */
  take(node: Node, isNew: boolean): void {
    this.#fresh.take(node, () => (isNew ? undefined : this.node(node.key)));
    this.#nodes.set(node.key, node);
  }

  keep(key: IdentifierKey, claims: readonly Claim[]): void {
    this.#fresh.keep(key, claims);
  }

  /** A checkpoint begins: it takes along what has changed so far, and what one that failed could not write. */
  leave(): void {
    if (this.leaving === undefined) this.leaving = this.#fresh;
    else this.leaving.append(this.#fresh);
    this.#fresh = new Changes();
  }

  /** The checkpoint is in the tables. */
  left(): void {
    this.leaving = undefined;
  }

  /** Lets go of up to `count` clean nodes, those held longest; answers how many. */
  drop(count: number): number {
    let dropped = 0;
    for (const key of this.#nodes.keys()) {
      if (dropped >= count) break;
      if (this.#fresh.nodes.has(key) || this.leaving?.nodes.has(key)) continue;
      this.#nodes.delete(key);
      dropped += 1;
    }
    return dropped;
  }
}

/** A node as its row. */
export function encodeNode(project: ProjectId, node: Node): NodeRow {
  const { number, key, person } = node;
  const body = JSON.stringify({
    met: node.met,
    lastSeen: node.lastSeen,
    claims: unlessEmpty(node.claims),
    below: unlessEmpty(node.below),
    edges: unlessEmpty(node.edges),
    writes: unlessEmpty(node.writes),
    consents: unlessEmpty(node.consents),
    record: unlessEmpty(node.record),
    holders: unlessEmpty(node.holders),
    aliases: unlessEmpty(node.aliases),
  } satisfies Record<Exclude<keyof Node, 'key' | 'id' | 'number' | 'person'>, unknown>);
  return { number, project, key, person, body, crc: checksum(number, project, key, person, body) };
}

/** JSON leaves out what is undefined, and most lists of most nodes are empty. */
const unlessEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);

/** @throws StoreError 'store/corrupt' when the row does not match its checksum. */
export function decodeNode({ number, project, key, person, body, crc }: NodeRow): Node {
  if (checksum(number, project, key, person, body) !== crc)
    throw new StoreError('store/corrupt', `node ${number} does not match its checksum: rebuild the graph from the log`);
  return nodeOf({
    key,
    id: identifierOf(key),
    number,
    person,
    ...(JSON.parse(body) as Pick<Node, 'met' | 'lastSeen'>),
  });
}
