import { decodePercent } from '../percent.ts';
import type { WireRequest } from '../protocol.ts';

/**
 * What a client asks for beside its records: in the query, or in the form that holds them, where the vendor's libraries
 * for Python and Ruby have `verbose` and `api_key`.
 */
export const parameter = (request: WireRequest, name: string): string | undefined =>
  request.query.get(name)?.[0] ?? fieldOf(request.body, name);

/** A short field of a form; its records, 10 MB of them, are stepped over. */
function fieldOf(form: Uint8Array, name: string): string | undefined {
  if (form[0] === 0x7b || form[0] === 0x5b) return undefined;
  for (let at = 0, seen = 0; at < form.length && seen < MOST_FIELDS; seen++) {
    const next = form.indexOf(AMPERSAND, at);
    const end = next < 0 ? form.length : next;
    const field = end - at > LONGEST ? '' : String.fromCharCode(...form.subarray(at, end));
    if (field.startsWith(`${name}=`)) return decodePercent(field.slice(name.length + 1));
    at = end + 1;
  }
  return undefined;
}

const AMPERSAND = 0x26;
/** Fields looked at: JSON that was not encoded may hold any number of ampersands. */
const MOST_FIELDS = 32;
const LONGEST = 512;
