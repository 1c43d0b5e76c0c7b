import { fromBase64, hmacKey, utf8, type Verified } from './signature.ts';

/** Headers as Node, Express and Fastify give them, or as `fetch` does. */
export type HeaderBag = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Checks that a webhook comes from the server, by Standard Webhooks: the body as it was received, not as it was parsed.
 * @param secret `whsec_…`, of the output; several while one is changed for another
 * @param toleranceSeconds how far the sender's clock may be away, default 300
 */
export async function verifyWebhook(
  body: string,
  headers: HeaderBag,
  secret: string | readonly string[],
  toleranceSeconds = 300,
): Promise<Verified> {
  const refused = (reason: string): Verified => ({ ok: false, reason });
  const header = (name: string) => {
    const value = headers instanceof Headers ? headers.get(name) : headers[name];
    return Array.isArray(value) ? value[0] : (value as string | null | undefined);
  };
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(header);
  if (!id || !timestamp || !signatures) return refused('a header of Standard Webhooks is missing');
  if (!(Math.abs(Date.now() / 1_000 - Number(timestamp)) <= toleranceSeconds))
    return refused('it was sent too long ago, or in the future');
  const signed = utf8(`${id}.${timestamp}.${body}`);
  for (const one of [secret].flat()) {
    const key = await hmacKey(fromBase64(one.replace(/^whsec_/, '')));
    for (const signature of signatures.split(' ')) {
      const mac = signature.startsWith('v1,') ? decoded(signature.slice(3)) : undefined;
      if (mac !== undefined && (await crypto.subtle.verify('HMAC', key, mac, signed)))
        return { ok: true, payload: JSON.parse(body) as Readonly<Record<string, unknown>> };
    }
  }
  return refused('the signature is wrong');
}

function decoded(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return fromBase64(text);
  } catch {
    return undefined;
  }
}
