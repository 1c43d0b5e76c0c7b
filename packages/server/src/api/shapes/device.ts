import * as v from 'valibot';
import type { DeviceView } from '../device.ts';
import { array, count, id, type ShapeOf, time, trust } from './words.ts';

export const deviceShape = v.object({
  ...id.entries,
  firstSeen: v.nullable(time),
  lastSeen: v.nullable(time),
  owners: count,
  stretches: array(
    v.object({
      from: v.nullable(time),
      to: v.nullable(time),
      person: v.object({ id: v.string(), name: v.string(), known: v.boolean() }),
      isVisit: v.boolean(),
      claim: v.nullable(v.string()),
      rule: v.string(),
      because: v.string(),
    }),
  ),
  stretchCount: count,
  words: array(
    v.object({
      what: v.picklist(['login', 'logout', 'merge']),
      claim: v.string(),
      time,
      since: v.nullable(time),
      with: v.nullable(id),
      source: v.string(),
      trust,
      stands: v.boolean(),
      rule: v.nullable(v.string()),
      reason: v.nullable(v.string()),
    }),
  ),
  wordCount: count,
  silences: array(v.object({ from: v.nullable(time), to: v.nullable(time) })),
}) satisfies ShapeOf<DeviceView>;
