import * as v from 'valibot';
import type { QuarantineAnswer, ReplayedAnswer } from '../quarantine.ts';
import { count, type ShapeOf, status, time, trust } from './words.ts';

export const quarantineShape = v.object({
  items: v.array(
    v.object({
      position: count,
      at: time,
      time,
      wire: v.string(),
      trust: trust,
      type: v.string(),
      name: v.nullable(v.string()),
      insertId: v.nullable(v.string()),
      rule: v.string(),
      reason: v.string(),
      failure: v.nullable(v.string()),
    }),
  ),
  waiting: count,
  replayed: count,
  next: v.nullable(count),
}) satisfies ShapeOf<QuarantineAnswer>;

export const replayedShape = v.object({
  replayed: count,
  stay: v.array(
    v.object({
      position: count,
      status,
      rule: v.nullable(v.string()),
      reason: v.nullable(v.string()),
      failure: v.nullable(v.string()),
    }),
  ),
  waiting: count,
}) satisfies ShapeOf<ReplayedAnswer>;
