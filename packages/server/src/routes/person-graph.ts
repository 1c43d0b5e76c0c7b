import {
  type Claim,
  claimId,
  deviceIdOf,
  type Edge,
  type Graph,
  type Holding,
  type IdentifierKey,
  identifierHoldings,
  identifierOf,
  identifiersOf,
  keyOf,
  type Node,
  type Person,
  type PersonId,
  type Policy,
  peopleAt,
  personById,
  roleOf,
} from '@selfsame/identity';
import * as v from 'valibot';
import { personGraphShape } from '../api/shapes/people.ts';
import type { PersonGraphAnswer } from '../api.ts';
import { asOf, text } from './inputs.ts';
import { iso } from './iso.ts';
import { askOf, defineRoute, notFound } from './route.ts';

/** Identifiers that one picture holds. */
const MOST_NODES = 500;
/** Links of one person that it holds; of more, the first between each two. */
const MOST_LINKS = 2_000;

type Link = PersonGraphAnswer['links'][number];

export const personGraph = defineRoute({
  method: 'GET',
  path: '/v1/people/:id/graph',
  summary:
    'A person as a graph: their identifiers, and each link and merge that makes them one, with its claim, rule, time, source and trust, oldest first. With `asOf`: the identifiers they have today as they were then, each with whose it was, and those that were theirs then.',
  params: v.object({ id: text(200) }),
  query: v.object({ asOf: v.optional(asOf) }),
  answer: { json: personGraphShape },
  async handle(call): Promise<PersonGraphAnswer | ReturnType<typeof notFound>> {
    const { context, project, policy } = call;
    const { asOf: then } = call.query;
    const id = call.params.id as PersonId;
    const theirs = await context.store.ask(project.id, (now) => {
      const today = personById(now, policy, id);
      return today === undefined ? keysOf(now.founder(deviceIdOf(id))) : keysOfPerson(today);
    });
    const picture = await askOf(call, then, theirs, (graph) =>
      pictureOf(graph, policy, id, theirs, then !== undefined),
    );
    return picture ?? notFound('person');
  },
});

const keysOf = (node: Node | undefined): readonly IdentifierKey[] => (node === undefined ? [] : [node.key]);

/** A person in a graph, which may be of the past; `theirs`: the identifiers they have today. */
function pictureOf(
  graph: Graph,
  policy: Policy,
  id: PersonId,
  theirs: readonly IdentifierKey[],
  isPast: boolean,
): PersonGraphAnswer | undefined {
  const ownerOf = peopleAt(graph, policy, Number.POSITIVE_INFINITY);
  const person = personById(graph, policy, id) ?? theirs.slice(0, MOST_NODES).flatMap((key) => ownerOf(key) ?? [])[0];
  if (person === undefined) return undefined;
  const nodes = new Map<IdentifierKey, Node>();
  const had = new Map<IdentifierKey, PersonId>();
  const add = (node: Node | undefined, owner: PersonId): void => {
    if (node === undefined || nodes.has(node.key) || nodes.size === MOST_NODES) return;
    nodes.set(node.key, node);
    had.set(node.key, owner);
  };
  for (const node of identifiersOf(person)) add(node, person.id);
  const others = new Map<PersonId, Person>([[person.id, person]]);
  // What joined them later, and was somebody else's still.
  if (isPast)
    for (const key of theirs) {
      const owner = nodes.has(key) ? undefined : ownerOf(key);
      if (owner === undefined) continue;
      add(graph.node(key), owner.id);
      others.set(owner.id, owner);
    }
  const links = [...others.values()].flatMap((one) => linksIn(one, nodes));
  return {
    id: person.id,
    founder: person.founder.id,
    nodes: [...nodes.values()].map((node) => ({
      ...node.id,
      role: roleOf(policy, node.id.kind),
      firstSeen: iso(node.met.time),
      person: had.get(node.key) as PersonId,
    })),
    nodeCount: keysOfPerson(person).length,
    links: [...links, ...mergesIn(nodes)].sort((a, b) => (a.time < b.time ? -1 : 1)),
  };
}

/** Whom a person is named after comes first. */
const keysOfPerson = (person: Person): readonly IdentifierKey[] => [
  ...new Set([person.founder.key, ...identifiersOf(person).map(({ key }) => key)]),
];

/**
 * Each identifier to whoever it was said to belong to. Several stretches of one claim are one link, and so is what counts
 * for every device that was merged with the one it was said of.
 */
function linksIn(person: Person, nodes: ReadonlyMap<IdentifierKey, Node>): readonly Link[] {
  const links = new Map<string, Link>();
  const seen = new Set<Holding['stretches']>();
  for (const { node, stretches } of identifierHoldings(person)) {
    if (seen.has(stretches)) continue;
    seen.add(stretches);
    for (const { claim, rule } of stretches) {
      if (claim?.owner == null) continue;
      const from = claim.of ?? node.key;
      const id = claimId(claim, node.key);
      if (!links.has(id) && nodes.has(from) && nodes.has(claim.owner))
        links.set(id, linkOf(claim, id, from, claim.owner, rule));
    }
  }
  return links.size > MOST_LINKS ? firstBetween([...links.values()]) : [...links.values()];
}

/** What was said first of each two: what repeats it joins nobody. */
function firstBetween(links: readonly Link[]): readonly Link[] {
  const first = new Map<string, Link>();
  for (const link of links) {
    const two = `${keyOf(link.from)}\n${keyOf(link.to)}`;
    const before = first.get(two);
    if (before === undefined || link.time < before.time) first.set(two, link);
  }
  return [...first.values()];
}

/** Merges that stand between two of them, each once. */
function mergesIn(nodes: ReadonlyMap<IdentifierKey, Node>): readonly Link[] {
  return [...nodes.values()].flatMap((node) =>
    node.edges
      .filter(({ refused, other }) => refused === undefined && node.key < other && nodes.has(other))
      .map((edge) => linkOf(edge, `c${edge.position}`, node.key, edge.other, edge.how === 'merge' ? 'M1' : 'J0')),
  );
}

const linkOf = (said: Claim | Edge, claim: string, from: IdentifierKey, to: IdentifierKey, rule: string): Link => ({
  claim,
  rule,
  position: said.position,
  time: iso(said.time) ?? '',
  source: said.wire,
  trust: said.trust,
  from: identifierOf(from),
  to: identifierOf(to),
});
