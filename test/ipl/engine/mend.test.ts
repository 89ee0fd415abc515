/** What stands in one exposure only, before ground that the reference lost: what is mended, and what is left as it is to the code. */
import test, { type ExecutionContext } from 'ava';
import { bytesOf, depthOf, isInterleaved, planeLayout, type PixelFormat, type PlaneLayout } from '../../../plugin/core/frames/video-layout';
import { findPatches, findPatchesInNodes, mend, mendWith, nodesIn, touchesRows, type Patch } from '../../../plugin/ipl/engine/mend';
import { moveWhole } from '../../../plugin/ipl/kernels';
import { RANGES } from '../../../plugin/ipl/kernels/rule.generated';
import { blockSize } from '../../../plugin/ipl/network/slice-plan';

/** Neither is a number of whole blocks, and both are odd. */
const [WIDTH, HEIGHT] = [333, 251];
const GAIN = 2 ** (-2.5 / 2.2);

type Shade = (x: number, y: number) => number;

/** Luma of the scene as the reference would have it, were there no white: a wall, and a floor that it loses from line 100 on. */
const scene: Shade = (x, y) => (y < 100 ? 0.35 + (0.2 * x) / WIDTH : 1.3 + (0.5 * x) / WIDTH);
const inMan: Shade = (x, y) => Number(((x - 160) / 20) ** 2 + ((y - 175) / 40) ** 2 < 1);

/** The same with a floor that is black. */
const night: Shade = (x, y) => (y < 100 ? 0.04 + (0.3 * x) / WIDTH : 0.02 + (0.01 * x) / WIDTH);

/** A darker exposure and the reference, or the reference and a brighter one; chroma of the other says where there is floor (100, 150) and where a man (60, 200). */
function bracket(format: PixelFormat, range: 'full' | 'limited', man: Shade, brighter = false): { layout: PlaneLayout; payloads: Uint8Array[] } {
  const layout = planeLayout(format, WIDTH, HEIGHT);
  const [black, span] = RANGES[range];
  const payloads = (brighter ? [1, 1 / GAIN] : [GAIN, 1]).map((gain) => {
    const own: Shade = (x, y) => (gain !== 1 && man(x, y) ? (brighter ? 0.7 : 0.1) : Math.min(1, gain * (brighter ? night : scene)(x, y)));
    const colour = (number: number): Shade => (x, y) => (gain !== 1 && man(x, y) ? [60, 200] : y < 100 ? [128, 128] : [100, 150])[number] ?? 0;
    const payload = new Uint8Array(layout.size).fill(7);
    for (const [index, plane] of layout.planes.entries()) {
      const scale = index === 0 ? 1 : layout.chromaScale;
      const pair = index > 0 && isInterleaved(format);
      for (let y = 0; y < plane.height; y += 1) {
        for (let at = 0; at < plane.width / bytesOf(format); at += 1) {
          const [x, line] = [(pair ? at >> 1 : at) * scale, y * scale];
          const code = index === 0 ? Math.round(black + span * own(x, line)) : colour(pair ? at % 2 : index - 1)(x, line);
          if (depthOf(format) === 8) payload[plane.offset + y * plane.stride + at] = code;
          else if (depthOf(format) === 10) new Uint16Array(payload.buffer)[(plane.offset + y * plane.stride) / 2 + at] = code << (format === 'P010_10LE' ? 8 : 2);
          else new Uint16Array(payload.buffer)[(plane.offset + y * plane.stride) / 2 + at] = index === 0 ? 257 * code : 32768 + 257 * (code - 128);
        }
      }
    }
    return payload;
  });
  return { layout, payloads };
}

const nobody: Shade = () => 0;
const BLOCK = blockSize(WIDTH, HEIGHT);

/** By how much bytes of two payloads differ at most. */
const furthest = (a: Uint8Array, b: Uint8Array): number => a.reduce((most, code, at) => Math.max(most, Math.abs(code - (b[at] ?? 0))), 0);

for (const [deep, format] of [['I420_10LE', 'I420'], ['P010_10LE', 'NV12']] as const) {
  test(`of 10 bits the same is mended as of 8 (${deep})`, (t) => {
    const [ten, eight] = [bracket(deep, 'limited', inMan), bracket(format, 'limited', inMan)];
    mend({ ...ten, range: 'limited', reference: 1 }, BLOCK);
    mend({ ...eight, range: 'limited', reference: 1 }, BLOCK);
    const [own, samples] = [eight.payloads[0], new Uint16Array(ten.payloads[0].buffer)];
    let most = 0;
    for (const [index, plane] of eight.layout.planes.entries()) {
      const to = ten.layout.planes[index];
      for (let y = 0; y < plane.height; y += 1) {
        for (let x = 0; x < plane.width; x += 1) {
          const sample = samples[(to.offset + y * to.stride) / 2 + x];
          if (deep === 'P010_10LE' && sample & 63) t.fail('bits below the ten');
          most = Math.max(most, Math.abs(sample / (deep === 'P010_10LE' ? 256 : 4) - own[plane.offset + y * plane.stride + x]));
        }
      }
    }
    t.true(most <= 0.75, String(most));
  });
}

for (const [format, range] of [['I420', 'full'], ['I420', 'limited'], ['NV12', 'limited'], ['Y444', 'full']] as const) {
  test(`a man before a lost floor is taken out, luma and chroma, and nothing else is touched (${format}, ${range})`, (t) => {
    const { layout, payloads } = bracket(format, range, inMan);
    const plain = bracket(format, range, nobody).payloads;
    t.true(furthest(payloads[0], plain[0]) > 60);
    mend({ payloads, layout, range, reference: 1 }, BLOCK);
    t.true(furthest(payloads[0], plain[0]) <= 4, `${furthest(payloads[0], plain[0])} codes off`);
    t.is(furthest(payloads[1], plain[1]), 0);
    const again = payloads[0].slice();
    t.deepEqual(mend({ payloads, layout, range, reference: 1 }, BLOCK), [undefined, undefined]);
    t.is(furthest(payloads[0], again), 0);
  });

  test(`so is one in the brighter exposure before a floor that is black in the reference (${format}, ${range})`, (t) => {
    const { layout, payloads } = bracket(format, range, inMan, true);
    const plain = bracket(format, range, nobody, true).payloads;
    t.true(furthest(payloads[1], plain[1]) > 60);
    mend({ payloads, layout, range, reference: 0 }, BLOCK);
    t.true(furthest(payloads[1], plain[1]) <= 4, `${furthest(payloads[1], plain[1])} codes off`);
    t.is(furthest(payloads[0], plain[0]), 0);
    t.deepEqual(mend({ payloads, layout, range, reference: 0 }, BLOCK), [undefined, undefined]);
  });
}

test('what is read whole pixels elsewhere is mended as if it had been moved, and moved with that', (t) => {
  for (const format of ['I420', 'NV12'] as const) {
    const { layout, payloads: [dark, own] } = bracket(format, 'full', inMan);
    const shift = { x: 6, y: -4 };
    const moved = dark.slice();
    moveWhole(moved, layout, shift);
    const patches = mend({ payloads: [moved, own], layout, range: 'full', reference: 1 }, BLOCK);
    t.deepEqual(mend({ payloads: [dark, own], layout, range: 'full', reference: 1, shifts: [shift] }, BLOCK), patches);
    t.truthy(patches[0]);
    t.is(furthest(dark, moved), 0);
  }
});

test('planes of 16 bits are mended with what was found in those of 8', (t) => {
  const { layout, payloads } = bracket('Y444', 'full', inMan);
  const patches = mend({ payloads, layout, range: 'full', reference: 1 }, BLOCK);
  const deep = bracket('Y444_16LE', 'full', inMan);
  const plain = bracket('Y444_16LE', 'full', nobody);
  mendWith(patches, deep.payloads, deep.layout, 1);
  const [mended, wanted] = [deep.payloads[0], plain.payloads[0]].map((payload) => new Uint16Array(payload.buffer)) as [Uint16Array, Uint16Array];
  const pixels = (deep.layout.planes[1]?.offset ?? 0) / 2;
  const off = (from: number, to: number): number => mended.subarray(from, to).reduce((most, code, at) => Math.max(most, Math.abs(code - wanted[from + at])), 0);
  t.true(off(0, pixels) <= 4 * 257, `luma is ${off(0, pixels)} of 65535 off`);
  t.true(off(pixels, mended.length) <= 2, `chroma is ${off(pixels, mended.length)} of 65535 off`);
  t.is(furthest(deep.payloads[1], plain.payloads[1]), 0);
});

test('of pictures that are not all there at once the same is found, from the nodes of their bands', (t) => {
  for (const brighter of [false, true]) sameInNodes(t, brighter);
});

function sameInNodes(t: ExecutionContext, brighter: boolean): void {
  const { layout, payloads } = bracket('Y444', 'full', inMan, brighter);
  const reference = brighter ? 0 : 1;
  const other = 1 - reference;
  const cover = Int32Array.from({ length: 2 * HEIGHT }, (_, at) => (at % 2 === 0 ? 3 : WIDTH - Math.floor(at / 4) - 40));
  for (const block of [8, 16, 32]) {
    const bands = [0, 64, 128, 192].map((from) => payloads.map((payload) => nodesIn(payload, layout, block, [from, Math.min(HEIGHT, from + 64)])));
    for (const covers of [[], brighter ? [undefined, cover] : [cover, undefined]]) {
      const whole = findPatches({ payloads, layout, range: 'full', reference, covers }, block)[other];
      const found = findPatchesInNodes(bands, reference, covers, layout, block)[other];
      if (!whole || !found) return t.fail(`Nothing is found in blocks of ${block}.`);
      const { block: own, spacing, columns, rows } = whole.grid;
      t.deepEqual(found, { ...whole, grid: { block: own, spacing, columns, rows } });
      t.deepEqual([[0, 96], [128, 160]].map(([from, to]) => touchesRows(found, [from, to])), [false, true], `${block}`);
      const [all, parts] = [payloads.slice(), payloads.slice()];
      const [inAll, inParts] = [all, parts].map((own) => (own[other] = payloads[other].slice()));
      const patchOf = (patch: Patch): (Patch | undefined)[] => payloads.map((_, exposure) => (exposure === other ? patch : undefined));
      mendWith(patchOf(whole), all, layout, reference);
      t.true(furthest(inAll, payloads[other]) > 60);
      for (let from = 0; from < HEIGHT; from += 50) mendWith(patchOf(found), parts, layout, reference, [from, Math.min(HEIGHT, from + 50)]);
      t.is(furthest(inAll, inParts), 0);
    }
  }
}

for (const [name, code] of [['fades over a node where the reference becomes light by and by', 180], ['goes up to a sharp edge of the white', undefined], ['is what is expected where the reference is nearly white', 230]] as const) {
  test(`what is filled ${name}`, (t) => {
    // He goes on beyond the white.
    const inTall = (x: number, y: number): number => Number(Math.abs(x - 160) < 40 && y > 60 && y < 180);
    const { layout, payloads } = bracket('I420', 'full', inTall);
    const stride = layout.planes[0]?.stride ?? 0;
    const expected = Math.round(GAIN * (code ?? 0));
    for (let y = 90; y < 100 && code !== undefined; y += 1) {
      payloads[1].fill(code, y * stride, (y + 1) * stride);
      for (let x = 0; x < WIDTH; x += 1) if (!inTall(x, y)) payloads[0][y * stride + x] = expected;
    }
    const before = payloads[0].slice();
    mend({ payloads, layout, range: 'full', reference: 1 }, 32);
    const filled = Array.from({ length: 60 }, (_, line) => (payloads[0][(90 + line) * stride + 160] ?? 0) - (before[(90 + line) * stride + 160] ?? 0));
    const steps = filled.slice(1).map((change, line) => Math.abs(change - (filled[line] ?? 0)));
    const depth = Math.max(...filled);
    t.log(filled.slice(0, 24).join(' '));
    t.true(depth > 60, `${depth} codes are filled`);
    if (code === 230) {
      const wanted = expected - (before[95 * stride + 160] ?? 0);
      t.true(filled.slice(0, 10).every((change) => Math.abs(change - wanted) <= 2), `${wanted} are wanted where the reference shows what is there`);
    } else t.deepEqual(filled.slice(0, 10), Array.from({ length: 10 }, () => 0), 'where the reference shows what is there');
    if (code !== 230) t.is(Math.max(...steps) < 0.5 * depth, code !== undefined, `a step of ${Math.max(...steps)} of ${depth}`);
    t.is((filled[10] ?? 0) > depth - 4, code !== 180, `${filled[10]} of ${depth} in the first line`);
  });
}

const untouched: readonly (readonly [string, Shade])[] = [
  ['where nothing moved', nobody],
  ['a narrow rim, as a blurred reference has', (x, y) => Number(y > 120 && y < 230 && x >= 160 && x < 162)],
  ['who stands before what the reference shows', (x, y) => Number(y < 90 && Math.abs(x - 160) < 25)],
  ['more than half of the white: then exposures do not tell of one another', (x, y) => Number(y >= 100 && x < 250)],
];
for (const [name, man] of untouched) {
  test(`left as it is, to the code: ${name}`, (t) => {
    const { layout, payloads } = bracket('I420', 'full', man);
    const before = payloads.map((payload) => payload.slice());
    mend({ payloads, layout, range: 'full', reference: 1 }, BLOCK);
    t.deepEqual(payloads.map((payload, at) => furthest(payload, before[at])), [0, 0]);
  });
}

test('left as it is: what an exposure does not cover, and what has no ground near', (t) => {
  const { layout, payloads } = bracket('I420', 'full', inMan);
  const before = payloads.map((payload) => payload.slice());
  const cover = Int32Array.from({ length: 2 * HEIGHT }, (_, at) => (at % 2 === 0 ? 220 : WIDTH));
  mend({ payloads, layout, range: 'full', reference: 1, covers: [cover, undefined] }, BLOCK);
  t.deepEqual(payloads.map((payload, at) => furthest(payload, before[at])), [0, 0], 'covered from x 220 on');
  // Only far away is floor that the dark exposure shows.
  const far = bracket('I420', 'full', (x, y) => Number(y >= 100 && y < 190 && x < 200));
  const own = far.payloads[0].slice();
  mend({ payloads: far.payloads, layout, range: 'full', reference: 1 }, BLOCK);
  t.true([40, 80].every((x) => far.payloads[0][130 * (layout.planes[0]?.stride ?? 0) + x] === own[130 * (layout.planes[0]?.stride ?? 0) + x]));
});

test('of an exposure that is brighter than the reference, white ground tells nothing', (t) => {
  const { layout, payloads } = bracket('I420', 'full', inMan);
  t.deepEqual(mend({ payloads, layout, range: 'full', reference: 0 }, BLOCK), [undefined, undefined]);
});
