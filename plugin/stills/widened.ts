/** The same codes of 16 bits. */
export function widened(pixels: Uint8Array): Uint16Array {
  const out = new Uint16Array(pixels.length);
  for (let at = 0; at < pixels.length; at += 1) out[at] = pixels[at] * 257;
  return out;
}
