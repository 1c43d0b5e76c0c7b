import type { Position, ProjectId } from '@selfsame/identity';
import type { Store } from '@selfsame/store';
import * as v from 'valibot';
import { quarantineShape, replayedShape } from '../api/shapes/quarantine.ts';
import type { QuarantineAnswer, QuarantinedItem, ReplayedAnswer } from '../api.ts';
import { position, whole } from './inputs.ts';
import { iso } from './iso.ts';
import { defineRoute } from './route.ts';

/** Items one call tells again. */
const MOST = 1_000;
const SOME = `expected 1 to ${MOST} positions of the log`;

export const quarantine = defineRoute({
  method: 'GET',
  path: '/v1/quarantine',
  summary:
    'Items that were accepted and that the rules failed on, a fault of ours: kept, and without effect until they are replayed. Oldest first; `next` is the `after` of the next page. What an item holds, `GET /v1/log?after={position - 1}&limit=1` says.',
  query: v.object({ after: v.optional(position, 0), limit: v.optional(whole(1, 1_000), 100) }),
  answer: { json: quarantineShape },
  async handle({ context, project, query }): Promise<QuarantineAnswer> {
    const { positions, replayed } = await context.quarantine.of(project.id);
    const page = positions.filter((one) => one > query.after).slice(0, query.limit);
    const next = page.length > 0 && page.at(-1) !== positions.at(-1) ? (page.at(-1) as Position) : null;
    const items = await Promise.all(page.map((one) => itemAt(context.store, project.id, one)));
    return { items: items.filter((one) => one !== undefined), waiting: positions.length, replayed, next };
  },
});

async function itemAt(store: Store, project: ProjectId, at: Position): Promise<QuarantinedItem | undefined> {
  const decided = await store.at(project, at);
  if (decided === undefined) return undefined;
  const { entry, verdict } = decided;
  const { command } = entry;
  return {
    position: at,
    at: iso(entry.at) ?? '',
    time: iso(entry.time) ?? '',
    wire: entry.wire,
    trust: entry.trust,
    type: command.type.toLowerCase(),
    name: command.type === 'Track' ? command.name : null,
    insertId: entry.insertId ?? null,
    rule: 'Q1',
    reason: verdict.reason ?? '',
    failure: verdict.failure ?? null,
  };
}

export const replayQuarantine = defineRoute({
  method: 'POST',
  path: '/v1/quarantine/replay',
  summary: `Has items of the quarantine decided again, once what the rules failed on is mended: those at \`positions\`, or the oldest ${MOST}. Each has one effect, however often it is replayed, under its own insert id and time, and is not counted again. What the rules fail on again, or refuse, stays.`,
  body: v.strictObject({
    positions: v.optional(v.pipe(v.array(position, SOME), v.minLength(1, SOME), v.maxLength(MOST, SOME))),
  }),
  answer: { json: replayedShape },
  async handle({ context, project, body }): Promise<ReplayedAnswer> {
    const { positions } = await context.quarantine.of(project.id);
    const done = await context.quarantine.replay(project.id, body.positions ?? positions.slice(0, MOST));
    const left = await context.quarantine.of(project.id);
    const waiting = new Set(left.positions);
    return {
      replayed: done.filter((one) => !waiting.has(one.position)).length,
      stay: done
        .filter((one) => waiting.has(one.position))
        .map(({ position, verdict: { status, rule = null, reason = null, failure = null } }) => ({
          ...{ position, status, rule, reason, failure },
        })),
      waiting: waiting.size,
    };
  },
});
