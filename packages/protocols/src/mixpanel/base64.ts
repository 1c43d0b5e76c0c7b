/**
 * The bytes of base64 text in either alphabet, padded or not; undefined when it is none. Spaces count as `+`: Node's
 * client posts base64 in a form without percent-encoding it, so a form decoder has turned every `+` into a space.
 *
 * Plain ASCII, the usual case, comes back as text, which saves a copy of the whole body.
 */
export function decodeBase64(sent: string): string | Uint8Array | undefined {
  const standard = /[ _-]/.test(sent) ? sent.replaceAll(' ', '+').replaceAll('-', '+').replaceAll('_', '/') : sent;
  let binary: string;
  try {
    binary = atob(standard);
  } catch {
    return undefined;
  }
  if (!/[\u0080-\u00ff]/.test(binary)) return binary;
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
