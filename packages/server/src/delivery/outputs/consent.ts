import {
  deviceIdOf,
  type Graph,
  type Identifier,
  type IdentifierKey,
  type Instant,
  keyOf,
  type Node,
  ownerAt,
  ownershipOf,
  type PersonId,
  type Policy,
  personAt,
  personById,
  roleOf,
  saidNoAtAll,
} from '@selfsame/identity';
import { type EventMessage, type Message, peopleOf, type RetractedMessage } from '@selfsame/outputs';

/** Identifiers that are looked through for a no; whoever has more is read whole. */
const FEW = 50;

/**
 * May a message leave, as consent stands at this moment (G20)? Asked of everyone it is about, of whoever has its
 * identifier now, for a merge since may have given it to somebody who said no, and of the device it came by ([G3]).
 */
export function mayLeave(graph: Graph, policy: Policy, message: Message): boolean {
  const named = message.kind === 'met' ? message.stretches.map(({ person }) => person.id) : peopleOf(message);
  if (named.some((id) => isDenied(graph, policy, id))) return false;
  switch (message.kind) {
    case 'event':
    case 'retracted': {
      if (cameBySilent(graph, policy, message)) return false;
      const { anchor, ids, time } = message.event;
      const spoken = ids.filter((id) => (graph.node(keyOf(id))?.consents.length ?? 0) > 0);
      return ![...(anchor === null ? [] : [anchor]), ...spoken].some((id) => isDeniedAt(graph, policy, id, time));
    }
    case 'moved':
      return !isSilent(graph, message.anchor) && !isDeniedAt(graph, policy, message.anchor, Number.POSITIVE_INFINITY);
    case 'met':
      return !isSilent(graph, message.identifier);
    default:
      return true;
  }
}

/** Has the person whom an id stands for said no? */
function isDenied(graph: Graph, policy: Policy, id: PersonId): boolean {
  const node = graph.founder(deviceIdOf(id));
  if (node === undefined) return false;
  // An id stands for its own identifier, or for somebody who had that.
  const people = [node, ...ownershipOf(graph, policy, node).map(({ person }) => person)];
  return people.some((one) => mayHaveSaidNo(graph, one)) && personById(graph, policy, id)?.consent === 'denied';
}

/** Has whoever had an identifier at a moment, ms? */
function isDeniedAt(graph: Graph, policy: Policy, id: Identifier, time: Instant): boolean {
  const key = keyOf(id);
  const owner = ownerAt(graph, policy, key, time);
  return owner !== undefined && mayHaveSaidNo(graph, owner) && personAt(graph, policy, key, time)?.consent === 'denied';
}

/**
 * Did anybody say no at what a person may consist of: what was merged with the founder, and what claims to belong to
 * that? Nearly nobody did, and to read the whole person is most of what the question costs.
 */
function mayHaveSaidNo(graph: Graph, founder: Node): boolean {
  if (founder.consents.some(isNo)) return true;
  if (founder.edges.length === 0 && founder.below.length === 0) return false;
  const found = new Map<IdentifierKey, Node>([[founder.key, founder]]);
  for (const { edges, below } of found.values()) {
    for (const key of [...edges.map(({ other }) => other), ...below]) {
      if (found.has(key)) continue;
      const node = graph.node(key);
      if (node === undefined) continue;
      if (node.consents.some(isNo) || found.size === FEW) return true;
      found.set(key, node);
    }
  }
  return false;
}

const isNo = ({ consent }: Node['consents'][number]): boolean => consent === 'denied';

/**
 * Was it said, or done, at an identifier at which somebody said no? A public key speaks from each that it names and from
 * the device it says; a backend's item is of its anchor, and of every device where it names no more.
 */
function cameBySilent(graph: Graph, policy: Policy, { via, event }: EventMessage | RetractedMessage): boolean {
  const { anchor, ids, device } = event;
  const isOfDevices = anchor === null || roleOf(policy, anchor.kind) === 'anonymous';
  if (via.key === 'server' && !isOfDevices) return false;
  const on = via.key === 'public' ? device : undefined;
  return [...ids, anchor, on].some((id) => isSilent(graph, id));
}

function isSilent(graph: Graph, id: Identifier | null | undefined): boolean {
  const node = id == null ? undefined : graph.node(keyOf(id));
  return node !== undefined && saidNoAtAll(node);
}
