import type { Json, JsonObject } from '@selfsame/identity';
import { EACH, parseItems, type Step } from '../json/items.ts';
import { isLonger } from '../json/length.ts';
import { isObject, listOf, objectOf } from '../json/values.ts';
import type { Access, Host, Item, Reading, WireRequest } from '../protocol.ts';
import { refusedItem } from '../refused-item.ts';
import { json } from '../reply.ts';
import { basicAccess, isDenied } from './access.ts';
import { batchError, empty, turnedAway } from './answers.ts';
import { readBatch } from './batch.ts';
import { whyNotEvent } from './event-rules.ts';
import { limits } from './limits.ts';
import { ofShortForm } from './short-form.ts';
import { readMoment } from './wire.ts';

/** Where a backend's batches come. */
type Form = 'single' | 'bulk' | 'historical';

/** A historical event is at least this old, ms. */
const HISTORICAL_AGE = 72 * 3600 * 1000;

/**
 * A web batch. D13: never 400 here, or the SDK sends it again for ever; what is wrong shows in the live stream.
 */
export function readWebEvents(access: Access, request: WireRequest, host: Host): Reading {
  const parsed = parseItems(request.body, { way: ['events'], names: messageNames });
  const items: readonly Item[] =
    'problem' in parsed
      ? [refusedItem(access, parsed.message)]
      : isObject(parsed.value)
        ? [
            ...readBatch(parsed.value, access, host, parsed.bad, 'page'),
            ...parsed.lost.map((one) => refusedItem(access, one)),
          ]
        : [refusedItem(access, 'the body is not one batch')];
  return { type: 'items', items, reply: () => empty(202) };
}

/**
 * Events in the form of web SDKs before batches, one a request, or of the SDKs for apps. Whatever is wrong with them shows
 * in the live stream: the SDK could only send the same again.
 */
export function readShortForm(access: Access, request: WireRequest, host: Host): Reading {
  const parsed = parseItems(request.body, { way: ['msgs'], names: ['id'] });
  if ('problem' in parsed || !isObject(parsed.value))
    return taken([refusedItem(access, 'problem' in parsed ? parsed.message : 'the body is no event and no batch')]);
  const { batch, bad } = ofShortForm(parsed.value, parsed.bad);
  return taken([...readBatch(batch, access, host, bad, 'page'), ...parsed.lost.map((one) => refusedItem(access, one))]);
}

/** An empty object: apps look for settings in the answer. */
const taken = (items: readonly Item[]): Reading => ({ type: 'items', items, reply: () => json(202, {}) });

/** Batches of a backend, with Basic credentials. */
export function readServerEvents(form: Form, request: WireRequest, host: Host): Reading {
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
  const batches = form === 'single' ? [parsed.value] : listOf(parsed.value);
  if (batches === undefined) return refused(access, 'the body must be a list of batches');
  if (batches.length > limits.batches) return refused(access, `a request holds at most ${limits.batches} batches`);
  const events = batches.reduce<number>((sum, batch) => sum + eventsOf(batch).length, 0);
  if (events > limits.events) return refused(access, `a request holds at most ${limits.events} events`);
  if (batches.length === 0) return refused(access, 'the request holds no batch');
  const items: Item[] = [];
  let why = '';
  for (const [place, batch] of batches.entries()) {
    const whole = bad.get(batch) ?? whyNotBatch(batch, form);
    const read =
      whole === undefined
        ? readBatch(batch as JsonObject, access, host, faultsOf(batch, bad, form, host.now), 'backend')
        : [refusedItem(access, whole)];
    for (const item of read) {
      if (item.type === 'refused') why = form === 'single' ? item.reason : `batch ${place}: ${item.reason}`;
      items.push(item.type === 'refused' ? refusedItem(access, why) : item);
    }
  }
  for (const one of parsed.lost) items.push(refusedItem(access, one));
  // What is bad costs itself; a request with nothing good in it is told so.
  return {
    type: 'items',
    items,
    reply: () => (items.some(({ type }) => type === 'statement') ? empty(202) : batchError(why)),
  };
}

const messageNames = ['data.source_message_id'] as const;

const eventsOf = (batch: Json): readonly Json[] => (isObject(batch) ? (listOf(batch['events']) ?? []) : []);

/** `unknown` is the third word of the vendor's schema, and of backends' SDKs. */
const environments: readonly Json[] = ['production', 'development', 'unknown'];

/** Why nothing of a batch can be taken. */
function whyNotBatch(batch: Json, form: Form): string | undefined {
  if (!isObject(batch)) return 'a batch must be an object';
  if (!environments.includes(batch['environment'] ?? null)) return 'environment must be production or development';
  if (isLonger(batch, 'bytes', limits.batchBytes)) return 'a batch is larger than 128 KB';
  return form === 'historical' && eventsOf(batch).length === 0 ? 'a historical batch needs events' : undefined;
}

/** The events of a batch that cannot be taken, and why. */
function faultsOf(batch: Json, bad: ReadonlyMap<Json, string>, form: Form, now: number): ReadonlyMap<Json, string> {
  const faults = new Map(bad);
  for (const event of eventsOf(batch)) {
    const fault = faults.has(event) ? undefined : (whyNotEvent(event) ?? whyNotHistorical(event, form, now));
    if (fault !== undefined) faults.set(event, fault);
  }
  return faults;
}

function whyNotHistorical(event: Json, form: Form, now: number): string | undefined {
  if (form !== 'historical') return undefined;
  const data = isObject(event) ? objectOf(event['data']) : undefined;
  const time = readMoment(data?.['timestamp_unixtime_ms']);
  return time !== undefined && time <= now - HISTORICAL_AGE
    ? undefined
    : 'a historical event needs a timestamp at least 72 hours old';
}

const refused = (access: Access, reason: string): Reading => ({
  type: 'items',
  items: [refusedItem(access, reason)],
  reply: () => batchError(reason),
});
