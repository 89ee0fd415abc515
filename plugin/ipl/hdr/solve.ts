/** Linear equations whose matrix is symmetric and positive definite, by Cholesky. */

/** @param matrix n rows of n, of which the lower half is read @returns x of matrix · x = right @throws RangeError where it is not positive definite */
export function solveSymmetric(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  const lower = matrix.map(() => new Float64Array(size));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = matrix[row][column];
      for (let at = 0; at < column; at += 1) sum -= lower[row][at] * lower[column][at];
      if (row !== column) lower[row][column] = sum / lower[column][column];
      else if (sum > 0) lower[row][row] = Math.sqrt(sum);
      else throw new RangeError('The matrix is not positive definite.');
    }
  }
  const x = Float64Array.from(right);
  for (let row = 0; row < size; row += 1) {
    for (let at = 0; at < row; at += 1) x[row] -= lower[row][at] * x[at];
    x[row] /= lower[row][row];
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let at = row + 1; at < size; at += 1) x[row] -= lower[at][row] * x[at];
    x[row] /= lower[row][row];
  }
  return x;
}
