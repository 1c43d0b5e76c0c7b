import type { Json, Verdict } from '@selfsame/identity';
import { decodeBase64 } from '../base64.ts';
import { isJsonBody } from '../content-type.ts';
import { openToPages } from '../cors.ts';
import { type ParsedItems, parseItemsInSteps } from '../json/items.ts';
import { isLonger } from '../json/length.ts';
import { type Problem, parseJson } from '../json/shape.ts';
import { atOnce, eachInSteps, type Steps } from '../json/steps.ts';
import { idOf, isObject, itemsOf, objectOf, own } from '../json/values.ts';
import { pixel } from '../pixel.ts';
import type { Access, Host, Item, Reading, WireReply, WireRequest } from '../protocol.ts';
import { refusedItem } from '../refused-item.ts';
import { answer, astray, json } from '../reply.ts';
import { spread } from '../shared-part.ts';
import type { Wire } from '../wire.ts';
import { accessByBody, accessByHeader } from './access.ts';
import { settingsOf } from './settings.ts';
import { translate } from './translate.ts';
import { type Call, isCall, readMessage } from './wire.ts';

/** The documented limits, bytes. */
const MAX_MESSAGE = 32 * 1024;
const MAX_BATCH = 500 * 1024;
const MAX_MESSAGES = 2_000;
/** Characters of a message's id. */
const LONGEST_ID = 128;

/** A browser sends to the first letter of a call. */
const short: Readonly<Record<string, Call | 'batch'>> = {
  i: 'identify',
  t: 'track',
  p: 'page',
  s: 'screen',
  g: 'group',
  a: 'alias',
  b: 'batch',
};

/** Keys of a body that may not be repeated, since they decide who speaks or of whom (S24). */
const unique: ReadonlySet<string> = new Set(['writeKey', 'batch', 'userId', 'anonymousId', 'previousId', 'groupId']);

const batchOptions = { unique, way: ['batch'], names: ['messageId', 'writeKey'] } as const;

const pages = openToPages({
  methods: 'GET, POST, PUT, OPTIONS',
  usual: ['authorization', 'content-type', 'x-retry-count'],
  exposed: 'retry-after',
  maxAge: 86_400,
  everywhere: true,
});

/** Segment's HTTP tracking API, and the settings that analytics.js loads. */
export const segment: Wire<Reading> = {
  name: 'segment',
  label: 'Segment',
  presets: [{ name: 'segment', label: 'Segment' }],
  settings: {},
  limit: (path) => (routeOf(path) === 'batch' || routeOf(path) === 'import' ? MAX_BATCH : MAX_MESSAGE),
  headers: pages.headers,
  // The vendor answers 400 to what is too large, and its libraries try anything from 500 again.
  refuse: (_request, status, message) => refusal(status === 413 ? 400 : status, message),
  projectOf(request, host) {
    const access = accessByHeader(request, host);
    return access === 'absent' ? undefined : access?.project;
  },
  read: (request, host) => atOnce(readInSteps(request, host)),
  readInSteps,
};

function* readInSteps(request: WireRequest, host: Host): Steps<Reading> {
  if (request.method === 'OPTIONS') return pages.preflight(request);
  const project = /^\/*v1\/projects\/([^/]+)\/settings\/?$/.exec(request.path)?.[1];
  if (project !== undefined) return answer(readSettings(project, request, host));
  const picture = /^\/*v1\/+pixel\/+([a-z]+)\/*$/.exec(request.path)?.[1];
  if (isCall(picture)) return yield* readPicture(picture, request, host);
  const route = routeOf(request.path);
  if (route === undefined) return lost(404, 'there is no such call');
  // The vendor's client for Unity puts its batches.
  if (request.method !== 'POST' && request.method !== 'PUT') return lost(405, 'use POST');
  // The libraries' own performance counters.
  if (route === 'metrics') return answer(success());
  return yield* readCall(route, request, host);
}

function routeOf(path: string): Call | 'batch' | 'import' | 'metrics' | undefined {
  // A page that is left sends by beacon; RudderStack's client gives that an address of its own.
  const name = /^\/*(?:beacon\/+)?v1\/+([a-z]+)\/*$/.exec(path)?.[1] ?? '';
  if (isCall(name) || name === 'batch' || name === 'import') return name;
  return name === 'm' ? 'metrics' : Object.hasOwn(short, name) ? short[name] : undefined;
}

function readSettings(key: string, request: WireRequest, host: Host): WireReply {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405, 'use GET');
  if (host.publicKey('segment', key) === undefined) return refusal(401, 'the write key is not known');
  const reply = json(200, settingsOf(key, request.origin));
  return { ...reply, headers: { ...reply.headers, 'cache-control': 'private, max-age=60' } };
}

/** A call as the address of a picture, for mails and pages without scripts: base64 in `data`. It always gets one. */
function* readPicture(call: Call, request: WireRequest, host: Host): Steps<Reading> {
  const data = decodeBase64(utf8.encode(request.query.get('data')?.[0] ?? ''));
  const reading =
    data === undefined || data.length === 0
      ? refuseAll(undefined, 400, 'data is not base64')
      : yield* readBody(call, data.slice(), undefined, host);
  const reply = { status: 200, headers: { 'content-type': 'image/gif', 'cache-control': 'no-store' }, body: pixel };
  return reading.type === 'answer' ? reading : { ...reading, reply: () => reply };
}

function* readCall(route: Call | 'batch' | 'import', request: WireRequest, host: Host): Steps<Reading> {
  const byHeader = accessByHeader(request, host);
  if (byHeader === undefined) return refuseAll(undefined, 401, 'the write key is not known');
  const project = byHeader === 'absent' ? undefined : byHeader;
  if (!isJsonBody(request)) return refuseAll(project, 415, 'send application/json');
  return yield* readBody(route, request.body, project, host);
}

/** @param project that the request's header showed */
function* readBody(
  route: Call | 'batch' | 'import',
  sent: Uint8Array,
  project: Access | undefined,
  host: Host,
): Steps<Reading> {
  const isBatch = route === 'batch' || route === 'import';
  if (sent.length > (isBatch ? MAX_BATCH : MAX_MESSAGE)) return refuseAll(project, 400, 'the body is too large');
  const parsed = isBatch ? yield* parseItemsInSteps(sent, batchOptions) : parseOne(sent);
  if ('problem' in parsed) return refuseAll(project, 400, parsed.message);
  const access = project ?? accessByBody(parsed.value, host);
  if (access === undefined) return refuseAll(undefined, 401, 'the write key is not known');
  return route === 'batch' || route === 'import'
    ? yield* readBatch(route === 'import', parsed, sent.length, access, host)
    : readOne(route, parsed.value, access, host);
}

/** A body that is one message: what is wrong with it refuses it whole. */
function parseOne(body: Uint8Array): ParsedItems | Problem {
  const parsed = parseJson(body, { unique });
  return 'problem' in parsed ? parsed : { ...parsed, bad: new Map(), lost: [] };
}

function readOne(call: Call, body: Json, access: Access, host: Host): Reading {
  const message = readMessage(call, body, access, host);
  if ('problem' in message) return refuseAll(access, 400, message.problem);
  const statements = translate(message, access, false);
  return {
    type: 'items',
    items: statements.map((statement): Item => ({ type: 'statement', statement })),
    reply(verdicts) {
      const problem = verdicts.map(whyRefused).find((one) => one !== undefined);
      return problem === undefined ? success() : refusal(400, problem);
    },
  };
}

/** A batch keeps what is good of it, and its answer names the rest. */
function* readBatch(
  isImport: boolean,
  { value: body, bad, lost }: ParsedItems,
  bytes: number,
  access: Access,
  host: Host,
): Steps<Reading> {
  const batch = isObject(body) ? itemsOf(own(body, 'batch')) : undefined;
  if (!isObject(body) || batch === undefined) return refuseAll(access, 400, 'batch must be an array');
  if (batch.length === 0) return answer(success());
  if (batch.length > MAX_MESSAGES) return refuseAll(access, 400, `a batch holds at most ${MAX_MESSAGES} messages`);
  const contextOf = spread(objectOf(own(body, 'context')) ?? {}, batch.length, bytes);
  const sentAt = own(body, 'sentAt');
  const mayBeLarge = bytes > MAX_MESSAGE;
  const places: number[] = [];
  const told = yield* eachInSteps(batch, (one: Json, place): readonly Item[] => {
    const unreadable = bad.get(one);
    const read =
      unreadable === undefined
        ? readAny(one, access, host, { sentAt, context: contextOf() }, mayBeLarge)
        : { problem: unreadable };
    const found: readonly Item[] =
      'problem' in read
        ? [refusedItem(access, read.problem)]
        : translate(read, access, isImport).map((statement) => ({ type: 'statement', statement }));
    for (const _ of found) places.push(place);
    return found;
  });
  const items = told.flat();
  return {
    type: 'items',
    items: [...items, ...lost.map((reason) => refusedItem(access, reason))],
    reply(verdicts) {
      const rejected = new Map<number, string>();
      verdicts.slice(0, items.length).forEach((verdict, i) => {
        const problem = whyRefused(verdict);
        const place = places[i] as number;
        if (problem !== undefined && !rejected.has(place)) rejected.set(place, problem);
      });
      if (rejected.size === 0) return success();
      const list = [...rejected].map(([index, message]) => ({ index, ...nameOf(batch[index]), message }));
      return rejected.size === batch.length
        ? json(400, { success: false, message: 'no message of the batch could be taken', rejected: list })
        : json(200, { success: true, rejected: list });
    },
  };
}

/** What the sender calls a message, for an answer that speaks of it. */
function nameOf(message: Json | undefined): { readonly messageId?: string } {
  const messageId = isObject(message) ? idOf(own(message, 'messageId')) : undefined;
  return typeof messageId === 'string' && messageId.length <= LONGEST_ID ? { messageId } : {};
}

function readAny(
  message: Json,
  access: Access,
  host: Host,
  shared: Parameters<typeof readMessage>[4],
  mayBeLarge: boolean,
): ReturnType<typeof readMessage> {
  const call = isObject(message) ? own(message, 'type') : undefined;
  if (!isCall(call)) return { problem: 'type must be identify, track, page, screen, group or alias' };
  if (mayBeLarge && isLonger(message, 'bytes', MAX_MESSAGE)) return { problem: 'the message is larger than 32 KB' };
  return readMessage(call, message, access, host, shared);
}

const utf8 = new TextEncoder();

/**
 * Why the sender is told no, if it is. That two known people were not joined is for the operator alone: a public key
 * would learn from it that somebody exists (S12).
 */
const whyRefused = ({ status, rule, reason }: Verdict): string | undefined =>
  status === 'rejected' && rule !== 'S11' ? (reason ?? 'the message was refused') : undefined;

/** Refuses a request whole; it counts as one item. */
function refuseAll(access: Access | undefined, status: number, message: string): Reading {
  const item = refusedItem(access, message);
  return { type: 'items', items: [item], reply: () => refusal(status, message) };
}

const lost = (status: number, message: string): Reading => astray(refusal(status, message), `${status}: ${message}`);
const success = (): WireReply => json(200, { success: true });
const refusal = (status: number, message: string): WireReply => json(status, { success: false, message });
