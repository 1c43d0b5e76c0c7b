import * as v from 'valibot';
import type { PeopleBehindAnswer, PeopleListAnswer, PeopleNamesAnswer, SearchAnswer } from '../people-lists.ts';
import { array, count, id, type ShapeOf, time, values } from './words.ts';

const listed = {
  id: v.string(),
  known: v.boolean(),
  name: v.string(),
  identifiers: array(id),
  identifierCount: count,
  lastSeen: v.nullable(time),
};

export const searchShape = v.object({ people: array(v.object(listed)) }) satisfies ShapeOf<SearchAnswer>;

export const peopleBehindShape = v.object({
  people: array(v.object({ ...listed, at: time })),
}) satisfies ShapeOf<PeopleBehindAnswer>;

export const peopleListShape = v.object({
  total: count,
  people: array(
    v.object({
      ...listed,
      events: count,
      firstActive: v.nullable(time),
      lastActive: v.nullable(time),
      segments: array(v.string()),
      traits: values,
    }),
  ),
}) satisfies ShapeOf<PeopleListAnswer>;

const nameCounts = array(v.object({ name: v.string(), count }));

export const peopleNamesShape = v.object({
  traits: nameCounts,
  segments: nameCounts,
  kinds: nameCounts,
}) satisfies ShapeOf<PeopleNamesAnswer>;
