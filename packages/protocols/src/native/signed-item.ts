import type { Command, Identifier, Json, JsonObject, Statement, TraitChange } from '@selfsame/identity';
import { idOf, objectOf } from '../json/values.ts';
import type { Access, Host } from '../protocol.ts';
import { openSigned } from '../signed-blob.ts';

/** How far from now a signature may have been made, seconds: traits a day, who somebody is five minutes (S7). */
const WINDOW = { traits: 86_400, identity: 300 } as const;

/**
 * What a customer's backend vouches for (T1), as a command; `time`, ms, is when it was signed, and `repeat` is there when
 * it counts once. `over`: which of the two published forms the signer used (S5). Or why it is not believed.
 */
export type Vouched =
  | (Pick<Statement, 'command' | 'time' | 'repeat'> & { readonly over: 'payload-text' | 'json' })
  | { readonly problem: string };

/** Which form of signature it was, kept for the operator beside what was signed, and hidden (S5). */
export const signatureRecord = (ids: readonly Identifier[], over: 'payload-text' | 'json'): Command => ({
  type: 'Track',
  ids: ids.slice(0, 1),
  name: 'Signature verified',
  properties: { over },
  hidden: true,
});

/**
 * Traits that a backend signed and a page handed on. `ids` is the page's word on whom they are of; of several one is
 * taken, since the signature does not say that they are one person's.
 */
export function signedTraits(text: Json, ids: readonly Identifier[], access: Access, host: Host): Vouched {
  const opened = open(text, 'traits', access, host);
  if ('problem' in opened) return opened;
  const { algorithm: _a, t: _t, $audience: _p, $nonce: _n, sub, use, ...traits } = opened.payload;
  const has = (name: string) => Object.hasOwn(traits, name);
  // Session answers and callbacks of SPiD carry the same signature (S8).
  if (use !== undefined || (has('result') && has('serverTime')) || (has('object') && has('entry')))
    return { problem: 'it was signed for another use' };
  if (sub === undefined && access.policy.identityMode === 'enforce') return { problem: 'it is bound to nobody (sub)' };
  const whose =
    sub === undefined ? (ids.find((id) => id.kind === 'user') ?? ids[0]) : ids.find((id) => id.value === String(sub));
  if (whose === undefined) return { problem: 'it was signed for somebody else' };
  const pairs = Object.entries(traits);
  if (pairs.length === 0) return { problem: 'there are no traits in it' };
  if (!pairs.every(([, value]) => isTraitValue(value)))
    return { problem: 'a trait must be a string, number, boolean or list' };
  const changes = pairs.map(([name, value]): TraitChange => ({ op: 'set', name, value }));
  return { command: { type: 'Describe', ids: [whose], changes }, over: opened.over, ...opened.circumstances };
}

/** Identifiers of a page that a backend does not know: the browser's own word, also beside a signature. */
const ofTheBrowser: ReadonlySet<string> = new Set(['device', 'session', 'visitor']);

/**
 * Who the visitor is, as a backend signed it: `{ use: 'identity', ids, t }`. Of the page's own `ids` only the browser's
 * go with it; anything else would borrow a trust that nobody gave.
 */
export function signedIdentity(
  text: Json,
  ids: readonly Identifier[],
  access: Pick<Access, 'project'>,
  host: Host,
): Vouched {
  const opened = open(text, 'identity', access, host);
  if ('problem' in opened) return opened;
  const { use, ids: named, t } = opened.payload;
  if (use !== 'identity') return { problem: 'it was signed for another use' };
  if (t === undefined) return { problem: 'it does not say when it was signed (t)' };
  const bag = named === undefined ? undefined : objectOf(named);
  const signed = Object.entries(bag ?? {}).map(([kind, sent]) => ({ kind, value: idOf(sent) }));
  if (signed.length === 0 || !signed.every((id): id is Identifier => typeof id.value === 'string'))
    return { problem: 'its ids are not an object of kind and value' };
  const own = ids.filter(
    (id) => ofTheBrowser.has(id.kind) && !signed.some(({ kind, value }) => kind === id.kind && value === id.value),
  );
  return { command: { type: 'Identify', ids: [...signed, ...own] }, over: opened.over, ...opened.circumstances };
}

type Said =
  | {
      readonly payload: JsonObject;
      readonly over: 'payload-text' | 'json';
      readonly circumstances: Pick<Statement, 'time' | 'repeat'>;
    }
  | { readonly problem: string };

function open(text: Json, use: keyof typeof WINDOW, access: Pick<Access, 'project'>, host: Host): Said {
  if (typeof text !== 'string') return { problem: 'it is not text' };
  const opened = openSigned(text, access.project, host);
  if ('problem' in opened) return opened;
  const { payload, over } = opened;
  const { t, $audience, $nonce } = payload;
  // Projects may share a secret; a text that names one is no word in another.
  if ($audience !== undefined && $audience !== access.project) return { problem: 'it is for another project' };
  if ($nonce !== undefined && !isNonce($nonce))
    return { problem: 'it has a nonce that is not 1–100 printable characters' };
  const once = $nonce === undefined ? {} : { repeat: onceOnly($nonce) };
  if (t === undefined) return { payload, over, circumstances: once };
  if (typeof t !== 'number') return { problem: 't is not a number' };
  if (Math.abs(host.now / 1000 - t) > WINDOW[use]) return { problem: 'it was signed too long ago, or in the future' };
  // What was signed earlier does not overwrite what was signed later (S7).
  return { payload, over, circumstances: { time: Math.round(t * 1000), ...once } };
}

const isNonce = (value: Json): value is string => typeof value === 'string' && /^[!-~]{1,100}$/.test(value);

/**
 * The log remembers that a nonce was used, as it does of any item's name ([D1]): over restarts, on every node, and only
 * of what it took, so a retry whose answer was lost is a `duplicate` and nothing is used up by a refusal. A list of our
 * own at intake could do none of that.
 */
const onceOnly = (nonce: string): NonNullable<Statement['repeat']> => ({ key: `signed/${nonce}`, keep: 'first' });

const isTraitValue = (value: Json): boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || Array.isArray(value);
