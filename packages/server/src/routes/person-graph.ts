import {
  type Claim,
  claimId,
  deviceIdOf,
  type Edge,
  type IdentifierKey,
  identifierOf,
  identifierSpans,
  type Node,
  type Person,
  type PersonId,
  personById,
  roleOf,
} from '@selfsame/identity';
import * as v from 'valibot';
import type { PersonGraphAnswer } from '../api.ts';
import { personGraphShape } from './answers.ts';
import { asOf, text } from './inputs.ts';
import { iso } from './iso.ts';
import { defineRoute, graphOf, notFound } from './route.ts';

/** Identifiers that one picture holds. */
const MOST_NODES = 500;

type Link = PersonGraphAnswer['links'][number];

export const personGraph = defineRoute({
  method: 'GET',
  path: '/v1/people/:id/graph',
  summary:
    'A person as a graph: their identifiers, and each link and merge that makes them one, with its claim, rule, time, source and trust, oldest first.',
  params: v.object({ id: text(200) }),
  query: v.object({ asOf: v.optional(asOf) }),
  answer: { json: personGraphShape },
  async handle(call): Promise<PersonGraphAnswer | ReturnType<typeof notFound>> {
    const id = call.params.id as PersonId;
    const founder = call.context.store.graph(call.project.id).founder(deviceIdOf(id));
    const graph = await graphOf(call, call.query.asOf, founder === undefined ? [] : [founder.key]);
    const person = personById(graph, call.policy, id);
    if (person === undefined) return notFound('person');
    const nodes = new Map<IdentifierKey, Node>();
    for (const { node } of identifierSpans(person)) if (nodes.size < MOST_NODES) nodes.set(node.key, node);
    return {
      id: person.id,
      founder: person.founder.id,
      nodes: [...nodes.values()].map((node) => ({
        ...node.id,
        role: roleOf(call.policy, node.id.kind),
        firstSeen: iso(node.met.time),
      })),
      nodeCount: new Set(identifierSpans(person).map(({ node }) => node.key)).size,
      links: [...linksIn(person, nodes), ...mergesIn(nodes)].sort((a, b) => (a.time < b.time ? -1 : 1)),
    };
  },
});

/** Each identifier to whoever it was said to belong to; several stretches of one claim are one link. */
function linksIn(person: Person, nodes: ReadonlyMap<IdentifierKey, Node>): readonly Link[] {
  const links = new Map<string, Link>();
  for (const { node, claim, rule } of identifierSpans(person)) {
    if (claim?.owner == null || !nodes.has(node.key) || !nodes.has(claim.owner)) continue;
    const id = claimId(claim, node.key);
    links.set(`${id} ${node.key}`, linkOf(claim, id, claim.of ?? node.key, claim.owner, rule));
  }
  return [...links.values()];
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
  time: iso(said.time) ?? '',
  source: said.wire,
  trust: said.trust,
  from: identifierOf(from),
  to: identifierOf(to),
});
