import type { Node } from '../evidence/graph.ts';
import type { IdentifierKey } from '../words/ids.ts';
import { type NodeOf, type Part, partsAmong, reach } from './merged-parts.ts';

/** Identifiers that merges made one. */
export interface Among {
  readonly members: ReadonlySet<IdentifierKey>;
  readonly nodes: readonly Node[];
  /** For each of `levels`: which identifiers merges of at least that trust made one. */
  readonly parts: readonly Part[];
  readonly isOfOne: boolean;
  /** So many claims they list, of whomever. */
  readonly listed: number;
}

/** Those that merges made one with an identifier. */
export function amongOf(nodeOf: NodeOf, key: IdentifierKey): Among {
  const members = reach(nodeOf, key, 0);
  const nodes = [...members].map((one) => nodeOf(one) as Node);
  const listed = nodes.reduce((sum, { claims }) => sum + claims.length, 0);
  return { members, parts: partsAmong(nodeOf, members), isOfOne: areOfOne(nodeOf, members), listed, nodes };
}

/**
 * Are identifiers that are one said to be one owner's, and never left by anybody? Then what they list says all: the first
 * and the last of each sort ([L4]).
 */
export function areOfOne(nodeOf: NodeOf, members: ReadonlySet<IdentifierKey>): boolean {
  let only: IdentifierKey | undefined;
  for (const key of members)
    for (const { owner } of nodeOf(key)?.claims ?? []) {
      if (owner === null) return false;
      if (owner === only || members.has(owner)) continue;
      if (only !== undefined) return false;
      only = owner;
    }
  return true;
}
