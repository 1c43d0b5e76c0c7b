import * as v from 'valibot';
import type { ExplainAnswer } from '../explain.ts';
import { because, ownedEvent } from './events.ts';
import { array, type ShapeOf, time, trust } from './words.ts';

const toldItem = v.object({
  type: v.string(),
  name: v.exactOptional(v.string()),
  insertId: v.exactOptional(v.string()),
});

export const explainShape = v.object({
  same: v.boolean(),
  chain: v.exactOptional(
    array(
      v.object({
        claim: v.string(),
        rule: v.string(),
        time,
        source: v.string(),
        trust,
        from: v.string(),
        to: v.string(),
        because: v.string(),
        item: v.exactOptional(toldItem),
      }),
    ),
  ),
  refusal: v.exactOptional(
    v.object({
      rule: v.string(),
      reason: v.string(),
      claim: v.exactOptional(v.string()),
      time: v.exactOptional(time),
      source: v.exactOptional(v.string()),
      trust: v.exactOptional(trust),
      item: v.exactOptional(toldItem),
      would: v.object({
        says: v.string(),
        how: v.picklist(['tell', 'merge', 'trust', 'policy']),
        one: v.exactOptional(v.string()),
        other: v.exactOptional(v.string()),
        trust: v.exactOptional(trust),
        policy: v.exactOptional(v.record(v.string(), v.unknown())),
      }),
      unseen: v.exactOptional(array(v.picklist(['a', 'b', 'event']))),
    }),
  ),
  person: v.exactOptional(v.object({ id: v.string(), identifier: v.string() })),
  would: v.exactOptional(v.object({ says: v.string() })),
  because: v.exactOptional(because),
  event: v.exactOptional(v.object(ownedEvent)),
  policy: v.exactOptional(v.object({ preset: v.string(), version: v.exactOptional(v.number()) })),
}) satisfies ShapeOf<ExplainAnswer>;
