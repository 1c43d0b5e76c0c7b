import type { Json } from '@selfsame/identity';
import { readTime } from '@selfsame/protocols';
import type { Format, Made } from '../format-shape.ts';
import { type Fields, isFields, madeInsertId, Unreadable } from '../outgoing.ts';

/** Rows of Google Analytics 4 in BigQuery (`events_…`), exported as JSON. Times are in µs. */
export const ga4 = {
  name: 'ga4',
  recognises: (value) =>
    typeof value['event_name'] === 'string' && 'event_timestamp' in value && 'user_pseudo_id' in value,
  read(value, { number }) {
    const name = value['event_name'];
    if (typeof name !== 'string' || name === '') throw new Unreadable('has no event_name');
    const insertId = madeInsertId(value, number);
    const common = {
      time: timeOf(value['event_timestamp']),
      ids: { user: value['user_id'] ?? null, device: value['user_pseudo_id'] ?? null },
    };
    const made: Made[] = [
      { route: 'batch', body: { type: 'track', ...common, name, properties: propertiesOf(value), insertId } },
    ];
    const traits = entries(value['user_properties']);
    if (Object.keys(traits).length > 0)
      made.push({
        route: 'batch',
        body: { type: 'traits', ...common, traits, insertId: madeInsertId(insertId, 0, 'traits') },
      });
    return made;
  },
} as const satisfies Format;

/** The export counts µs; what a query made of them is read as well. */
function timeOf(sent: unknown): number {
  const time = readTime(sent as Json);
  if (time === undefined) throw new Unreadable('has an event_timestamp that is no time');
  return time;
}

/** What is said of the event beside its parameters, as the export nests it. */
const kept = ['device', 'geo', 'traffic_source', 'collected_traffic_source', 'ecommerce', 'items', 'platform'] as const;

function propertiesOf(value: Fields): Fields {
  const more = kept.filter((name) => value[name] !== undefined && value[name] !== null);
  return { ...Object.fromEntries(more.map((name) => [name, value[name]])), ...entries(value['event_params']) };
}

/** A list of `{ key, value: { string_value … } }` as an object. */
function entries(list: unknown): Fields {
  const found: [string, unknown][] = [];
  for (const one of Array.isArray(list) ? list : []) {
    if (!isFields(one) || typeof one['key'] !== 'string' || !isFields(one['value'])) continue;
    const value = plain(one['value']);
    if (value !== null) found.push([one['key'], value]);
  }
  return Object.fromEntries(found);
}

/** BigQuery writes 64-bit integers as text. */
function plain(value: Fields): unknown {
  const whole = value['int_value'];
  if (whole !== undefined && whole !== null) {
    const number = Number(whole);
    return Number.isSafeInteger(number) ? number : String(whole);
  }
  return value['string_value'] ?? value['double_value'] ?? value['float_value'] ?? null;
}
