import { pixel } from '../pixel.ts';
import type { WireReply, WireRequest } from '../protocol.ts';
import { parameter } from './parameters.ts';
import type { Fault } from './understood.ts';

const nothingCached = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

/** An answer in JSON. */
export const json = (status: number, body: object): WireReply => ({
  status,
  headers: { ...nothingCached, 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

/** An error outside the tracking answers: `{"error":"…","status":"error"}`. */
export const errorAnswer = (status: number, message: string): WireReply =>
  json(status, { error: message, status: 'error' });

/** Whether the client asked for words instead of `1` and `0`. */
const isVerbose = (request: WireRequest): boolean => ['1', '2'].includes(parameter(request, 'verbose') ?? '');

/**
 * The answer of a tracking route: `1` or `0` to the byte, or JSON with the first reason, always with status 200;
 * as a script for `callback`, as a picture for `img`. `fault` absent: accepted.
 */
export function trackAnswer(request: WireRequest, fault: Pick<Fault, 'message'> | undefined): WireReply {
  if (request.query.get('img')?.[0] === '1')
    return { status: 200, headers: { ...nothingCached, 'Content-Type': 'image/gif' }, body: pixel };
  const verbose = isVerbose(request);
  const body = verbose
    ? JSON.stringify({ status: fault === undefined ? 1 : 0, error: fault?.message ?? null })
    : fault === undefined
      ? '1'
      : '0';
  const callback = request.query.get('callback')?.[0] ?? '';
  const type = isFunctionName(callback) ? 'text/javascript' : verbose ? 'application/json' : 'text/plain';
  return {
    status: 200,
    headers: { ...nothingCached, 'Content-Type': `${type}; charset=utf-8` },
    body: isFunctionName(callback) ? `${callback}(${body})` : body,
  };
}

/** S33: nothing else may stand in a script. */
const isFunctionName = (text: string): boolean => /^[A-Za-z_$][\w$.]{0,63}$/.test(text);

const statusTexts: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** An error of `/import`. */
export const importError = (status: number, message: string): WireReply =>
  json(status, { code: status, error: message, status: statusTexts[status] ?? 'Error' });

/** The answer of `/import` to HTTP clients: every record taken, or which were not. */
export function importAnswer(
  imported: number,
  failures: readonly { readonly index: number; readonly fault: Fault }[],
): WireReply {
  if (failures.length === 0) return json(200, { code: 200, num_records_imported: imported, status: 'OK' });
  return json(400, {
    code: 400,
    error: 'some data points in the request failed validation',
    status: 'Bad Request',
    num_records_imported: imported,
    failed_records: failures.map(({ index, fault }) =>
      fault.bare
        ? fault.message
        : {
            index,
            // Live answers spell it one way, a documentation sample the other.
            insert_id: fault.insertId ?? '',
            $insert_id: fault.insertId ?? '',
            field: fault.field ?? '',
            message: fault.message,
          },
    ),
  });
}
