import { eventHoldings, type Instant, type Person, type PersonId, personById } from '@selfsame/identity';
import type { Columns, Spans } from '@selfsame/store';
import * as v from 'valibot';
import { eventsByInsertIdShape, eventsShape, namesShape } from '../api/shapes/events.ts';
import { askAsOf } from './columns-as-of.ts';
import { asOf, text, whole } from './inputs.ts';
import { defineRoute, founderOf, graphThen, notFound, positionOf } from './route.ts';
import { type Ask, eventViews, ownedEventViews } from './stored-event.ts';

/** Names a picker is offered. */
const MOST_NAMES = 1_000;

/** `<time>.<position>`, as the columns write it. */
const cursor = v.pipe(
  v.string(),
  v.regex(/^-?\d{1,16}\.\d{1,15}$/, 'expected the `next` of the page before'),
  v.check((text) => Number.isSafeInteger(Number(text.split('.')[0])), 'expected the `next` of the page before'),
);

export const eventsOfPerson = defineRoute({
  method: 'GET',
  path: '/v1/people/:id/events',
  summary:
    'What a person did, on all their devices, newest first. `next` is the `before` of the next page. With `asOf`: what was theirs then, of what had arrived by then; the log is read for it.',
  params: v.object({ id: text(200) }),
  query: v.object({
    limit: v.optional(whole(1, 1_000), 100),
    before: v.optional(cursor),
    asOf: v.optional(asOf),
  }),
  answer: { json: eventsShape },
  async handle({ context, project, policy, params, query }) {
    const { store, columns, wires, clock, projects } = context;
    const { limit, before, asOf: then } = query;
    const page = { limit, ...(before === undefined ? {} : { before }) };
    const answer = async (ask: Ask, person: Person, at: Instant, of: Columns) => {
      const { events, next } = await of.timeline(project.id, spansOf(person, at), page);
      return { events: await eventViews(events, { store, ask, policy, wires }), next };
    };
    const id = params.id as PersonId;
    if (then === undefined) {
      const ask: Ask = (question) => store.ask(project.id, question);
      const person = await ask((graph) => personById(graph, policy, id));
      return person === undefined ? notFound('person') : answer(ask, person, clock(), columns);
    }
    const position = await positionOf(store, project.id, then);
    const graph = await graphThen(context, project, position, await founderOf({ context, project }, id));
    const person = personById(graph, policy, id);
    if (person === undefined) return notFound('person');
    const at = typeof then === 'number' ? (await store.at(project.id, position))?.entry.at : then.arrivedBy;
    return askAsOf(
      context,
      project.id,
      projects.rules(project.id),
      position,
      (of) => answer(async (question) => question(graph), person, Math.min(at ?? clock(), clock()), of),
      graph,
    );
  },
});

/** The stretches whose events are a person's, as shown at a moment, ms. */
const spansOf = (person: Person, at: Instant): readonly Spans[] =>
  eventHoldings(person, at).map(({ node, stretches }) => ({ node: node.number, stretches }));

export const eventsByInsertId = defineRoute({
  method: 'GET',
  path: '/v1/events',
  summary: 'The events with an insert id, and whose they are now.',
  query: v.object({ insertId: text(512) }),
  answer: { json: eventsByInsertIdShape },
  async handle({ context, project, policy, query }) {
    const { store, columns, wires } = context;
    const rows = await columns.eventsByInsertId(project.id, query.insertId);
    const ask: Ask = (question) => store.ask(project.id, question);
    return { events: await ownedEventViews(rows, { store, ask, policy, wires }) };
  },
});

export const eventNames = defineRoute({
  method: 'GET',
  path: '/v1/events/names',
  summary: 'Names of events, the most frequent first.',
  answer: { json: namesShape },
  async handle({ context, project }) {
    return { names: await context.columns.eventNames(project.id, MOST_NAMES) };
  },
});

export const eventProperties = defineRoute({
  method: 'GET',
  path: '/v1/events/properties',
  summary: 'Names of properties seen on events, or on those of one name.',
  query: v.object({ event: v.optional(text(255)) }),
  answer: { json: namesShape },
  async handle({ context, project, query }) {
    const names = await context.columns.propertyNames(project.id, query.event, MOST_NAMES);
    return { names: names.map((name) => ({ name })) };
  },
});
