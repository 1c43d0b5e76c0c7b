import type { Graph, Identifier, Instant, Json, JsonObject, TraitChange } from '@selfsame/identity';
import type { Access, Host, Item, WireRequest } from '../protocol.ts';
import { atItsPlace, eventProperties } from './server-event.ts';
import { CLIENT_TRUST, PLATFORM_TRUST } from './trust.ts';

/** Whose something is as far as we know now, and whose at its place in the log. */
export interface Whose {
  readonly now: Identifier;
  readonly later: (graph: Graph) => Identifier;
}

/** What is one user's, whoever is logged in where. */
export const of = (id: Identifier): Whose => ({ now: id, later: () => id });

/**
 * What a client changes about somebody and, when it sets anything, the server event `Traits set`, which is told before,
 * for it carries the traits of before. `time`, ms, is when the change was signed; the event happens when it arrives. `request` is the visitor's own.
 */
export function changeTraits(
  whose: Whose,
  changes: readonly TraitChange[],
  access: Access,
  host: Host,
  seen: { readonly time?: Instant; readonly request?: WireRequest } = {},
): { readonly events: readonly Item[]; readonly change: Item } {
  const { time, request } = seen;
  const from = { project: access.project, wire: 'spid' } as const;
  const describe = (id: Identifier) => ({ type: 'Describe', ids: [id], changes }) as const;
  const signed = time === undefined ? {} : { time };
  const change = atItsPlace({ ...from, ...signed, trust: CLIENT_TRUST, command: describe(whose.now) }, (graph) =>
    describe(whose.later(graph)),
  );
  const data = Object.fromEntries(
    changes.flatMap((one): [string, Json][] => (one.op === 'set' ? [[one.name, one.value]] : [])),
  );
  if (Object.keys(data).length === 0) return { events: [], change };
  const told = request === undefined ? {} : { request };
  const { now } = host;
  const event = (id: Identifier, properties: JsonObject) =>
    ({ type: 'Track', ids: [id], name: 'Traits set', properties }) as const;
  const made = atItsPlace({ ...from, trust: PLATFORM_TRUST, command: event(whose.now, {}) }, (graph) => {
    const id = whose.later(graph);
    return event(id, eventProperties(data, [id], access, { graph, now }, told));
  });
  return { events: [made], change };
}
