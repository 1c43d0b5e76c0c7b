import type { Claim } from '../evidence/graph.ts';
import type { IdentifierKey } from '../words/ids.ts';

/**
 * The name of a claim in answers: its position in the log and a number of the identifier it speaks of. Both are the
 * log's own, so a claim is called the same wherever and whenever the log is folded.
 */
export const claimId = (claim: Pick<Claim, 'position' | 'of'>, key: IdentifierKey): string =>
  `c${claim.position}.${claimNumber(claim.of ?? key)}`;

/** Tells the identifiers of one entry apart: FNV-1a over the characters, mixed, 32 bits. */
export function claimNumber(key: IdentifierKey): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
