import type { EventMessage } from '../message.ts';

/** What an event is, in the words of mParticle's connection settings; `internal` is kept for diagnosis and told to nobody. */
export type EventClass =
  | 'customEvents'
  | 'screenViews'
  | 'commerce'
  | 'crash'
  | 'lifecycle'
  | 'push'
  | 'network'
  | 'userAttributeChange'
  | 'userIdentityChange'
  | 'internal';

/** mParticle's `event_type`; what is not here is a custom event. */
const types: ReadonlyMap<unknown, EventClass> = new Map<unknown, EventClass>([
  ['screen_view', 'screenViews'],
  ['commerce_event', 'commerce'],
  ['crash_report', 'crash'],
  ['breadcrumb', 'crash'],
  ['session_start', 'lifecycle'],
  ['session_end', 'lifecycle'],
  ['application_state_transition', 'lifecycle'],
  ['opt_out', 'lifecycle'],
  ['push_message', 'push'],
  ['push_registration', 'push'],
  ['push_reaction', 'push'],
  ['network_performance', 'network'],
  ['user_attribute_change', 'userAttributeChange'],
  ['user_identity_change', 'userIdentityChange'],
]);

/** Names that the other wires' clients give by themselves. */
const names: ReadonlyMap<string, EventClass> = new Map([
  ['page', 'screenViews'],
  ['screen', 'screenViews'],
  ['$mp_web_page_view', 'screenViews'],
  ['$ae_session', 'lifecycle'],
  ['$ae_first_open', 'lifecycle'],
  ['$ae_updated', 'lifecycle'],
  ['$ae_crashed', 'crash'],
]);

/** Mixpanel's events that say who somebody is. */
const identities: ReadonlySet<string> = new Set(['$identify', '$create_alias', '$merge']);

export function classOf({ name, wire, properties, hidden }: EventMessage['event']): EventClass {
  if (hidden === true && wire === 'mixpanel' && identities.has(name)) return 'userIdentityChange';
  const known = wire === 'mparticle' ? types.get(properties['event_type']) : names.get(name);
  return known ?? (hidden === true ? 'internal' : 'customEvents');
}
