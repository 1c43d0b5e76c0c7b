import { Readable } from 'node:stream';
import {
  canonical,
  type Graph,
  keyOf,
  type Person,
  type PersonId,
  type Policy,
  personAt,
  personById,
} from '@selfsame/identity';
import type { PeopleQuestion, PeopleRow } from '@selfsame/store';
import * as v from 'valibot';
import { peopleListShape, peopleNamesShape } from '../api/shapes/people-lists.ts';
import type { PeopleListAnswer } from '../api.ts';
import { csvLine } from './csv.ts';
import { instant, text, whole } from './inputs.ts';
import { iso } from './iso.ts';
import { type Listed, listed } from './listed.ts';
import { type Call, defineRoute } from './route.ts';
import { who } from './who-shape.ts';

const MOST_NAMES = 500;
/** People one file holds. */
const MOST_EXPORTED = 100_000;
/** People looked up at a time for a file. */
const PIECE = 500;

const names = v.pipe(v.array(text(255)), v.maxLength(50, 'expected at most 50 names'));

const chosen = {
  text: v.optional(v.pipe(v.string(), v.maxLength(512, 'expected at most 512 characters')), ''),
  who: v.exactOptional(who),
  active: v.exactOptional(v.strictObject({ from: v.exactOptional(instant), to: v.exactOptional(instant) })),
  sort: v.optional(v.picklist(['last-active', 'first-active', 'events', 'name']), 'last-active'),
  descending: v.optional(v.boolean(), true),
  /** Traits to show beside each. */
  traits: v.optional(names, []),
};

type Question = v.InferOutput<v.StrictObjectSchema<typeof chosen, undefined>>;
type ListedRow = PeopleListAnswer['people'][number];

export const listPeople = defineRoute({
  method: 'POST',
  path: '/v1/people/query',
  summary:
    'People by name, e-mail, identifier, traits, segments, kinds and when they were last active, a page of them, sorted. A text that is a person id means that person alone, one that is `kind:value` whoever has, or had, that identifier.',
  body: v.strictObject({
    ...chosen,
    limit: v.optional(whole(1, 200), 50),
    offset: v.optional(whole(0, 10_000_000), 0),
  }),
  answer: { json: peopleListShape },
  async handle(call): Promise<PeopleListAnswer> {
    const { limit, offset, ...question } = call.body;
    const wanted = await asked(call, question, limit, offset);
    const { total, rows } = await call.context.columns.people(call.project.id, wanted);
    return { total, people: await rowsListed(call, question, rows) };
  },
});

export const exportPeople = defineRoute({
  method: 'POST',
  path: '/v1/people/export',
  summary: `The same people as CSV, the first ${MOST_EXPORTED.toLocaleString('en')} of them; what a spreadsheet would run as a formula has an apostrophe before it.`,
  body: v.strictObject(chosen),
  answer: { stream: 'text/csv' },
  async handle(call) {
    const { project, reply, body } = call;
    const { rows } = await call.context.columns.people(project.id, await asked(call, body, MOST_EXPORTED, 0));
    reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="people-${project.id}.csv"`);
    return reply.send(Readable.from(lines(call, body, rows)));
  },
});

export const peopleNames = defineRoute({
  method: 'GET',
  path: '/v1/people/names',
  summary: 'The traits, segments and kinds of identifiers that people have, each with how many have it.',
  answer: { json: peopleNamesShape },
  handle: ({ context, project }) => context.columns.peopleNames(project.id, MOST_NAMES),
});

async function asked(
  { context, project, policy }: Call,
  { traits: _, text, ...rest }: Question,
  limit: number,
  offset: number,
): Promise<PeopleQuestion> {
  const identifier = await context.store.ask(project.id, (graph) => namedExactly(graph, policy, text.trim()));
  return { ...rest, ...(identifier === undefined ? { text } : { identifier }), limit, offset };
}

/** Whom a text names without a doubt: by a person id one of them alone, as `kind:value` everybody who had what we met. */
function namedExactly(graph: Graph, policy: Policy, text: string): PeopleQuestion['identifier'] {
  const person = text === '' ? undefined : personById(graph, policy, text as PersonId);
  const [, kind, value] = /^([^:]{1,64}):(.+)$/s.exec(text) ?? [];
  const [own] = person?.holdings ?? [];
  if (own?.stretches[0] !== undefined) return { key: own.node.key, at: own.stretches[0].from };
  if (kind === undefined || value === undefined) return undefined;
  const node = graph.node(keyOf(canonical({ kind, value })));
  return node && { key: node.key };
}

async function rowsListed(call: Call, { traits }: Question, rows: readonly PeopleRow[]): Promise<readonly ListedRow[]> {
  const { context, project, policy } = call;
  const found = await context.store.ask(project.id, (graph) =>
    rows.flatMap((row) => {
      const person = personOfRow(graph, policy, row);
      return person === undefined ? [] : [{ row, person }];
    }),
  );
  const people = await listed(
    context.columns,
    project,
    found.map(({ person }) => person),
  );
  return found.map(({ row, person }, i) => ({
    ...(people[i] as Listed),
    events: row.events,
    firstActive: row.firstActive === null ? null : iso(row.firstActive),
    lastActive: row.lastActive === null ? null : iso(row.lastActive),
    segments: person.segments,
    traits: Object.fromEntries(
      traits.flatMap((name) => {
        const value = person.traits.get(name);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  }));
}

/** The columns know numbers; who that is now, the graph knows. */
function personOfRow(graph: Graph, policy: Policy, row: PeopleRow): Person | undefined {
  if (row.founder === null)
    return row.anchor === null ? undefined : personAt(graph, policy, row.anchor, row.lastActive as number);
  const node = graph.node(row.founder);
  return node === undefined ? undefined : personById(graph, policy, node.person as PersonId);
}

async function* lines(call: Call, question: Question, rows: readonly PeopleRow[]): AsyncGenerator<string> {
  const { traits } = question;
  yield `\uFEFF${csvLine(['name', 'known', 'last active', 'first active', 'events', 'person id', 'identifiers', 'segments', ...traits])}`;
  for (let from = 0; from < rows.length; from += PIECE) {
    for (const one of await rowsListed(call, question, rows.slice(from, from + PIECE)))
      yield csvLine([
        one.name,
        one.known ? 'yes' : 'no',
        one.lastActive,
        one.firstActive,
        one.events,
        one.id,
        one.identifiers.map(({ kind, value }) => `${kind}:${value}`).join(' '),
        one.segments.join(' '),
        ...traits.map((name) => {
          const value = one.traits[name];
          return value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value);
        }),
      ]);
  }
}
