import type { ServerResponse } from 'node:http';
import { type Graph, type Json, type JsonObject, type PersonId, type Policy, personById } from '@selfsame/identity';
import { StoreError } from '@selfsame/store';
import * as v from 'valibot';
import type { LiveItem, OutgoingItem } from '../api.ts';
import type { Project, ServerContext } from '../context.ts';
import { authorize } from '../http/authorize.ts';
import type { Sequenced } from '../live/feed.ts';
import { isOfKnown, liveItem } from '../live/item.ts';
import { masked } from '../live/masked.ts';
import { position, text } from './inputs.ts';
import { defineRoute, tooManyStreams } from './route.ts';

/** Between signs of life on a quiet stream, ms: below the time after which proxies cut one. */
const HEARTBEAT = 15_000;
/** Bytes that may wait for a slow reader; it then misses items instead of costing us memory (G14). */
const MOST_WAITING = 1_048_576;
/** Between two looks at whether who opened a stream may still read it, ms (S3). */
const AUTHORIZED = 2_000;

const statuses = ['applied', 'duplicate', 'rejected', 'quarantined', 'suppressed'] as const;

const filter = v.object({
  wire: v.exactOptional(text(40)),
  status: v.exactOptional(v.picklist(statuses)),
  name: v.exactOptional(text(255)),
  person: v.exactOptional(text(200)),
  q: v.exactOptional(v.pipe(v.string(), v.maxLength(200, 'expected at most 200 characters'))),
});
type Filter = v.InferOutput<typeof filter>;

export const live = defineRoute({
  method: 'GET',
  path: '/v1/live',
  summary:
    'Server-sent events: every item with its verdict and why, and requests turned away, as it happens; `after` replays what is kept. `direction` out, or both: also each message of an output, as `outgoing`, with what became of it or which step kept it.',
  query: v.object({
    ...filter.entries,
    after: v.exactOptional(position),
    direction: v.optional(v.picklist(['in', 'out', 'both']), 'in'),
  }),
  answer: { stream: 'text/event-stream' },
  async handle({ context, project, key, policy, query, request, reply }) {
    const { after, direction, ...wanted } = query;
    // A browser that comes back by itself says where it was.
    const last = Number(request.headers['last-event-id']);
    let at = after ?? (Number.isSafeInteger(last) ? last : Number.NEGATIVE_INFINITY);
    const feed = context.live;
    const release = context.streams.take(project.id);
    if (release === undefined) return tooManyStreams;
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    raw.write(': selfsame\n\n');

    const send = (event: 'item' | 'outgoing', item: { readonly position: number }) =>
      raw.write(`event: ${event}\nid: ${item.position}\ndata: ${JSON.stringify(item)}\n\n`);
    const sendItem = (one: Sequenced, { known, ids }: Look) => {
      const { happening } = one;
      const wire = happening.type === 'decided' ? happening.entry.wire : happening.wire;
      const item = liveItem(one, known.has(one.position), context.wires.get(wire)?.words);
      if (!matches(item, wanted, ids)) return;
      send('item', key === 'operator' || item.sent === undefined ? item : { ...item, sent: masked(item.sent) });
    };
    const flush = async () => {
      const happened = await feed.after(project.id, at, direction);
      if (happened.length === 0) return;
      const coming = happened.filter((one) => 'happening' in one);
      const look = await lookAt(context, project, policy, wanted.person, coming);
      if (raw.writableEnded) return;
      for (const one of happened) {
        at = one.position;
        if (raw.writableLength > MOST_WAITING) continue;
        if ('happening' in one) sendItem(one, look);
        else if (isWanted(one, wanted, look.ids)) send('outgoing', one);
      }
    };
    // Not in the ingest loop's turn: intake never waits for a reader. One after the other, each from where the last ended.
    let due: NodeJS.Immediate | undefined;
    let work = flush();
    const wake = () => {
      due ??= setImmediate(() => {
        work = work.then(() => {
          due = undefined;
          return flush();
        });
      });
    };
    const stopListening = feed.listen(project.id, wake);
    const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT);
    const check = setInterval(() => {
      if (authorize(context, request).type === 'refused') raw.end();
    }, AUTHORIZED);
    await ended(raw, context.stopping);
    release();
    clearInterval(check);
    stopListening();
    clearInterval(heartbeat);
    clearImmediate(due);
    raw.end();
    return reply;
  },
});

/** What is looked up of some items: which of them are of somebody known, and every id that the wanted person goes by now. */
interface Look {
  readonly known: ReadonlySet<number>;
  /** An item may have come before they became one with another. */
  readonly ids: ReadonlySet<string>;
}

/** Nothing while the storage fails and nobody can be looked up: the stream goes on then, to say why. */
function lookAt(
  { store }: ServerContext,
  project: Project,
  policy: Policy,
  wanted: string | undefined,
  items: readonly Sequenced[],
): Promise<Look> {
  const look = (graph: Graph): Look => {
    const person = wanted === undefined ? undefined : personById(graph, policy, wanted as PersonId);
    return {
      known: new Set(items.flatMap((one) => (isOfKnown(graph, policy, one) ? [one.position] : []))),
      ids: new Set(person === undefined ? [] : [person.id, ...person.formerIds]),
    };
  };
  return store.ask(project.id, look).catch((error: unknown) => {
    if (error instanceof StoreError) return { known: new Set(), ids: new Set() };
    throw error;
  });
}

/** Resolves when the reader has gone or the server stops (G15). */
const ended = (raw: ServerResponse, stopping: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    raw.once('close', () => resolve());
    if (stopping.aborted) resolve();
    else stopping.addEventListener('abort', () => resolve(), { once: true });
  });

function matches(item: LiveItem, { wire, status, name, person, q }: Filter, ids: ReadonlySet<string>): boolean {
  if (name !== undefined && item.name !== name) return false;
  if (person !== undefined && (item.personId === null || !ids.has(item.personId))) return false;
  if (wire !== undefined && item.wire !== wire) return false;
  if (status !== undefined && item.status !== status) return false;
  if (q === undefined || q === '') return true;
  const wanted = q.toLowerCase();
  return textsOf(item).some((one) => one.toLowerCase().includes(wanted));
}

/** Of what goes out; it has no verdict. */
function isWanted(item: OutgoingItem, { wire, status, name, person, q }: Filter, ids: ReadonlySet<string>): boolean {
  if (status !== undefined) return false;
  if (name !== undefined && item.name !== name) return false;
  if (person !== undefined && (item.personId === null || !ids.has(item.personId))) return false;
  if (wire !== undefined && item.wire !== wire) return false;
  if (q === undefined || q === '') return true;
  const { output, connection, outcome, step, reason, type, personId, messageId } = item;
  const texts = [item.name, output, connection, outcome, step, reason, type, personId, messageId];
  return [...texts, ...item.ids.map(({ kind, value }) => `${kind}:${value}`)].some(
    (one) => one?.toLowerCase().includes(q.toLowerCase()) ?? false,
  );
}

/** What a text filter looks at: the name, the ids, the reason and the values of properties. */
function textsOf(item: LiveItem): readonly string[] {
  const properties = Object.values<Json>(item.properties as JsonObject);
  return [
    item.name ?? item.type,
    item.reason ?? '',
    String(item.turnedAway?.status ?? ''),
    item.personId ?? '',
    item.sent?.path ?? '',
    ...item.ids.flatMap(({ kind, value, as }) => [`${kind}:${value}`, ...(as === undefined ? [] : [`${as}:${value}`])]),
    ...properties.filter((one) => typeof one === 'string' || typeof one === 'number').map(String),
  ];
}
