/** The pixels of a picture that are looked at: eight by eight of a block, as many as it has where it is smaller. */
import type { PlaneLayout } from '../../../core/frames/video-layout';
import type { Cover } from '../../kernels';

/** Nodes of a block in each direction. */
export const SIDE = 8;

export class NodeGrid {
  /** Pixels from a node to the next. */
  readonly spacing: number;
  readonly columns: number;
  readonly rows: number;
  readonly #layout: PlaneLayout;

  constructor(layout: PlaneLayout, readonly block: number) {
    this.spacing = Math.max(1, block / SIDE);
    this.columns = Math.ceil(layout.width / this.spacing);
    this.rows = Math.ceil(layout.height / this.spacing);
    this.#layout = layout;
  }

  /** Luma of the nodes, of 8 bits. */
  codesOf(payload: Uint8Array): Uint8Array {
    const { columns, rows, spacing } = this;
    const { offset, stride } = this.#layout.planes[0] ?? { offset: 0, stride: 0 };
    const codes = new Uint8Array(columns * rows);
    for (let row = 0, node = 0; row < rows; row += 1) {
      for (let column = 0, at = offset + row * spacing * stride; column < columns; column += 1, at += spacing, node += 1) codes[node] = payload[at] ?? 0;
    }
    return codes;
  }

  coveredBy(cover: Cover | undefined): (node: number) => boolean {
    if (!cover) return () => true;
    const { columns, spacing } = this;
    return (node) => {
      const y = Math.floor(node / columns) * spacing;
      const x = (node % columns) * spacing;
      return x >= (cover[2 * y] ?? 0) && x < (cover[2 * y + 1] ?? 0);
    };
  }
}
