/**
 * Pictures that are not all there at once: their nodes, which are all that is looked at, are gathered rows by rows, and are a small picture each,
 * in whose blocks of eight by eight pixels the same is found.
 */
import { planeLayout, type PlaneLayout } from '../../../core/frames/video-layout';
import type { Cover } from '../../kernels';
import { findPatches } from './find-patches';
import { SIDE } from './node-grid';
import type { Rows } from './patch';
import type { Patch } from './slopes';

/** Of some rows of an exposure: luma, Cb and Cr of the nodes in them, row by row. */
export type Nodes = readonly [Uint8Array, Uint8Array, Uint8Array];

/** @param layout of Y444 @param rows whole rows of blocks, but for the picture's end */
export function nodesIn(payload: Uint8Array, { planes, width }: PlaneLayout, block: number, [from, to]: Rows): Nodes {
  const spacing = block / SIDE;
  const [columns, rows] = [Math.ceil(width / spacing), Math.ceil((to - from) / spacing)];
  const [luma, blue, red] = planes.map(({ offset, stride }) => {
    const nodes = new Uint8Array(columns * rows);
    for (let row = 0, node = 0; row < rows; row += 1) {
      for (let column = 0, at = offset + (from + row * spacing) * stride; column < columns; column += 1, at += spacing, node += 1) nodes[node] = payload[at] ?? 0;
    }
    return nodes;
  });
  if (!luma || !blue || !red) throw new RangeError('Nodes are of three planes.');
  return [luma, blue, red];
}

/**
 * What findPatches would find.
 * @param bands from the first to the last: of the exposures, dark to bright, 8 bits of full range
 * @param size of the pictures
 */
export function findPatchesInNodes(bands: readonly (readonly Nodes[])[], reference: number, covers: readonly (Cover | undefined)[], { width, height }: { readonly width: number; readonly height: number }, block: number): (Patch | undefined)[] {
  const [first = []] = bands;
  const spacing = block / SIDE;
  const [columns, rows] = [Math.ceil(width / spacing), Math.ceil(height / spacing)];
  const layout = planeLayout('Y444', columns, rows);
  const payloads = first.map((_, exposure) => pictureOf(bands.flatMap((band) => band[exposure] ?? []), layout, bands.length));
  const inNodes = covers.map((cover) => cover && coverOfNodes(cover, rows, spacing));
  const found = findPatches({ payloads, layout, range: 'full', reference, covers: inNodes }, SIDE);
  return found.map((patch) => patch && { ...patch, grid: { block, spacing, columns, rows } });
}

function pictureOf(planesOfBands: readonly Uint8Array[], { planes, size, width }: PlaneLayout, bands: number): Uint8Array {
  const payload = new Uint8Array(size);
  for (const [number, { offset, stride }] of planes.entries()) {
    let row = 0;
    for (let band = 0; band < bands; band += 1) {
      const own = planesOfBands[band * planes.length + number];
      if (!own) throw new RangeError('A band has no nodes.');
      for (let at = 0; at < own.length; at += width, row += 1) payload.set(own.subarray(at, at + width), offset + row * stride);
    }
  }
  return payload;
}

function coverOfNodes(cover: Cover, rows: number, spacing: number): Cover {
  const out = new Int32Array(2 * rows);
  for (let row = 0; row < rows; row += 1) for (let end = 0; end < 2; end += 1) out[2 * row + end] = Math.ceil((cover[2 * row * spacing + end] ?? 0) / spacing);
  return out;
}

/** Whether something of a picture's rows is mended. */
export function touchesRows({ shares, grid: { columns, spacing } }: Patch, [from, to]: Rows): boolean {
  return shares.subarray(Math.floor(from / spacing) * columns, (Math.ceil(to / spacing) + 1) * columns).some((share) => share > 0);
}
