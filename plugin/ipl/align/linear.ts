/** Small symmetric systems of equations. */

/** The inverse of a positive definite n x n matrix (row-major), or undefined where it is none. By Gauss and Jordan. */
export function inverse(matrix: Float64Array, n: number): Float64Array | undefined {
  const [left, right] = [Float64Array.from(matrix), new Float64Array(n * n)];
  for (let i = 0; i < n; i += 1) right[i * n + i] = 1;
  for (let pivot = 0; pivot < n; pivot += 1) {
    const diagonal = left[pivot * n + pivot];
    // Of a unit that the caller chose near one.
    if (!(diagonal > 1e-9)) return undefined;
    for (let k = 0; k < n; k += 1) {
      left[pivot * n + k] /= diagonal;
      right[pivot * n + k] /= diagonal;
    }
    for (let row = 0; row < n; row += 1) {
      const factor = left[row * n + pivot];
      if (row === pivot || factor === 0) continue;
      for (let k = 0; k < n; k += 1) {
        left[row * n + k] -= factor * left[pivot * n + k];
        right[row * n + k] -= factor * right[pivot * n + k];
      }
    }
  }
  return right;
}

export function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  return vector.map((_, row) => {
    let sum = 0;
    for (let k = 0; k < n; k += 1) sum += matrix[row * n + k] * vector[k];
    return sum;
  });
}
