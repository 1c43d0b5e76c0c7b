import * as v from 'valibot';
import type { EventsAnswer, EventsByInsertIdAnswer, NamesAnswer } from '../events.ts';
import { array, count, id, type ShapeOf, time, values } from './words.ts';

export const because = v.object({ rule: v.string(), claim: v.nullable(v.string()), says: v.string() });

const event = {
  name: v.string(),
  time,
  insertId: v.nullable(v.string()),
  anchor: v.nullable(id),
  device: v.nullable(id),
  wire: v.string(),
  properties: values,
  because: v.nullable(because),
};

export const ownedEvent = { ...event, personId: v.nullable(v.string()) };

export const eventsShape = v.object({
  events: array(v.object(event)),
  next: v.nullable(v.string()),
}) satisfies ShapeOf<EventsAnswer>;

export const eventsByInsertIdShape = v.object({
  events: array(v.object(ownedEvent)),
}) satisfies ShapeOf<EventsByInsertIdAnswer>;

export const namesShape = v.object({
  names: array(v.object({ name: v.string(), count: v.exactOptional(count) })),
}) satisfies ShapeOf<NamesAnswer>;
