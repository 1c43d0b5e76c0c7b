import type { WireRequest } from './protocol.ts';

/**
 * Is this body read as JSON? Pages send text where they want no preflight, some clients say nothing, and some what is
 * not so: what begins as JSON does is tried. A form is never a message (S24).
 */
export const isJsonBody = ({ headers, body }: WireRequest): boolean =>
  isJsonOrText(headers['content-type']) || beginsAsJson(body);

/** The same where whoever sends knows better than to call JSON a form, or text in UTF-8 something else. */
export const isJsonNoForm = (request: WireRequest): boolean =>
  isJsonBody(request) && !notJson.test(request.headers['content-type'] ?? '');

const notJson = /^\s*(application\/x-www-form-urlencoded|multipart\/)|charset\s*=\s*"?utf-?(16|32)/i;

const isJsonOrText = (type: string | undefined): boolean =>
  type === undefined || /^\s*(application\/json|text\/plain)\s*(;|$)/i.test(type);

const SPACE = 0x20;
const MARK = [0xef, 0xbb, 0xbf];

/** Does it begin with a bracket, after blanks and byte order marks? */
function beginsAsJson(body: Uint8Array): boolean {
  const first = body.find((byte) => byte > SPACE && !MARK.includes(byte));
  return first === 0x7b || first === 0x5b;
}
