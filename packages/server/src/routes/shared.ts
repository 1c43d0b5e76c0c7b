import {
  atRest,
  type Graph,
  identifiersOf,
  isEmptyVisit,
  ownershipOf,
  type PersonId,
  type Policy,
  personById,
  roleOf,
} from '@selfsame/identity';
import * as v from 'valibot';
import { sharedShape } from '../api/shapes/people.ts';
import type { SharedAnswer } from '../api.ts';
import { text } from './inputs.ts';
import { iso } from './iso.ts';
import { ownersIn, ownersListed } from './listed.ts';
import { defineRoute, notFound } from './route.ts';

/** Devices of a person, and stretches of others on each, that one answer holds. */
const MOST_DEVICES = 50;
const MOST_OTHERS = 20;

export const sharedDevices = defineRoute({
  method: 'GET',
  path: '/v1/people/:id/shared',
  summary: 'Who else had the devices of a person, and when; a device nobody else had is not listed.',
  params: v.object({ id: text(200) }),
  answer: { json: sharedShape },
  async handle({ context, project, policy, params }) {
    const found = await context.store.ask(project.id, (graph) =>
      sharedIn(atRest(graph), policy, params.id as PersonId),
    );
    if (found === undefined) return notFound('person');
    const ownerOf = await ownersListed(context.columns, project, found.owners);
    return {
      devices: found.shown.map(({ node, others, otherCount }) => ({
        ...node.id,
        others: others.map((one) => ({ from: iso(one.from), to: iso(one.to), person: ownerOf(one) })),
        otherCount,
      })),
    } satisfies SharedAnswer;
  },
});

/** The devices of a person that others had too, each with the latest stretches of others. */
function sharedIn(graph: Graph, policy: Policy, id: PersonId) {
  const person = personById(graph, policy, id);
  if (person === undefined) return undefined;
  const devices = identifiersOf(person).filter(({ id }) => roleOf(policy, id.kind) === 'anonymous');
  const shown = devices.slice(0, MOST_DEVICES).flatMap((node) => {
    // A stretch in which nobody was there says nothing of anybody.
    const others = ownershipOf(graph, policy, node).filter(
      ({ person: owner, from, to }) =>
        owner.person !== person.id && from <= node.lastSeen && to > node.met.time && !isEmptyVisit(owner),
    );
    const latest = others.toReversed().slice(0, MOST_OTHERS);
    return others.length === 0 ? [] : [{ node, others: latest, otherCount: others.length }];
  });
  const owners = ownersIn(
    graph,
    policy,
    shown.flatMap(({ others }) => others),
  );
  return { shown, owners };
}
