import * as v from 'valibot';
import { array, status } from './words.ts';

export const batchShape = v.object({
  results: array(
    v.object({
      status,
      reason: v.exactOptional(v.string()),
      personId: v.exactOptional(v.nullable(v.string())),
    }),
  ),
});

export const errorShape = v.object({
  error: v.object({ code: v.string(), message: v.string(), requestId: v.string() }),
});
