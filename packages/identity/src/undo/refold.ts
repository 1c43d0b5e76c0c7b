import { asKept } from '../evidence/claims.ts';
import type { Claim, Draft, Node } from '../evidence/graph.ts';
import { nameOf } from '../evidence/kept-claims.ts';
import { nodeOf } from '../evidence/node.ts';
import { dawn, dusk } from '../evidence/order.ts';
import { MemoryGraph } from '../fold.ts';
import type { Policy } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import type { IdentifierKey } from '../words/ids.ts';
import type { Spared } from './bare.ts';
import { namedBy, type Said } from './component.ts';
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
 * gone. `folded`: all that the log says of the component, without what is retracted; where entries that only say who was
 * seen again may be missing from it ({@link thinned}), `thin` says what is taken back or put back, which were folded, and
 * which are missing.
 */
export function putFolded(...all: Parameters<typeof puttingFolded>): void {
  const steps = puttingFolded(...all);
  while (steps.next().done !== true);
}

/** The same, a node a step: other work may go between two of them, as long as nobody reads the draft. */
export function* puttingFolded(
  draft: Draft,
  policy: Policy,
  keys: Iterable<IdentifierKey>,
  folded: MemoryGraph,
  thin?: { readonly undone: readonly Said[]; readonly told: readonly Said[]; readonly spared: readonly Spared[] },
): Generator<void, void> {
  // Of all others what is set aside is as it was: those of whom more may be said otherwise now are folded whole.
  const named =
    thin && thin.spared.length > 0 ? new Set(thin.undone.flatMap((said) => namedBy(policy, said))) : undefined;
  const told = thin && new Set(thin.told.map(({ entry }) => entry.position));
  const isSpared = ({ position }: Claim) => told?.has(position) === false;
  for (const key of new Set([...keys, ...folded.nodes.keys()])) {
    yield;
    const before = draft.node(key) ?? draft.ghost(key);
    const after = folded.nodes.get(key);
    if (after === undefined) {
      if (before !== undefined && before.gone === undefined) draft.put(ghostOf(before));
      continue;
    }
    const now = { ...after, number: before?.number ?? draft.nextNumber(), person: before?.person ?? after.person };
    // What says the same may be another's now: it is put all the same, for whoever follows.
    const isSame = named?.has(key) === false && before !== undefined && isAlike(before, now);
    draft.put(now);
    if (isSame) continue;
    // What it lists no more may be of an entry that was not folded.
    keepApart(draft, policy, now, folded.keptOf(key), (before?.claims ?? []).filter(isSpared), isSpared);
  }
}

/**
 * What was set aside before is kept still, and gone where an entry that was folded says it no more: only the rest of what
 * is not listed is added, and what is believed otherwise now. What was spared is believed: a limit that refused it once
 * does so no more.
 */
function keepApart(
  draft: Draft,
  policy: Policy,
  { key, claims }: Node,
  kept: readonly Claim[],
  unlisted: readonly Claim[],
  isSpared: (claim: Claim) => boolean,
): void {
  const before = draft.evidence(key, dawn, dusk);
  if (before.length + kept.length + unlisted.length === 0) return;
  const listed = new Set(claims.map(nameOf));
  const said = new Set(kept.map(nameOf));
  const known = new Map(before.map((claim) => [nameOf(claim), claim]));
  const believed = before.filter((claim) => claim.refused !== undefined && isSpared(claim)).map(asBelieved);
  const gone = before.filter((claim) => !isSpared(claim) && !said.has(nameOf(claim))).map(asGone);
  const fresh = [...kept, ...unlisted, ...believed]
    .filter((claim) => !listed.has(nameOf(claim)))
    .map((claim) => asKept(policy, claim))
    .filter((claim) => !isAlike(known.get(nameOf(claim)), claim));
  if (fresh.length + gone.length > 0) draft.keep(key, [...gone, ...fresh]);
}

const asGone = (claim: Claim): Claim => ({ ...claim, gone: true });

function asBelieved({ refused: _, ...claim }: Claim): Claim {
  return claim;
}

/** What is left of an identifier that nobody names: its number, and the person id it would found. */
function ghostOf({ key, id, number, person, met, lastSeen }: Node): Node {
  return { ...nodeOf({ key, id, number, person, met, trust: 0, lastSeen }), gone: true };
}

/** Do two values say the same, as JSON? */
export function isAlike(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [mine, theirs] = [one, other] as [Record<string, unknown>, Record<string, unknown>];
  for (const name in mine) if (!isAlike(mine[name], theirs[name])) return false;
  for (const name in theirs) if (mine[name] === undefined && theirs[name] !== undefined) return false;
  return true;
}
