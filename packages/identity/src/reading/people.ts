import { isRecorded } from '../directory/links.ts';
import type { Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { IdentifierKey, Instant, PersonId } from '../words/ids.ts';
import { atRest } from './at-rest.ts';
import { namedBy } from './former-ids.ts';
import { linkAt, ownerAt } from './links.ts';
import { ownershipOf } from './ownership.ts';
import { type Person, personOf } from './person.ts';
import { deviceIdOf, isEmptyVisit } from './visit.ts';

/**
 * The person who has an identifier at a moment, ms; undefined when we never met it, or when it was taken out of every
 * record and nobody used it since ([R6]).
 */
export const personAt = (graph: Graph, policy: Policy, key: IdentifierKey, time: Instant): Person | undefined =>
  peopleAt(graph, policy, time)(key);

/** `personAt` of many identifiers at one moment, ms, of a graph that does not change meanwhile: each person is read once. */
export function peopleAt(given: Graph, policy: Policy, time: Instant): (key: IdentifierKey) => Person | undefined {
  const graph = atRest(given);
  const found = new Map<IdentifierKey, Person>();
  return (key) => {
    const owner = ownerAt(graph, policy, key, time);
    if (owner === undefined || (owner.key === key && isVacant(graph, policy, owner, time))) return undefined;
    let person = found.get(owner.key);
    if (person === undefined) found.set(owner.key, (person = personOf(graph, policy, owner)));
    return person;
  };
}

function isVacant(graph: Graph, policy: Policy, node: Node, time: Instant): boolean {
  if (!isRecorded(policy, node)) return false;
  return node.lastSeen <= linkAt(graph, policy, node, time).from;
}

/** The person a person id stands for, former ids included; undefined if there never was one. */
export function personById(given: Graph, policy: Policy, id: PersonId): Person | undefined {
  const graph = atRest(given);
  const node = graph.founder(deviceIdOf(id));
  if (node === undefined) return undefined;
  const visit = ownershipOf(graph, policy, node).find((stretch) => stretch.person.person === id);
  return personOf(graph, policy, visit?.person ?? namedBy(graph, policy, node));
}

/** Every person in these nodes, each once. */
export function* peopleIn(graph: Graph, policy: Policy, nodes: Iterable<Node>): Generator<Person> {
  const seen = new Set<IdentifierKey>();
  for (const node of nodes) {
    if (node.gone === true) continue;
    for (const { person } of ownershipOf(graph, policy, node)) {
      if (seen.has(person.key) || isEmptyVisit(person)) continue;
      seen.add(person.key);
      yield personOf(graph, policy, person);
    }
  }
}
