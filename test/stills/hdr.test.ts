/** HDR of photographs: what is written, as independent readers see it, against the light of the scene. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import readExif from 'exif-reader';
import sharp from 'sharp';
import { GstIplError } from '../../plugin/core/errors';
import { NATURAL } from '../../plugin/ipl/engine/look';
import { lightOfHlg, lightOfPq } from '../../plugin/ipl/hdr/transfer';
import { buildKernels } from '../../plugin/ipl/kernels/build';
import { fuseStills } from '../../plugin/stills';
import { withColour } from '../../plugin/stills/hdr/avif-colour';
import type { HdrWriting } from '../../plugin/stills/hdr/write-hdr';
import { temporaryFolder } from '../support/folder';
import { bentCode, HDR_HEIGHT, HDR_WIDTH, lightAt, saveShot } from './hdr-pictures';

const run = promisify(execFile);
const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);
const NAMES = ['under.png', 'mid.png', 'over.png'];

test.before(async () => {
  await buildKernels();
  // Notes say 3 EV where it is 2.85: a camera's steps are no exact ones.
  await Promise.all([saveShot(at('under.png'), -2.85, '1/400'), saveShot(at('mid.png'), 0, '1/50'), saveShot(at('over.png'), 2, '4/50')]);
});

/** What each told of its progress, by the name of what it wrote. */
const sharesOf = new Map<string, number[]>();

async function merge(output: string, names = NAMES, transfer: 'pq' | 'hlg' = 'pq', align = false, curve: HdrWriting['curve'] = 'srgb'): Promise<string> {
  const told: string[] = [];
  const shares: number[] = [];
  sharesOf.set(output, shares);
  await fuseStills(names.map(at), at(output), {
    progress: (share) => shares.push(share), align, crop: false, reference: undefined, look: NATURAL, software: 'test 1.0', hdr: { curve, transfer }, tell: (message) => told.push(message),
  });
  return told.join('\n');
}

test('notes that the pixels contradict are told, and the pixels are believed; notes of the wrong pictures are refused; 12 bits of 8 are told', async (t) => {
  // Developed a stop brighter; of another bracket altogether; and the other way round.
  await Promise.all([saveShot(at('pushed.png'), -1.85, '1/400'), saveShot(at('other.png'), -2.85, '1/100'), saveShot(at('bright.png'), 2, '1/400'), saveShot(at('dark.png'), -2, '4/50')]);
  for (const [name, noted, ev] of [['pushed.png', '3.00', -1.85], ['other.png', '1.00', -2.85]] as const) {
    const told = await merge('contradicted.exr', [name, 'mid.png', 'over.png']);
    const [, measured, said, merged] = /are (\d\.\d+) EV apart by their pixels, which are believed, and (\d\.\d+) by what was noted[^]*Merged in light: \S+ (-[\d.]+) EV/.exec(told) ?? [];
    t.is(said, noted, told);
    t.true(Math.abs(Number(measured) + ev) < 0.05 && Math.abs(Number(merged) - ev) < 0.05, told);
  }
  const bits: string[] = [];
  await fuseStills(NAMES.map(at), at('eight.avif'), { align: false, crop: false, reference: undefined, look: NATURAL, software: 'test 1.0', avifBits: 12, tell: (message) => bits.push(message) });
  t.true(bits.includes('None of the pictures has more than 8 bits a sample, so the AVIF has 8: --bits 12 has nothing to keep.'), bits.join('\n'));
  const error = await t.throwsAsync(merge('reversed.exr', ['bright.png', 'mid.png', 'dark.png']));
  t.regex(error.message, /^bright\.png was noted as the darker of bright\.png and mid\.png, and by its pixels it is the brighter, by (1\.9|2\.0)\d EV\.$/);
});

test('what AVIF is too small for goes into a format of light', async (t) => {
  const wide = NAMES.map((name) => `wide-${name}`);
  for (const name of wide) await sharp({ create: { width: 16_400, height: 16, channels: 3, background: 'grey' } }).png().toFile(at(name));
  const error = await t.throwsAsync(merge('wide.avif', wide), { instanceOf: GstIplError, code: 'bad-caps' });
  t.is(error.hint, 'Write OpenEXR (.exr) or Radiance (.hdr).');
});

/** What of it the darkest exposure shows unclipped. */
const isSeen = (x: number, y: number): boolean => Math.max(...lightAt(x, y)) < 0.93 * 2 ** 2.85 && Math.min(...lightAt(x, y)) > 0.02;

/** The largest, and the 99th percentile, of how far light is from the scene's. @param light R, G, B of a pixel */
function errors(light: (x: number, y: number) => readonly number[], seen = isSeen): { worst: number; most: number } {
  const all: number[] = [];
  for (let y = 2; y < HDR_HEIGHT - 2; y += 3) {
    for (let x = 2; x < HDR_WIDTH - 2; x += 3) {
      if (!seen(x, y)) continue;
      const found = light(x, y);
      all.push(...lightAt(x, y).map((value, channel) => Math.abs(found[channel] / value - 1)));
    }
  }
  all.sort((a, b) => a - b);
  return { worst: all.at(-1) ?? Infinity, most: all[Math.floor(0.99 * all.length)] ?? Infinity };
}

/** OpenCV's reader, as floats: red, green, blue. */
async function readByOpenCv(name: string): Promise<Float32Array> {
  const code = 'import cv2, sys; a = cv2.imread(sys.argv[1], -1); open(sys.argv[2], "wb").write(a[:, :, ::-1].astype("float32").tobytes())';
  await run('/usr/bin/python3', ['-c', code, at(name), at(`${name}.raw`)], { env: { ...process.env, OPENCV_IO_ENABLE_OPENEXR: '1' } });
  const bytes = readFileSync(at(`${name}.raw`));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

const pixelOf = (light: ArrayLike<number>) => (x: number, y: number): number[] => [0, 1, 2].map((channel) => light[3 * (y * HDR_WIDTH + x) + channel]);

test('notes that no curve of a camera explains are refused where it is to be estimated from them', async (t) => {
  // All noted with the same; one with that of another; the other way round.
  const refused = [
    [['1/50', '1/50', '1/50'], /^The curve of the camera cannot be estimated: by their notes all pictures are within 0\.0 EV/],
    [['1/200', '1/50', '1/50'], /^The curve of the camera cannot be estimated: by their notes noted-\d\.png and noted-\d\.png are (2|0)\.00 EV apart, and by the curve .* [1-9]?\d\.\d\d\./],
    [['4/50', '1/50', '1/200'], /^The curve of the camera cannot be estimated: by their notes noted-2\.png and noted-1\.png are 2\.00 EV apart, and by the curve .* 0\.\d\d\./],
  ] as const;
  const names = [0, 1, 2].map((index) => `noted-${index}.png`);
  for (const [times, message] of refused) {
    await Promise.all(names.map((name, index) => saveShot(at(name), 2 * (index - 1), times[index], 8, bentCode)));
    const order = times[0] === '4/50' ? [...names].reverse() : names;
    const error = await t.throwsAsync(merge('refused.exr', order, 'pq', false, 'estimate'), { instanceOf: GstIplError, code: 'bad-exposures' }, times.join(' '));
    t.regex(error.message, message);
  }
});

test('OpenEXR and Radiance hold the light of the scene; exposure times are what the pixels say', async (t) => {
  const told = await merge('light.exr');
  const [, under, over] = /under\.png (-[\d.]+) EV.*over\.png \+([\d.]+) EV/.exec(told) ?? [];
  const shares = sharesOf.get('light.exr') ?? [];
  t.deepEqual([shares, shares.at(-1)], [[...shares].sort((a, b) => a - b), 1]);
  // 4 % of light are 0.057 EV.
  t.true(Math.abs(Number(under) + 2.85) < 0.03 && Math.abs(Number(over) - 2) < 0.03, told);
  const exr = errors(pixelOf(await readByOpenCv('light.exr')));
  t.true(exr.most < 0.03 && exr.worst < 0.06, JSON.stringify(exr));
  const text = readFileSync(at('light.exr')).toString('latin1', 0, 1200);
  for (const attribute of ['chromaticities', 'whiteLuminance', 'expTime', 'aperture', 'isoSpeed']) t.true(text.includes(`${attribute}\0`), attribute);
  t.true(text.includes('owner\0string\0\x08\0\0\0Somebody'));
  await merge('light.hdr');
  const rgbe = errors(pixelOf(await readByOpenCv('light.hdr')));
  t.true(rgbe.most < 0.04 && rgbe.worst < 0.07, JSON.stringify(rgbe));
  t.regex(readFileSync(at('light.hdr')).toString('latin1', 0, 300), /^#\?RADIANCE\n[\s\S]*PRIMARIES=0\.64 0\.33 .*\nFORMAT=32-bit_rle_rgbe\n\n-Y 96 \+X 160\n/);
});

test("a camera's own curve is estimated from its pictures and their notes, also with something that moves; without notes that is refused", async (t) => {
  // Between its toe and where the darkest clips, at four times white.
  const seen = (x: number, y: number): boolean => Math.max(...lightAt(x, y)) < 0.9 * 4 * 2 ** 2.85 && Math.min(...lightAt(x, y)) > 0.04;
  const bent = NAMES.map((name) => `bent-${name}`);
  const times = ['721/400000', '1/77', '4/77'];
  await Promise.all(bent.map((name, index) => saveShot(at(name), [-2.85, 0, 2][index], times[index], 8, bentCode)));
  // A body that only the brightest shows, over an eighth of the picture.
  const walker = await sharp({ create: { width: 30, height: 64, channels: 3, background: '#806050' } }).png().toBuffer();
  await sharp(await sharp(at(bent[2])).keepExif().composite([{ input: walker, left: 40, top: 10 }]).png().toBuffer()).keepExif().toFile(at('bent-walker.png'));
  const offBy = async (curve: 'srgb' | 'estimate', names: readonly string[]): Promise<ReturnType<typeof errors>> => {
    const told = await merge('bent.exr', [...names], 'pq', false, curve);
    t.is(/The camera's curve was estimated: its white stands for (2\.[89]|3\.[0-3])\d* times/.test(told), curve === 'estimate', told);
    const light = pixelOf(await readByOpenCv('bent.exr'));
    const scale = light(80, 20)[1] / lightAt(80, 20)[1];
    return errors((x, y) => light(x, y).map((value) => value / scale), seen);
  };
  const wrong = await offBy('srgb', bent);
  t.true(wrong.most > 0.3, JSON.stringify(wrong));
  for (const names of [bent, [bent[0], bent[1], 'bent-walker.png']]) {
    const right = await offBy('estimate', names);
    t.log(wrong, right);
    t.true(right.most < 0.06 && right.worst < 0.1, JSON.stringify(right));
  }
  await saveShot(at('noteless.png'), 0, undefined);
  const error = await t.throwsAsync(merge('noteless.exr', [NAMES[0], 'noteless.png'], 'pq', false, 'estimate'), { instanceOf: GstIplError, code: 'bad-exposures' });
  t.regex(error.message, /^noteless\.png has no exposure in its Exif/);
});

/** BT.2020 to BT.709. */
const to709 = ([r, g, b]: readonly number[]): number[] => [1.6605 * r - 0.5876 * g - 0.0728 * b, -0.1246 * r + 1.1329 * g - 0.0083 * b, -0.0182 * r - 0.1006 * g + 1.1187 * b];

/** One AV1 picture as a stream: ffprobe 5.1 does not read AVIF itself. */
function ivf(picture: Buffer): Buffer {
  const head = Buffer.alloc(44);
  head.write('DKIF', 'latin1');
  head.writeUInt16LE(32, 6);
  head.write('AV01', 8, 'latin1');
  for (const [place, value] of [[16, 25], [20, 1], [24, 1], [32, picture.length]] as const) head.writeUInt32LE(value, place);
  return Buffer.concat([head, picture]);
}

for (const [transfer, code] of [['pq', 16], ['hlg', 18]] as const) {
  test(`AVIF of ${transfer}: 10 bits, tagged, white of the reference at 203 cd/m2, grey is grey, with the notes of the reference`, async (t) => {
    const name = `${transfer}.avif`;
    await merge(name, NAMES, transfer);
    const file = readFileSync(at(name));
    t.true(file.includes(Buffer.concat([Buffer.from('colrnclx'), Buffer.from([0, 9, 0, code, 0, 6, 0x80])])));
    // The AV1 picture itself, as ffprobe sees it.
    writeFileSync(at(`${name}.ivf`), ivf(file.subarray(file.indexOf(Buffer.from([0x12, 0, 0x0a])))));
    const { stdout } = await run('ffprobe', ['-v', 'error', '-show_streams', at(`${name}.ivf`)]);
    for (const line of ['color_primaries=bt2020', `color_transfer=${transfer === 'pq' ? 'smpte2084' : 'arib-std-b67'}`, 'color_range=pc', 'pix_fmt=yuv444p10le', 'width=160']) t.true(stdout.includes(line), `${line} in ${stdout}`);
    const found = await sharp(at(name)).metadata();
    t.deepEqual([found.bitsPerSample, found.width, found.height, found.hasProfile], [10, HDR_WIDTH, HDR_HEIGHT, false]);
    const { Image, Photo } = readExif(found.exif ?? Buffer.alloc(0));
    t.deepEqual([Image?.Make, Image?.Copyright, Image?.Software, Photo?.ExposureTime], ['Maker', 'Somebody', 'test 1.0', 0.02]);
    const bytes = await sharp(at(name)).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
    const codes = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
    const light = (x: number, y: number): number[] => {
      const values = pixelOf(codes)(x, y).map((value) => (value >> 6) / 1023);
      if (transfer === 'pq') return to709(values.map((value) => (lightOfPq(value) * 10_000) / 203));
      const scene = values.map(lightOfHlg);
      const luminance = 0.2627 * scene[0] + 0.678 * scene[1] + 0.0593 * scene[2];
      return to709(scene.map((value) => (1000 * luminance ** 0.2 * value) / 203));
    };
    // Above it is rolled off to the peak; codes of 10 bits are 1 to 2 % apart, and AVIF is lossy.
    const { most } = errors(light, (x, y) => isSeen(x, y) && y < HDR_HEIGHT / 2 && Math.max(...lightAt(x, y)) < 1.5 && lightAt(x, y)[0] > 0.1);
    t.true(most < 0.05, `${most}`);
    // Where the scene is as white as the reference's white.
    const whites: number[] = [];
    for (let y = 4; y < HDR_HEIGHT / 2 - 4; y += 1) for (let x = 0; x < HDR_WIDTH; x += 1) if (Math.abs(lightAt(x, y)[0] - 1) < 0.05) whites.push(light(x, y)[1] / lightAt(x, y)[1]);
    const white = 203 * (whites.reduce((sum, value) => sum + value, 0) / whites.length);
    t.true(Math.abs(white / 203 - 1) < 0.03, `${white}`);
    const grey = Math.max(...Array.from({ length: 150 }, (_, x) => { const [r, g, b] = pixelOf(codes)(x + 5, 20); return Math.max(r, g, b) - Math.min(r, g, b); }));
    t.true(grey >> 6 <= 6, `${grey >> 6} codes`);
  });
}

/** What libultrahdr finds, and libvips makes of it, in a process of its own: here its loader is blocked (still-file.ts). */
const BY_LIBULTRAHDR = `
const sharp = require('sharp');
const { writeFileSync } = require('fs');
(async () => {
  const [file, map, light, base] = process.argv.slice(1);
  writeFileSync(map, (await sharp(file).metadata()).gainMap.image);
  writeFileSync(light, await sharp(file).withGainMap().toColourspace('scrgb').raw({ depth: 'float' }).toBuffer());
  writeFileSync(base, await sharp(file).raw().toBuffer());
})();`;

const linear = (code: number): number => (code <= 0.04045 ? code / 12.92 : ((code + 0.055) / 1.055) ** 2.4);

test('Ultra HDR: an ordinary JPEG, and with its gain map the light of the merge', async (t) => {
  await merge('ultra.jpg');
  const plain = await sharp(at('ultra.jpg')).metadata();
  t.deepEqual([plain.format, plain.width, plain.height, plain.chromaSubsampling], ['jpeg', HDR_WIDTH, HDR_HEIGHT, '4:4:4']);
  t.is(readExif(plain.exif ?? Buffer.alloc(0)).Photo?.ExposureTime, 0.02);
  t.regex(plain.xmp?.toString() ?? '', /hdrgm:Version="1\.0"[\s\S]*Semantic="GainMap"[\s\S]*Item:Length="\d+"/);
  await run(process.execPath, ['-e', BY_LIBULTRAHDR, ...['ultra.jpg', 'map.jpg', 'light.raw', 'base.raw'].map(at)]);
  const map = readFileSync(at('map.jpg'));
  t.true(readFileSync(at('ultra.jpg')).subarray(-map.length).equals(map), 'libultrahdr finds it at the end');
  const gains = await sharp(map).raw().toBuffer();
  const { xmp = Buffer.alloc(0) } = await sharp(map).metadata();
  const three = (name: string): number[] => [...(new RegExp(`<hdrgm:${name}>(.*)</hdrgm:${name}>`).exec(xmp.toString())?.[1] ?? '').matchAll(/>(-?[\d.]+)</g)].map(([, value]) => Number(value));
  const [least, most] = [three('GainMapMin'), three('GainMapMax')];
  const base = readFileSync(at('base.raw'));
  /** @param share of a code of the map in its range */
  const applied = (share: (code: number) => number) => (x: number, y: number): number[] => [0, 1, 2].map((channel) => {
    const place = 3 * (y * HDR_WIDTH + x) + channel;
    const stops = least[channel] + (most[channel] - least[channel]) * share(gains[place] / 255);
    return (linear(base[place] / 255) + 1 / 64) * 2 ** stops - 1 / 64;
  });
  const found = errors(applied((code) => code), (x, y) => isSeen(x, y) && lightAt(x, y)[2] > 0.05);
  // A code of the base is worth that in its darks.
  t.true(found.most < 0.04 && found.worst < 0.07, JSON.stringify(found));
  // Where the ends of the map are, libvips has of libultrahdr, which reads the part of ISO 21496-1. libvips 8.18 looks codes up in sRGB's curve, which is its own way.
  const bytes = readFileSync(at('light.raw'));
  const theirs = pixelOf(new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)));
  const differs = (share: (code: number) => number): number => Math.max(...[10, 40, 80, 120, 150].flatMap((x) => [20, 70].flatMap((y) => applied(share)(x, y).map((value, channel) => Math.abs(value - theirs(x, y)[channel]) / (value + 0.05)))));
  t.true(Math.min(differs((code) => code), differs(linear)) < 0.02, `${differs((code) => code)} ${differs(linear)}`);
});

test("what moved is the reference's alone", async (t) => {
  const code = 'import cv2, sys; a = cv2.imread(sys.argv[1]); a[20:40, 30:60] = 200; cv2.imwrite(sys.argv[2], a)';
  await run('/usr/bin/python3', ['-c', code, at('over.png'), at('moved.png')]);
  await merge('moved.exr', ['under.png', 'mid.png', 'moved.png']);
  const { worst } = errors(pixelOf(await readByOpenCv('moved.exr')), (x, y) => isSeen(x, y) && lightAt(x, y)[0] > 0.05 && x > 20 && x < 70 && y > 10 && y < 48);
  t.true(worst < 0.06, `${worst}`);
});

test('without notes times are solved from the pixels alone; what has nothing in common is refused', async (t) => {
  await Promise.all([saveShot(at('a.png'), -2, undefined, 16), saveShot(at('b.png'), 0, undefined), saveShot(at('c.png'), 1.5, undefined)]);
  const told = await merge('solved.exr', ['a.png', 'b.png', 'c.png'], 'pq', true);
  const [, low, high] = /a\.png (-[\d.]+) EV.*c\.png \+([\d.]+) EV/.exec(told) ?? [];
  t.true(Math.abs(Number(low) + 2) < 0.057 && Math.abs(Number(high) - 1.5) < 0.057, told);
  await saveShot(at('far.png'), 9, undefined);
  const error = await t.throwsAsync(merge('far.exr', ['a.png', 'far.png']));
  t.regex(error?.message ?? '', /How far a\.png and far\.png are apart is not known/);
  t.regex((await t.throwsAsync(merge('same.exr', ['b.png', 'b.png'])))?.message ?? '', /All pictures are the same/);
});

test('an AVIF that is written in another way is not tagged wrongly', (t) => {
  t.throws(() => withColour(Buffer.from('0000'), { primaries: 9, transfer: 16, matrix: 6 }), { message: /box "meta"/ });
});
