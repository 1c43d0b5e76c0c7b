import {
  canonical,
  claimId,
  type Graph,
  type IdentifierKey,
  identifierOf,
  isEmptyVisit,
  isVisit,
  keyOf,
  linksOf,
  type Node,
  type Ownership,
  ownershipOf,
  type PersonId,
  type Policy,
  whysIn,
} from '@selfsame/identity';
import * as v from 'valibot';
import { deviceShape } from '../api/shapes/device.ts';
import type { DeviceView } from '../api.ts';
import { asOf, kind, value } from './inputs.ts';
import { iso } from './iso.ts';
import { ownersIn, ownersListed } from './listed.ts';
import { askOf, defineRoute, notFound } from './route.ts';

/** What one answer holds, the latest of each. */
const MOST_STRETCHES = 200;
const MOST_WORDS = 500;
const MOST_SILENCES = 200;

export const device = defineRoute({
  method: 'GET',
  path: '/v1/devices',
  summary:
    'A device, or any other identifier, through time: who had it when, each login, logout and merge that says so and who said it, and when it was silent. As of a position of the log with `asOf`.',
  query: v.object({ kind, value, asOf: v.optional(asOf) }),
  answer: { json: deviceShape },
  async handle(call) {
    const { query } = call;
    const key = keyOf(canonical({ kind: query.kind, value: query.value }));
    const found = await askOf(call, query.asOf, [key], (graph) => {
      const node = graph.node(key);
      return node && lookAt(graph, call.policy, node);
    });
    if (found === undefined) return notFound('identifier');
    const { stretches, owners, ownerCount, ...view } = found;
    const ownerOf = await ownersListed(call.context.columns, call.project, owners);
    return {
      ...view,
      owners: ownerCount,
      stretches: stretches.map(({ stretch, ...one }) => ({ ...one, person: ownerOf(stretch) })),
    } satisfies DeviceView;
  },
});

function lookAt(graph: Graph, policy: Policy, node: Node) {
  const stretches = ownershipOf(graph, policy, node).filter((one) => wasIn(node, one));
  const shown = stretches.slice(-MOST_STRETCHES);
  const words = wordsOf(graph, policy, node);
  const whys = whysIn(graph, policy);
  return {
    ...node.id,
    firstSeen: iso(node.met.time),
    lastSeen: iso(node.lastSeen),
    owners: ownersIn(graph, policy, shown),
    ownerCount: peopleIn(stretches).size,
    stretches: shown.map((one) => ({
      stretch: one,
      from: iso(one.from),
      to: iso(one.to),
      isVisit: isVisit(one.person),
      claim: one.claim === null ? null : claimId(one.claim, node.key),
      rule: one.rule,
      because: whys(node.key, Math.max(one.from, node.met.time))?.says ?? '',
    })),
    stretchCount: stretches.length,
    words: words.slice(-MOST_WORDS),
    wordCount: words.length,
    silences: node.gaps.slice(-MOST_SILENCES).map(({ from, to }) => ({ from: iso(from), to: iso(to) })),
  };
}

/** A stretch in which nobody was there says nothing of anybody. */
const wasIn = (node: Node, { from, to, person }: Ownership): boolean =>
  from <= node.lastSeen && to > node.met.time && !isEmptyVisit(person);

const peopleIn = (stretches: readonly Ownership[]): ReadonlySet<PersonId> =>
  new Set(stretches.flatMap(({ person }) => (isVisit(person) ? [] : person.person)));

/** Every claim and merge that a node lists, in the order of their time. What only repeats another is left out ([L4]). */
function wordsOf(graph: Graph, policy: Policy, node: Node): DeviceView['words'] {
  const { refusals } = linksOf(graph, policy, node);
  const refused = new Map(refusals.map((one) => [one.claim, one]));
  const claims = node.claims.map((claim) => {
    const refusal = refused.get(claim);
    return {
      what: claim.owner === null ? ('logout' as const) : ('login' as const),
      claim: claimId(claim, node.key),
      at: claim.time,
      since: claim.since === undefined ? null : iso(claim.since),
      with: idOf(claim.owner),
      source: claim.wire,
      trust: claim.trust,
      stands: refusal === undefined,
      rule: refusal?.rule ?? null,
      reason: refusal?.reason ?? null,
    };
  });
  const merges = node.edges
    .filter((edge) => edge.how !== 'together')
    .map((edge) => ({
      what: 'merge' as const,
      claim: `c${edge.position}`,
      at: edge.time,
      since: null,
      with: idOf(edge.other),
      source: edge.wire,
      trust: edge.trust,
      stands: edge.refused === undefined,
      rule: edge.refused ?? null,
      reason: edge.refused === undefined ? null : 'the merge was refused',
    }));
  return [...claims, ...merges]
    .sort((a, b) => a.at - b.at)
    .map(({ at, ...word }) => ({ ...word, time: iso(at) ?? '' }));
}

const idOf = (key: IdentifierKey | null) => (key === null ? null : identifierOf(key));
