/** An exposure that ends in the middle of the picture fades out, and leaves no line. */
import test from 'ava';
import { planeLayout } from '../../../plugin/core/frames/video-layout';
import { fadeOut } from '../../../plugin/ipl/engine/cover-fade';
import { NATURAL } from '../../../plugin/ipl/engine/look';
import { cpuEngine } from '../engines';

const [COLUMNS, ROWS, BLOCK] = [20, 12, 8];

/** Of a cover from pixel `from` on, the logits of a row of blocks that were 5. */
function faded(from: number): number[] {
  const values = new Float32Array(2 * 6 * COLUMNS * ROWS);
  values.fill(5, 6 * COLUMNS * ROWS, 7 * COLUMNS * ROWS);
  const cover = Int32Array.from({ length: 2 * ROWS * BLOCK }, (_, at) => (at % 2 === 0 ? from : COLUMNS * BLOCK));
  fadeOut({ values, exposures: 2, per: 6, reference: 0 }, [undefined, cover], COLUMNS, ROWS, BLOCK);
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

test('an exposure that is brighter than the others ends without a line', async (t) => {
  const layout = planeLayout('I420', 320, 192);
  const flat = (code: number): Uint8Array => {
    const payload = new Uint8Array(layout.size).fill(128);
    payload.fill(code, 0, 320 * 192);
    // Something to look at.
    for (let at = 0; at < 320 * 192; at += 7) payload[at] = code + (at % 5);
    return payload;
  };
  const cover = Int32Array.from({ length: 2 * 192 }, (_, at) => (at % 2 === 0 ? 0 : 160));
  const engine = await cpuEngine();
  const payloads = [flat(30), flat(60), flat(160)];
  await engine.fuse({ payloads, layout, range: 'full', reference: 1, look: { ...NATURAL, denoise: 0 }, covers: [undefined, undefined, cover] });
  const columns = Array.from({ length: 320 }, (_, x) => Array.from({ length: 64 }, (__, y) => payloads[1]?.[(64 + y) * 320 + x] ?? 0).reduce((sum, code) => sum + code, 0) / 64);
  const step = Math.max(...columns.slice(120, 200).map((code, at) => Math.abs(code - (columns[119 + at] ?? code))));
  const whole = Math.abs((columns[80] ?? 0) - (columns[240] ?? 0));
  t.log(`${whole.toFixed(1)} codes from one side to the other, ${step.toFixed(1)} at most from pixel to pixel`);
  t.true(whole > 8, `${whole}`);
  t.true(step < whole / 4, `${step} of ${whole}`);
});
