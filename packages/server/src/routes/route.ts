import {
  deviceIdOf,
  type Graph,
  type IdentifierKey,
  type MemoryGraph,
  type PersonId,
  type Policy,
  type Position,
  type ProjectId,
} from '@selfsame/identity';
import { graphAround, graphAsOf, lastThat, type Store } from '@selfsame/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { Project, ServerContext } from '../context.ts';
import { type Refusal, refusal } from '../http/api-error.ts';
import type { Authorized } from '../http/authorize.ts';
import type { Then } from './inputs.ts';

type Schema = v.GenericSchema<unknown, unknown>;

/** One route of the native API, open to the server key and to operators. The table of these makes the server, the OpenAPI document and the key tests (S1). */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As fastify spells it: `/v1/people/:id`. */
  readonly path: string;
  readonly summary: string;
  readonly params?: Schema;
  readonly query?: Schema;
  readonly body?: Schema;
  readonly answer: Answer;
  /** The statuses it succeeds with, where that is not just 200 (204 for nothing). */
  readonly success?: readonly (200 | 201 | 202)[];
  /** What it refuses with beside what every route may. One with a parameter in its path always may with 404. */
  readonly refuses?: readonly (404 | 409)[];
  readonly handle: (call: Call) => Promise<unknown>;
  /** What an operator is answered who has yet to choose one of several projects; absent: that they must. */
  readonly withoutProject?: (context: ServerContext) => unknown;
}

/** JSON of this shape, a stream of a media type, or nothing (204). */
export type Answer = { readonly json: v.GenericSchema } | { readonly stream: string } | { readonly none: true };

/** One call of a route, checked: who asks and what. `params`, `query` and `body` are what the route's schemas made of them. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  readonly context: ServerContext;
  readonly project: Project;
  readonly key: Authorized['key'];
  readonly policy: Policy;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

type Output<S> = S extends Schema ? v.InferOutput<S> : undefined;

/**
 * A route whose handler sees what its schemas say. The handler answers a value to send as JSON, a {@link Refusal}, or
 * `undefined` when it has taken over the reply.
 */
export function defineRoute<
  P extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
  B extends Schema | undefined = undefined,
>(
  route: Omit<Route, 'params' | 'query' | 'body' | 'handle'> & {
    readonly params?: P;
    readonly query?: Q;
    readonly body?: B;
    readonly handle: (call: Call<Output<P>, Output<Q>, Output<B>>) => Promise<unknown>;
  },
): Route {
  return route as unknown as Route;
}

/** Checks a call against its route's schemas. The refusal names the field and never its value (S40). */
export function readCall(
  route: Route,
  context: ServerContext,
  who: Authorized,
  request: FastifyRequest,
  reply: FastifyReply,
): Call | Refusal {
  const read: Record<string, unknown> = {};
  for (const part of ['params', 'query', 'body'] as const) {
    const schema = route[part];
    if (schema === undefined) continue;
    // To the schemas a list is an object too.
    if (part === 'body' && schema.type !== 'array' && Array.isArray(request.body))
      return refusal(400, 'bad_body', 'body: expected an object.');
    const checked = v.safeParse(schema, request[part], { abortPipeEarly: true });
    if (!checked.success)
      return refusal(
        400,
        `bad_${part}`,
        `${checked.issues.map((one) => saying(one, part, namesIn(schema))).join('; ')}.`,
      );
    read[part] = checked.output;
  }
  const { project, key } = who;
  const { policy } = context.projects.rules(project.id);
  return {
    params: undefined,
    query: undefined,
    body: undefined,
    ...read,
    context,
    project,
    key,
    policy,
    request,
    reply,
  };
}

/** `steps.0.event: expected text`. Our own messages say what is expected; valibot's quote the value and are not used. */
function saying(issue: v.BaseIssue<unknown>, part: string, known: ReadonlySet<string>): string {
  const field = issue.path?.map((step) => nameOf(step.key, known, issue)).join('.') ?? part;
  if (issue.expected === 'never') return `${field}: there is no such field here`;
  if (issue.received === 'undefined') return `${field}: is missing`;
  return `${field}: ${issue.message.startsWith('Invalid') ? `expected ${issue.expected}` : issue.message}`;
}

/**
 * A name is shown when the schema has it, or when it is a plain word where no such field is. Others may be somebody's
 * (S40): the keys of a record are data.
 */
const nameOf = (key: unknown, known: ReadonlySet<string>, { expected }: v.BaseIssue<unknown>): string =>
  typeof key === 'number' ||
  known.has(String(key)) ||
  (expected === 'never' && /^[a-z][A-Za-z]{0,30}$/.test(String(key)))
    ? String(key)
    : '(a field)';

const found = new WeakMap<Schema, ReadonlySet<string>>();

/** Every name of a field that a schema knows, at any depth. */
function namesIn(schema: Schema): ReadonlySet<string> {
  const before = found.get(schema);
  if (before !== undefined) return before;
  const names = new Set<string>();
  const seen = new Set<unknown>();
  const look = (one: unknown): void => {
    if (typeof one !== 'object' || one === null || seen.has(one)) return;
    seen.add(one);
    if ('entries' in one && typeof one.entries === 'object' && one.entries !== null)
      for (const name of Object.keys(one.entries)) names.add(name);
    for (const inside of Object.values(one)) look(inside);
  };
  look(schema);
  found.set(schema, names);
  return names;
}

/**
 * The answer to a question about who is who in the caller's project: now, or as it was after a position of the log ([H1]).
 * Of the past the graph holds these identifiers and whatever hangs together with them; without any, everybody. A
 * question may be asked more than once, and its last answer counts.
 */
export async function askOf<T>(
  { context, project }: Pick<Call, 'context' | 'project'>,
  asOf: Position | Then | undefined,
  keys: readonly IdentifierKey[],
  question: (graph: Graph) => T,
): Promise<T> {
  if (asOf === undefined) return context.store.ask(project.id, question);
  return question(await graphThen(context, project, await positionOf(context.store, project.id, asOf), keys));
}

/** Where to look for a person of the past: the identifier that their id leads to, if it does. */
export const founderOf = ({ context, project }: Pick<Call, 'context' | 'project'>, id: PersonId) =>
  context.store.ask(project.id, (graph): readonly IdentifierKey[] => {
    const founder = graph.founder(deviceIdOf(id));
    return founder === undefined ? [] : [founder.key];
  });

/** Who was who in a project after a position of the log, as {@link askOf} asks it. */
export function graphThen(
  { store, projects }: ServerContext,
  project: Project,
  position: Position,
  keys: readonly IdentifierKey[],
): Promise<MemoryGraph> {
  const rules = projects.rules(project.id);
  return keys.length === 0
    ? graphAsOf(store, project.id, position, rules)
    : graphAround(store, project.id, keys, position, rules);
}

/** The last position of a project's log that had arrived by a moment. A position is itself. */
export async function positionOf(store: Store, project: ProjectId, asOf: Position | Then): Promise<Position> {
  return typeof asOf === 'number' ? asOf : lastThat(store, project, (arrived) => arrived <= asOf.arrivedBy);
}

/** A stream more than we keep open at a time (G12). */
export const tooManyStreams: Refusal = refusal(
  429,
  'too_many_streams',
  'Too many streams are open: close one, or try again.',
);

/** What does not exist and what belongs to another project are told apart by nobody (S2). */
export const notFound = (what: string): Refusal => refusal(404, 'not_found', `There is no such ${what}.`);
