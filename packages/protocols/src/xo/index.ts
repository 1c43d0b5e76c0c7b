import type { Statement } from '@selfsame/identity';
import { isJsonBody } from '../content-type.ts';
import { openToPages } from '../cors.ts';
import { parseItems } from '../json/items.ts';
import { itemsOf } from '../json/values.ts';
import type { Access, Host, Item, Reading, WireReply, WireRequest } from '../protocol.ts';
import { refusedItem } from '../refused-item.ts';
import { answer, astray, json } from '../reply.ts';
import type { Wire } from '../wire.ts';
import { changesOf } from './profile.ts';
import { scriptText } from './script.ts';
import { type Activity, readActivity } from './wire.ts';

const MAX_BODY_BYTES = 256 * 1024;
const MAX_ACTIVITIES = 2_000;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Our name for the script, and the vendor's on its CDN. */
const script = /^xo(\.all-\d{1,2}(\.compat)?(\.min)?)?\.js$/;

const pages = openToPages({
  methods: 'GET, POST, OPTIONS',
  usual: ['content-type', 'x-sdk'],
  maxAge: 86_400,
  everywhere: true,
});

/** Crownpeak (Attraqt) XO: `POST /<tracker key>`, the cluster lookup, and the script that pages load. */
export const xo: Wire<Reading> = {
  name: 'xo',
  label: 'Crownpeak XO',
  // A tracker key is a UUID, which the script may send in either case.
  keys: { own: 'may', plain: (key) => key.toLowerCase() },
  presets: [{ name: 'xo', label: 'Crownpeak XO' }],
  settings: {},
  limit: () => MAX_BODY_BYTES,
  headers: pages.headers,
  refuse: (_request, status, message) => refusal(status, message),
  projectOf: (request, host) => host.publicKey('xo', partsOf(request)[0] ?? '')?.project,
  read(request, host) {
    const [key, ...rest] = partsOf(request);
    if (request.method === 'OPTIONS') return pages.preflight(request);
    if (key === undefined) return answer(refusal(404, 'Nothing is here'));
    if (script.test(key) && rest.length === 0) return answer(serveScript(request));
    const isLookup = rest.length === 4 && rest[0] === 'users' && rest[3] === 'clusters';
    if (rest.length > 0 && !isLookup) return lost(404, 'Nothing is here');
    if (request.method !== (isLookup ? 'GET' : 'POST')) return lost(405, 'Method not allowed');

    const access = host.publicKey('xo', key);
    if (access === undefined) return refuseAll(1, undefined, ...whyNoKey(key));
    return isLookup ? answer(json(200, { data: {} })) : readActivities(request, access, host);
  },
};

const partsOf = ({ path }: WireRequest): readonly string[] => path.split('/').filter((part) => part !== '');

/**
 * One activity that breaks the format refuses them all; one that cannot be kept, being too large or too deep,
 * is named, and the others stay.
 */
function readActivities(request: WireRequest, access: Access, host: Host): Reading {
  if (!isJsonBody(request)) return refuseAll(1, access, 415, 'Send the activities as application/json');
  const parsed = parseItems(request.body, { way: [], names: [] });
  if ('problem' in parsed) return refuseAll(1, access, 400, parsed.message);
  const { bad } = parsed;
  const sent = itemsOf(parsed.value) ?? [parsed.value];
  if (sent.length > MAX_ACTIVITIES)
    return refuseAll(sent.length, access, 400, `A request holds at most ${MAX_ACTIVITIES} activities`);
  const activities: Activity[] = [];
  const rejected: { readonly index: number; readonly message: string }[] = [];
  for (const [i, one] of sent.entries()) {
    const message = bad.get(one);
    if (message !== undefined) {
      rejected.push({ index: i, message });
      continue;
    }
    const activity = readActivity(one);
    if ('problem' in activity) return refuseAll(sent.length, access, 422, `activity ${i}: ${activity.problem}`);
    activities.push(activity);
  }
  if (rejected.length > 0 && activities.length === 0)
    return refuseAll(sent.length, access, 400, `activity 0: ${rejected[0]?.message}`);
  const refused = rejected.map(({ index, message }): Item => {
    return refusedItem(access, `activity ${index}: ${message}`);
  });
  return {
    type: 'items',
    items: [...translate(activities, access, host), ...refused],
    reply: () => json(200, { profiles: {}, ...(rejected.length === 0 ? {} : { rejected }) }),
  };
}

function translate(activities: readonly Activity[], access: Access, host: Host): readonly Item[] {
  // XO has no insert ids. Activities of one request arrive at one moment, and a timestamp may be that of one in a request
  // before, so the moment of arrival, a name of the request and a place in it keep them in the order they were sent in.
  // What one activity says has one name, as it has none when it comes alone and without a timestamp.
  const isNamed = activities.length > 1 || activities[0]?.time !== undefined;
  const request = isNamed ? `${host.now.toString(36).padStart(9, '0')}${host.randomText(8)}` : undefined;
  return activities.flatMap((activity, i): readonly Item[] => {
    const { user } = activity;
    const { ids, rivals } = user.identities;
    const insertId = request && `${request}.${String(i).padStart(4, '0')}`;
    const item = (command: Statement['command'], part: number): Item => ({
      type: 'statement',
      statement: {
        project: access.project,
        wire: 'xo',
        trust: access.trust,
        command,
        ...(activity.time === undefined ? {} : { time: activity.time }),
        ...(insertId === undefined ? {} : { insertId }),
        ...(insertId === undefined || part === 0 ? {} : { repeat: { key: `${insertId}.${part}`, keep: 'first' } }),
      },
    });
    const changes = changesOf(user);
    const commands: readonly Statement['command'][] = [
      {
        type: 'Track',
        ids,
        name: activity.action,
        properties: { target: activity.target, ...activity.extras },
      },
      ...rivals.map((pair) => ({ type: 'Identify', ids: pair }) as const),
      ...(changes.length > 0 ? [{ type: 'Describe', ids, changes } as const] : []),
    ];
    return commands.map(item);
  });
}

function whyNoKey(key: string): readonly [status: number, message: string] {
  return uuid.test(key) ? [401, 'Unknown tracker key'] : [422, 'Tracker key not valid'];
}

/** Refuses a request whole, and counts what was in it. */
function refuseAll(count: number, access: Access | undefined, status: number, message: string): Reading {
  const item = refusedItem(access, message);
  return { type: 'items', items: Array<Item>(count).fill(item), reply: () => refusal(status, message) };
}

function serveScript(request: WireRequest): WireReply {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405, 'Method not allowed');
  return {
    status: 200,
    headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=3600' },
    body: scriptText,
  };
}

const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

const lost = (status: number, message: string): Reading => astray(refusal(status, message), `${status}: ${message}`);

const refusal = (status: number, message: string): WireReply =>
  json(status, { error: phrases[status] ?? 'Error', message });
