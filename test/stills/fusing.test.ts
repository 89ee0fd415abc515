/** Whole brackets, through the fusion. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import sharp from 'sharp';
import { buildKernels } from '../../plugin/ipl/kernels/build';
import { NATURAL, type Look } from '../../plugin/ipl/engine/look';
import { fuseStills } from '../../plugin/stills';
import { LARGE } from '../../plugin/stills/memory';
import { WINDOWS as WINDOWS_OF_FILES } from '../../plugin/stills/large/fuse-files';
import { temporaryFolder } from '../support/folder';
import { replace } from '../support/replace';
import { raw } from './pictures';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);
const [WIDTH, HEIGHT] = [192, 128];

test.before(async () => {
  await buildKernels();
});

async function fuse(names: readonly string[], output: string, look: Partial<Look> = {}, settings: { align?: boolean; reference?: string } = {}): Promise<string> {
  const told: string[] = [];
  await fuseStills(names.map(at), at(output), {
    align: settings.align ?? false, crop: false, reference: settings.reference && at(settings.reference), look: { ...NATURAL, ...look }, software: 'test', tell: (message) => told.push(message),
  });
  return told.join('\n');
}

/** Light of a scene with a bright and a dark side, per pixel and colour. */
const scene = (paint: (x: number, y: number) => readonly number[]) => (gain: number, noise = 0): Uint8Array => {
  const out = new Uint8Array(3 * WIDTH * HEIGHT);
  for (let y = 0, to = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      for (const light of paint(x, y)) {
        out[to] = Math.min(255, Math.round(255 * Math.min(1, light * gain) ** (1 / 2.2) + noise * (((to * 7919) % 11) / 5 - 1)));
        to += 1;
      }
    }
  }
  return out;
};

const hills = scene((x, y) => {
  const light = 0.02 * 2 ** (x / 30) * (1 + 0.3 * Math.sin(x / 9) * Math.cos(y / 7));
  return [light, 0.9 * light, 0.8 * light];
});

const save = (name: string, pixels: Uint8Array | Uint16Array): Promise<unknown> =>
  (pixels instanceof Uint16Array ? raw(pixels, WIDTH, HEIGHT).toColourspace('rgb16') : raw(pixels, WIDTH, HEIGHT)).png({ compressionLevel: 1 }).toFile(at(name));
const load = async (name: string): Promise<Buffer> => sharp(at(name)).keepIccProfile().raw().toBuffer();

test('colour has full resolution: thin red lines stay red, and what is beside them grey', async (t) => {
  const RED = [217, 20, 30];
  const isLine = (x: number, y: number): boolean => y % 8 === 4 || x % 8 === 2;
  for (const [index, name] of ['red-a.png', 'red-b.png', 'red-c.png'].entries()) {
    const pixels = new Uint8Array(3 * WIDTH * HEIGHT);
    for (let y = 0, to = 0; y < HEIGHT; y += 1) for (let x = 0; x < WIDTH; x += 1, to += 3) pixels.set(isLine(x, y) ? RED : [128, 128, 128], to);
    pixels[0] = index; // Three that are the same would be one.
    await save(name, pixels);
  }
  await fuse(['red-a.png', 'red-b.png', 'red-c.png'], 'red.png', { denoise: 0 });
  const fused = await load('red.png');
  const redness = (where: (x: number, y: number) => boolean): number => {
    const found: number[] = [];
    for (let y = 8; y < HEIGHT - 8; y += 1) for (let x = 8; x < WIDTH - 8; x += 1) if (where(x, y)) found.push(fused[3 * (y * WIDTH + x)] - fused[3 * (y * WIDTH + x) + 1]);
    return found.reduce((sum, value) => sum + value, 0) / found.length;
  };
  const line = redness(isLine);
  const beside = redness((x, y) => y % 8 === 0 && x % 8 === 3);
  const apart = redness((x, y) => y % 8 === 0 && x % 8 === 6);
  t.true(Math.abs(beside - apart) < 2, `${beside} beside, ${apart} apart`);
  // How strong colours are is the look's; half the resolution would leave less than two thirds of it.
  t.true(line - apart > 0.75 * (217 - 20), `${line}`);
});

test('pictures that are the same come out as one of them, to the code, noise and all; also of 16 bits', async (t) => {
  const pixels = hills(1, 12);
  for (let x = 0; x < WIDTH; x += 3) pixels.set([217, 20, 30], 3 * (40 * WIDTH + x)); // Fine red on it.
  for (const name of ['same-a.png', 'same-b.png', 'same-c.png', 'same-d.png', 'same-e.png']) await save(name, pixels);
  t.regex(await fuse(['same-a.png', 'same-b.png', 'same-c.png', 'same-d.png', 'same-e.png'], 'same.png'), /All pictures are the same/);
  t.deepEqual(await load('same.png'), Buffer.from(pixels));
  const deep = Uint16Array.from(pixels, (code, index) => code * 256 + (index % 256));
  await save('deep-a.png', deep);
  await save('deep-b.png', deep);
  t.is(await fuse(['deep-a.png', 'deep-b.png'], 'deep.png'), 'All pictures are the same.');
  t.regex(await fuse(['deep-a.png', 'deep-b.png'], 'deep.jpg'), /deep-a\.png, deep-b\.png have more than 8 bits a sample, and what is written has not/);
  const data = await sharp(at('deep.png')).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
  t.deepEqual(new Uint16Array(data.buffer, data.byteOffset, data.length / 2), deep);
});

test('nine exposures give what they show together, and the middle one of those that matter is the reference', async (t) => {
  const names = Array.from({ length: 9 }, (_, index) => `nine-${index}.png`);
  for (const [index, name] of names.entries()) await save(name, hills(2 ** (index - 4)));
  const told = await fuse([...names].reverse(), 'nine.png');
  t.regex(told, /Dark to bright, by brightness: .*\(the reference\).*; 4 of 9 add nothing to these/);
  const [fused, middle] = [await load('nine.png'), await load('nine-4.png')];
  // The middle one is white at the right, and nothing of the whole is.
  const rightmost = (pixels: Buffer): number => pixels[3 * (64 * WIDTH + WIDTH - 2)];
  t.is(rightmost(middle), 255);
  t.true(rightmost(fused) < 254, `${rightmost(fused)}`);
});

test('what cameras noted orders them; hot pixels of the long exposure do not come through; the reference can be named', async (t) => {
  const HOT = Array.from({ length: 60 }, (_, index) => [9 + ((index * 37) % 60), 9 + ((index * 53) % 110)] as const);
  for (const [name, time, gain] of [['short', '1/4', 0.25], ['long', '4/1', 4], ['mid', '1/1', 1]] as const) {
    const pixels = hills(gain);
    if (name === 'long') for (const [x, y] of HOT) pixels[3 * (y * WIDTH + x)] = 255;
    await raw(pixels, WIDTH, HEIGHT).withExif({ IFD0: { Model: name }, IFD2: { ExposureTime: time, FNumber: '8/1' } }).png().toFile(at(`${name}.png`));
  }
  const names = ['short.png', 'long.png', 'mid.png'];
  const told = await fuse(names, 'night.png');
  t.regex(told, /by the exposures that were noted: short\.png \(-2\.0 EV\), mid\.png \(the reference\), long\.png \(\+2\.0 EV\)/);
  t.regex(told, /long\.png: 6\d dots|long\.png: [56]\d dots/);
  const fused = await load('night.png');
  const through = HOT.filter(([x, y]) => fused[3 * (y * WIDTH + x)] - fused[3 * (y * WIDTH + x + 2)] > 12).length;
  t.true(through <= 2, `${through} of ${HOT.length}`);
  await fuse(names, 'named.jpg', {}, { reference: 'long.png' });
  t.regex((await sharp(at('named.jpg')).metadata()).exif?.toString('latin1') ?? '', /long\0/);
  t.regex((await sharp(at('night.png')).metadata()).exif?.toString('latin1') ?? '', /mid\0/);
});

test('the look says how much is brought in, and how strong colours are', async (t) => {
  for (const [name, gain] of [['look-a', 0.25], ['look-b', 1], ['look-c', 4]] as const) await save(`${name}.png`, hills(gain));
  const names = ['look-a.png', 'look-b.png', 'look-c.png'];
  await fuse(names, 'none.png', { strength: 0, denoise: 0 });
  await fuse(names, 'grey.png', { saturation: 0 });
  const [none, grey, middle] = [await load('none.png'), await load('grey.png'), readFileSync(at('look-b.png'))];
  t.deepEqual(none, await sharp(middle).raw().toBuffer());
  t.true(grey.every((code, index) => index % 3 !== 0 || Math.abs(code - grey[index + 2]) <= 3));
});

/** Codes of 16 bits. */
const deepScene = (light: (x: number, y: number) => number, noise = 0) => (gain: number): Uint16Array => {
  const out = new Uint16Array(3 * WIDTH * HEIGHT);
  for (let y = 0, to = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1, to += 3) {
      const shade = noise * (((x * 7919 + y * 104_729) % 101) / 50 - 1);
      const code = Math.min(65_535, Math.round(65_535 * Math.min(1, light(x, y) * gain) ** (1 / 2.2) + shade));
      out.set([0.8 * code, 0.9 * code, code].map(Math.round), to);
    }
  }
  return out;
};
/** A sky that becomes a sixtieth lighter from left to right, over a foreground with both ends of light. */
const sky = deepScene((x, y) => (y < HEIGHT / 2 ? 0.3 + (0.005 * x) / WIDTH : 0.02 * 2 ** (x / 30)));
const loadDeep = async (name: string): Promise<Uint16Array> => {
  const data = await sharp(at(name)).keepIccProfile().toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
  return new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
};
/** The largest step from one pixel to the next in rows of the sky, of each channel, and how many codes they have. */
function steps(pixels: ArrayLike<number>): { largest: number; codes: number } {
  let largest = 0;
  const codes = new Set<number>();
  for (const y of [10, 20, 30]) {
    for (let at = 3 * (y * WIDTH + 8) + 2, end = 3 * (y * WIDTH + WIDTH - 8); at < end; at += 3) {
      largest = Math.max(largest, Math.abs(pixels[at] - pixels[at - 3]));
      codes.add(pixels[at]);
    }
  }
  return { largest, codes: codes.size };
}

/** The largest step from one row to the next, where the scene has none. */
function largestDown(pixels: ArrayLike<number>): number {
  let largest = 0;
  for (let at = 3 * 10 * WIDTH, end = 3 * 40 * WIDTH; at < end; at += 1) largest = Math.max(largest, Math.abs(pixels[at] - pixels[at - 3 * WIDTH]));
  return largest;
}

for (const extension of ['png', 'tif']) {
  test(`a sky of 16 bits has no bands: .${extension}`, async (t) => {
    const names = ['a', 'b', 'c'].map((name) => `sky-${name}-${extension}.png`);
    for (const [index, name] of names.entries()) await save(name, sky(2 ** (2 * index - 2)));
    t.regex(await fuse(names, `sky.${extension}`), /Dark to bright/);
    const fused = await loadDeep(`sky.${extension}`);
    // A quarter of a code of 8 bits is what luma has in units of a hundred and twenty-eighth, from tile to tile; chroma adds nothing to it.
    const { largest, codes } = steps(fused);
    t.true(largest <= steps(sky(1)).largest + 64, `${largest}`);
    t.true(largestDown(fused) <= 32, `${largestDown(fused)}`);
    t.true(codes > 100, `${codes} codes`);
    // The picture is that of 8 bits, to a code and a half of these.
    for (const [index, name] of names.entries()) await save(`eight-${name}`, Uint8Array.from(sky(2 ** (2 * index - 2)), (code) => code >> 8));
    await fuse(names.map((name) => `eight-${name}`), `eight-sky-${extension}.png`);
    const eight = await load(`eight-sky-${extension}.png`);
    const apart = fused.reduce((most, code, place) => Math.max(most, Math.abs(code / 256 - 0.5 - eight[place])), 0);
    t.true(apart <= 2.5, `${apart}`);
    t.true(steps(eight).largest * 256 > 96 && steps(eight).codes < 20);
  });
}

test('16 bits come through noise reduction and lining up, and one picture of 16 bits is enough', async (t) => {
  // Stones, of which no two are alike, a little blurred.
  const stone = (x: number, y: number): number => ((Math.imul(x * 7919 + y * 104_729 + 13, 2_654_435_761) >>> 8) % 1000) / 1000;
  const ground = (x: number, y: number): number => {
    const [u, v] = [x / 5, y / 5];
    const [left, top] = [Math.floor(u), Math.floor(v)];
    const across = (row: number): number => stone(left, row) * (1 - u + left) + stone(left + 1, row) * (u - left);
    return 0.01 * 2 ** (x / 40) * 2 ** (2.5 * (across(top) * (1 - v + top) + across(top + 1) * (v - top)));
  };
  const shot = (gain: number, shift = 0): Uint16Array => deepScene((x, y) => ground(x + shift, y), 900)(gain);
  await save('mixed-a.png', Uint8Array.from(shot(0.25), (code) => code >> 8));
  await save('mixed-b.png', shot(1));
  await save('mixed-c.png', shot(4, 2.4));
  const told = await fuse(['mixed-a.png', 'mixed-b.png', 'mixed-c.png'], 'mixed.tif', {}, { align: true });
  t.regex(told, /Lined up: mixed-c\.png by up to 2\.\d pixels/);
  const deep = await loadDeep('mixed.tif');
  for (const name of ['a', 'b', 'c']) await sharp(at(`mixed-${name}.png`)).toColourspace('srgb').png().toFile(at(`flat-${name}.png`));
  const again = await fuse(['flat-a.png', 'flat-b.png', 'flat-c.png'], 'flat.png', {}, { align: true });
  t.is(again.replaceAll('flat', 'mixed'), told);
  const flat = await load('flat.png');
  let sum = 0;
  for (const [place, code] of deep.entries()) sum += Math.abs(code / 256 - 0.5 - flat[place]);
  t.true(sum / deep.length < 0.8, `${sum / deep.length}`);
  t.true(new Set(deep).size > 5000);
});

test.serial('large pictures are fused from files, and all is as it was: what is the same, hot pixels, the result; progress is told', async (t) => {
  for (const [name, gain, time] of [['large-a', 0.25, '1/4'], ['large-b', 1, '1/1'], ['large-c', 4, '4/1']] as const) {
    const pixels = hills(gain);
    if (name === 'large-c') for (let x = 20; x < 80; x += 12) pixels[3 * (60 * WIDTH + x)] = 255;
    await raw(pixels, WIDTH, HEIGHT).withExif({ IFD2: { ExposureTime: time, FNumber: '8/1' } }).png().toFile(at(`${name}.png`));
  }
  const names = ['large-c.png', 'large-a.png', 'large-b.png', 'large-a.png'];
  const told = await fuse(names, 'kept.png', {}, { align: true });
  replace(t, LARGE, { bytes: 1000 });
  t.is(await fuse(names, 'large.png', {}, { align: true }), told);
  t.regex(told, /1 of 4 pictures are there twice/);
  t.regex(told, /large-c\.png: 5 dots/);
  t.deepEqual(await load('large.png'), await load('kept.png'));
  t.regex(await fuse(['large-b.png', 'large-b.png'], 'twice.png', { saturation: 0 }), /All pictures are the same/);
  t.true((await load('twice.png')).every((code, index, all) => index % 3 !== 0 || Math.abs(code - all[index + 2]) <= 3));
  const shares: number[] = [];
  await fuseStills(names.map(at), at('progress.jpg'), { align: true, crop: false, reference: undefined, look: NATURAL, software: 'test', tell: () => undefined, progress: (share) => shares.push(share) });
  t.deepEqual([...shares].sort((a, b) => a - b), shares);
  t.true(shares.length >= 6 && shares.at(-1) === 1, shares.join(' '));
});

test.serial('from files comes what comes from memory, byte for byte: deep, noisy, turned and moved pictures, cut to what all show, in every kind of file', async (t) => {
  const shaken = (gain: number, right: number, down: number): Uint8Array => {
    const turned = scene((x, y) => {
      const [u, v] = [x + right + 0.01 * y, y + down - 0.01 * x];
      const light = 0.02 * 2 ** (u / 30) * (1 + 0.3 * Math.sin(u / 9) * Math.cos(v / 7) + 0.2 * Math.sin(u / 3 + v / 5) * Math.sin(v / 4));
      return [light, 0.9 * light, 0.8 * light];
    });
    let seed = 1 + Math.round(100 * gain);
    return turned(gain).map((code) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.max(0, Math.min(255, Math.round(code + 14 * (seed / 2 ** 32 - 0.5))));
    });
  };
  for (const [name, gain, right, down] of [['both-a', 0.3, 0, 0], ['both-b', 1, 2.4, -1.7], ['both-c', 3, -3, 2]] as const) {
    const pixels = shaken(gain, right, down);
    await raw(pixels, WIDTH, HEIGHT).jpeg({ quality: 98, chromaSubsampling: '4:4:4' }).withMetadata({ orientation: 6 }).toFile(at(`${name}.jpg`));
    await save(`${name}-deep.png`, Uint16Array.from(pixels, (code, index) => 257 * code - (code > 0 ? (index * 31) % 200 : 0)));
  }
  const [eight, deep] = [['both-a.jpg', 'both-b.jpg', 'both-c.jpg'], ['both-a-deep.png', 'both-b-deep.png', 'both-c.png']];
  await save('both-c.png', shaken(3, -3, 2));
  replace(t, WINDOWS_OF_FILES, { bytes: 1 });
  for (const [names, output] of [[eight, 'jpg'], [eight, 'webp'], [deep, 'png'], [deep, 'tif']] as const) {
    const out = async (name: string): Promise<Buffer> => {
      await fuseStills(names.map(at), at(`${name}.${output}`), { align: true, crop: true, reference: undefined, look: { ...NATURAL, denoise: 1 }, software: 'test', tell: (message) => told.add(message) });
      return readFileSync(at(`${name}.${output}`));
    };
    const told = new Set<string>();
    const inMemory = await out('in-memory');
    const count = told.size;
    t.regex([...told].join(), /Lined up/);
    replace(t, LARGE, { bytes: 1000 });
    const fromFiles = await out('from-files');
    replace(t, LARGE, { bytes: 1e9 });
    t.true(fromFiles.equals(inMemory), output);
    t.is(told.size, count);
  }
  t.deepEqual(readdirSync(folder).filter((name) => name.startsWith('.gst-ipl-pixels')), []);
});

test('no saturation is grey to the code, of 8 and 16 bits, and of pictures that are the same', async (t) => {
  const light = scene((x, y) => { const some = 0.02 * 2 ** (x / 30); return [some, (0.5 + y / 300) * some, 0.3 * some]; });
  const greys = (pixels: Uint8Array | Uint16Array): boolean => pixels.every((code, index) => code === pixels[index - (index % 3)]);
  for (const [name, gain] of [['grey-a.png', 0.3], ['grey-b.png', 1], ['grey-c.png', 3]] as const) {
    await save(name, light(gain));
    await save(`deep-${name}`, Uint16Array.from(light(gain), (code, index) => code * 256 + (index % 256)));
  }
  await fuse(['grey-a.png', 'grey-b.png', 'grey-c.png'], 'grey.png', { saturation: 0 });
  t.true(greys(await load('grey.png')));
  await save('grey-d.png', light(1));
  await fuse(['grey-b.png', 'grey-d.png'], 'grey-same.png', { saturation: 0 });
  t.true(greys(await load('grey-same.png')));
  await fuse(['deep-grey-a.png', 'deep-grey-b.png', 'deep-grey-c.png'], 'deep-grey.png', { saturation: 0 });
  const data = await sharp(at('deep-grey.png')).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
  t.true(greys(new Uint16Array(data.buffer, data.byteOffset, data.length / 2)));
});
