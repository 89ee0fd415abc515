/** The pyramid's matrices as tensors of the network: those of the whole map, and those of one slice of it. */
import { Tensor } from 'onnxruntime-node';
import { transposed } from './matrices';
import { axisPyramid, pyramidLevels, sameLevel, type AxisPyramid } from './pyramid';

export type PyramidFeeds = Readonly<Record<'down_rows' | 'next_rows' | 'down_columns' | 'next_columns' | 'up_columns' | 'same_level', Tensor>>;

export interface MapPyramid {
  readonly rows: AxisPyramid;
  readonly feeds: PyramidFeeds;
}

export function mapPyramid(height: number, width: number): MapPyramid {
  const levels = pyramidLevels(height, width);
  const rows = axisPyramid(height, levels);
  const columns = axisPyramid(width, levels);
  const feeds = {
    down_rows: floats(rows.down, rows.levelCells, height),
    next_rows: floats(rows.next, rows.levelCells, height),
    down_columns: turned(columns.down, columns.levelCells, width),
    next_columns: turned(columns.next, columns.levelCells, width),
    up_columns: turned(columns.up, width, columns.levelCells),
    same_level: floats(sameLevel(rows, columns), rows.levelCells, columns.levelCells),
  };
  return { rows, feeds };
}

/** Brings all levels to the rows `first` to `first + count - 1` of the map; rows outside of it are its nearest. */
export function upRows({ rows }: MapPyramid, first: number, count: number): Tensor {
  const { cells, levelCells, up } = rows;
  const values = new Float32Array(count * levelCells);
  for (let row = 0; row < count; row += 1) {
    const from = Math.min(cells - 1, Math.max(0, first + row));
    values.set(up.subarray(from * levelCells, (from + 1) * levelCells), row * levelCells);
  }
  return floats(values, count, levelCells);
}

/** One-hot columns: row `first + i` of a map of `height` rows for each row i of a slice; 0 for padding. */
export function ownRows(height: number, first: number, count: number): Tensor {
  const values = new Float32Array(height * count);
  for (let row = 0; row < count && first + row < height; row += 1) values[(first + row) * count + row] = 1;
  return floats(values, height, count);
}

function floats(values: Float32Array, rows: number, columns: number): Tensor {
  return new Tensor('float32', values, [rows, columns]);
}

function turned(values: Float32Array, rows: number, columns: number): Tensor {
  return floats(transposed({ rows, columns, values }).values, columns, rows);
}
