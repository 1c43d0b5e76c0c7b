import * as v from 'valibot';
import type { PolicyHistoryAnswer, ScenarioAnswer, UnsignedAnswer } from '../policy.ts';
import { array, count, json, type ShapeOf, time, values } from './words.ts';

export const scenarioShape = v.object({
  name: v.string(),
  policy: v.record(v.string(), v.unknown()),
  items: array(v.record(v.string(), v.unknown())),
  expect: v.object({
    people: array(array(v.string())),
    apart: array(v.strictTuple([v.string(), v.string()])),
    owners: array(v.object({ identifier: v.string(), at: time, person: v.nullable(v.string()) })),
  }),
}) satisfies ShapeOf<ScenarioAnswer>;

export const unsignedShape = v.object({
  mode: v.picklist(['open', 'report', 'enforce']),
  since: time,
  rows: array(v.object({ day: v.string(), wire: v.string(), items: count, last: time })),
}) satisfies ShapeOf<UnsignedAnswer>;

/** Plain data whose fields SPEC.md and policy.ts explain. */
export const policyShape = v.looseObject({ preset: v.string() });

export const policyHistoryShape = v.object({
  ruledBy: v.picklist(['settings-file', 'console']),
  entries: array(
    v.object({
      number: count,
      at: time,
      by: v.string(),
      reason: v.nullable(v.string()),
      back: v.nullable(count),
      changes: array(v.object({ field: v.string(), before: json, after: json })),
      isInForce: v.boolean(),
      isQuick: v.boolean(),
      policy: values,
    }),
  ),
}) satisfies ShapeOf<PolicyHistoryAnswer>;
