import {
  canonical,
  type Graph,
  type IdentifierKey,
  keyOf,
  type Person,
  type PersonId,
  type Policy,
  personAt,
  personById,
} from '@selfsame/identity';
import * as v from 'valibot';
import { personShape } from '../api/shapes/people.ts';
import { searchShape } from '../api/shapes/people-lists.ts';
import { asOf, instant, kind, text, value, whole } from './inputs.ts';
import { listed } from './listed.ts';
import { personView } from './person-view.ts';
import { askOf, defineRoute, founderOf, notFound } from './route.ts';

/** People one search may list. */
const MOST_FOUND = 100;

export const personByIdentifier = defineRoute({
  method: 'GET',
  path: '/v1/people',
  summary: 'The person who has an identifier: now, at a moment, or as of a position of the log.',
  query: v.object({ kind, value, at: v.optional(instant), asOf: v.optional(asOf) }),
  answer: { json: personShape },
  refuses: [404],
  async handle(call) {
    const { query, policy } = call;
    const key = keyOf(canonical({ kind: query.kind, value: query.value }));
    // Without `at` it is the owner of the last stretch: a clock of ours that runs behind must not hide a login.
    const time = query.at ?? Number.POSITIVE_INFINITY;
    const person = await askOf(call, query.asOf, [key], (graph) => personAt(graph, policy, key, time));
    return person === undefined ? notFound('person') : personView(person);
  },
});

export const personWithId = defineRoute({
  method: 'GET',
  path: '/v1/people/:id',
  summary: 'A person by id; a former id leads to the person it became part of.',
  params: v.object({ id: text(200) }),
  query: v.object({ asOf: v.optional(asOf) }),
  answer: { json: personShape },
  async handle(call) {
    const id = call.params.id as PersonId;
    const { asOf } = call.query;
    const keys = asOf === undefined ? [] : await founderOf(call, id);
    const person = await askOf(call, asOf, keys, (graph) => personById(graph, call.policy, id));
    return person === undefined ? notFound('person') : personView(person);
  },
});

export const searchPeople = defineRoute({
  method: 'GET',
  path: '/v1/people/search',
  summary:
    'People who have an identifier that begins so, or a name or an e-mail with a word that does; one by `kind:value` or by id.',
  query: v.object({
    q: v.optional(v.pipe(v.string(), v.maxLength(512, 'expected at most 512 characters')), ''),
    limit: v.optional(whole(1, MOST_FOUND), 20),
  }),
  answer: { json: searchShape },
  async handle({ context, project, policy, query }) {
    const text = query.q.trim();
    // Several of the identifiers found may be one person's.
    const keys = await context.store.search(project.id, text, query.limit * 4);
    const people = await context.store.ask(project.id, (graph) => found(graph, policy, text, keys, query.limit));
    return { people: await listed(context.columns, project, people) };
  },
});

/** Whom a text names without a doubt, then who has one of the identifiers, each once. */
function found(
  graph: Graph,
  policy: Policy,
  text: string,
  keys: readonly IdentifierKey[],
  limit: number,
): readonly Person[] {
  const exact = namedExactly(graph, policy, text);
  const people = new Map<PersonId, Person>(exact === undefined ? [] : [[exact.id, exact]]);
  for (const key of keys) {
    if (people.size === limit) break;
    const person = personAt(graph, policy, key, Number.POSITIVE_INFINITY);
    if (person !== undefined && !people.has(person.id)) people.set(person.id, person);
  }
  return [...people.values()];
}

/** Whom a text names without a doubt: a person id, or an identifier as `kind:value`. */
function namedExactly(graph: Graph, policy: Policy, text: string): Person | undefined {
  const byId = text === '' ? undefined : personById(graph, policy, text as PersonId);
  const [, kind, value] = /^([^:]{1,64}):(.+)$/s.exec(text) ?? [];
  if (byId !== undefined || kind === undefined || value === undefined) return byId;
  return personAt(graph, policy, keyOf(canonical({ kind, value })), Number.POSITIVE_INFINITY);
}
