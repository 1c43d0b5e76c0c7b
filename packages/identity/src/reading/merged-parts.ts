import type { Node } from '../evidence/graph.ts';
import type { IdentifierKey, Trust } from '../words/ids.ts';

export type NodeOf = (key: IdentifierKey) => Node | undefined;

/** Parts by the name of each; most often all merges are of one trust, and make all of them one or none. */
export type Part = ReadonlyMap<IdentifierKey, IdentifierKey> | 'all' | 'none';

/** Of an identifier the name of its part. */
export const nameIn = (part: Part | undefined, key: IdentifierKey): string | undefined =>
  part === 'all' ? part : part === 'none' ? key : part?.get(key);

/** The trusts a merge can have that make a difference, from the most. */
export const levels = [3, 2, 1] as const satisfies readonly Trust[];

/** In which part an identifier is at each of `levels`. */
export type PartNames = readonly (string | undefined)[];
export const partsOf = (parts: readonly Part[], key: IdentifierKey): PartNames =>
  parts.map((part) => nameIn(part, key));

/** For each of `levels` which of some identifiers merges of at least that trust made one. */
export function partsAmong(nodeOf: NodeOf, members: ReadonlySet<IdentifierKey>): readonly Part[] {
  const trusts = trustsIn(nodeOf, members);
  return levels.map((trust): Part => {
    if (trusts.every((one) => one >= trust)) return 'all';
    if (trusts.every((one) => one < trust)) return 'none';
    const names = new Map<IdentifierKey, IdentifierKey>();
    for (const key of members) {
      if (names.has(key)) continue;
      const part = reach(nodeOf, key, trust);
      // The same whoever was asked about: words that were found before are read again under the name they had then.
      let name = key;
      for (const one of part) if (one < name) name = one;
      for (const one of part) names.set(one, name);
    }
    return names;
  });
}

/** How much the merges among some identifiers are trusted, each trust once. */
function trustsIn(nodeOf: NodeOf, members: ReadonlySet<IdentifierKey>): readonly Trust[] {
  const trusts = new Set<Trust>();
  for (const key of members)
    for (const edge of nodeOf(key)?.edges ?? [])
      if (edge.refused === undefined && members.has(edge.other)) trusts.add(edge.trust);
  return [...trusts];
}

/** Everyone a way of merges of at least this trust leads to. */
export function reach(nodeOf: NodeOf, from: IdentifierKey, trust: Trust): ReadonlySet<IdentifierKey> {
  const found = new Set([from]);
  for (const key of found)
    for (const edge of nodeOf(key)?.edges ?? [])
      if (edge.refused === undefined && edge.trust >= trust && nodeOf(edge.other) !== undefined) found.add(edge.other);
  return found;
}
