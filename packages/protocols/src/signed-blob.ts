import type { JsonObject, ProjectId } from '@selfsame/identity';
import { decodeBase64Url, encodeBase64Url, encodeTextBase64Url } from './base64url.ts';
import { parseJson } from './json/shape.ts';
import type { Host } from './protocol.ts';

/** What a signed blob said, or why it is not believed. Reasons quote nothing of it (S40). */
export type Opened =
  /** `over`: what the MAC was taken of. Published text says the JSON, the published example the payload text (S5). */
  { readonly payload: JsonObject; readonly over: 'payload-text' | 'json' } | { readonly problem: string };

/**
 * Opens `<signature>.<payload>`, both base64url, HMAC-SHA256 under a signing secret of the project, its own or the one before. The received text is
 * verified before anything of it is parsed, and the algorithm is ours, whatever the payload claims (S5, S6).
 * Source: the vendor's published steps for signing traits.
 */
export function openSigned(text: string, project: ProjectId, host: Host): Opened {
  const [sent = '', payloadText = '', ...more] = text.split('.');
  if (sent === '' || payloadText === '' || more.length > 0) return { problem: 'it is not <signature>.<payload>' };
  const signature = decodeBase64Url(sent);
  const json = decodeBase64Url(payloadText);
  if (signature === undefined || json === undefined) return { problem: 'it is not base64url without padding' };
  if (signature.length !== 32) return { problem: 'the signature is not 32 bytes long' };
  const isOver = (input: string | Uint8Array) =>
    host.signingSecrets(project).some((secret) => host.sameBytes(host.hmac(project, secret, input), signature));
  const over = isOver(payloadText) ? 'payload-text' : isOver(json) ? 'json' : undefined;
  if (over === undefined) return { problem: 'the signature is wrong' };
  const parsed = parseJson(json);
  if ('problem' in parsed) return { problem: `the payload cannot be read: ${parsed.message}` };
  const payload = parsed.value;
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    return { problem: 'the payload is not an object' };
  const { algorithm } = payload as JsonObject;
  if (algorithm !== undefined && !(typeof algorithm === 'string' && algorithm.toUpperCase() === 'HMAC-SHA256'))
    return { problem: 'the algorithm is not HMAC-SHA256' };
  return { payload: payload as JsonObject, over };
}

/** Signs an object in the payload-text form, which is what the vendor's own code verifies. */
export function sign(payload: object, project: ProjectId, host: Pick<Host, 'hmac'>): string {
  const text = encodeTextBase64Url(JSON.stringify(payload));
  return `${signatureOf(text, project, host)}.${text}`;
}

/** The signature of a text alone, as base64url. */
export const signatureOf = (text: string, project: ProjectId, host: Pick<Host, 'hmac'>): string =>
  encodeBase64Url(host.hmac(project, 'signing', text));
