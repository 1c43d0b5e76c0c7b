const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** base64url without padding (RFC 4648 §5). */
export function encodeBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const four = (a << 16) | (b << 8) | c;
    const left = Math.min(3, bytes.length - i);
    for (let part = 0; part <= left; part++) text += alphabet.charAt((four >> (18 - 6 * part)) & 63);
  }
  return text;
}

/**
 * The bytes of canonical base64url without padding; undefined for anything else. Whoever decodes leniently accepts
 * several spellings of one signature (S6), so the bytes are spelled again and compared.
 */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return encodeBase64Url(bytes) === text ? bytes : undefined;
}

/** base64url of a text's UTF-8 bytes. */
export const encodeTextBase64Url = (text: string): string => encodeBase64Url(new TextEncoder().encode(text));
