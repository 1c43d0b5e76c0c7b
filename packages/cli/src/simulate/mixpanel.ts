import type { JsonObject } from '@selfsame/identity';
import type { SimulatedEvent } from './history.ts';

/** An event as mixpanel-browser writes it. */
export function mixpanelEvent(event: SimulatedEvent, token: string): JsonObject {
  return {
    event: event.name,
    properties: {
      ...event.properties,
      token,
      time: event.time / 1000,
      $insert_id: event.insertId,
      $device_id: event.device,
      ...(event.user === null ? {} : { $user_id: event.user }),
      distinct_id: event.user ?? `$device:${event.device}`,
      mp_lib: 'web',
      $lib_version: '2.83.0',
    },
  };
}

/** The `$identify` that the library sends at a login; the original merge goes by it and by nothing else. */
export function mixpanelIdentify(event: SimulatedEvent, token: string): JsonObject | undefined {
  if (event.turn !== 'login' || event.user === null) return undefined;
  return {
    event: '$identify',
    properties: {
      token,
      time: event.time / 1000,
      $insert_id: `${event.insertId.slice(0, 15)}-i`,
      $device_id: event.device,
      $user_id: event.user,
      distinct_id: event.user,
      $anon_distinct_id: `$device:${event.device}`,
    },
  };
}

/** The profile update that goes with an event, if it told anything of the person. */
export function mixpanelProfile(event: SimulatedEvent, token: string): JsonObject | undefined {
  if (event.traits === undefined || event.user === null) return undefined;
  return {
    $token: token,
    $distinct_id: event.user,
    $device_id: event.device,
    $user_id: event.user,
    $set: event.traits,
  };
}
