import * as v from 'valibot';
import type { CureAnswer, SuspiciousAnswer } from '../suspicious.ts';
import { array, count, id, type ShapeOf, time, trust } from './words.ts';

export const suspiciousShape = v.object({
  rows: array(
    v.object({
      what: v.picklist(['shared-value', 'merged-value', 'weak-join', 'sudden-growth']),
      isQuarantined: v.boolean(),
      identifier: id,
      person: v.nullable(v.object({ id: v.string(), name: v.string(), known: v.boolean() })),
      reach: count,
      peak: v.nullable(v.object({ day: time, count })),
      events: v.object({ own: count, others: count }),
      score: v.number(),
      evidence: array(v.object({ claim: v.string(), time, source: v.string(), trust, with: id })),
      cure: v.union([
        v.object({ claim: v.string() }),
        v.object({ identifier: v.string() }),
        v.object({ joined: v.string() }),
        v.object({ quarantined: v.string() }),
      ]),
    }),
  ),
}) satisfies ShapeOf<SuspiciousAnswer>;

export const cureShape = v.object({ identifier: id, claims: array(v.string()) }) satisfies ShapeOf<CureAnswer>;
