import { eventSpans, ownerAt, type PersonId, personById } from '@selfsame/identity';
import type { Span } from '@selfsame/store';
import * as v from 'valibot';
import { eventsByInsertIdShape, eventsShape, namesShape } from './answers.ts';
import { text, whole } from './inputs.ts';
import { defineRoute, notFound } from './route.ts';
import { eventViews } from './stored-event.ts';

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
  summary: 'What a person did, on all their devices, newest first. `next` is the `before` of the next page.',
  params: v.object({ id: text(200) }),
  query: v.object({
    limit: v.optional(whole(1, 1_000), 100),
    before: v.optional(cursor),
  }),
  answer: { json: eventsShape },
  async handle({ context, project, policy, params, query }) {
    const { store, columns, wires, clock } = context;
    const graph = store.graph(project.id);
    const person = personById(graph, policy, params.id as PersonId);
    if (person === undefined) return notFound('person');
    const open = (time: number) => (Number.isFinite(time) ? time : null);
    const spans = eventSpans(person, clock()).map(
      ({ node, from, to }): Span => ({ node: node.number, from: open(from), to: open(to) }),
    );
    const { limit, before } = query;
    const page = await columns.timeline(project.id, spans, { limit, ...(before === undefined ? {} : { before }) });
    return { events: await eventViews(page.events, { store, graph, policy, wires }), next: page.next };
  },
});

export const eventsByInsertId = defineRoute({
  method: 'GET',
  path: '/v1/events',
  summary: 'The events with an insert id, and whose they are now.',
  query: v.object({ insertId: text(512) }),
  answer: { json: eventsByInsertIdShape },
  async handle({ context, project, policy, query }) {
    const { store, columns, wires } = context;
    const rows = await columns.eventsByInsertId(project.id, query.insertId);
    const graph = store.graph(project.id);
    const views = await eventViews(rows, { store, graph, policy, wires });
    const owners = rows.map((row) => (row.anchor === null ? undefined : ownerAt(graph, policy, row.anchor, row.time)));
    return { events: views.map((view, i) => ({ ...view, personId: owners[i]?.person ?? null })) };
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
