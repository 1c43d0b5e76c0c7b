/** A whole number from 1 to 2^53 − 1 that always belongs to this text, as exact in every JSON parser as the vendor's are not. */
export function numberOf(text: string): number {
  let [one, two] = [0x811c9dc5, 0x9747b28c];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    one = Math.imul(one ^ code, 0x01000193);
    two = Math.imul(two ^ (code + i), 0x85ebca6b);
    two = (two << 13) | (two >>> 19);
  }
  one = Math.imul(one ^ (one >>> 16), 0x7feb352d) ^ two;
  two = Math.imul(two ^ (two >>> 15), 0x846ca68b) ^ (one >>> 9);
  return (two & 0x1fffff) * 0x100000000 + (one >>> 0) || 1;
}
