/**
 * The map's Laplacian pyramid as matrices, constant inputs of the network: it blends what all slices left in the cache
 * scale by scale (Mertens et al., Exposure Fusion, 2007) with matrix products alone. models/train/network/pyramid.py makes the
 * same and says what each matrix is for.
 */

/** Row-major float64 [rows, columns]. */
interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** Of one axis of n cells; L is the cells of all levels together. */
export interface AxisPyramid {
  readonly cells: number;
  /** L. */
  readonly levelCells: number;
  /** [L, n]: to the cells of all levels. */
  readonly down: Float32Array;
  /** [L, n]: what the next coarser level shows of each level. */
  readonly next: Float32Array;
  /** [n, L]: from all levels back to cells, added up. */
  readonly up: Float32Array;
  /** [L]: the level of each row of `down`. */
  readonly level: Uint8Array;
}

/** Reductions until the shorter side would be less than a cell. */
export function pyramidLevels(height: number, width: number): number {
  return Math.floor(Math.log2(Math.min(height, width)));
}

/** @param count reductions */
export function axisPyramid(cells: number, count: number): AxisPyramid {
  const downs: Matrix[] = [];
  const nexts: Matrix[] = [];
  const ups: Matrix[] = [];
  let to = identity(cells);
  let back = identity(cells);
  for (let step = 0; step <= count; step += 1) {
    downs.push(to);
    ups.push(back);
    if (step === count) {
      nexts.push(zeros(to.rows, cells));
      break;
    }
    const expand = expansion(to.rows);
    const coarser = product(reduction(to.rows), to);
    nexts.push(product(expand, coarser));
    back = product(back, expand);
    to = coarser;
  }
  const levelCells = downs.reduce((sum, { rows }) => sum + rows, 0);
  const stack = (matrices: Matrix[]): Float32Array => Float32Array.from(matrices.flatMap(({ values }) => [...values]));
  return {
    cells,
    levelCells,
    down: stack(downs),
    next: stack(nexts),
    up: sideBySide(ups, cells, levelCells),
    level: Uint8Array.from(downs.flatMap(({ rows }, level) => new Array<number>(rows).fill(level))),
  };
}

/** [a.levelCells, b.levelCells]: 1 where both are of one level. */
export function sameLevel(a: AxisPyramid, b: AxisPyramid): Float32Array {
  const mask = new Float32Array(a.levelCells * b.levelCells);
  a.level.forEach((level, row) => b.level.forEach((other, column) => (mask[row * b.levelCells + column] = level === other ? 1 : 0)));
  return mask;
}

/** [ceil(n/2), n]: every second cell, blurred by (1,4,6,4,1)/16; mirrored at the borders, as OpenCV's pyrDown does. */
function reduction(n: number): Matrix {
  const matrix = zeros(Math.ceil(n / 2), n);
  const taps = [1, 4, 6, 4, 1];
  for (let row = 0; row < matrix.rows; row += 1) {
    taps.forEach((tap, at) => add(matrix, row, mirrored(2 * row + at - 2, n), tap / 16));
  }
  return matrix;
}

/** [n, ceil(n/2)]: back to n cells, as OpenCV's pyrUp does. */
function expansion(n: number): Matrix {
  const half = Math.ceil(n / 2);
  const matrix = zeros(n, half);
  for (let row = 0; row < n; row += 1) {
    const at = row >> 1;
    const taps: readonly (readonly [number, number])[] = row % 2 === 1 ? [[at, 0.5], [at + 1, 0.5]] : [[at - 1, 0.125], [at, 0.75], [at + 1, 0.125]];
    for (const [cell, share] of taps) add(matrix, row, Math.min(half > 1 ? Math.abs(cell) : 0, half - 1), share);
  }
  return matrix;
}

function mirrored(index: number, n: number): number {
  let at = index;
  while (n > 1 && (at < 0 || at >= n)) at = at < 0 ? -at : 2 * (n - 1) - at;
  return n > 1 ? at : 0;
}

function zeros(rows: number, columns: number): Matrix {
  return { rows, columns, values: new Float64Array(rows * columns) };
}

function identity(n: number): Matrix {
  const matrix = zeros(n, n);
  for (let at = 0; at < n; at += 1) matrix.values[at * n + at] = 1;
  return matrix;
}

function add({ columns, values }: Matrix, row: number, column: number, value: number): void {
  const at = row * columns + column;
  values[at] = (values[at] ?? 0) + value;
}

function product(a: Matrix, b: Matrix): Matrix {
  const result = zeros(a.rows, b.columns);
  for (let row = 0; row < a.rows; row += 1) {
    for (let inner = 0; inner < a.columns; inner += 1) {
      const factor = a.values[row * a.columns + inner] ?? 0;
      if (factor === 0) continue;
      for (let column = 0; column < b.columns; column += 1) {
        add(result, row, column, factor * (b.values[inner * b.columns + column] ?? 0));
      }
    }
  }
  return result;
}

function sideBySide(matrices: Matrix[], rows: number, columns: number): Float32Array {
  const result = new Float32Array(rows * columns);
  let start = 0;
  for (const matrix of matrices) {
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < matrix.columns; column += 1) {
        result[row * columns + start + column] = matrix.values[row * matrix.columns + column] ?? 0;
      }
    }
    start += matrix.columns;
  }
  return result;
}
