import type { Instant, Json } from '@selfsame/identity';
import { isUnfilled, readTime } from '../time/read.ts';

/** What an identity call says, as the vendor spells it. Values are looked at one by one. */
export interface IdentityBody {
  readonly request_id: Json | undefined;
  readonly previous_mpid: Json | undefined;
  readonly known_identities: Json | undefined;
  readonly identity_changes: Json | undefined;
}

/** One entry of `identity_changes`, under our kind. */
export interface ChangeBody {
  readonly kind: string;
  readonly before: string | null;
  readonly now: string | null;
}

/** The body of an alias request. */
export interface AliasBody {
  readonly request_id?: Json;
  readonly data?: {
    readonly source_mpid?: Json;
    readonly destination_mpid?: Json;
    readonly start_unixtime_ms?: Json;
    readonly end_unixtime_ms?: Json;
  };
}

/** The answer of identify, login, logout and search. */
export interface IdentityAnswer {
  readonly context: null;
  readonly mpid: string;
  readonly matched_identities: Readonly<Record<string, string>>;
  readonly is_ephemeral: boolean;
  readonly is_logged_in: boolean;
}

/** The answer of modify; `mpid` and `is_logged_in` are ours (D12). */
export interface ModifyAnswer {
  readonly change_results: readonly { readonly identity_type: string; readonly modified_mpid: string }[];
  readonly mpid: string;
  readonly is_logged_in: boolean;
}

/** An MPID as text: a signed 64-bit whole number but zero, sent as a text or as a number; undefined if it is none. */
export function readMpid(value: Json | undefined): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || !/^-?[1-9]\d{0,18}$/.test(text)) return undefined;
  const number = BigInt(text);
  return number >= -(2n ** 63n) && number < 2n ** 63n ? text : undefined;
}

/** A moment, ms, or undefined. */
export function readMoment(value: Json | undefined): Instant | undefined {
  const time = readTime(value);
  return time === undefined || isUnfilled(time) ? undefined : time;
}
