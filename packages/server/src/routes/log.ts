import { Readable } from 'node:stream';
import type { Position, ProjectId } from '@selfsame/identity';
import type { Store } from '@selfsame/store';
import type { FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { ServerContext } from '../context.ts';
import { authorize } from '../http/authorize.ts';
import { position, whole } from './inputs.ts';
import { defineRoute, tooManyStreams } from './route.ts';

/** Entries between two looks at whether who reads may still do so. */
const CHECKED_EVERY = 16;
/** Lines that are sent together, characters. */
const TOGETHER = 16 * 1024;

export const log = defineRoute({
  method: 'GET',
  path: '/v1/log',
  summary: 'The log, oldest first, one JSON object a line: what we were told and what we decided.',
  query: v.object({
    after: v.optional(position, 0),
    limit: v.optional(whole(1, Number.MAX_SAFE_INTEGER)),
  }),
  answer: { stream: 'application/x-ndjson' },
  async handle({ context, project, query, request, reply }) {
    const { after, limit = Number.POSITIVE_INFINITY } = query;
    const release = context.streams.take(project.id);
    if (release === undefined) return tooManyStreams;
    // A stream, so that the log is never in memory and a slow reader slows only itself. One piece waits for it at a time:
    // a line may be a megabyte.
    const read = linesOf(context.store, project.id, after, limit, () => mayRead(context, request));
    const lines = Readable.from(read, { highWaterMark: 1 });
    lines.once('close', release);
    context.stopping.addEventListener('abort', () => lines.destroy(), { once: true });
    return reply.type('application/x-ndjson; charset=utf-8').send(lines);
  },
});

/** Cut rather than ended, so that no half of a log looks whole. @throws Error when the key was revoked meanwhile (S3). */
function mayRead(context: ServerContext, request: FastifyRequest): void {
  if (authorize(context, request).type === 'refused') throw new Error('the key of a reader of the log was revoked');
}

/** Whole lines, some together. */
async function* linesOf(
  store: Store,
  project: ProjectId,
  after: Position,
  limit: number,
  check: () => void,
): AsyncGenerator<string> {
  let left = limit;
  let sent = 0;
  let lines = '';
  for await (const { entry, verdict } of store.read(project, after)) {
    if (++sent % CHECKED_EVERY === 0) check();
    lines += `${JSON.stringify({ ...entry, verdict })}\n`;
    if (--left <= 0) break;
    if (lines.length < TOGETHER) continue;
    yield lines;
    lines = '';
  }
  if (lines !== '') yield lines;
}
