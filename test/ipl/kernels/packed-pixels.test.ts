/** Packed red, green and blue to planes and back, and where dots may be: against plain arithmetic. */
import test from 'ava';
import { planeLayout, type PlaneLayout } from '../../../plugin/core/frames/video-layout';
import { PackedKernels, type Pixels } from '../../../plugin/ipl/kernels';
import { buildKernels } from '../../../plugin/ipl/kernels/build';
import { random } from './cases';

let kernels: PackedKernels;

test.before(async () => {
  await buildKernels();
  kernels = await PackedKernels.load();
});

const SIZES = [[1, 1], [5, 3], [61, 19], [64, 8], [333, 9]] as const;
const next = random(7);
const noise = (width: number, height: number): Uint16Array => Uint16Array.from({ length: 3 * width * height }, () => Math.floor(next() * 65_536));
const eightOf = (pixels: Uint16Array): Uint8Array => Uint8Array.from(pixels, (code) => code >> 8);

function unpack(pixels: Pixels, layout: PlaneLayout): Uint8Array {
  const out = new Uint8Array(layout.size);
  kernels.unpack(pixels, layout, out);
  return out;
}

const sampleOf = (payload: Uint8Array, { planes, format }: PlaneLayout, plane: number, x: number, y: number): number => {
  const { offset, stride } = planes[plane];
  if (format === 'Y444') return payload[offset + y * stride + x];
  return payload[offset + y * stride + 2 * x] + 256 * payload[offset + y * stride + 2 * x + 1];
};

test('planes are luma and colour differences of T.871, in 8 bits, in 16, and of 8 in 16', (t) => {
  for (const [width, height] of SIZES) {
    const deep = noise(width, height);
    for (const [pixels, format, most] of [[eightOf(deep), 'Y444', 255], [deep, 'Y444_16LE', 65_535], [eightOf(deep), 'Y444_16LE', 65_535]] as const) {
      const layout = planeLayout(format, width, height);
      const payload = unpack(pixels, layout);
      const scale = most === 65_535 && pixels instanceof Uint8Array ? 257 : 1;
      const tolerance = most === 255 ? 0.52 : 2.5; // Weights have 15 bits.
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          const [red, green, blue] = [0, 1, 2].map((channel) => scale * pixels[3 * (y * width + x) + channel]);
          const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
          const middle = (most + 1) / 2;
          const wanted = [luma, (blue - luma) / 1.772 + middle, (red - luma) / 1.402 + middle].map((code) => Math.min(most, Math.max(0, code)));
          for (const [plane, code] of wanted.entries()) {
            const found = sampleOf(payload, layout, plane, x, y);
            if (Math.abs(found - code) > tolerance) t.fail(`${format} ${width}x${height}, plane ${plane} at ${x}, ${y}: ${found} for ${code}`);
          }
        }
      }
    }
  }
  t.pass();
});

test('pure colours are within 8 bits', (t) => {
  const layout = planeLayout('Y444', 4, 1);
  const out = unpack(Uint8Array.of(255, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0), layout);
  t.deepEqual([0, 1, 2, 3].map((x) => layout.planes.map(({ offset }) => out[offset + x])), [[76, 85, 255], [29, 255, 107], [255, 128, 128], [0, 128, 128]]);
});

test('what planes do not change stays to the code, and what they do follows; only the rows and the place that are asked for', (t) => {
  for (const [width, height] of SIZES) {
    const colours = noise(width, height);
    for (const [pixels, format] of [[eightOf(colours), 'Y444'], [colours, 'Y444_16LE']] as const) {
      const layout = planeLayout(format, width, height);
      const before = pixels.slice();
      const same = pixels.slice();
      kernels.change(same, width, unpack(pixels, layout), layout, { left: 0, top: 0 }, [0, height]);
      t.deepEqual(same, before);
      // Half way to grey: no colour is lost.
      const grey = format === 'Y444' ? 64 : 16_384;
      const other = pixels.map((code) => Math.floor(code / 2) + grey) as Uint8Array<ArrayBuffer>;
      const changed = pixels.slice();
      const rows = [Math.floor(height / 3), height] as const;
      kernels.change(changed, width, unpack(other, layout), layout, { left: 0, top: 0 }, rows);
      const start = 3 * width * rows[0];
      t.deepEqual(changed.subarray(0, start), before.subarray(0, start));
      t.true(changed.subarray(start).every((code, index) => Math.abs(code - other[start + index]) <= (format === 'Y444' ? 3 : 4)), `${format} ${width}x${height}`);
    }
  }
  // A part of a larger picture.
  const pixels = new Uint8Array(3 * 20 * 10).fill(100);
  const part = planeLayout('Y444', 6, 4);
  kernels.change(pixels, 20, unpack(new Uint8Array(3 * 6 * 4).fill(180), part), part, { left: 5, top: 3 }, [0, 4]);
  const inside = (x: number, y: number): boolean => x >= 5 && x < 11 && y >= 3 && y < 7;
  t.true(pixels.every((code, index) => code === (inside(Math.floor(index / 3) % 20, Math.floor(index / 60)) ? 180 : 100)));
});

test('dots are found where plain arithmetic finds them, up to two pixels from the border', (t) => {
  for (const [width, height] of [[5, 5], [37, 23], [4, 9]] as const) {
    const pixels = eightOf(noise(width, height)).map((code) => code >> 1);
    const wanted = [];
    const row = 3 * width;
    for (let y = 2; y < height - 2; y += 1) {
      for (let at = y * row + 6; at < (y + 1) * row - 6; at += 1) {
        if ([at - 6, at + 6, at - 2 * row, at + 2 * row].every((other) => pixels[at] - 32 > pixels[other])) wanted.push(at);
      }
    }
    t.deepEqual([...kernels.dots(pixels, width, height, 32)], wanted);
  }
});
