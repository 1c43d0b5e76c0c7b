import type { AttributionAnswer, CountsAnswer, DaysAnswer, FunnelAnswer, RetentionAnswer } from '@selfsame/store';
import * as v from 'valibot';
import type { ProgressAnswer, SavedQuestion, SavedQuestionsAnswer } from '../insights.ts';
import { array, count, type ShapeOf, time } from './words.ts';

const step = v.object({
  event: v.string(),
  people: count,
  conversion: v.number(),
  fromPrevious: v.number(),
  medianTime: v.nullable(v.number()),
  averageTime: v.nullable(v.number()),
});

export const funnelShape = v.object({
  steps: array(step),
  breakdown: v.exactOptional(array(v.object({ value: v.nullable(v.string()), steps: array(step) }))),
}) satisfies ShapeOf<FunnelAnswer>;

const earned = { conversions: v.number(), revenue: v.number(), people: v.number() };

const earnedByTouch = {
  rows: array(v.object({ touch: v.nullable(v.string()), ...earned })),
  total: v.object(earned),
};

const value = v.nullable(v.string());

export const attributionShape = v.object({
  ...earnedByTouch,
  breakdown: v.exactOptional(array(v.object({ value, ...earnedByTouch }))),
}) satisfies ShapeOf<AttributionAnswer>;

const cohorts = { rows: array(v.object({ cohort: v.number(), people: count, returned: array(count) })) };

export const retentionShape = v.object({
  ...cohorts,
  breakdown: v.exactOptional(array(v.object({ value, ...cohorts }))),
}) satisfies ShapeOf<RetentionAnswer>;

export const countsShape = v.object({
  rows: array(
    v.object({
      start: v.number(),
      event: v.string(),
      value: v.exactOptional(v.nullable(v.string())),
      events: count,
      people: count,
    }),
  ),
  totals: array(v.object({ event: v.string(), events: count, people: count })),
}) satisfies ShapeOf<CountsAnswer>;

export const daysShape = v.object({
  rows: array(v.object({ start: v.number(), events: count, people: count, known: count })),
}) satisfies ShapeOf<DaysAnswer>;

export const progressShape = v.object({ through: count, last: count }) satisfies ShapeOf<ProgressAnswer>;

const savedQuestion = { id: v.string(), name: v.string(), address: v.string(), at: time };

export const savedQuestionShape = v.object(savedQuestion) satisfies ShapeOf<SavedQuestion>;

export const savedQuestionsShape = v.object({
  questions: array(savedQuestionShape),
}) satisfies ShapeOf<SavedQuestionsAnswer>;
