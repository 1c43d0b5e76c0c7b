import type { Claim, Draft, Node, Sight } from './evidence/graph.ts';
import { keptBeside, lastKept } from './evidence/kept-claims.ts';
import { claimsBetween } from './evidence/order.ts';
import type { Rules } from './policy/rules.ts';
import { Memories } from './reading/remembered.ts';
import { step } from './step.ts';
import { Undone } from './undo/undone.ts';
import type { Entry } from './words/command.ts';
import type { IdentifierKey, PersonId } from './words/ids.ts';
import type { Verdict } from './words/verdict.ts';

/** A graph in memory. The reference fold uses it, and so do stores for what they hold. */
export class MemoryGraph implements Draft {
  readonly listsAll: boolean = false;
  readonly memories = new Memories();
  /** What is retracted: evidence of it that was set aside is not shown ([U3]). */
  undone = new Undone();
  readonly nodes = new Map<IdentifierKey, Node>();
  readonly #founders = new Map<PersonId, IdentifierKey>();
  readonly #kept = new Map<IdentifierKey, Claim[]>();
  /** Kept and not yet sorted into `#kept`, each claim beside whose it is: nearly all of it is never asked for. */
  readonly #lately: Claim[] = [];
  readonly #latelyOf: IdentifierKey[] = [];

  node(key: IdentifierKey): Node | undefined {
    const node = this.nodes.get(key);
    return node?.gone === true ? undefined : node;
  }

  ghost(key: IdentifierKey): Node | undefined {
    const node = this.nodes.get(key);
    return node?.gone === true ? node : undefined;
  }

  founder(person: PersonId): Node | undefined {
    const key = this.#founders.get(person);
    return key === undefined ? undefined : this.node(key);
  }

  put(node: Node): void {
    if (node.number > this.nodes.size) this.#founders.set(node.person, node.key);
    this.nodes.set(node.key, node);
  }

  keep(key: IdentifierKey, claims: readonly Claim[]): void {
    for (const claim of claims) {
      this.#lately.push(claim);
      this.#latelyOf.push(key);
    }
  }

  evidence(key: IdentifierKey, after: Sight, before: Sight): readonly Claim[] {
    const kept = this.keptOf(key);
    if (this.undone.isEmpty) return claimsBetween(kept, after, before);
    const standing = lastKept(kept).filter((claim) => !this.undone.coversClaim(claim, key));
    return claimsBetween(standing, after, before);
  }

  beside(key: IdentifierKey, like: Claim, at: Claim): readonly Claim[] {
    return keptBeside(this.keptOf(key), like, at, (claim) => !this.undone.coversClaim(claim, key));
  }

  /** All claims of an identifier that were set aside. */
  keptOf(key: IdentifierKey): readonly Claim[] {
    for (const [i, claim] of this.#lately.entries()) {
      const of = this.#latelyOf[i] as IdentifierKey;
      const kept = this.#kept.get(of);
      if (kept === undefined) this.#kept.set(of, [claim]);
      else kept.push(claim);
    }
    this.#lately.length = this.#latelyOf.length = 0;
    return this.#kept.get(key) ?? [];
  }

  nextNumber(): number {
    return this.nodes.size + 1;
  }
}

/** The reference fold: the definition of the graph, which every faster way must agree with (G7). */
export function fold(
  entries: Iterable<Entry>,
  rules: Rules,
): { readonly graph: MemoryGraph; readonly verdicts: readonly Verdict[] } {
  const graph = new MemoryGraph();
  const verdicts: Verdict[] = [];
  for (const entry of entries) verdicts.push(step(graph, rules, entry));
  return { graph, verdicts };
}
