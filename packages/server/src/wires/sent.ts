import type { Item as WireItem, WireRequest } from '@selfsame/protocols';
import type { Item } from '@selfsame/store';

/** How much of a refused request is shown, bytes. */
const MOST = 2_048;

/** Secrets that some vendors’ calls carry in their body or query (S3). */
const secrets =
  /((?:client_|api_)?secret|api_key|password|(?:refresh|access|oauth)_token|\$selfsame_signed|\bcode(?==))("?\s*[=:]\s*"?)[^"&\s,}]+/gi;

/** Gives each item a wire could not read what its request held, so that the operator sees what was wrong with it. */
export function withWhatWasSent(items: readonly WireItem[], request: WireRequest): readonly Item[] {
  if (!items.some(({ type }) => type === 'refused')) return items;
  const { text, isCut } = beginningOfSent(request);
  const shown = text.replace(secrets, '$1$2…');
  const sent = { path: beginningOf(request.path), body: isCut ? `${shown} …` : shown };
  return items.map((item) => (item.type === 'refused' ? { ...item, sent } : item));
}

/** How a text begins, copied: a slice would keep all of an address in memory for as long as it is shown (G12). */
const beginningOf = (text: string): string => Buffer.from(text.slice(0, MOST)).toString();

/** How what was sent begins: the body, or the query of a GET; what a form holds as base64 as what it is. */
function beginningOfSent({ body, search }: WireRequest): { readonly text: string; readonly isCut: boolean } {
  const isInQuery = body.length === 0;
  const text = isInQuery ? beginningOf(search.slice(1)) : new TextDecoder().decode(body.subarray(0, MOST));
  const isCut = (isInQuery ? search.length - 1 : body.length) > MOST;
  const encoded = /(?:^|&)data=((?:[\w+/=-]|%2[bBfF]|%3[dD])+)/.exec(text)?.[1];
  if (encoded === undefined) return { text, isCut };
  const decoded = Buffer.from(decodeURIComponent(encoded), 'base64').toString();
  return /^\s*[[{]/.test(decoded) ? { text: decoded, isCut } : { text, isCut };
}
