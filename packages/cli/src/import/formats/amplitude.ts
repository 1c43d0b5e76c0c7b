import type { Format, Made } from '../format-shape.ts';
import { isFields, keptInsertId, madeInsertId, Unreadable } from '../outgoing.ts';

/** Amplitude's export: one event a line, times in UTC without saying so. */
export const amplitude = {
  name: 'amplitude',
  recognises: (value) =>
    typeof value['event_type'] === 'string' && ['user_id', 'device_id', 'amplitude_id'].some((name) => name in value),
  read(value, { number }) {
    const name = value['event_type'];
    if (typeof name !== 'string' || name === '') throw new Unreadable('has no event_type');
    const insertId = keptInsertId(value['$insert_id'] ?? value['uuid']) ?? madeInsertId(value, number);
    const common = {
      time: value['event_time'] ?? value['client_event_time'] ?? value['time'],
      ids: { user: value['user_id'] ?? null, device: value['device_id'] ?? null },
    };
    const { event_properties, user_properties } = value;
    const made: Made[] = [
      name === '$identify'
        ? { route: 'batch', body: { type: 'identify', ...common, insertId } }
        : {
            route: 'batch',
            body: {
              type: 'track',
              ...common,
              name,
              properties: isFields(event_properties) ? event_properties : {},
              insertId,
            },
          },
    ];
    if (isFields(user_properties) && Object.keys(user_properties).length > 0)
      made.push({
        route: 'batch',
        body: { type: 'traits', ...common, traits: user_properties, insertId: madeInsertId(insertId, 0, 'traits') },
      });
    return made;
  },
} as const satisfies Format;
