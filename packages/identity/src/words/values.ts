import type { Identifier } from './ids.ts';

/**
 * [V3] Values that programs send when they have none, as their letters and digits: the empty values of languages, the
 * words of tag managers and reports, and names of fields that stand where a value belongs. So `n/a`, `not set`,
 * `__USER_ID__` and `[object Object]` are among them, in any case and with anything around.
 */
const words: ReadonlySet<string> = new Set([
  ...['null', 'undefined', 'nil', 'none', 'nan', 'inf', 'infinity', 'na', 'true', 'false', 'void', 'nullptr'],
  ...['anon', 'anonymous', 'guest', 'unknown', 'notset', 'notprovided', 'notavailable', 'unset', 'empty'],
  ...[
    'redacted',
    'filtered',
    'loggedout',
    'optout',
    'optedout',
    'notauthenticated',
    'notloggedin',
    'anonymoususer',
    'guestuser',
    'unknownuser',
    'niluuid',
    'cookieless',
    'posthogcookieless',
    'nodeviceid',
    'unidentified',
    'unspecified',
    'unassigned',
    'unknowndevice',
    'emptystring',
  ],
  ...['objectobject', 'objectundefined', 'objectnull', 'optionalnil', 'somenone', 'systemobject'],
  ...['clytempid', 'tempid', 'anonymousid', 'anonid', 'userid', 'distinctid', 'deviceid', 'clientid', 'sessionid'],
  ...['visitorid', 'customerid', 'id', 'email', 'idfa', 'idfv', 'advertisingid', 'idfaunavailable'],
  ...['gaid', 'androidid'],
]);

/**
 * Ids that many devices share: of Android's emulators and a faulty release, of phones that hide theirs; the name of a
 * release sent for an id, and the pattern that makes ids at random, sent as it is.
 */
const shared: ReadonlySet<string> = new Set([
  ...['9774d56d682e549c', '020000000000', '004999010640000', 'lmy47d'],
  ...['xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx', '00000000-0000-4000-8000-000000000000'],
]);

/** How Google's cookies begin: with the layout and how deep the domain is, which says nothing of who it is. */
const cookie = /^[^a-z0-9]*g[as]\d\.\d+\./i;

/** What databases, spreadsheets and programs print where a value is missing. */
const signs: ReadonlySet<string> = new Set([
  ...['-1', '\\n', '#ref!', '#value!', '#name?', '#null!', '#div/0!', '$device:'],
  ...['(other)', '(direct)', '(data deleted)', 'optional("")'],
]);

/** Zeros: one alone, or eight and more however they are grouped; shorter rows of them are somebody's number. */
const zeros = /^(0|0x0+|(0[-:. ]?){7,}0)$/;

/**
 * What a template leaves where nobody filled it in: `{{User ID}}`, `${userId}`, `<%= id %>`, `%user_id%`, `[[id]]`,
 * `%%=v(@id)=%%`, `__UID__`; and what is printed of a function that was to give it, of a promise nobody waited for, or of
 * any other object of a page.
 */
const template =
  /^(\{\{.*\}\}|\$\{.*\}|#\{.*\}|<%.*%>|\{%.*%\}|%[a-z_.]{2,}%|%%.*%%|\[\[.*\]\]|\*\|.*\|\*|__[a-z_]+__|function\b.*\}|promise \{.*\}|\[object \w+\])$/s;

/** Two empty values put together, and what was meant to be put after a word: `undefined.undefined`, `user_null`. */
const joined =
  /^(?:(?:user|customer|visitor|device|member|account|client|auth0|amp|u?id|user_?id)[^a-z0-9]+)?(?:(?:null|undefined|nil|nan|none)[^a-z0-9]*)+$/;

const filler = /^f{8,}$/;

/** [V3] Is this value nobody? `own` are the project's additions, in any case. */
export function isPlaceholder(value: string, own: readonly string[] = []): boolean {
  if (own.length > 0) {
    const sent = value.trim().toLowerCase();
    if (own.some((other) => other.trim().toLowerCase() === sent)) return true;
  }
  if (value.length > LONGEST_PLACEHOLDER) return false;
  if (cookie.test(value)) return isPlaceholder(value.replace(cookie, ''));
  // Most ids hold a digit and nothing odd, and no word does.
  if (digit.test(value) && plain.test(value)) return shared.has(value.toLowerCase());
  const text = value.replace(invisible, '').replace(entity, '').trim().toLowerCase();
  if (template.test(text) || signs.has(text)) return true;
  if (text.includes('%')) {
    const decoded = decodedOnce(text);
    if (decoded !== text) return isPlaceholder(decoded);
  }
  const bare = text.replace(/(?:[\s\u2010-\u2027]|[^a-z0-9\u0080-\uffff])+/g, '');
  if (digit.test(bare)) return shared.has(bare);
  return (
    bare === '' ||
    words.has(bare) ||
    zeros.test(withoutQuotes(text)) ||
    joined.test(withoutQuotes(text)) ||
    filler.test(bare)
  );
}

const LONGEST_PLACEHOLDER = 128;

const digit = /[1-9]/;
const plain = /^[a-z0-9][a-z0-9@._-]*$/i;

/** Signs without width, which editors leave beside a value. */
const invisible = /[\u200b-\u200d\u2060\ufeff]/g;

/** Quotes and blanks as pages write them: `&quot;`, `&nbsp;`, `&#34;`. */
const entity = /&(?:quot|apos|nbsp|lt|gt|#\d{1,4});/g;

function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const withoutQuotes = (text: string): string => text.replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');

/** The most bytes an identifier value may have; a longer one is refused and never cut. */
export const MAX_VALUE_BYTES = 512;

/**
 * [V1] Why this cannot be an identifier, or undefined if it can. Names no value (S40).
 * Kinds are ours and short; values are 1–512 bytes of well-formed UTF-8 without NUL.
 */
export function whyNotIdentifier(id: Identifier): string | undefined {
  if (!/^[a-z0-9_.$-]{1,64}$/i.test(id.kind)) return 'an identifier kind must be 1–64 letters, digits, or _ . $ -';
  if (id.value.length === 0) return 'an identifier is empty';
  if (id.value.length > MAX_VALUE_BYTES || utf8Length(id.value) > MAX_VALUE_BYTES)
    return `an identifier is longer than ${MAX_VALUE_BYTES} bytes`;
  if (id.value.includes('\u0000')) return 'an identifier holds a NUL character';
  if (!id.value.isWellFormed()) return 'an identifier is not well-formed Unicode';
  return undefined;
}

/** [V2] The one form an identifier is compared in: an e-mail trimmed and lower-cased in ASCII, everything else as sent. */
export function canonical(id: Identifier): Identifier {
  if (id.kind !== 'email') return id;
  const value = id.value.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return value === id.value ? id : { kind: id.kind, value };
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xd800 && unit < 0xe000 ? 2 : 3;
  }
  return bytes;
}
