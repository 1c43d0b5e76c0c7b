import type { IdentifierKey, Node, ProjectId } from '@selfsame/identity';
import type { Database, Statement } from 'better-sqlite3';
import { hashOf } from '../seen/key-filter.ts';
import type { EvidenceTable } from './evidence-table.ts';
import { HeldBudget } from './held-nodes.ts';
import { NameTable, nameOf } from './name-table.ts';
import { NodeFilter } from './node-filter.ts';
import { decodeNode, type NodeRow } from './node-row.ts';
import { ProjectNodes, type StoredNodes } from './project-nodes.ts';
import { ReadAhead } from './read-ahead.ts';

/** Of those that are read together, bytes: a few may be very large. */
const MOST_READ = 500_000;

export interface NodeCacheParts {
  readonly db: Database;
  readonly evidence: EvidenceTable;
  /** What clean nodes may take in memory, bytes. */
  readonly held: number;
  /** So much is looked for before anybody is answered that it is worth reading all names first. */
  readonly looksForMany?: boolean;
  /** Runs every look into the tables: the caller's place to notice that the storage failed. */
  readonly reading: <T>(read: () => T) => T;
}

/** The committed graphs of all projects. */
export class NodeCache {
  /** What the tables hold, and what a checkpoint brings into them. */
  readonly filter: NodeFilter;
  /** When the filter has read the tables. */
  readonly filled: Promise<void>;
  readonly #names: NameTable;
  readonly #byNumber: Statement<[number], NodeRow>;
  readonly #parts: NodeCacheParts;
  readonly #budget: HeldBudget;
  readonly #projects: Map<ProjectId, ProjectNodes>;
  #ahead: ReadAhead | undefined;

  /** `before`: what another held of the same tables goes on here, and no more there. */
  constructor(parts: NodeCacheParts, before?: NodeCache) {
    this.#names = new NameTable(parts.db);
    this.#byNumber = parts.db.prepare('SELECT * FROM nodes WHERE number = ?');
    this.#parts = parts;
    this.#budget = before === undefined ? new HeldBudget(parts.held) : before.#budget;
    this.#projects = before === undefined ? new Map() : before.#projects;
    for (const nodes of this.#projects.values()) nodes.readFrom(this.#stored(nodes.project));
    this.filter = before?.filter ?? new NodeFilter();
    if (before === undefined && parts.looksForMany === true) this.filter.fillNow(this.#names);
    this.filled = before?.filled ?? (parts.looksForMany === true ? Promise.resolve() : this.filter.fill(this.#names));
  }

  /** Its looks into the tables throw StoreError as `decodeNode`. */
  project(project: ProjectId): ProjectNodes {
    let nodes = this.#projects.get(project);
    if (nodes === undefined)
      this.#projects.set(project, (nodes = new ProjectNodes(project, this.#stored(project), this.#budget)));
    return nodes;
  }

  projects(): Iterable<ProjectNodes> {
    return this.#projects.values();
  }

  /** Nodes that changed since the last checkpoint began. */
  get changed(): number {
    let changed = 0;
    for (const nodes of this.#projects.values()) changed += nodes.changed;
    return changed;
  }

  /** Memory that only a checkpoint will free, bytes. */
  get ahead(): number {
    let ahead = 0;
    for (const nodes of this.#projects.values()) ahead += nodes.ahead;
    return ahead;
  }

  /** How often each of the nodes that changed did so again, in the mean: so much writing is saved by waiting. */
  get recurrence(): number {
    let [nodes, repeats] = [0, 0];
    for (const { changes } of this.#projects.values()) {
      nodes += changes.nodes;
      repeats += changes.repeats;
    }
    return nodes === 0 ? 0 : repeats / nodes;
  }

  /** The node of a project by its number; the tables must be up to date. */
  byNumber(project: ProjectId, number: number): Node | undefined {
    const row = this.#parts.reading(() => this.#byNumber.get(number));
    if (row?.project !== project) return undefined;
    return this.project(project).node(row.key) ?? decodeNode(row);
  }

  /** What is asked for next, in this order: it is read from the tables some at a time. Undefined: no more than is asked for. */
  expect(names: Iterable<readonly [ProjectId, IdentifierKey]> | undefined): void {
    this.#ahead =
      names &&
      new ReadAhead(
        names,
        (project, key) => this.project(project).holds(key),
        (hash) => this.filter.mayHold(hash),
      );
  }

  #stored(project: ProjectId): StoredNodes {
    const { evidence, reading } = this.#parts;
    const one = (by: 'key' | 'person', name: string, hash: number) =>
      reading(() => {
        const row = this.#names.find(project, name, by, hash);
        return row && decodeNode(row);
      });
    return {
      node: (key) => {
        const name = nameOf(project, key);
        const hash = this.#ahead?.hashOf(name) ?? hashOf(name);
        if (!this.filter.mayHold(hash)) return undefined;
        return this.#withOthers(name) ?? one('key', key, hash);
      },
      founder: (person) => {
        const hash = hashOf(nameOf(project, person));
        return this.filter.mayHold(hash) ? one('person', person, hash) : undefined;
      },
      evidence: (number, after, before) => reading(() => evidence.between(number, after, before)),
      beside: (number, like, at) => reading(() => evidence.beside(number, like, at)),
      keptAs: (number, claim) => reading(() => evidence.keptAs(number, claim)),
    };
  }

  /** One that was expected, with what is expected after it. Undefined also where the tables do not have it. */
  #withOthers(name: string): Node | undefined {
    const wanted = this.#ahead?.takeWith(name);
    // Looked for by itself it is found as soon.
    if (wanted === undefined || wanted.size === 1) return undefined;
    return this.#parts.reading(() => {
      let found: Node | undefined;
      for (const row of this.#names.all(wanted.values(), MOST_READ)) {
        const other = nameOf(row.project, row.key);
        // Another may have the same hash.
        if (!wanted.has(other)) continue;
        const node = decodeNode(row);
        if (other === name) found = node;
        else this.project(row.project).hold(node);
      }
      return found;
    });
  }
}
