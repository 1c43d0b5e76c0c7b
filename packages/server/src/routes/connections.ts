import { type Connection, usualSettings } from '@selfsame/outputs';
import * as v from 'valibot';
import { connectionShape, connectionsShape } from '../api/shapes/outputs.ts';
import type { ConnectionsAnswer, ConnectionView } from '../api.ts';
import { type Refusal, refusal } from '../http/api-error.ts';
import { readSettings } from '../settings/body.ts';
import { connectionSettings } from '../settings/connection-schema.ts';
import { text } from './inputs.ts';
import { type Call, defineRoute, notFound } from './route.ts';

const named = v.object({ id: text(64) });
/** As in the settings file. */
const described = v.looseObject({ input: v.string(), output: v.string() });

export const connections = defineRoute({
  method: 'GET',
  path: '/v1/connections',
  summary:
    'The map from inputs to outputs: every connection with what went through it and what it kept back, and what came by each input. Counts begin when the server starts.',
  answer: { json: connectionsShape },
  async handle({ context, project }): Promise<ConnectionsAnswer> {
    const { connections } = context.outputs;
    return {
      connections: connections.of(project.id).map((one) => viewOf({ context, project }, one)),
      inputs: (await context.inputs(project.id)).map(({ wire, key, received }) => ({
        input: `${wire}:${key}`,
        received,
      })),
    };
  },
});

export const connection = defineRoute({
  method: 'GET',
  path: '/v1/connections/:id',
  summary: 'One connection, what went through it and what it kept back.',
  params: named,
  answer: { json: connectionShape },
  handle: async (call) => shown(call, call.params.id),
});

export const createConnection = defineRoute({
  method: 'POST',
  path: '/v1/connections',
  summary:
    'Connects an input with an output. From its first connection on, an output takes only what its connections take. Without an id it is named for what it connects.',
  body: described,
  answer: { json: connectionShape },
  success: [201],
  refuses: [409],
  async handle(call) {
    const { context, project, body, reply } = call;
    const made = read(call, 'id' in body ? body : { ...body, id: nameFor(body.input, body.output) });
    if ('type' in made) return made;
    if (context.outputs.connections.of(project.id).some((one) => one.id === made.id))
      return refusal(409, 'exists', 'There is a connection of this id: change it with PUT, or take another id.');
    context.outputs.connections.keep(project.id, made);
    await context.outputs.connectionsChanged();
    reply.code(201);
    return shown(call, made.id);
  },
});

export const changeConnection = defineRoute({
  method: 'PUT',
  path: '/v1/connections/:id',
  summary: 'Changes a connection, at once and also for what waits at its output. What the body leaves out is as usual.',
  params: named,
  body: described,
  answer: { json: connectionShape },
  refuses: [409],
  async handle(call) {
    const { context, project, body, params } = call;
    if (!has(call, params.id)) return notFound('connection');
    const changed = read(call, { ...body, id: params.id });
    if ('type' in changed) return changed;
    context.outputs.connections.keep(project.id, changed);
    await context.outputs.connectionsChanged();
    return shown(call, params.id);
  },
});

export const deleteConnection = defineRoute({
  method: 'DELETE',
  path: '/v1/connections/:id',
  summary:
    'Takes a connection out. The last one of an output only with `takeAll=true`, for from then on that output takes everything.',
  params: named,
  query: v.object({ takeAll: v.exactOptional(v.picklist(['true'])) }),
  answer: { none: true },
  refuses: [409],
  async handle({ context, project, params, query, reply }) {
    const { connections } = context.outputs;
    const found = connections.of(project.id).find((one) => one.id === params.id);
    if (found === undefined) return notFound('connection');
    if (connections.to(project.id, found.output).length === 1 && query.takeAll !== 'true')
      return refusal(
        409,
        'last_connection',
        'Without this connection its output would take everything: switch it off (active: false), or ask with ?takeAll=true.',
      );
    if (connections.remove(project.id, params.id) === 'configured')
      return refusal(
        409,
        'configured',
        'This connection stands in the settings file: take it out there and start again, or switch it off here.',
      );
    await context.outputs.connectionsChanged();
    reply.code(204).send();
    return undefined;
  },
});

type Place = Pick<Call, 'context' | 'project'>;

const has = ({ context, project }: Place, id: string): boolean =>
  context.outputs.connections.of(project.id).some((one) => one.id === id);

/** A name that says what it connects, in the letters of an id. */
const nameFor = (input: string, output: string): string => `${input.replaceAll(':', '-')}-to-${output}`.slice(0, 64);

/** Checked settings, or why they are none: also an output that is not there, or two that would decide the same. */
function read({ context, project }: Place, given: unknown): Connection | Refusal {
  const settings = readSettings(connectionSettings([...context.wires.keys()]), given);
  if ('type' in settings) return settings;
  const { id, input, output } = settings;
  if (!context.outputs.has(project.id, output))
    return refusal(400, 'bad_body', 'output: is no output of this project; make it first with POST /v1/outputs.');
  const same = context.outputs.connections.to(project.id, output).find((one) => one.input === input && one.id !== id);
  return same === undefined
    ? settings
    : refusal(409, 'connected', `The connection ${same.id} joins this input and this output already: change that one.`);
}

function shown({ context, project }: Place, id: string) {
  const found = context.outputs.connections.of(project.id).find((one) => one.id === id);
  return found === undefined ? notFound('connection') : viewOf({ context, project }, found);
}

function viewOf({ context, project }: Place, connection: Connection): ConnectionView {
  const { settings, filters, ...rest } = connection;
  const { sent, failed, kept } = context.outputs.connections.trafficOf(project.id, { connection: connection.id });
  const listed = Object.fromEntries(Object.entries(filters));
  return { ...rest, settings: { ...usualSettings, ...settings }, filters: listed, sent, failed, kept };
}
