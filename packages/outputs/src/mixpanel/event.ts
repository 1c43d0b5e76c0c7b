import type { EventMessage } from '../message.ts';
import { type MixpanelIdentity, namesOf } from './names.ts';

/**
 * An event as `/track` and `/import` take it. Name, time, distinct_id and `$insert_id` never change, which is what
 * Mixpanel drops duplicates by (G19). What the sender said of these names loses against ours.
 */
export function eventOf(message: EventMessage, id: string, token: string, identity: MixpanelIdentity): object | 'skip' {
  const { event, person, replaces } = message;
  const { name, time, wire, insertId, ids, properties } = event;
  const kept = wire === 'mixpanel' && insertId !== null && /^[A-Za-z0-9-]{1,36}$/.test(insertId) ? insertId : undefined;
  // A later copy under another id would be a second event.
  if (replaces !== undefined && kept === undefined) return 'skip';
  const { distinct_id: _a, $device_id: _b, $user_id: _c, $insert_id: _d, ...said } = properties;
  return {
    event: name,
    properties: {
      ...said,
      token,
      ...namesOf(identity, person, ids),
      time,
      $insert_id: kept ?? id.replaceAll(/[^A-Za-z0-9-]/g, '').slice(0, 36),
    },
  };
}
