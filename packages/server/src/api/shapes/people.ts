import * as v from 'valibot';
import type {
  FormerIdsAnswer,
  IdentifiersAnswer,
  PersonGraphAnswer,
  PersonView,
  SegmentsAnswer,
  SharedAnswer,
  TraitsAnswer,
} from '../people.ts';
import { array, count, id, json, type ShapeOf, time, trust, values } from './words.ts';

const identifier = v.object({
  ...id.entries,
  from: v.nullable(time),
  to: v.nullable(time),
  claim: v.nullable(v.string()),
  rule: v.exactOptional(v.string()),
});

export const identifiersShape = v.object({
  identifiers: array(identifier),
  next: v.nullable(count),
}) satisfies ShapeOf<IdentifiersAnswer>;

export const traitsShape = v.object({
  traits: array(
    v.object({
      name: v.string(),
      value: json,
      wire: v.string(),
      trust,
      time: v.nullable(time),
    }),
  ),
  next: v.nullable(count),
}) satisfies ShapeOf<TraitsAnswer>;

export const segmentsShape = v.object({
  segments: array(v.string()),
  next: v.nullable(count),
}) satisfies ShapeOf<SegmentsAnswer>;

export const formerIdsShape = v.object({
  formerIds: array(v.string()),
  next: v.nullable(count),
}) satisfies ShapeOf<FormerIdsAnswer>;

export const sharedShape = v.object({
  devices: array(
    v.object({
      ...id.entries,
      others: array(
        v.object({
          from: v.nullable(time),
          to: v.nullable(time),
          person: v.object({ id: v.string(), name: v.string(), known: v.boolean() }),
        }),
      ),
      otherCount: count,
    }),
  ),
}) satisfies ShapeOf<SharedAnswer>;

export const personGraphShape = v.object({
  id: v.string(),
  founder: id,
  nodes: array(
    v.object({
      ...id.entries,
      role: v.picklist(['profile', 'login', 'contact', 'anonymous', 'handle', 'group']),
      firstSeen: v.nullable(time),
      person: v.string(),
    }),
  ),
  nodeCount: count,
  links: array(
    v.object({
      claim: v.string(),
      rule: v.string(),
      position: count,
      time,
      source: v.string(),
      trust,
      from: id,
      to: id,
    }),
  ),
}) satisfies ShapeOf<PersonGraphAnswer>;

export const personShape = v.object({
  id: v.string(),
  known: v.boolean(),
  identifiers: array(identifier),
  identifierCount: count,
  traits: values,
  traitCount: count,
  traitSources: v.record(
    v.string(),
    v.object({ wire: v.string(), trust: v.picklist([0, 1, 2, 3]), time: v.nullable(time) }),
  ),
  segments: array(v.string()),
  segmentCount: count,
  purposes: v.exactOptional(values),
  consentByPurpose: v.exactOptional(
    array(
      v.object({
        purpose: v.string(),
        said: v.picklist(['granted', 'refused', 'opted-out', 'not-opted-out', 'unclear']),
        since: v.nullable(time),
        source: v.nullable(v.string()),
      }),
    ),
  ),
  consent: v.picklist(['not-asked', 'granted', 'denied']),
  firstSeen: v.nullable(time),
  lastSeen: v.nullable(time),
  formerIds: array(v.string()),
  formerIdCount: count,
  profiles: v.exactOptional(
    array(
      v.object({
        mpid: v.string(),
        record: array(v.object({ kind: v.string(), value: v.string(), since: v.nullable(time) })),
        aliases: array(
          v.object({
            part: v.picklist(['source', 'destination']),
            mpid: v.string(),
            from: v.nullable(time),
            to: v.nullable(time),
            shownFrom: v.nullable(time),
          }),
        ),
      }),
    ),
  ),
}) satisfies ShapeOf<PersonView>;
