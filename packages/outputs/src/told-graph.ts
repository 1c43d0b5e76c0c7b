import {
  type Claim,
  type Draft,
  type Graph,
  type IdentifierKey,
  MemoryGraph,
  type Node,
  type PlacedUndo,
} from '@selfsame/identity';

/** A graph that remembers how the nodes were that the entry in hand has changed. */
export class ToldGraph extends MemoryGraph implements Draft {
  /** Each changed node as it was; undefined for one that is new. */
  readonly before = new Map<IdentifierKey, Node | undefined>();

  /** What was retracted before the entry in hand. */
  #undoneBefore = this.undone;

  /** From here on another entry speaks. */
  begin(): void {
    this.before.clear();
    this.#undoneBefore = this.undone;
  }

  override put(node: Node): void {
    if (!this.before.has(node.key)) this.before.set(node.key, this.node(node.key));
    super.put(node);
  }

  /** The entry in hand takes something back or puts it back; what it touches is put after this ([U3]). */
  takeUndo(undo: PlacedUndo): void {
    this.undone = this.undone.copy();
    this.undone.take(undo);
  }

  /** Who was who before the entry in hand. */
  earlier(): Graph {
    const { before } = this;
    return {
      node: (key) => (before.has(key) ? before.get(key) : this.node(key)),
      ghost: (key) => (before.has(key) ? undefined : this.ghost(key)),
      founder: (person) => {
        const now = this.founder(person);
        return now !== undefined && before.has(now.key) ? before.get(now.key) : now;
      },
      evidence: (key, after, until) => this.#asItWas(() => this.evidence(key, after, until)),
      beside: (key, like, at) => this.#asItWas(() => this.beside(key, like, at)),
    };
  }

  #asItWas(look: () => readonly Claim[]): readonly Claim[] {
    const now = this.undone;
    this.undone = this.#undoneBefore;
    try {
      return look();
    } finally {
      this.undone = now;
    }
  }
}
