import type { Instant, Json, Verdict } from '@selfsame/identity';
import { isJsonNoForm } from '../content-type.ts';
import { openToPages } from '../cors.ts';
import { parseItemsInSteps } from '../json/items.ts';
import { isLonger } from '../json/length.ts';
import type { Problem } from '../json/shape.ts';
import { atOnce, eachInSteps, type Steps } from '../json/steps.ts';
import { idOf, insertIdOf, isObject, itemsOf, own } from '../json/values.ts';
import type { Access, Host, Item, Reading, WireReply, WireRequest } from '../protocol.ts';
import { refusedItem } from '../refused-item.ts';
import { answer, astray, json } from '../reply.ts';
import { isNoTime, readTime } from '../time/read.ts';
import type { Wire } from '../wire.ts';
import { asToldBeside } from './beside.ts';
import { readItem } from './read-item.ts';
import type { BatchAnswer, ErrorAnswer, Result } from './wire.ts';

/** Items of one batch. */
const MAX_ITEMS = 2_000;
/** One item as JSON, characters. */
const MAX_ITEM_SIZE = 1_048_576;

/** A page of any origin may send, and never with its cookies. One may only obey a Retry-After that it may see. */
const pages = openToPages({
  methods: 'POST, OPTIONS',
  usual: ['authorization', 'content-type', 'content-encoding'],
  exposed: 'retry-after',
  maxAge: 86_400,
});

/** Our own wire: `POST /v1/batch`, with a result for every item. */
export const native: Wire<Reading> = {
  name: 'native',
  label: 'Selfsame',
  presets: [
    { name: 'selfsame', label: 'Selfsame' },
    { name: 'by-interval', label: 'By interval' },
  ],
  headers: (request) => ({ ...pages.headers(request), 'cache-control': 'no-store' }),
  refuse: (request, status, message) => failure(request, status, codes[status] ?? 'failed', message),
  projectOf(request, host) {
    const bearer = bearerOf(request);
    return typeof bearer === 'string' ? accessOf(bearer, host)?.project : undefined;
  },
  read: (request, host) => atOnce(readInSteps(request, host)),
  readInSteps,
};

function* readInSteps(request: WireRequest, host: Host): Steps<Reading> {
  if (request.method === 'OPTIONS') return pages.preflight(request);
  if (request.method !== 'POST')
    return astray(
      failure(request, 405, 'method_not_allowed', 'Use POST.', { allow: 'POST, OPTIONS' }),
      '405: use POST',
    );
  if (!isJsonNoForm(request))
    return astray(failure(request, 415, 'unsupported_media_type', notJson), `415: ${notJson}`);
  // Who speaks is settled before anything is said about what was spoken (S1).
  const bearer = bearerOf(request);
  if (bearer === null) return answer(unauthorized(request));
  const early = bearer === undefined ? undefined : accessOf(bearer, host);
  if (bearer !== undefined && early === undefined) return answer(unauthorized(request));

  const parsed = yield* parseItemsInSteps(request.body, { way: ['items'], names: ['insertId'] });
  if ('problem' in parsed) return unreadable(request, early, parsed);
  if (parsed.allBad !== undefined) return unreadable(request, early, parsed.allBad);
  const { value: batch, bad, lost } = parsed;
  if (!isObject(batch)) return refused(request, early, 400, 'bad_batch', 'The body must be an object with items.');
  const { key, sentAt } = batch;
  const items = itemsOf(batch['items']);
  // A second key could only disagree with the first (S24).
  if (bearer !== undefined && idOf(key) !== undefined && key !== bearer)
    return refused(request, early, 400, 'two_keys', 'The key in the body is not the key in Authorization: send one.');
  const access = early ?? (typeof key === 'string' ? host.publicKey('native', key) : undefined);
  if (access === undefined) return answer(unauthorized(request));
  if (items === undefined) return refused(request, access, 400, 'bad_batch', 'The body must hold items, an array.');
  if (items.length > MAX_ITEMS)
    return refused(request, access, 413, 'too_many_items', `A batch holds at most ${MAX_ITEMS} items: send several.`);
  const sent = readTime(sentAt);
  // It only puts clocks right, and is not worth the items.
  const isUnreadable = sent === undefined && !isNoTime(sentAt);
  const faults = isUnreadable ? [...lost, 'sentAt is no time: no clock is put right by it'] : lost;
  const oneMayBeTooLarge = request.body.length > MAX_ITEM_SIZE;
  const told = yield* eachInSteps(items, (item) => ({
    sent: item,
    ...itemOf(item, bad.get(item), access, sent, oneMayBeTooLarge, host),
  }));
  const made = asToldBeside(told, access, host);
  // What an item makes beside itself is no answer to it.
  const places: number[] = [];
  const all: Item[] = [];
  for (const { before, item, after } of made) {
    places.push(all.length + before.length);
    all.push(...before, item, ...after);
  }
  all.push(
    ...told.flatMap(({ record }) => (record === undefined ? [] : [record])),
    ...faults.map((reason) => refusedItem(access, reason)),
  );
  return {
    type: 'items',
    items: all,
    reply: async (verdicts) => {
      return json(200, {
        results: await Promise.all(
          places.map((place, i) => resultOf(verdicts[place] as Verdict, items[i] as Json, access, host)),
        ),
      } satisfies BatchAnswer);
    },
  };
}

function itemOf(
  item: Json,
  unreadable: string | undefined,
  access: Access,
  sentAt: Instant | undefined,
  mayBeTooLarge: boolean,
  host: Host,
): { readonly item: Item; readonly record?: Item } {
  const refused = (reason: string) => ({ item: refusedItem(access, reason) });
  if (unreadable !== undefined) return refused(unreadable);
  if (mayBeTooLarge && isLonger(item, 'characters', MAX_ITEM_SIZE)) return refused('an item is larger than 1 MiB');
  const read = readItem(item, access, sentAt, host);
  if ('reason' in read) return refused(read.reason);
  const { statement, record } = read;
  return {
    item: { type: 'statement', statement },
    ...(record === undefined ? {} : { record: { type: 'statement', statement: record } }),
  };
}

/**
 * A repeated item is answered with the person of the item it repeats (G4), a refused one with its insert id, if it has
 * one: senders keep items by it.
 */
async function resultOf(verdict: Verdict, sent: Json, access: Access, host: Host): Promise<Result> {
  // A public key is answered as for a stranger: that somebody opted out is theirs to know (S12).
  const hidden = access.trust < 2 && verdict.status === 'suppressed';
  const status = hidden ? 'applied' : verdict.status;
  // A time that was not believed ([T3]) is no refusal, and the sender should know all the same.
  const reason = hidden ? undefined : (verdict.reason ?? verdict.notes.find(({ rule }) => rule === 'T3')?.reason);
  const insertId = status === 'rejected' && isObject(sent) ? insertIdOf(own(sent, 'insertId')) : undefined;
  const said = {
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(typeof insertId === 'string' ? { insertId } : {}),
  };
  if (access.trust < 2) return said;
  const first = verdict.repeats === undefined ? undefined : await host.logged(access.project, verdict.repeats);
  return { ...said, personId: verdict.person ?? first?.verdict.person ?? null };
}

/** The bearer key; undefined without the header, null when the header holds none. */
function bearerOf(request: WireRequest): string | undefined | null {
  const header = request.headers['authorization'];
  if (header === undefined) return undefined;
  return /^Bearer +([\x21-\x7e]+)$/i.exec(header)?.[1] ?? null;
}

const accessOf = (bearer: string, host: Host): Access | undefined =>
  host.serverKey('native', bearer) ?? host.publicKey('native', bearer);

const notJson = 'Send JSON, as application/json or text/plain.';

const codes: Readonly<Record<number, string>> = {
  400: 'bad_request',
  404: 'not_found',
  408: 'too_slow',
  413: 'too_large',
  415: 'unsupported_media_type',
  429: 'too_many_requests',
  500: 'failed',
  503: 'unavailable',
};

const unauthorized = (request: WireRequest): WireReply =>
  failure(request, 401, 'unknown_key', 'Send a key: Authorization: Bearer, or a public key as key in the body.', {
    'www-authenticate': 'Bearer',
  });

function failure(
  request: WireRequest,
  status: number,
  code: string,
  message: string,
  headers: WireReply['headers'] = {},
): WireReply {
  return json(status, { error: { code, message, requestId: request.id ?? '' } } satisfies ErrorAnswer, headers);
}

/** Refuses a request whole: it counts as one item, and the project it speaks for sees why. */
function refused(
  request: WireRequest,
  access: Access | undefined,
  status: number,
  code: string,
  message: string,
): Reading {
  const item = refusedItem(access, message);
  return { type: 'items', items: [item], reply: () => failure(request, status, code, message) };
}

const unreadable = (request: WireRequest, access: Access | undefined, { problem, message }: Problem): Reading =>
  refused(request, access, 400, `bad_json_${problem.replace('-', '_')}`, sentence(message));

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
