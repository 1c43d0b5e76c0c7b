import * as v from 'valibot';
import { kind, text } from './inputs.ts';

/** A condition on a property of an event, or on a trait of a person. */
export const condition = v.variant('op', [
  v.strictObject({
    property: text(255),
    op: v.picklist(['eq', 'ne', 'contains', 'gt', 'gte', 'lt', 'lte']),
    value: v.union([v.string(), v.number(), v.boolean()]),
  }),
  v.strictObject({ property: text(255), op: v.picklist(['set', 'not-set']) }),
]);

/** Whom a question is about: all of it must hold. */
export const who = v.strictObject({
  known: v.exactOptional(v.boolean()),
  traits: v.exactOptional(v.pipe(v.array(condition), v.maxLength(20, 'expected at most 20 conditions'))),
  segments: v.exactOptional(v.pipe(v.array(text(255)), v.maxLength(20, 'expected at most 20 segments'))),
  kinds: v.exactOptional(v.pipe(v.array(kind), v.maxLength(20, 'expected at most 20 kinds'))),
});
