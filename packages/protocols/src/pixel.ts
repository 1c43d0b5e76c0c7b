/** A transparent GIF of one pixel. */
// biome-ignore format: bytes
export const pixel = new Uint8Array([
  71, 73, 70, 56, 57, 97, 1, 0, 1, 0, 128, 0, 0, 0, 0, 0, 255, 255, 255, 33, 249, 4, 1, 0, 0, 0, 0, 44, 0, 0, 0, 0, 1, 0,
  1, 0, 0, 2, 2, 68, 1, 0, 59,
]);
