import * as v from 'valibot';
import type { RefusalsAnswer, StatsAnswer } from '../counts.ts';
import { array, count, type ShapeOf, time } from './words.ts';

const fates = {
  received: count,
  applied: count,
  duplicate: count,
  rejected: count,
  quarantined: count,
  suppressed: count,
};

export const statsShape = v.object({
  ...fates,
  events: count,
  people: count,
  behind: count,
  unknownKey: count,
  turnedAway: v.record(v.string(), count),
  untimed: count,
  conflicts: count,
  wires: v.record(v.string(), v.object(fates)),
}) satisfies ShapeOf<StatsAnswer>;

export const refusalsShape = v.object({
  since: time,
  refusals: array(
    v.object({
      wire: v.string(),
      status: v.picklist(['rejected', 'quarantined', 'suppressed', 'turned-away']),
      rule: v.nullable(v.string()),
      reason: v.string(),
      items: count,
      last: time,
    }),
  ),
}) satisfies ShapeOf<RefusalsAnswer>;
