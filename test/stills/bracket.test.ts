/** Which pictures of a bracket are fused, in which order. */
import test from 'ava';
import { chooseShots, distinct, orderShots, type Shot } from '../../plugin/stills/bracket';
import { fillHotPixels } from '../../plugin/stills/hot-pixels';
import { buildKernels } from '../../plugin/ipl/kernels/build';
import { PackedKernels } from '../../plugin/ipl/kernels';

const shot = (exposure: number | undefined, luma: number, black = 0.1, white = 0.1): Shot => ({ exposure, luma, black, white });

test('what cameras noted orders the pictures, also against their brightness; else it is their brightness', (t) => {
  t.deepEqual(orderShots([shot(0, 90), shot(-2, 95), shot(2, 80)]), { darkToBright: [1, 0, 2], noted: true });
  t.deepEqual(orderShots([shot(0, 90), shot(undefined, 95), shot(2, 80)]), { darkToBright: [2, 0, 1], noted: false });
  // A camera that says the same of all has said nothing.
  t.deepEqual(orderShots([shot(1, 90), shot(1, 95), shot(3, 80)]), { darkToBright: [2, 0, 1], noted: false });
});

const even = (count: number, of: (index: number) => Partial<Shot> = () => ({})): Shot[] =>
  Array.from({ length: count }, (_, index) => ({ ...shot(index, 20 * index), ...of(index) }));

test('up to five are all fused, and the middle one is the reference: of two the darker', (t) => {
  for (const [count, reference] of [[1, 0], [2, 0], [3, 1], [4, 1], [5, 2]] as const) {
    t.deepEqual(chooseShots(even(count)), { chosen: even(count).map((_, index) => index), reference });
  }
  t.deepEqual(chooseShots(even(3), 0), { chosen: [0, 1, 2], reference: 0 });
});

test('of more, both ends are fused, the reference, and those that lie evenly between', (t) => {
  t.deepEqual(chooseShots(even(9)), { chosen: [0, 2, 4, 6, 8], reference: 4 });
  t.deepEqual(chooseShots(even(7)).reference, 3);
  for (const count of [6, 7, 8, 9]) {
    for (const wanted of [undefined, ...even(count).keys()]) {
      const { chosen, reference } = chooseShots(even(count), wanted);
      t.deepEqual([chosen.length, chosen[0], chosen.at(-1), chosen.includes(reference)], [5, 0, count - 1, true], `${count} ${wanted}`);
      t.deepEqual([...new Set(chosen)].sort((a, b) => a - b), chosen as number[]);
      if (wanted !== undefined) t.is(reference, wanted);
    }
  }
});

test('of more, those are left out first that are darker than one without lost lights, or brighter than one without lost darks', (t) => {
  const shots = even(9, (index) => ({ white: index <= 3 ? 0 : 0.1, black: index >= 7 ? 0 : 0.1 }));
  t.deepEqual(chooseShots(shots), { chosen: [3, 4, 5, 6, 7], reference: 5 });
  // The one that is wanted stays.
  t.true(chooseShots(shots, 0).chosen.includes(0));
});

test('what is there twice counts once', (t) => t.deepEqual(distinct([1, 2, 1, 3, 2], (a, b) => a === b), [1, 2, 3]));

/** Grey, with dots: of one pixel, or with the cross that demosaicing makes of it. */
function night(code: number, width: number, height: number, dots: readonly (readonly [number, number, number])[] = [], cross = false): Uint8Array {
  const out = new Uint8Array(3 * width * height).map((_, index) => code + ((index * 7) % 5));
  for (const [x, y, height_] of dots) {
    const at = 3 * (y * width + x) + 1;
    out[at] = height_;
    if (cross) for (const next of [at - 3, at + 3, at - 3 * width, at + 3 * width]) out[next] = Math.round((height_ + code) / 2);
  }
  return out;
}

test('dots of a long exposure that darker ones do not show are filled, in 16 bits, too; what they show stays', async (t) => {
  await buildKernels();
  const kernels = await PackedKernels.load();
  const fillIn = (eight: Uint8Array, darker: Uint8Array, deep?: Uint16Array): number => fillHotPixels({ eight, deep }, darker, width, height, kernels);
  const [width, height] = [40, 30];
  const dots = [[10, 10, 255], [20, 15, 90], [30, 20, 200]] as const;
  for (const cross of [false, true]) {
    const [long, clean, short] = [night(30, width, height, dots, cross), night(30, width, height), night(8, width, height)];
    const deep = Uint16Array.from(long, (code) => code * 257);
    t.is(fillIn(long, short, deep), 3);
    t.true(deep.every((code, index) => Math.abs(code / 257 - clean[index]) <= 5));
    t.true(long.every((code, index) => Math.abs(code - clean[index]) <= 5));
    // A lamp is in both, a little off.
    const lamp = night(30, width, height, [[10, 10, 255]], cross);
    const before = lamp.slice();
    t.is(fillIn(lamp, night(8, width, height, [[11, 10, 140]], cross)), 0);
    t.deepEqual(lamp, before);
  }
  // An edge is no dot, and neither is a line.
  const edge = night(30, width, height);
  for (let y = 0; y < height; y += 1) edge.fill(220, 3 * (y * width + 20), 3 * (y * width + 21));
  t.is(fillIn(edge, night(8, width, height)), 0);
});
