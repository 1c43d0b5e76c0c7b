import { Readable } from 'node:stream';
import type { Position, ProjectId } from '@selfsame/identity';
import type { Store } from '@selfsame/store';
import * as v from 'valibot';
import { position, whole } from './inputs.ts';
import { defineRoute, tooManyStreams } from './route.ts';

export const log = defineRoute({
  method: 'GET',
  path: '/v1/log',
  summary: 'The log, oldest first, one JSON object a line: what we were told and what we decided.',
  query: v.object({
    after: v.optional(position, 0),
    limit: v.optional(whole(1, Number.MAX_SAFE_INTEGER)),
  }),
  answer: { stream: 'application/x-ndjson' },
  async handle({ context, project, query, reply }) {
    const { after, limit = Number.POSITIVE_INFINITY } = query;
    const release = context.streams.take(project.id);
    if (release === undefined) return tooManyStreams;
    // A stream, so that the log is never in memory and a slow reader slows only itself.
    const lines = Readable.from(linesOf(context.store, project.id, after, limit));
    lines.once('close', release);
    context.stopping.addEventListener('abort', () => lines.destroy(), { once: true });
    return reply.type('application/x-ndjson; charset=utf-8').send(lines);
  },
});

async function* linesOf(store: Store, project: ProjectId, after: Position, limit: number): AsyncGenerator<string> {
  let left = limit;
  for await (const { entry, verdict } of store.read(after)) {
    if (entry.project !== project) continue;
    yield `${JSON.stringify({ ...entry, verdict })}\n`;
    if (--left <= 0) return;
  }
}
