import type { IdentifierKey, Node } from '@selfsame/identity';

/** Memory for nodes that the tables hold as they are, shared by all projects. */
export class HeldBudget {
  /** Bytes of the younger generation. */
  #young = 0;
  /** What both generations may weigh together, by `weightOf`. */
  readonly bytes: number;
  readonly #holders: HeldNodes[] = [];

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  join(holder: HeldNodes): void {
    this.#holders.push(holder);
  }

  spend(bytes: number): void {
    this.#young += bytes;
    if (this.#young <= this.bytes / 2) return;
    this.#young = 0;
    for (const holder of this.#holders) holder.age();
  }
}

/**
 * Clean nodes of one project in two generations: whoever is asked for joins the younger one, and when that is full the
 * elder goes as a whole. So holding costs a map's look-up or two, and letting go costs nothing that grows with what is
 * held: a walk in search of what may go would find nothing whenever all of it is in use.
 */
export class HeldNodes {
  #young = new Map<IdentifierKey, Node>();
  #old = new Map<IdentifierKey, Node>();
  readonly #budget: HeldBudget;
  readonly #weigh: (node: Node) => number;

  constructor(budget: HeldBudget, weigh: (node: Node) => number) {
    this.#budget = budget;
    this.#weigh = weigh;
    budget.join(this);
  }

  get(key: IdentifierKey): Node | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.put(old);
    return old;
  }

  put(node: Node): void {
    this.#young.set(node.key, node);
    this.#budget.spend(this.#weigh(node));
  }

  /** Is a node still held after others of so many bytes came? */
  hasRoomFor(bytes: number): boolean {
    return bytes <= this.#budget.bytes;
  }

  age(): void {
    this.#old = this.#young;
    this.#young = new Map();
  }
}
