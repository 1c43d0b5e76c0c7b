import { type Person, type PersonId, personById } from '@selfsame/identity';
import * as v from 'valibot';
import { formerIdsShape, identifiersShape, segmentsShape, traitsShape } from '../api/shapes/people.ts';
import { text, whole } from './inputs.ts';
import { identifiersOf, MOST_ENTRIES, segmentsOf, traitsOf } from './person-view.ts';
import { defineRoute, notFound, type Route } from './route.ts';

/** What a person may have more of than one answer holds, a page at a time; a page is never empty before the end. */
export const personPages: readonly Route[] = [
  page('identifiers', 'The identifiers of a person', identifiersShape, (person, offset, limit) => {
    const { identifiers, total } = identifiersOf(person, offset, limit);
    return { some: identifiers, total };
  }),
  page('traits', 'The traits of a person, each with who said it,', traitsShape, (person, offset, limit) => ({
    some: traitsOf(person, offset, limit),
    total: person.traits.size,
  })),
  page('segments', 'The segments of a person', segmentsShape, (person, offset, limit) => ({
    some: segmentsOf(person, offset, limit),
    total: person.segments.length,
  })),
  page('former-ids', 'The ids that lead to a person', formerIdsShape, (person, offset, limit) => ({
    some: person.formerIds.slice(offset, offset + limit),
    total: person.formerIds.length,
  })),
];

function page(
  what: 'identifiers' | 'traits' | 'segments' | 'former-ids',
  named: string,
  json: v.GenericSchema,
  of: (person: Person, offset: number, limit: number) => { readonly some: readonly unknown[]; readonly total: number },
): Route {
  return defineRoute({
    method: 'GET',
    path: `/v1/people/:id/${what}`,
    summary: `${named} a page at a time, where there are more than the person’s own answer holds; \`next\` is the \`offset\` of the next page.`,
    params: v.object({ id: text(200) }),
    query: v.object({
      limit: v.optional(whole(1, MOST_ENTRIES), MOST_ENTRIES),
      offset: v.optional(whole(0, 10_000_000), 0),
    }),
    answer: { json },
    async handle({ context, project, policy, params, query: { offset, limit } }) {
      const person = await context.store.ask(project.id, (graph) => personById(graph, policy, params.id as PersonId));
      if (person === undefined) return notFound('person');
      const { some, total } = of(person, offset, limit);
      const end = offset + some.length;
      return { [what === 'former-ids' ? 'formerIds' : what]: some, next: some.length > 0 && end < total ? end : null };
    },
  });
}
