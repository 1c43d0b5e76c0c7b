import type { Position } from '../words/ids.ts';
import type { Claim, Node } from './graph.ts';

/**
 * From which position and number on something was only presumed, and by how much others came first. Whoever decides
 * beside others takes the places that follow what they have read; where the log went on meanwhile, and nothing that was
 * read has changed, the same was decided further on.
 */
export interface Shift {
  readonly from: Position;
  readonly by: number;
}

export const shifted = (position: Position, { from, by }: Shift): Position =>
  position >= from ? position + by : position;

/** A node with the words of a change at the places they took. `number`: the same of the numbers of new nodes. */
export function nodeMovedOn(node: Node, places: Shift, numbers: Shift): Node {
  const moved = <T extends { readonly position: Position }>(word: T): T =>
    word.position >= places.from ? { ...word, position: word.position + places.by } : word;
  return {
    ...node,
    number: shifted(node.number, numbers),
    met: moved(node.met),
    told: node.told && { ...node.told, first: shifted(node.told.first, places) },
    claims: node.claims.map((claim) => claimMovedOn(claim, places)),
    edges: node.edges.map(moved),
    writes: node.writes.map(moved),
    consents: node.consents.map(moved),
    aliases: node.aliases.map(moved),
  };
}

/** The same of a claim; a word of the directory also has its place in what orders it ([R6]). */
export function claimMovedOn(claim: Claim, places: Shift): Claim {
  if (claim.position < places.from) return claim;
  const position = claim.position + places.by;
  if (claim.directory !== true) return { ...claim, position };
  return { ...claim, position, tie: claim.tie.replace(placeInTie(claim.position), placeInTie(position)) };
}

/** What orders a word of the directory among others of its moment: its place in the log. */
export const placeInTie = (position: Position): string => `\u0001${String(position).padStart(16, '0')}`;
