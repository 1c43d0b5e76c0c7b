import type { Identifier, Instant, Json, TraitChange } from '@selfsame/identity';
import type { Access, Host, Item, WireRequest } from '../protocol.ts';
import { eventProperties, withProperties } from './server-event.ts';
import { CLIENT_TRUST, PLATFORM_TRUST } from './trust.ts';

/**
 * What a client changes about somebody and, when it sets anything, the server event `Traits set`, which is told before,
 * for it carries the traits of before. `time`, ms, is when the change was signed; the event happens when it arrives. `request` is the visitor's own.
 */
export function changeTraits(
  id: Identifier,
  changes: readonly TraitChange[],
  access: Access,
  host: Host,
  seen: { readonly time?: Instant; readonly request?: WireRequest } = {},
): { readonly events: readonly Item[]; readonly change: Item } {
  const { time, request } = seen;
  const from = { project: access.project, wire: 'spid' } as const;
  const change: Item = {
    type: 'statement',
    statement: {
      ...from,
      trust: CLIENT_TRUST,
      command: { type: 'Describe', ids: [id], changes },
      ...(time === undefined ? {} : { time }),
    },
  };
  const data = Object.fromEntries(
    changes.flatMap((one): [string, Json][] => (one.op === 'set' ? [[one.name, one.value]] : [])),
  );
  if (Object.keys(data).length === 0) return { events: [], change };
  const told = request === undefined ? {} : { request };
  const { now } = host;
  const event = { type: 'Track', ids: [id], name: 'Traits set', properties: {} } as const;
  const made = withProperties({ ...from, trust: PLATFORM_TRUST }, event, (graph) =>
    eventProperties(data, [id], access, { graph, now }, told),
  );
  return { events: [made], change };
}
