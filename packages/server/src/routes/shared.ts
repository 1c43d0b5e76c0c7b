import {
  atRest,
  identifiersOf,
  isVisit,
  ownershipOf,
  type PersonId,
  personById,
  roleOf,
  wasThere,
} from '@selfsame/identity';
import * as v from 'valibot';
import type { SharedAnswer } from '../api.ts';
import { sharedShape } from './answers.ts';
import { text } from './inputs.ts';
import { iso } from './iso.ts';
import { ownersOf } from './listed.ts';
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
    const graph = atRest(context.store.graph(project.id));
    const person = personById(graph, policy, params.id as PersonId);
    if (person === undefined) return notFound('person');
    const devices = identifiersOf(person).filter(({ id }) => roleOf(policy, id.kind) === 'anonymous');
    const shared = devices.slice(0, MOST_DEVICES).flatMap((node) => {
      // A stretch in which nobody was there says nothing of anybody.
      const others = ownershipOf(graph, policy, node).filter(
        ({ person: owner, from, to }) =>
          owner.person !== person.id &&
          from <= node.lastSeen &&
          to > node.met.time &&
          !(isVisit(owner) && !wasThere(owner)),
      );
      return others.length === 0 ? [] : [{ node, others }];
    });
    const shown = shared.map(({ node, others }) => ({ node, others: others.toReversed().slice(0, MOST_OTHERS) }));
    const all = shown.flatMap(({ others }) => others);
    const ownerOf = await ownersOf(context.columns, { project, graph, policy }, all);
    return {
      devices: shown.map(({ node, others }, i) => ({
        ...node.id,
        others: others.map((one) => ({ from: iso(one.from), to: iso(one.to), person: ownerOf(one) })),
        otherCount: shared[i]?.others.length ?? 0,
      })),
    } satisfies SharedAnswer;
  },
});
