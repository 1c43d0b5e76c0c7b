import { type Draft, type Graph, type IdentifierKey, MemoryGraph, type Node } from '@selfsame/identity';

/** A graph that remembers how the nodes were that the entry in hand has changed. */
export class ToldGraph extends MemoryGraph implements Draft {
  /** Each changed node as it was; undefined for one that is new. */
  readonly before = new Map<IdentifierKey, Node | undefined>();

  /** From here on another entry speaks. */
  begin(): void {
    this.before.clear();
  }

  override put(node: Node): void {
    if (!this.before.has(node.key)) this.before.set(node.key, this.node(node.key));
    super.put(node);
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
      evidence: (key, after, until) => this.evidence(key, after, until),
    };
  }
}
