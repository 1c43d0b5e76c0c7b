import type { Identifier } from './ids.ts';

/**
 * [V3] Values that programs send when they have none: the empty values of languages, the words of tag managers and
 * reports, and names of fields that an SDK puts before it has started. Compared without case, quotes and brackets around.
 */
const placeholders: ReadonlySet<string> = new Set([
  ...['', 'null', 'undefined', 'nil', 'none', 'nan', 'n/a', 'na', 'true', 'false', 'void'],
  ...['anon', 'anonymous', 'guest', 'unknown', 'not set', 'not provided', 'not available', 'unset', 'empty'],
  ...['object object', '-1', 'undefined.undefined', 'null.null', 'nil uuid'],
  ...['cly_temp_id', '[cly]_temp_id', 'temp_id'],
  ...['anonymousid', 'anonymous_id', 'userid', 'user_id', 'distinct_id', 'distinctid', 'device_id', 'deviceid'],
]);

/** Zeros: one alone, or eight and more however they are grouped; shorter rows of them are somebody's number. */
const zeros = /^(0|(0[-:. ]?){7,}0)$/;

/** What a template leaves where nobody filled it in: `{{User ID}}`, `${userId}`, `<%= id %>`, `%user_id%`, `[[id]]`. */
const template = /^(\{\{.*\}\}|\$\{.*\}|#\{.*\}|<%.*%>|%[a-z_.]{2,}%|\[\[.*\]\]|\*\|.*\|\*)$/;

/** [V3] Is this value nobody? `own` are the project's additions, in any case. */
export function isPlaceholder(value: string, own: readonly string[] = []): boolean {
  const text = value.trim().toLowerCase();
  if (own.some((other) => other.trim().toLowerCase() === text)) return true;
  if (text.length > LONGEST_PLACEHOLDER) return false;
  return placeholders.has(text) || zeros.test(text) || template.test(text) || isQuotedPlaceholder(text);
}

const LONGEST_PLACEHOLDER = 128;

/** `"null"`, `'undefined'`, `(none)`, `<nil>`, `[object Object]`, one in another. */
function isQuotedPlaceholder(text: string): boolean {
  const inside = /^(?:"(.*)"|'(.*)'|`(.*)`|\((.*)\)|<(.*)>|\[(.*)\]|\{(.*)\}|\\"(.*)\\")$/.exec(text);
  return inside !== null && isPlaceholder(inside.slice(1).find((part) => part !== undefined) ?? '');
}

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
