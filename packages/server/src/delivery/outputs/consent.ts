import {
  type Graph,
  type Identifier,
  keyOf,
  ownerAt,
  type Person,
  type Policy,
  personAt,
  personById,
  roleOf,
  saidNoAtAll,
} from '@selfsame/identity';
import { type EventMessage, type Message, peopleOf, type RetractedMessage } from '@selfsame/outputs';

/**
 * May a message leave, as consent stands at this moment (G20)? Asked of everyone it is about, of whoever has its
 * identifier now, for a merge since may have given it to somebody who said no, and of the device it came by ([G3]).
 */
export function mayLeave(graph: Graph, policy: Policy, message: Message): boolean {
  const named = message.kind === 'met' ? message.stretches.map(({ person }) => person.id) : peopleOf(message);
  const people: (Person | undefined)[] = named.map((id) => personById(graph, policy, id));
  switch (message.kind) {
    case 'event':
    case 'retracted': {
      if (cameBySilent(graph, policy, message)) return false;
      const { anchor, ids, time } = message.event;
      if (anchor !== null) {
        const owner = ownerAt(graph, policy, keyOf(anchor), time)?.person;
        // Nearly always it is who was asked already: to read a person is what this costs.
        if (!people.some((person) => person?.id === owner)) people.push(personAt(graph, policy, keyOf(anchor), time));
      }
      for (const id of ids) {
        const last = graph.node(keyOf(id))?.consents.at(-1);
        if (last !== undefined) people.push(personAt(graph, policy, keyOf(id), time));
      }
      break;
    }
    case 'moved':
      if (isSilent(graph, message.anchor)) return false;
      people.push(personAt(graph, policy, keyOf(message.anchor), Number.POSITIVE_INFINITY));
      break;
    case 'met':
      if (isSilent(graph, message.identifier)) return false;
  }
  return people.every((person) => person?.consent !== 'denied');
}

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
