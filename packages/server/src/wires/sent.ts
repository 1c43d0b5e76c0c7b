import type { Item as WireItem, WireRequest } from '@selfsame/protocols';
import type { Item } from '@selfsame/store';

/** How much of a refused request's body is shown, bytes. */
const MOST = 2_048;

/** Secrets that some vendors' calls carry in their body (S3). */
const secrets = /((?:client_|api_)?secret|password|refresh_token|access_token)("?\s*[=:]\s*"?)[^"&\s,}]+/gi;

/** Gives each item a wire could not read what its request held, so that the operator sees what was wrong with it. */
export function withWhatWasSent(items: readonly WireItem[], { path, body }: WireRequest): readonly Item[] {
  if (!items.some(({ type }) => type === 'refused')) return items;
  const text = new TextDecoder().decode(body.subarray(0, MOST)).replace(secrets, '$1$2…');
  const sent = { path, body: body.length > MOST ? `${text} …` : text };
  return items.map((item) => (item.type === 'refused' ? { ...item, sent } : item));
}
