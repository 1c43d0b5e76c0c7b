import { type Graph, keyOf, ownerAt, type Person, type Policy, personAt, personById } from '@selfsame/identity';
import { type Message, peopleOf } from '@selfsame/outputs';

/**
 * May a message leave, as consent stands at this moment (G20)? Asked of everyone it is about, and of whoever has its
 * identifier now: a merge since may have given it to somebody who said no.
 */
export function mayLeave(graph: Graph, policy: Policy, message: Message): boolean {
  const named = message.kind === 'met' ? message.stretches.map(({ person }) => person.id) : peopleOf(message);
  const people: (Person | undefined)[] = named.map((id) => personById(graph, policy, id));
  if (message.kind === 'event' || message.kind === 'retracted') {
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
  }
  if (message.kind === 'moved') people.push(personAt(graph, policy, keyOf(message.anchor), Number.POSITIVE_INFINITY));
  return people.every((person) => person?.consent !== 'denied');
}
