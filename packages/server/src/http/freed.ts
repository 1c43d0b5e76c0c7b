/**
 * Gives the memory of bytes that nobody wants back at once, where they have it to themselves. Left to the collector they
 * pile up to 64 MB before it looks at what lies outside its heap.
 */
export function freed({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
