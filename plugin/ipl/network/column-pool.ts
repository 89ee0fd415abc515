/** Constant inputs of the network: which map columns and which slots of the cache belong to which token. */
import { Tensor } from 'onnxruntime-node';

/**
 * Averages map columns into token columns: token column j covers map columns j*w/n to (j+1)*w/n, shared ones in part.
 * @returns float32 [width, columns]; every column sums to 1
 */
export function columnPool(width: number, columns: number): Tensor {
  const weights = new Float32Array(width * columns);
  for (let column = 0; column < columns; column += 1) {
    const left = (column * width) / columns;
    const right = ((column + 1) * width) / columns;
    for (let x = Math.floor(left); x < Math.min(width, Math.ceil(right)); x += 1) {
      const overlap = Math.min(x + 1, right) - Math.max(x, left);
      weights[x * columns + column] = overlap / (right - left);
    }
  }
  return new Tensor('float32', weights, [width, columns]);
}

/** One-hot rows: cell i of a slice goes into slot `firstSlot + i`. @returns float32 [cells, slots] */
export function onesAt(firstSlot: number, cells: number, slots: number): Tensor {
  const ones = new Float32Array(cells * slots);
  for (let cell = 0; cell < cells; cell += 1) ones[cell * slots + firstSlot + cell] = 1;
  return new Tensor('float32', ones, [cells, slots]);
}
