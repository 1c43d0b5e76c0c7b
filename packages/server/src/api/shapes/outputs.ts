import * as v from 'valibot';
import { rules } from '../../settings/rule-schema.ts';
import type {
  ConnectionsAnswer,
  ConnectionView,
  DeadLettersAnswer,
  OutputsAnswer,
  OutputTestAnswer,
  OutputView,
  ReplayAnswer,
} from '../outputs.ts';
import { array, count, type ShapeOf, time } from './words.ts';

const kept = array(v.object({ step: v.string(), why: v.string(), messages: count }));

export const connectionShape = v.object({
  id: v.string(),
  input: v.string(),
  output: v.string(),
  active: v.boolean(),
  settings: v.record(v.string(), v.boolean()),
  filters: v.record(v.string(), array(v.string())),
  rules,
  sent: count,
  failed: count,
  kept,
}) satisfies ShapeOf<ConnectionView>;

export const connectionsShape = v.object({
  connections: array(connectionShape),
  inputs: array(v.object({ input: v.string(), received: count })),
}) satisfies ShapeOf<ConnectionsAnswer>;

export const outputShape = v.object({
  id: v.string(),
  type: v.string(),
  url: v.string(),
  state: v.picklist(['running', 'halted', 'paused']),
  reason: v.nullable(v.string()),
  lag: v.object({ positions: count, seconds: count }),
  sent: count,
  dead: count,
  held: count,
  replaying: count,
  heldBytes: count,
  connections: array(v.string()),
  kept,
  stitches: v.exactOptional(v.literal(true)),
  settleSeconds: v.exactOptional(count),
  perSecond: v.exactOptional(count),
  limited: v.exactOptional(v.literal(true)),
  secret: v.exactOptional(v.string()),
}) satisfies ShapeOf<OutputView>;

export const outputsShape = v.object({ outputs: array(outputShape) }) satisfies ShapeOf<OutputsAnswer>;

export const testShape = v.object({
  ok: v.boolean(),
  reason: v.nullable(v.string()),
}) satisfies ShapeOf<OutputTestAnswer>;

export const replayShape = v.object({ replaying: v.nullable(count) }) satisfies ShapeOf<ReplayAnswer>;

export const deadLettersShape = v.object({
  total: count,
  dead: array(
    v.object({
      id: v.string(),
      type: v.string(),
      position: count,
      sequence: count,
      reason: v.string(),
      status: v.nullable(count),
      at: time,
    }),
  ),
  next: v.nullable(v.string()),
}) satisfies ShapeOf<DeadLettersAnswer>;
