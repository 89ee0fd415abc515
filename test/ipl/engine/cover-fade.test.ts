/** An exposure that ends within the picture fades out, or is held up to its edge, and leaves no line. */
import test from 'ava';
import { planeLayout } from '../../../plugin/core/frames/video-layout';
import { fadeOf, fadeOut } from '../../../plugin/ipl/engine/cover-fade';
import { heldCovers } from '../../../plugin/ipl/engine/held-border';
import { NATURAL } from '../../../plugin/ipl/engine/look';
import { cpuEngine } from '../engines';

const [COLUMNS, ROWS, BLOCK] = [20, 12, 8];

/** Of a cover from pixel `from` on, the logits of a row of blocks that were 5. */
function faded(from: number): number[] {
  const values = new Float32Array(2 * 6 * COLUMNS * ROWS);
  values.fill(5, 6 * COLUMNS * ROWS, 7 * COLUMNS * ROWS);
  const cover = Int32Array.from({ length: 2 * ROWS * BLOCK }, (_, at) => (at % 2 === 0 ? from : COLUMNS * BLOCK));
  fadeOut({ values, exposures: 2, per: 6, reference: 0 }, { covers: [undefined, cover] }, { columns: COLUMNS, rows: ROWS, block: BLOCK, width: COLUMNS * BLOCK });
  checkReference(values.subarray(0, 6 * COLUMNS * ROWS));
  return [...values.subarray(6 * COLUMNS * ROWS + 5 * COLUMNS, 6 * COLUMNS * ROWS + 6 * COLUMNS)];
}

/** The reference is left alone. */
function checkReference(reference: Float32Array): void {
  if (reference.some((value) => value !== 0)) throw new Error('The reference was changed.');
}

test('from nothing to all of its own within four blocks of where it ends, and not beside a narrow strip', (t) => {
  const row = faded(48);
  t.deepEqual(row.slice(0, 6), [-19, -19, -19, -19, -19, -19]);
  t.true(row.every((value, column) => column === 0 || value >= (row[column - 1] ?? 0)));
  t.true((row[6] ?? 5) < -5 && row.slice(9).every((value) => value === 5), row.join(' '));
  t.true(faded(8).every((value) => value === 5));
});

/** A bright exposure that is covered up to pixel `end` of each row. @returns the mean luma of each column, fused */
async function columnsUpTo(end: number): Promise<number[]> {
  const layout = planeLayout('I420', 320, 192);
  const flat = (code: number): Uint8Array => {
    const payload = new Uint8Array(layout.size).fill(128);
    payload.fill(code, 0, 320 * 192);
    // Something to look at.
    for (let at = 0; at < 320 * 192; at += 7) payload[at] = code + (at % 5);
    return payload;
  };
  const cover = Int32Array.from({ length: 2 * 192 }, (_, at) => (at % 2 === 0 ? 0 : end));
  const engine = await cpuEngine();
  const payloads = [flat(30), flat(60), flat(160)];
  await engine.fuse({ payloads, layout, range: 'full', reference: 1, look: { ...NATURAL, denoise: 0 }, covers: [undefined, undefined, cover] });
  return Array.from({ length: 320 }, (_, x) => Array.from({ length: 64 }, (__, y) => payloads[1]?.[(64 + y) * 320 + x] ?? 0).reduce((sum, code) => sum + code, 0) / 64);
}

test('an exposure that is brighter than the others ends without a line, in the middle of the picture and in a strip along its edge', async (t) => {
  const middle = await columnsUpTo(160);
  const whole = Math.abs((middle[80] ?? 0) - (middle[240] ?? 0));
  t.true(whole > 8, `${whole}`);
  for (const strip of [160, 3, 8, 12, 13, 20]) {
    const columns = strip === 160 ? middle : await columnsUpTo(320 - strip);
    const step = Math.max(...columns.slice(280 - strip).map((code, at) => Math.abs(code - (columns[279 - strip + at] ?? code))));
    t.log(`strip of ${strip}: ${whole.toFixed(1)} codes from one side to the other, ${step.toFixed(1)} at most from pixel to pixel`);
    t.true(step < whole / 4, `${step} of ${whole} in a strip of ${strip}`);
  }
});

test('what narrow strips lack is taken of the exposure\'s border, as far as it does not fade out before; what is covered nowhere is not', (t) => {
  const layout = planeLayout('I420', COLUMNS * BLOCK, ROWS * BLOCK);
  const cover = (left: number, right: number): Int32Array => Int32Array.from({ length: 2 * ROWS * BLOCK }, (_, at) => (at % 2 === 0 ? left : right));
  const held = (left: number, right: number): readonly number[] => [...(heldCovers({ covers: [cover(left, right)], layout }, BLOCK)[0] ?? []).slice(0, 2)];
  t.deepEqual(held(12, 148), []);
  t.deepEqual(held(13, 140), [1, 152]);
  t.deepEqual(held(0, 0), [0, 0]);
  const below = cover(0, 160).fill(0, 0, 2 * 20);
  t.deepEqual([...(heldCovers({ covers: [below], layout }, BLOCK)[0] ?? [])], [...cover(0, 160).fill(0, 0, 2 * 8)]);
  t.deepEqual(heldCovers({ covers: undefined, layout }, BLOCK), []);
});

test('a strip fades out by its width, wherever it is, also where the last blocks are narrow', (t) => {
  const [columns, rows, width, height] = [12, 9, 11 * BLOCK + 2, 8 * BLOCK + 2];
  const cover = (left: number, top: number, right: number, bottom: number): Int32Array =>
    Int32Array.from({ length: 2 * height }, (_, at) => (at >> 1 < top || at >> 1 >= height - bottom ? 0 : at % 2 === 0 ? left : width - right));
  const fades = (...sides: [number, number, number, number]): boolean => fadeOf(cover(...sides), 1, { columns, rows, block: BLOCK, width }) !== undefined;
  for (let side = 0; side < 4; side += 1) {
    const strip = (pixels: number): [number, number, number, number] => [0, 1, 2, 3].map((each) => (each === side ? pixels : 0)) as never;
    t.deepEqual([9, 11, 14, 20].map((pixels) => fades(...strip(pixels))), [false, false, true, true], `side ${side}`);
  }
});
