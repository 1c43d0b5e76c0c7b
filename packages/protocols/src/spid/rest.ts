import type { Identifier, Json, TraitChange } from '@selfsame/identity';
import { parseJson } from '../json/shape.ts';
import type { Access, Host, Reading, WireRequest } from '../protocol.ts';
import { answer } from '../reply.ts';
import { traitChanges, traitsOf } from './client-traits.ts';
import { container, failed } from './container.ts';
import type { Endpoint } from './endpoints.ts';
import { type Call, climb, type Refused, refused } from './ladder.ts';
import { parameter } from './parameters.ts';
import { changeTraits, of } from './traits-set.ts';

/** list, set and delete, behind the error ladder of README.md. */
export async function readRest(endpoint: Endpoint, request: WireRequest, host: Host): Promise<Reading> {
  const climbed = await climb(endpoint, request, host);
  if ('reply' in climbed) return turnedAway(climbed);
  const { call } = climbed;
  switch (endpoint.name) {
    case 'GET user/{userId}/traits':
      return answer(container(call, 200, await listed(call)));
    case 'POST user/{userId}/traits': {
      const changes = readTraits(request);
      return typeof changes === 'string'
        ? turnedAway(refused(call, { code: 400, description: changes }))
        : change(call, changes, 200);
    }
    case 'DELETE user/{userId}/trait/{trait}':
      return change(call, [{ op: 'unset', name: endpoint.trait }], 202);
  }
}

const turnedAway = ({ reply, items }: Refused): Reading =>
  items.length === 0 ? answer(reply) : { type: 'items', items, reply: () => reply };

/** The user's traits, or the one that the query or the path names. */
async function listed({ request, endpoint, user, access, host }: Call): Promise<Json> {
  const traits = await traitsNow(user, access, host);
  const key = request.query.get('key')?.[0] ?? endpoint.trait;
  return Object.fromEntries(key === undefined ? traits : [...traits].filter(([name]) => name === key));
}

/** The form field `traits`, JSON text of an object, as changes; or why not. One bad value refuses all. */
function readTraits(request: WireRequest): readonly TraitChange[] | string {
  const text = parameter(request, 'traits');
  if (text === undefined) return 'The parameter traits is missing.';
  const parsed = parseJson(text);
  if ('problem' in parsed) return `The parameter traits cannot be read: ${parsed.message}.`;
  const { value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'The parameter traits must be a JSON object.';
  const changes = traitChanges(value as Readonly<Record<string, Json>>);
  return typeof changes === 'string' ? `The traits were refused: ${changes}.` : changes;
}

/** Writes changes and answers with all traits after them. */
function change(call: Call, changes: readonly TraitChange[], status: number): Reading {
  const { access, host, user } = call;
  const made = changeTraits(of(user), changes, access, host);
  return {
    type: 'items',
    items: [...made.events, made.change],
    reply: async (verdicts) =>
      verdicts.at(-1)?.status === 'rejected'
        ? failed(call, 400, 'The traits were refused.')
        : container(call, status, Object.fromEntries(await traitsNow(user, access, host))),
  };
}

const traitsNow = (user: Identifier, access: Access, host: Host): Promise<ReadonlyMap<string, Json>> =>
  host.ask(access.project, (graph) => traitsOf(user, access, graph));
