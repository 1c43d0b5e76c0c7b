import type { Json, JsonObject } from '@selfsame/identity';
import { EACH, parseItems, type Step } from '../json/items.ts';
import { isObject } from '../json/values.ts';
import type { Access, Host, Item, Reading, WireRequest } from '../protocol.ts';
import { basicAccess, isDenied } from './access.ts';
import { batchError, empty, turnedAway } from './answers.ts';
import { readBatch } from './batch.ts';
import { whyNotEvent } from './event-rules.ts';
import { limits, whyNotAttributes } from './limits.ts';
import { readMoment } from './wire.ts';

/** A historical event is at least this old, ms. */
const HISTORICAL_AGE = 72 * 3600 * 1000;

/**
 * A web batch. D13: never 400 here, or the SDK sends it again for ever; what is wrong shows in the live stream.
 */
export function readWebEvents(access: Access, request: WireRequest, host: Host): Reading {
  const parsed = parseItems(request.body, { way: ['events'], names: messageNames });
  const items: readonly Item[] =
    'problem' in parsed
      ? [problem(access, parsed.message)]
      : isObject(parsed.value)
        ? readBatch(parsed.value, access, host, parsed.bad)
        : [problem(access, 'the body is not one batch')];
  return { type: 'items', items, reply: () => empty(202) };
}

/** Batches of a backend, with Basic credentials. */
export function readServerEvents(form: 'single' | 'bulk' | 'historical', request: WireRequest, host: Host): Reading {
  const { authorization } = request.headers;
  if (authorization === undefined)
    return turnedAway({ type: 'refused', reason: 'the request shows no credentials' }, 401, {
      'www-authenticate': 'Basic',
    });
  const access = basicAccess(authorization, host);
  if (isDenied(access)) return turnedAway(access, 403);
  const way: readonly Step[] = form === 'single' ? ['events'] : [EACH, 'events'];
  const parsed = parseItems(request.body, { way, names: messageNames });
  if ('problem' in parsed) return refused(access, parsed.message);
  if (parsed.allBad !== undefined) return refused(access, parsed.allBad.message);
  const { bad } = parsed;
  const batches = form === 'single' ? [parsed.value] : parsed.value;
  if (!Array.isArray(batches)) return refused(access, 'the body must be a list of batches');
  if (batches.length > limits.batches) return refused(access, `a request holds at most ${limits.batches} batches`);
  const events = (batches as readonly Json[]).reduce<number>((sum, batch) => sum + eventsOf(batch).length, 0);
  if (events > limits.events) return refused(access, `a request holds at most ${limits.events} events`);
  const items: Item[] = [];
  let good = 0;
  let why = 'the request holds no batch';
  for (const [place, batch] of (batches as readonly Json[]).entries()) {
    const wrong = bad.get(batch) ?? whyNotBatch(batch, bad, form, host.now);
    if (wrong === undefined) {
      good += 1;
      items.push(...readBatch(batch as JsonObject, access, host, bad));
    } else {
      why = form === 'single' ? wrong : `batch ${place}: ${wrong}`;
      items.push(problem(access, why));
    }
  }
  // In bulk some bad batches still give 202; a request with nothing good in it does not.
  return { type: 'items', items, reply: () => (good > 0 ? empty(202) : batchError(why)) };
}

const messageNames = ['data.source_message_id'] as const;

const eventsOf = (batch: Json): readonly Json[] =>
  isObject(batch) && Array.isArray(batch['events']) ? batch['events'] : [];

function whyNotBatch(
  batch: Json,
  bad: ReadonlyMap<Json, string>,
  form: 'single' | 'bulk' | 'historical',
  now: number,
): string | undefined {
  if (!isObject(batch)) return 'a batch must be an object';
  const { environment, events } = batch;
  if (environment !== 'production' && environment !== 'development')
    return 'environment must be production or development';
  if (events !== undefined && events !== null && !Array.isArray(events)) return 'events must be a list';
  if (new TextEncoder().encode(JSON.stringify(batch)).length > limits.batchBytes)
    return 'a batch is larger than 128 KB';
  const tooMuch = whyNotAttributes('a user', batch['user_attributes']);
  if (tooMuch !== undefined) return tooMuch;
  for (const event of Array.isArray(events) ? (events as readonly Json[]) : []) {
    const wrong = bad.has(event) ? undefined : whyNotEvent(event);
    if (wrong !== undefined) return wrong;
  }
  if (form !== 'historical') return undefined;
  if (!Array.isArray(events) || events.length === 0) return 'a historical batch needs events';
  const isOld = (event: Json) => {
    const time =
      isObject(event) && isObject(event['data']) ? readMoment(event['data']['timestamp_unixtime_ms']) : undefined;
    return time !== undefined && time <= now - HISTORICAL_AGE;
  };
  return (events as readonly Json[]).every(isOld)
    ? undefined
    : 'every historical event needs a timestamp at least 72 hours old';
}

const problem = (access: Access, reason: string): Item => ({ type: 'refused', project: access.project, reason });

const refused = (access: Access, reason: string): Reading => ({
  type: 'items',
  items: [problem(access, reason)],
  reply: () => batchError(reason),
});
