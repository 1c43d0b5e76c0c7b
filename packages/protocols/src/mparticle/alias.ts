import { isJsonNoForm } from '../content-type.ts';
import { parseJson } from '../json/shape.ts';
import { isObject } from '../json/values.ts';
import { keptInsertId } from '../made-id.ts';
import type { Access, Host, Reading, WireRequest } from '../protocol.ts';
import { refusedItem } from '../refused-item.ts';
import { json } from '../reply.ts';
import { readTime } from '../time/read.ts';
import { empty } from './answers.ts';
import { type AliasBody, readMoment, readMpid } from './wire.ts';

/** D16: how long the vendor waits for late events before it copies, s. */
const DEFAULT_DELAY_SECONDS = 24 * 3600;

/** A request to show one profile's events under another. */
export function readAlias(access: Access, request: WireRequest, host: Host): Reading {
  if (!isJsonNoForm(request)) return refused(access, 'send JSON in UTF-8, as application/json', 415);
  const parsed = parseJson(request.body);
  if ('problem' in parsed || !isObject(parsed.value)) return refused(access, 'the body is not a JSON object');
  const { data, request_id: sent } = parsed.value as AliasBody;
  const requestId = keptInsertId(sent, access.project, host);
  if (!isObject(data)) return refused(access, 'data is missing');
  const [source, destination] = [readMpid(data['source_mpid']), readMpid(data['destination_mpid'])];
  if (source === undefined || destination === undefined)
    return refused(access, 'source_mpid and destination_mpid must be given');
  // Zero is where all time begins, and not a field that nobody filled: a window reaches 90 days back.
  const [from, to] = [readTime(data['start_unixtime_ms']), readMoment(data['end_unixtime_ms'])];
  if (from === undefined || to === undefined)
    return refused(access, 'start_unixtime_ms and end_unixtime_ms must be given');
  return {
    type: 'items',
    items: [
      {
        type: 'statement',
        statement: {
          project: access.project,
          wire: 'mparticle',
          trust: access.trust,
          command: { type: 'Alias', source, destination, from, to, shownFrom: host.now + delayOf(access) },
          ...(requestId === undefined
            ? {}
            : { insertId: requestId, repeat: { key: `alias/${requestId}`, keep: 'first' } }),
        },
      },
    ],
    reply: ([verdict]) => {
      if (verdict?.status !== 'rejected') return empty(202);
      const code = verdict.notes[0]?.code ?? 'BAD_REQUEST';
      return code === 'FORBIDDEN' ? empty(403) : json(400, { message: verdict.reason ?? '', code });
    },
  };
}

/** ms */
const delayOf = (access: Access): number => {
  const { aliasDelaySeconds } = access.settings;
  return (typeof aliasDelaySeconds === 'number' ? aliasDelaySeconds : DEFAULT_DELAY_SECONDS) * 1000;
};

const refused = (access: Access, message: string, status = 400): Reading => ({
  type: 'items',
  items: [refusedItem(access, message)],
  reply: () => json(status, { message, code: 'BAD_REQUEST' }),
});
