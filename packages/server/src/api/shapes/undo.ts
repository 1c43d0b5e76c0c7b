import * as v from 'valibot';
import type { ClaimView, PinAnswer, RetractionsAnswer, UndoAnswer, UndoneAnswer } from '../undo.ts';
import { count, id, type ShapeOf, time, trust } from './words.ts';

const undoEvent = v.object({
  what: v.picklist(['retract', 'restore', 'pin']),
  reason: v.string(),
  at: time,
  by: v.string(),
});

export const claimShape = v.object({
  id: v.string(),
  type: v.picklist(['link', 'merge']),
  identifier: id,
  owner: v.nullable(id),
  time,
  at: time,
  source: v.string(),
  trust,
  insertId: v.nullable(v.string()),
  item: v.string(),
  stands: v.boolean(),
  rule: v.string(),
  reason: v.nullable(v.string()),
  history: v.array(undoEvent),
}) satisfies ShapeOf<ClaimView>;

const preview = {
  dryRun: v.literal(true),
  people: v.object({ split: v.array(v.string()), joined: v.array(v.string()) }),
  identifiers: v.object({ moved: count, gone: count, back: count }),
  events: v.object({
    moved: count,
    gone: count,
    back: count,
    first: v.nullable(v.string()),
    last: v.nullable(v.string()),
  }),
  traits: v.array(v.object({ personId: v.string(), name: v.string(), before: v.unknown(), after: v.unknown() })),
  segments: v.array(v.object({ personId: v.string(), segment: v.string(), enters: v.boolean() })),
  consent: v.array(v.object({ personId: v.string(), before: v.string(), after: v.string() })),
  simulation: v.exactOptional(v.string()),
};

export const pinAnswerShape = v.union([
  v.object(preview),
  v.object({
    claim: v.string(),
    identifier: id,
    person: v.nullable(id),
    reason: v.string(),
    at: time,
    by: v.string(),
  }),
]) satisfies ShapeOf<PinAnswer>;

export const undoAnswerShape = v.union([
  v.object({
    id: v.string(),
    stands: v.boolean(),
    reason: v.string(),
    at: v.nullable(time),
    by: v.nullable(v.string()),
    position: v.nullable(count),
  }),
  v.object({ id: v.string(), ...preview }),
]) satisfies ShapeOf<UndoAnswer>;

const undone = { entries: count, held: count, of: v.nullable(count) };

export const undoneShape = v.union([
  v.object({ ...undone, ...undoEvent.entries, position: count }),
  v.object({ ...undone, ...preview }),
]) satisfies ShapeOf<UndoneAnswer>;

export const retractionsShape = v.object({
  retractions: v.array(
    v.object({ ...undoEvent.entries, position: count, entries: count, holds: count, of: v.nullable(count) }),
  ),
}) satisfies ShapeOf<RetractionsAnswer>;
