/** Copies `rows` rows of `width` bytes and nothing of what lies between them. */
export function copyRows(
  source: Uint8Array, from: number, fromStride: number,
  target: Uint8Array, to: number, toStride: number, width: number, rows: number,
): void {
  if (fromStride === width && toStride === width) {
    target.set(source.subarray(from, from + rows * width), to);
    return;
  }
  for (let row = 0; row < rows; row++) {
    const at = from + row * fromStride;
    target.set(source.subarray(at, at + width), to + row * toStride);
  }
}
