import * as v from 'valibot';
import type { SimulationView } from '../simulation.ts';
import { attributionShape, countsShape, funnelShape, retentionShape } from './insights.ts';
import { array, count, type ShapeOf, time, trust } from './words.ts';

const difference = { before: count, after: count };

const simulatedPeople = array(v.object({ id: v.string(), identifiers: array(v.string()), identifierCount: count }));

const simulatedQuality = v.object({
  events: count,
  precision: v.number(),
  strictPrecision: v.number(),
  recall: v.number(),
  f: v.number(),
  wrongAnonymous: v.number(),
});

const simulatedAnswer = v.union([funnelShape, attributionShape, retentionShape, countsShape]);

const simulatedQuestion = v.object({
  name: v.string(),
  insight: v.picklist(['funnel', 'attribution', 'retention', 'counts']),
  figures: array(
    v.object({
      name: v.string(),
      unit: v.picklist(['people', 'events', 'share', 'revenue']),
      before: v.number(),
      after: v.number(),
    }),
  ),
  before: v.exactOptional(simulatedAnswer),
  after: v.exactOptional(simulatedAnswer),
});

const simulationResult = v.object({
  preset: v.string(),
  people: v.object(difference),
  known: v.object(difference),
  joined: count,
  split: count,
  events: v.object({ moved: count }),
  changed: count,
  changes: array(
    v.object({
      what: v.picklist(['joined', 'split', 'moved', 'mixed']),
      identifiers: array(v.string()),
      identifierCount: count,
      before: simulatedPeople,
      beforeCount: count,
      after: simulatedPeople,
      afterCount: count,
      events: count,
      because: v.object({
        identifier: v.string(),
        rule: v.string(),
        reason: v.string(),
        was: v.object({ rule: v.string(), reason: v.string() }),
        claim: v.exactOptional(v.string()),
        time: v.exactOptional(time),
        source: v.exactOptional(v.string()),
        trust: v.exactOptional(trust),
      }),
    }),
  ),
  rules: array(v.object({ rule: v.string(), ...difference })),
  questions: v.exactOptional(array(simulatedQuestion)),
  quality: v.exactOptional(v.object({ before: simulatedQuality, after: simulatedQuality })),
});

const simulationHead = {
  id: v.string(),
  state: v.picklist(['running', 'done', 'failed']),
  progress: v.number(),
  position: count,
  startedAt: time,
  reason: v.exactOptional(v.string()),
};

export const simulationShape = v.object({
  ...simulationHead,
  result: v.exactOptional(simulationResult),
  presets: v.exactOptional(array(simulationResult)),
}) satisfies ShapeOf<SimulationView>;

export const simulationsShape = v.object({ simulations: array(v.object(simulationHead)) });

export const simulationStartedShape = v.object({ id: v.string() });
