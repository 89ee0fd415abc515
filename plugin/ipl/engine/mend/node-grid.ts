/** The pixels of a picture that are looked at: eight by eight of a block. */
import type { PlaneLayout } from '../../../core/frames/video-layout';
import { eightBitsOf, type Cover } from '../../kernels';

/** Nodes of a block in each direction; the smallest block has as many pixels. */
export const SIDE = 8;

export class NodeGrid {
  /** Pixels from a node to the next. */
  readonly spacing: number;
  readonly columns: number;
  readonly rows: number;
  readonly #layout: PlaneLayout;

  constructor(layout: PlaneLayout, readonly block: number) {
    this.spacing = block / SIDE;
    this.columns = Math.ceil(layout.width / this.spacing);
    this.rows = Math.ceil(layout.height / this.spacing);
    this.#layout = layout;
  }

  /** Luma of the nodes, in 8 bits. */
  codesOf(payload: Uint8Array): Uint8Array {
    const { columns, rows, spacing } = this;
    const { offset, stride } = this.#layout.planes[0] ?? { offset: 0, stride: 0 };
    const { bytes, codeAt } = eightBitsOf(this.#layout.format);
    const step = spacing * bytes;
    const codes = new Uint8Array(columns * rows);
    for (let row = 0, node = 0; row < rows; row += 1) {
      for (let column = 0, at = offset + row * spacing * stride; column < columns; column += 1, at += step, node += 1) codes[node] = codeAt(payload, at);
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
