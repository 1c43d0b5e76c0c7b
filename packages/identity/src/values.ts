import type { Identifier } from './ids.ts';

/** [V3] Values that programs send when they have none. They are data, never identity; compared trimmed, without case. */
const placeholders: ReadonlySet<string> = new Set([
  '',
  'null',
  'undefined',
  'nil',
  '<nil>',
  'none',
  'nan',
  'n/a',
  'na',
  '0',
  '-1',
  'true',
  'false',
  'anon',
  'anonymous',
  'guest',
  'unknown',
  '[object object]',
  '[]',
  '{}',
  '00000000-0000-0000-0000-000000000000',
]);

/** [V3] Is this value nobody? `own` are the project's additions, in any case. */
export function isPlaceholder(value: string, own: readonly string[] = []): boolean {
  const text = value.trim().toLowerCase();
  return placeholders.has(text) || own.some((other) => other.trim().toLowerCase() === text);
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
