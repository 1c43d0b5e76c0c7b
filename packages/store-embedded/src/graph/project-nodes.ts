import {
  type Claim,
  claimsBetween,
  compareClaimsByTime,
  dawn,
  dusk,
  type Graph,
  type IdentifierKey,
  keptAs,
  keptBeside,
  Memories,
  type Node,
  nameOfClaim,
  nearest,
  type PersonId,
  type PlacedUndo,
  type Position,
  type ProjectId,
  type Sight,
  sortNameOf,
  Undone,
} from '@selfsame/identity';
import { type Changed, Changes } from './changes.ts';
import { type HeldBudget, HeldNodes } from './held-nodes.ts';
import { weightOf } from './node-weight.ts';

/** What the tables hold of one project. */
export interface StoredNodes {
  node(key: IdentifierKey): Node | undefined;
  founder(person: PersonId): Node | undefined;
  evidence(number: number, after: Sight, before: Sight): readonly Claim[];
  beside(number: number, like: Claim, at: Claim): readonly Claim[];
  /** A claim as it was kept last. */
  keptAs(number: number, claim: Claim): Claim | undefined;
}

/** The graph of one project: what is in memory is ahead of the tables by the changes since the last checkpoint. */
export class ProjectNodes implements Graph {
  readonly project: ProjectId;
  readonly memories = new Memories();
  /** What is retracted now ([U2]), and the entries that said so. */
  readonly undone = new Undone();
  readonly undos: Position[] = [];
  /** What the checkpoint that is being written takes along; none between checkpoints. */
  leaving: Changes | undefined;
  #fresh = new Changes();
  #stored: StoredNodes;
  readonly #held: HeldNodes;

  constructor(project: ProjectId, stored: StoredNodes, budget: HeldBudget) {
    this.project = project;
    this.#stored = stored;
    this.#held = new HeldNodes(budget, weightOf);
  }

  /** The same tables, by another connection. */
  readFrom(stored: StoredNodes): void {
    this.#stored = stored;
  }

  /** Nodes that changed since the last checkpoint began. */
  get changed(): number {
    return this.#fresh.nodes.size;
  }

  /** Memory that only a checkpoint will free, bytes: what has changed since the last one that is in the tables. */
  get ahead(): number {
    return this.#fresh.weight + (this.leaving?.weight ?? 0);
  }

  /** How many nodes of all that is ahead have changed, and how often one that had did so again. */
  get changes(): Pick<Changes, 'repeats'> & { readonly nodes: number } {
    const { nodes, repeats } = this.#fresh;
    return { nodes: nodes.size + (this.leaving?.nodes.size ?? 0), repeats: repeats + (this.leaving?.repeats ?? 0) };
  }

  node(key: IdentifierKey): Node | undefined {
    const node = this.#any(key);
    return node?.gone === true ? undefined : node;
  }

  ghost(key: IdentifierKey): Node | undefined {
    const node = this.#any(key);
    return node?.gone === true ? node : undefined;
  }

  #any(key: IdentifierKey): Node | undefined {
    const changed = this.#changed(key);
    if (changed !== undefined) return changed;
    const held = this.#held.get(key);
    if (held !== undefined) return held;
    const read = this.#stored.node(key);
    if (read !== undefined) this.#held.put(read);
    return read;
  }

  /** Is a node in memory? */
  holds(key: IdentifierKey): boolean {
    return this.#changed(key) !== undefined || this.#held.get(key) !== undefined;
  }

  /** Takes a node as the tables have it, before anybody asks for it. */
  hold(node: Node): void {
    this.#held.put(node);
  }

  founder(person: PersonId): Node | undefined {
    const fresh = this.#fresh.founders.get(person) ?? this.leaving?.founders.get(person);
    if (fresh !== undefined) return this.node(fresh);
    const read = this.#stored.founder(person);
    return read && this.node(read.key);
  }

  evidence(key: IdentifierKey, after: Sight, before: Sight): readonly Claim[] {
    const node = this.node(key);
    const stored = node === undefined ? [] : this.#stored.evidence(node.number, after, before);
    const held = [...(this.leaving?.kept.get(key) ?? []), ...(this.#fresh.kept.get(key) ?? [])];
    const all = this.#both(stored, claimsBetween(held, after, before));
    return this.undone.isEmpty
      ? all
      : all.filter((claim) => claim.gone === undefined && !this.undone.coversClaim(claim, key));
  }

  beside(key: IdentifierKey, like: Claim, at: Claim): readonly Claim[] {
    const node = this.node(key);
    const lists = [this.leaving?.kept.get(key), this.#fresh.kept.get(key)].filter((kept) => kept !== undefined);
    const stored = node === undefined ? [] : this.#stored.beside(node.number, like, at);
    const found = [...stored, ...lists.flatMap((kept) => keptBeside(kept, like, at))];
    if (this.undone.isEmpty) return nearest(found, at);
    const sort = sortNameOf(like);
    const stands = (claim: Claim): boolean => {
      const last =
        lists.map((kept) => keptAs(kept, claim)).findLast((one) => one !== undefined) ??
        (node && this.#stored.keptAs(node.number, claim));
      return sortNameOf(last ?? claim) === sort && !this.undone.coversClaim(claim, key);
    };
    if (found.every(stands)) return nearest(found, at);
    // One of them is retracted, or believed otherwise since ([U3]), and others lie behind it.
    return keptBeside(this.evidence(key, dawn, dusk), like, at);
  }

  #both(stored: readonly Claim[], fresh: readonly Claim[]): readonly Claim[] {
    if (fresh.length === 0) return stored;
    // What is leaving may have arrived already.
    const all = new Map([...stored, ...fresh].map((claim) => [nameOfClaim(claim), claim]));
    return [...all.values()].sort(compareClaimsByTime);
  }

  /** Takes a committed version of a node; `again`: one that was folded again ([U3]). The version of the last checkpoint is remembered until the next. */
  take(node: Node, at: Position, isNew: boolean, again = false): void {
    this.#fresh.take(node, at, () => (isNew ? undefined : this.node(node.key)), again);
  }

  /** After a commit, or a look into the log: this entry took something back or put it back. */
  takeUndo(undo: PlacedUndo): void {
    this.undone.take(undo);
    this.undos.push(undo.position);
  }

  keep(key: IdentifierKey, claims: readonly Claim[]): void {
    this.#fresh.keep(key, claims);
  }

  /** The nodes that changed after a position of the log and are not in the tables as they are. */
  *changedSince(position: Position): Generator<Changed> {
    for (const changes of [this.leaving, this.#fresh])
      for (const changed of changes?.nodes.values() ?? []) if (changed.at > position) yield changed;
  }

  /** A checkpoint begins: it takes along what has changed so far, and what one that failed could not write. */
  leave(): void {
    if (this.leaving === undefined) this.leaving = this.#fresh;
    else this.leaving.append(this.#fresh);
    this.#fresh = new Changes();
  }

  /** The checkpoint is in the tables: its nodes are clean, and the last of them held. Yields after each, for that may be many. */
  *left(): Generator<void> {
    let rest = this.leaving?.weight ?? 0;
    for (const { now, weight } of this.leaving?.nodes.values() ?? []) {
      // Those before would only push each other out.
      if (this.#held.hasRoomFor((rest -= weight))) this.#held.put(now);
      yield;
    }
    this.leaving = undefined;
  }

  #changed(key: IdentifierKey): Node | undefined {
    return (this.#fresh.nodes.get(key) ?? this.leaving?.nodes.get(key))?.now;
  }
}
