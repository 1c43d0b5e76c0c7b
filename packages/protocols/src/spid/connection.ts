import { type Graph, type Identifier, keyOf } from '@selfsame/identity';
import { PLATFORM_TRUST } from './trust.ts';

/**
 * Is a user connected to this client? Whoever has logged in here on some browser is, and so is whoever the client made
 * known itself: its server key was the first to name them, or told of their profile. A page, which everybody can speak
 * for, connects nobody.
 */
export function isConnected(user: Identifier, graph: Graph): boolean {
  const key = keyOf(user);
  const node = graph.node(key);
  if (node === undefined) return false;
  const isTold = ({ trust }: { readonly trust: number }) => trust >= PLATFORM_TRUST;
  return (
    isTold(node.met) ||
    node.writes.some(isTold) ||
    node.below.some((browser) => graph.node(browser)?.claims.some((claim) => claim.owner === key && isTold(claim)))
  );
}
