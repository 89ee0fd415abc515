/** Matrices that average samples to blocks and interpolate cells to pixels; models/train/export/gpu_plan.py has the same. */

/** Row-major. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/**
 * Row i averages those of the samples `i * perBlock` to `(i + 1) * perBlock` that count; it is 0 where none do.
 * @param counts whether a sample lies in the picture and is of use
 */
export function averages(blocks: number, perBlock: number, counts: (sample: number) => boolean): Matrix {
  const columns = blocks * perBlock;
  const values = new Float32Array(blocks * columns);
  for (let block = 0; block < blocks; block += 1) {
    const own = Array.from({ length: perBlock }, (_, at) => block * perBlock + at).filter(counts);
    for (const sample of own) values[block * columns + sample] = 1 / own.length;
  }
  return { rows: blocks, columns, values };
}

export function transposed({ rows, columns, values }: Matrix): Matrix {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) turned[column * rows + row] = values[row * columns + column] ?? 0;
  }
  return { rows: columns, columns: rows, values: turned };
}

/** Where a pixel lies among the centres of the cells: 0 is the first cell's, and nothing lies outside of the last. */
export function cellPosition(pixel: number, block: number, cells: number): number {
  return Math.min(cells - 1, Math.max(0, (pixel + 0.5) / block - 0.5));
}

/** Interpolates pixels `first` to `first + rows - 1` between the cells around them. @returns the first of these cells */
export function interpolation(first: number, rows: number, block: number, cells: number): { firstCell: number; matrix: Matrix } {
  const firstCell = Math.floor(cellPosition(first, block, cells));
  const columns = Math.min(cells - 1, Math.ceil(cellPosition(first + rows - 1, block, cells))) - firstCell + 1;
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const position = cellPosition(first + row, block, cells) - firstCell;
    for (let cell = 0; cell < columns; cell += 1) values[row * columns + cell] = Math.max(0, 1 - Math.abs(position - cell));
  }
  return { firstCell, matrix: { rows, columns, values } };
}
