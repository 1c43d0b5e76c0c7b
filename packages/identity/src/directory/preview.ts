import type { Claim, Graph, Node, Sight } from '../evidence/graph.ts';
import { MemoryGraph } from '../fold.ts';
import type { Policy } from '../policy/policy.ts';
import { step } from '../step.ts';
import type { Statement } from '../words/command.ts';
import { entryOf } from '../words/entry.ts';
import { type IdentifierKey, type Instant, keyOf, type PersonId } from '../words/ids.ts';
import type { Verdict } from '../words/verdict.ts';

/**
 * What the rules would say of a statement now, without anybody having said it. Person ids of people it would make are
 * none that the log would give them. `at` is the server's clock, ms.
 */
export function preview(graph: Graph, policy: Policy, statement: Statement, at: Instant): Verdict {
  const entry = entryOf(statement, policy, { position: Number.MAX_SAFE_INTEGER, at });
  const derive = (_project: string, { kind, value }: { kind: string; value: string }) =>
    `preview ${keyOf({ kind, value })}` as PersonId;
  return step(new Trial(graph), { policy, derive }, entry);
}

/** Changes on top of a graph that are thrown away. */
class Trial extends MemoryGraph {
  readonly #base: Graph;

  constructor(base: Graph) {
    super();
    this.#base = base;
  }

  override node(key: IdentifierKey): Node | undefined {
    return super.node(key) ?? this.#base.node(key);
  }

  override founder(person: PersonId): Node | undefined {
    return super.founder(person) ?? this.#base.founder(person);
  }

  override evidence(key: IdentifierKey, after: Sight, before: Sight): readonly Claim[] {
    return [...this.#base.evidence(key, after, before), ...super.evidence(key, after, before)];
  }
}
