/** A fault behind two conditions, of which one must be met before the other can be: what blind bytes hardly find. */
export function planted(bytes: Uint8Array): void {
  if (bytes[0] !== 0x42) return;
  if (bytes[1] === 0x7f) throw new Error('found');
}
