import {
  type Claim,
  claimNumber,
  dawn,
  dusk,
  type Edge,
  type Graph,
  type IdentifierKey,
  type Node,
  namedBy,
  type Policy,
  type Position,
  type Told,
} from '@selfsame/identity';
import type { Decided } from '@selfsame/store';

/** What the id of a claim names: an entry, and of a link which of its identifiers it is about (`claimNumber`). */
export interface ClaimName {
  readonly position: Position;
  readonly number?: number;
}

/** `c12` is a merge, `c12.345` a link of one of its identifiers; anything else is no claim. */
export function readClaimId(id: string): ClaimName | undefined {
  const named = /^c(\d{1,15})(?:\.(\d{1,15}))?$/.exec(id);
  if (named === null) return undefined;
  const position = Number(named[1]);
  return named[2] === undefined ? { position } : { position, number: Number(named[2]) };
}

/** The identifier a link is about: the one of its entry with this number. */
export const keyNumbered = (policy: Policy, decided: Decided, number: number): IdentifierKey | undefined =>
  namedBy(policy, decided).find((key) => claimNumber(key) === number);

/** An identifier's node, also when nobody names it any more. */
export const nodeOf = (graph: Graph, key: IdentifierKey): Node | undefined => graph.node(key) ?? graph.ghost(key);

/** The claim that an entry made of an identifier, listed or set aside; undefined when it made none, or it is retracted. */
export const claimIn = (graph: Graph, node: Node, position: Position): Claim | undefined =>
  node.claims.find((one) => one.position === position) ??
  graph.evidence(node.key, dawn, dusk).find((one) => one.position === position);

/** The edge that an entry made, and one of its ends. */
export function edgeIn(
  graph: Graph,
  policy: Policy,
  decided: Decided,
): { readonly node: Node; readonly edge: Edge } | undefined {
  for (const key of namedBy(policy, decided)) {
    const node = graph.node(key);
    const edge = node?.edges.find((one) => one.position === decided.entry.position);
    if (node !== undefined && edge !== undefined) return { node, edge };
  }
  return undefined;
}

/** Does an entry make two identifiers one, or ask for it? */
export const isMerge = ({ entry: { command } }: Decided): boolean =>
  command.type === 'Merge' || command.type === 'Join';

/**
 * What of the log makes a claim. A link is that an entry named an identifier; a merge, and what changes a directory's
 * record, is all of its entry.
 */
export function toldBy({ entry }: Decided, key: IdentifierKey | undefined): Told {
  const { type } = entry.command;
  const isWhole = key === undefined || type === 'Merge' || type === 'Join' || type === 'Modify' || type === 'Alias';
  return { entry: entry.position, ...(isWhole ? {} : { ids: [key] }) };
}
