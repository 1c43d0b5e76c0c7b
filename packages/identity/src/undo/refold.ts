import { nameOf } from '../evidence/claims.ts';
import type { Claim, Draft, Node } from '../evidence/graph.ts';
import { nodeOf } from '../evidence/node.ts';
import { dawn, dusk } from '../evidence/order.ts';
import { MemoryGraph } from '../fold.ts';
import type { Rules } from '../policy/rules.ts';
import type { IdentifierKey } from '../words/ids.ts';
import type { Said } from './component.ts';
import { replay } from './replay.ts';
import type { Undone } from './undone.ts';

/** The fold of a part of the log without what is retracted. `told` in the log's order. */
export function foldWithout(rules: Rules, told: Iterable<Said>, undone: Undone): MemoryGraph {
  const graph = new MemoryGraph();
  for (const said of told) replay(graph, rules, said, undone);
  return graph;
}

/**
 * [U3] Puts a component as it was folded again: each node under the number it had, and what nobody names any more as
 * gone. `folded`: all that the log says of the component, without what is retracted.
 */
export function putFolded(draft: Draft, keys: Iterable<IdentifierKey>, folded: MemoryGraph): void {
  for (const key of new Set([...keys, ...folded.nodes.keys()])) {
    const before = draft.node(key) ?? draft.ghost(key);
    const after = folded.nodes.get(key);
    if (after === undefined) {
      if (before !== undefined && before.gone === undefined) draft.put(ghostOf(before));
      continue;
    }
    draft.put({
      ...after,
      number: before?.number ?? draft.nextNumber(),
      person: before?.person ?? after.person,
    });
    const kept = folded.keptOf(key);
    if (kept.length > 0) keepNew(draft, key, kept);
  }
}

/** What was set aside before is kept still: only the rest is added. */
function keepNew(draft: Draft, key: IdentifierKey, claims: readonly Claim[]): void {
  const known = new Set(draft.evidence(key, dawn, dusk).map(nameOf));
  const fresh = claims.filter((claim) => !known.has(nameOf(claim)));
  if (fresh.length > 0) draft.keep(key, fresh);
}

/** What is left of an identifier that nobody names: its number, and the person id it would found. */
function ghostOf({ key, id, number, person, met, lastSeen }: Node): Node {
  return { ...nodeOf({ key, id, number, person, met, trust: 0, lastSeen }), gone: true };
}
