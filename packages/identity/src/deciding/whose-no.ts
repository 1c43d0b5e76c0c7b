import type { Graph, Node } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import { isOfDenied, saidNo } from '../reading/consent.ts';
import type { Entry } from '../words/command.ts';
import { type Identifier, keyOf } from '../words/ids.ts';
import { canonical } from '../words/values.ts';

/**
 * Whose no stops a command ([G3]). `anchor`: that of whom the item is · `each`: of everybody it names, as a merge is of
 * both · `record`: of the profile, or said at a value · `leaver`: nobody's, for it ends the stretch of whoever was here ·
 * `nobody`: it speaks of consent itself, or of no person.
 */
export type WhoseNo = 'anchor' | 'each' | 'record' | 'leaver' | 'nobody';

/**
 * What consent leaves of the identifiers a command names, strongest first; undefined: nothing may be stored of it.
 * `met` are their nodes; `device` is what it was done on, where that is no name of it.
 */
export function leftByConsent(
  graph: Graph,
  policy: Policy,
  entry: Entry,
  whose: WhoseNo,
  ids: readonly Identifier[],
  met: readonly (Node | undefined)[],
  device?: Identifier,
): readonly Identifier[] | undefined {
  const isOf = (node: Node | undefined) =>
    node !== undefined && isOfDenied(graph, policy, node, entry.time, entry.trust);
  const isSilent = (node: Node | undefined) => node !== undefined && saidNo(node);
  switch (whose) {
    case 'nobody':
      return ids;
    case 'anchor':
      if (entry.trust === 0 && device !== undefined && isSilent(graph.node(keyOf(canonical(device))))) return undefined;
      return ofAnchor(graph, policy, entry, ids, met);
    case 'each':
      return met.some(isOf) ? undefined : ids;
    case 'record':
      return isOf(met[0]) || met.some(isSilent) ? undefined : ids;
    case 'leaver': {
      const left = ids.filter((_, i) => !isSilent(met[i]));
      return left.length === ids.length ? ids : entry.trust === 0 || left.length === 0 ? undefined : left;
    }
  }
}

/**
 * An item is of whom its anchor is of ([A2]), so one person's no stops nobody else: it is suppressed if its anchor said
 * no, or the person who has the anchor; if it names no more than devices, any of them may have. Another identifier that
 * said no itself is left out, and links nothing; but where a public key names a device that said no, it speaks from that
 * device, and the item is suppressed.
 */
function ofAnchor(
  graph: Graph,
  policy: Policy,
  entry: Entry,
  ids: readonly Identifier[],
  met: readonly (Node | undefined)[],
): readonly Identifier[] | undefined {
  const isDevice = (id: Identifier | undefined) => id !== undefined && roleOf(policy, id.kind) === 'anonymous';
  let left = ids;
  for (const [i, node] of met.entries()) {
    if (node === undefined) continue;
    if (i === 0 || isDevice(ids[0])) {
      if (isOfDenied(graph, policy, node, entry.time, entry.trust)) return undefined;
    } else if (saidNo(node)) {
      if (entry.trust === 0 && isDevice(node.id)) return undefined;
      left = left.filter((id) => id !== ids[i]);
    }
  }
  return left;
}
