import type { Graph } from '../evidence/graph.ts';
import { Overlay } from '../evidence/overlay.ts';
import type { Policy } from '../policy/policy.ts';
import { step } from '../step.ts';
import type { Statement } from '../words/command.ts';
import { entryOf } from '../words/entry.ts';
import { type Instant, keyOf, type PersonId } from '../words/ids.ts';
import type { Verdict } from '../words/verdict.ts';

/**
 * What the rules would say of a statement now, without anybody having said it. Person ids of people it would make are
 * none that the log would give them. `at` is the server's clock, ms.
 */
export const preview = (graph: Graph, policy: Policy, statement: Statement, at: Instant): Verdict =>
  rehearse(graph, policy, at).tell(statement);

/** A graph as it would be after some statements that nobody has said yet. */
export interface Rehearsal {
  readonly graph: Graph;
  tell(statement: Statement): Verdict;
}

/** As {@link preview}, for several statements in turn. */
export function rehearse(graph: Graph, policy: Policy, at: Instant): Rehearsal {
  const derive = (_project: string, { kind, value }: { kind: string; value: string }) =>
    `preview ${keyOf({ kind, value })}` as PersonId;
  let number = 0;
  const trial = new Overlay(graph, () => ++number);
  let position = Number.MAX_SAFE_INTEGER - MOST;
  return {
    graph: trial,
    tell: (statement) => step(trial, { policy, derive }, entryOf(statement, policy, { position: ++position, at })),
  };
}

/** Statements that one request may hold, and some. */
const MOST = 100_000;
