/** Black borders of a picture in a file: filled as blank-borders.ts fills them, of strips along its sides. */
import { HELD } from '../../ipl/engine/held-border';
import { blockSize } from '../../ipl/network/slice-plan';
import { fillBorder, findBorder, reachOf, SIDES, type Area, type Side } from '../blank-borders';
import { writeRows, type PixelFile } from './pixel-file';

/** Rows at a time, where strips are as high as the picture. */
const ROWS = 64;

/** @returns pixels of the widest; 0 where there is none */
export function fillBordersIn(file: PixelFile, reference: PixelFile, brighter: boolean): number {
  const most = HELD * blockSize(file.width, file.height);
  return SIDES.reduce((widest, side) => {
    const strip = stripOf(file, side, reachOf(most));
    const border = findBorder(strip, stripOf(reference, side, reachOf(most)), side, brighter, most);
    if (!border) return widest;
    const pixels = fillBorder(strip, border);
    writeStrip(file, side, strip);
    return Math.max(widest, pixels);
  }, 0);
}

/** So many pixels of all lines. */
function stripOf(file: PixelFile, side: Side, reach: number): Area {
  const { width, height, sample } = file;
  if (side === 'top' || side === 'bottom') {
    const [from, to] = side === 'top' ? [0, Math.min(reach, height)] : [Math.max(0, height - reach), height];
    return { pixels: file.rows(from, to), width, height: to - from };
  }
  const columns = Math.min(reach, width);
  const left = side === 'left' ? 0 : width - columns;
  const pixels = sample === 1 ? new Uint8Array(3 * columns * height) : new Uint16Array(3 * columns * height);
  for (let row = 0; row < height; row += ROWS) {
    const end = Math.min(height, row + ROWS);
    const rows = file.rows(row, end);
    for (let y = row; y < end; y += 1) {
      const from = 3 * ((y - row) * width + left);
      pixels.set(rows.subarray(from, from + 3 * columns), 3 * y * columns);
    }
  }
  return { pixels, width: columns, height };
}

function writeStrip(file: PixelFile, side: Side, { pixels, width: columns, height: lines }: Area): void {
  const { width, height } = file;
  if (side === 'top') return writeRows(file.place, 0, pixels);
  if (side === 'bottom') return writeRows(file.place, height - lines, pixels);
  const left = side === 'left' ? 0 : width - columns;
  for (let row = 0; row < height; row += ROWS) {
    const end = Math.min(height, row + ROWS);
    const rows = file.rows(row, end);
    for (let y = row; y < end; y += 1) rows.set(pixels.subarray(3 * y * columns, 3 * (y + 1) * columns), 3 * ((y - row) * width + left));
    writeRows(file.place, row, rows);
  }
}
