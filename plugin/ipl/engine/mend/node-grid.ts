/** The pixels of a picture that are looked at: eight by eight of a block. */
import type { PlaneLayout } from '../../../core/frames/video-layout';
import { eightBitsOf, NODES, nodesAlong, type Cover, type Shift } from '../../kernels';

/** Nodes of a block in each direction. */
export const SIDE = NODES;

/** Nodes from left and top on, up to right and bottom, which are beyond it. */
export interface NodeBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export class NodeGrid {
  /** Pixels from a node to the next. */
  readonly spacing: number;
  readonly columns: number;
  readonly rows: number;
  readonly #layout: PlaneLayout;

  constructor(layout: PlaneLayout, readonly block: number) {
    this.spacing = block / SIDE;
    this.columns = nodesAlong(layout.width, block);
    this.rows = nodesAlong(layout.height, block);
    this.#layout = layout;
  }

  /** Luma of the nodes, in 8 bits. @param shift from where they are read; what lies outside repeats the border */
  codesOf(payload: Uint8Array, shift?: Shift): Uint8Array {
    const { columns, rows, spacing } = this;
    const { offset, stride, width, height } = this.#layout.planes[0] ?? { offset: 0, stride: 0, width: 0, height: 0 };
    const { bytes, codeAt } = eightBitsOf(this.#layout.format);
    const codes = new Uint8Array(columns * rows);
    const across = placesAlong(columns, spacing, shift?.x, width / bytes);
    const down = placesAlong(rows, spacing, shift?.y, height);
    const isPlain = bytes === 1 && !shift;
    for (let row = 0, node = 0; row < rows; row += 1) {
      const from = offset + (down[row] ?? 0) * stride;
      // Nearly all pictures are read so, in half the time.
      if (isPlain) for (let at = from, end = from + width; at < end; at += spacing, node += 1) codes[node] = payload[at] ?? 0;
      if (isPlain) continue;
      for (let column = 0; column < columns; column += 1, node += 1) codes[node] = codeAt(payload, from + (across[column] ?? 0) * bytes);
    }
    return codes;
  }

  /** 1 at the nodes that an exposure covers; undefined: all. */
  coveredBy(cover: Cover | undefined): Uint8Array | undefined {
    if (!cover) return undefined;
    const { columns, rows, spacing } = this;
    const covered = new Uint8Array(columns * rows);
    for (let row = 0; row < rows; row += 1) {
      const [from, to] = [cover[2 * row * spacing] ?? 0, cover[2 * row * spacing + 1] ?? 0];
      const end = Math.min(columns, Math.ceil(to / spacing));
      const first = Math.ceil(from / spacing);
      if (first < end) covered.fill(1, row * columns + first, row * columns + end);
    }
    return covered;
  }
}

/** Where nodes lie along one side of a plane of `size` samples. @param shift in samples */
export function placesAlong(nodes: number, spacing: number, shift = 0, size = Infinity): Int32Array {
  return Int32Array.from({ length: nodes }, (_, node) => Math.min(Math.max(Math.floor(node * spacing) + shift, 0), size - 1));
}
