/** Photographs are read by what they hold: a row of the README's table each. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import sharp, { type Sharp } from 'sharp';
import { GstIplError } from '../../plugin';
import { limitPixels } from '../../plugin/core/frames/pixel-limit';
import { openBracket, type Bracket } from '../../plugin/stills/read-bracket';
import { ultraHdr } from '../../plugin/stills/hdr/ultra-hdr';
import { openStill, readDeepPixels, readPixels, srgbProfile } from '../../plugin/stills/still-file';
import { temporaryFolder } from '../support/folder';
import { apart, corners, HEIGHT, quarters, raw, UPRIGHT, WIDTH, type Colour } from './pictures';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);

/** Opened, and all of it read. */
async function readBracket(files: readonly string[], crop: boolean, tell: (message: string) => void, deep = true): Promise<Bracket & { pixels: Uint8Array[] }> {
  const bracket = await openBracket(files, { crop, deep, tell });
  const read = await Promise.all(bracket.stills.map((still) => bracket.read(still)));
  return { ...bracket, pixels: read.map(({ eight: pixels }) => pixels) };
}

const eight = (): Sharp => raw(corners(), WIDTH, HEIGHT);
const sixteen = (): Sharp => raw(corners(16), WIDTH, HEIGHT).toColourspace('rgb16');

/** Every kind that is read: how it is made, how far off its colours may be, whether it has more than 8 bits. */
const KINDS: readonly [string, () => Sharp, number, boolean?][] = [
  ['JPEG', () => eight().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }), 3],
  ['JPEG 4:2:0', () => eight().jpeg({ quality: 100, chromaSubsampling: '4:2:0' }), 4],
  ['JPEG, progressive', () => eight().jpeg({ quality: 100, progressive: true }), 4],
  ['PNG', () => eight().png(), 0],
  ['PNG, palette', () => eight().png({ palette: true }), 3],
  ['PNG, interlaced', () => eight().png({ progressive: true }), 0],
  ['PNG, 16 bits', () => sixteen().png(), 0, true],
  ['TIFF', () => eight().tiff({ compression: 'lzw' }), 0],
  ['TIFF, tiles', () => eight().tiff({ compression: 'none', tile: true, tileWidth: 16, tileHeight: 16 }), 0],
  ['TIFF, 16 bits', () => sixteen().tiff({ compression: 'deflate' }), 0, true],
  ['WebP', () => eight().webp({ quality: 100 }), 6],
  ['WebP, lossless', () => eight().webp({ lossless: true }), 0],
  ['AVIF', () => eight().avif({ quality: 95, chromaSubsampling: '4:4:4', effort: 2 }), 4],
  ['AVIF, 10 bits', () => sixteen().avif({ quality: 100, bitdepth: 10, chromaSubsampling: '4:4:4', effort: 2 }), 1, true],
  ['AVIF, 12 bits', () => sixteen().avif({ quality: 100, bitdepth: 12, chromaSubsampling: '4:4:4', effort: 2 }), 1, true],
];

for (const [name, make, tolerance, deep = false] of KINDS) {
  test(`${name} is read, whatever it is called`, async (t) => {
    const file = at(`${name}.not`);
    await make().toFile(file).catch(async () => writeFileSync(file, await make().toBuffer()));
    const still = await openStill(file);
    t.deepEqual([still.width, still.height, still.deep], [WIDTH, HEIGHT, deep]);
    const settings = { orientation: still.orientation, convert: false };
    const pixels = await readPixels(still, settings);
    t.is(pixels.length, 3 * WIDTH * HEIGHT);
    const found = quarters(pixels, WIDTH, HEIGHT);
    t.true(apart(found, UPRIGHT) <= tolerance, JSON.stringify(found));
    if (!deep) return;
    const more = await readDeepPixels(still, settings);
    if (tolerance === 0) t.deepEqual(more, corners(16) as Uint16Array);
    else t.true(apart(quarters(more, WIDTH, HEIGHT), UPRIGHT.map((colour) => colour.map((code) => 257 * code))) <= 257 * tolerance);
  });
}

test('grey pictures have the same code in all colours', async (t) => {
  for (const name of ['grey.jpg', 'grey.png', 'grey.tif']) {
    await eight().toColourspace('b-w').toFile(at(name));
    const still = await openStill(at(name));
    for (const [red, green, blue] of quarters(await readPixels(still, { orientation: 1, convert: false }), WIDTH, HEIGHT)) {
      t.is(red, green);
      t.is(green, blue);
    }
  }
});

test('CMYK is converted, and told', async (t) => {
  await eight().toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 100 }).toFile(at('cmyk.jpg'));
  await eight().png().toFile(at('beside.png'));
  const told: string[] = [];
  const { pixels, profile } = await readBracket([at('cmyk.jpg'), at('beside.png')], true, (message) => told.push(message));
  t.regex(told.join(), /converted to sRGB.*cmyk\.jpg: CMYK, beside\.png: sRGB/);
  t.true(profile?.equals((await srgbProfile()) ?? Buffer.alloc(0)));
  // Inks do not reach all colours.
  t.true(apart(quarters(pixels[0], WIDTH, HEIGHT), UPRIGHT) < 60, JSON.stringify(quarters(pixels[0], WIDTH, HEIGHT)));
  t.is(apart(quarters(pixels[1], WIDTH, HEIGHT), UPRIGHT), 0);
});

test('more bits of an AVIF come through: shades between two codes of 8', async (t) => {
  const ramp = Uint16Array.from({ length: 3 * WIDTH * HEIGHT }, (_, index) => 30_000 + 16 * (Math.floor(index / 3) % WIDTH));
  await raw(ramp, WIDTH, HEIGHT).toColourspace('rgb16').avif({ quality: 100, bitdepth: 12, chromaSubsampling: '4:4:4', effort: 2 }).toFile(at('ramp.avif'));
  const pixels = await readDeepPixels(await openStill(at('ramp.avif')), { orientation: 1, convert: false });
  t.true(new Set(pixels.filter((_, index) => index % 3 === 1)).size > 20); // 3 codes of 8 bits, 47 of 12.
  t.true(pixels.every((code, index) => Math.abs(code - ramp[index]) < 64));
});

test('of a TIFF with several pages the first is taken', async (t) => {
  const other = await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: 'lime' } }).png().toBuffer();
  await sharp([await eight().png().toBuffer(), other], { join: { animated: true } }).tiff({ compression: 'lzw' }).toFile(at('pages.tif'));
  t.is((await sharp(at('pages.tif')).metadata()).pages, 2);
  const still = await openStill(at('pages.tif'));
  t.deepEqual([still.width, still.height], [WIDTH, HEIGHT]);
  t.is(apart(quarters(await readPixels(still, { orientation: 1, convert: false }), WIDTH, HEIGHT), UPRIGHT), 0);
});

/** As telephones write it: Exif, XMP that names the parts, MPF with their places; then the gain map, smaller and grey; then notes of the maker's behind all. */
async function ofAPhone(): Promise<Buffer> {
  const segment = (marker: number, content: Buffer): Buffer => Buffer.concat([Buffer.from([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255]), content]);
  const description = (text: string): Buffer => segment(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"${text}</rdf:Description></rdf:RDF></x:xmpmeta>`));
  const grey = await eight().resize(WIDTH / 4, HEIGHT / 4).toColourspace('b-w').jpeg().toBuffer();
  const map = Buffer.concat([grey.subarray(0, 2), description(' hdrgm:GainMapMin="0" hdrgm:GainMapMax="2.3" hdrgm:HDRCapacityMax="2.3">'), grey.subarray(2)]);
  const item = (semantic: string, length: number): string => `<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="${semantic}" Item:Mime="image/jpeg" Item:Length="${length}"/></rdf:li>`;
  const parts = description(` xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/"><Container:Directory><rdf:Seq>${item('Primary', 0)}${item('GainMap', map.length)}</rdf:Seq></Container:Directory>`);
  const primary = await eight().withExif({ IFD0: { Make: 'Phone' } }).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
  const scan = primary.indexOf(Buffer.from([0xff, 0xdb]));
  // CIPA DC-007: little-endian, with a tag for each, as telephones have it.
  const mpf = Buffer.alloc(4 + 8 + 2 + 3 * 12 + 4 + 32);
  mpf.write('MPF\0II*\0\x08\0\0\0', 'latin1');
  mpf.writeUInt16LE(3, 12);
  for (const [index, [tag, type, count, value]] of [[0xb000, 7, 4, 0x30303130], [0xb001, 4, 1, 2], [0xb002, 7, 32, 50]].entries()) {
    mpf.writeUInt16LE(tag, 14 + 12 * index);
    mpf.writeUInt16LE(type, 16 + 12 * index);
    mpf.writeUInt32LE(count, 18 + 12 * index);
    mpf.writeUInt32LE(value, 22 + 12 * index);
  }
  const length = primary.length + parts.length + mpf.length + 4;
  const entry = 4 + 50;
  for (const [index, value] of [0x030000, length, 0, 0, 0, map.length, length - (scan + parts.length + 8), 0].entries()) mpf.writeUInt32LE(value, entry + 4 * index);
  return Buffer.concat([primary.subarray(0, scan), parts, segment(0xe2, mpf), primary.subarray(scan), map, Buffer.from('SEFHMakerNotesOfSomeKindSEFT')]);
}

test('of an Ultra HDR JPEG the ordinary picture is taken, as telephones and as gst-ipl write it', async (t) => {
  writeFileSync(at('phone.jpg'), await ofAPhone());
  const plain = await eight().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
  const map = { pixels: corners() as Uint8Array, least: [0, 0, 0], most: [2, 2, 2], headroom: 2 };
  writeFileSync(at('ours.jpg'), ultraHdr(plain, undefined, await eight().jpeg().toBuffer(), map));
  const expected = await sharp(plain).raw().toBuffer();
  for (const name of ['phone.jpg', 'ours.jpg']) {
    t.regex(readFileSync(at(name)).toString('latin1'), /hdrgm:GainMapMax/);
    const still = await openStill(at(name));
    t.deepEqual([still.format, still.width, still.height, still.deep], ['JPEG', WIDTH, HEIGHT, false]);
    t.deepEqual(Buffer.from(await readPixels(still, { orientation: 1, convert: false })), expected, name);
  }
});

test('of a JPEG that holds several pictures the first is taken', async (t) => {
  const [one, other] = [await eight().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(), await sharp({ create: { width: 200, height: 100, channels: 3, background: 'green' } }).jpeg().toBuffer()];
  writeFileSync(at('several.jpg'), Buffer.concat([one, Buffer.alloc(37), other]));
  const still = await openStill(at('several.jpg'));
  t.true(apart(quarters(await readPixels(still, { orientation: 1, convert: false }), WIDTH, HEIGHT), UPRIGHT) <= 3);
});

/** Where the upright picture's quarters are in one that is stored that way. */
const TURNED: Readonly<Record<number, readonly number[]>> = { 1: [0, 1, 2, 3], 2: [1, 0, 3, 2], 3: [3, 2, 1, 0], 4: [2, 3, 0, 1], 5: [0, 2, 1, 3], 6: [2, 0, 3, 1], 7: [3, 1, 2, 0], 8: [1, 3, 0, 2] };

for (const format of ['jpeg', 'png', 'webp', 'tiff'] as const) {
  test(`the note of the camera turns ${format}`, async (t) => {
    for (const [orientation, places] of Object.entries(TURNED)) {
      const file = at(`turned-${orientation}.${format}`);
      await eight().withMetadata({ orientation: Number(orientation) }).toFormat(format, { quality: 100 }).toFile(file);
      const still = await openStill(file);
      const [width, height] = Number(orientation) < 5 ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH];
      t.deepEqual([still.width, still.height], [width, height]);
      const found = quarters(await readPixels(still, { orientation: still.orientation, convert: false }), width, height);
      t.true(apart(found, places.map((place) => UPRIGHT[place])) <= 12, `${orientation}: ${JSON.stringify(found)}`);
    }
  });
}

test('a bracket has one orientation, that of most', async (t) => {
  for (const [name, orientation] of [['a', 6], ['b', 1], ['c', 6]] as const) await eight().withMetadata({ orientation }).png().toFile(at(`way-${name}.png`));
  const told: string[] = [];
  const { width, height, pixels } = await readBracket(['a', 'b', 'c'].map((name) => at(`way-${name}.png`)), true, (message) => told.push(message));
  t.deepEqual([width, height], [HEIGHT, WIDTH]);
  for (const each of pixels) t.is(apart(quarters(each, width, height), TURNED[6].map((place) => UPRIGHT[place])), 0);
  t.regex(told.join(), /orientation in Exif differs/);
});

/** What Display P3 means in sRGB: primaries by their matrices (SMPTE EG 432-1, IEC 61966-2-1), one tone curve. */
function fromP3(colour: Colour): number[] {
  const linear = colour.map((code) => (code / 255 <= 0.04045 ? code / 255 / 12.92 : ((code / 255 + 0.055) / 1.055) ** 2.4));
  const matrix = [[1.2249, -0.2247, 0], [-0.0420, 1.0419, 0], [-0.0197, -0.0786, 1.0979]];
  return matrix.map((row) => {
    const value = Math.min(1, Math.max(0, row.reduce((sum, factor, index) => sum + factor * linear[index], 0)));
    return Math.round(255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055));
  });
}

for (const depth of [8, 16] as const) {
  test(`a profile that all have is kept with its codes; others are converted, and told (${depth} bits)`, async (t) => {
    const p3 = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'grey' } }).withIccProfile('p3').png().toBuffer();
    const { icc } = await sharp(p3).metadata();
    const plain = raw(corners(depth), WIDTH, HEIGHT);
    // To attach a profile and leave the codes alone, sharp has to find it in a file.
    const tagged = async (name: string): Promise<string> => {
      const carrier = sharp(p3).keepMetadata().resize(WIDTH, HEIGHT, { fit: 'fill' });
      if (depth === 16) carrier.pipelineColourspace('rgb16').toColourspace('rgb16');
      await carrier.composite([{ input: corners(depth) as Buffer, raw: { width: WIDTH, height: HEIGHT, channels: 3 }, blend: 'source' }]).removeAlpha().png().toFile(at(name));
      return at(name);
    };
    const [first, second] = [await tagged(`p3-a-${depth}.png`), await tagged(`p3-b-${depth}.png`)];
    await (depth === 16 ? plain.toColourspace('rgb16') : plain).png().toFile(at(`plain-${depth}.png`));
    const told: string[] = [];
    const same = await readBracket([first, second], true, (message) => told.push(message));
    t.false(told.some((message) => message.includes('converted')));
    t.true(same.profile?.equals(icc ?? Buffer.alloc(0)));
    t.is(apart(quarters(same.pixels[0], WIDTH, HEIGHT), UPRIGHT), 0);
    const mixed = await readBracket([first, at(`plain-${depth}.png`)], true, (message) => told.push(message));
    t.regex(told.join(), /converted to sRGB/);
    t.true(mixed.profile?.equals((await srgbProfile()) ?? Buffer.alloc(0)));
    const found = quarters(mixed.pixels[0], WIDTH, HEIGHT);
    t.true(apart(found, UPRIGHT.map(fromP3)) <= 2, JSON.stringify([found, UPRIGHT.map(fromP3)]));
    t.is(apart(quarters(mixed.pixels[1], WIDTH, HEIGHT), UPRIGHT), 0);
  });
}

test('what shines through is black, and told; what is opaque is not', async (t) => {
  const clear = new Uint8Array(4 * WIDTH * HEIGHT).fill(255);
  const half = clear.slice().fill(0, 0, 2 * WIDTH * HEIGHT);
  await raw(clear, WIDTH, HEIGHT, 4).png().toFile(at('opaque.png'));
  await raw(half, WIDTH, HEIGHT, 4).png().toFile(at('half.png'));
  const told: string[] = [];
  const { pixels } = await readBracket([at('opaque.png'), at('half.png')], true, (message) => told.push(message));
  t.deepEqual(told, ['half.png has transparent parts: they are black.']);
  t.deepEqual(quarters(pixels[1], WIDTH, HEIGHT), [[0, 0, 0], [0, 0, 0], [255, 255, 255], [255, 255, 255]]);
});

test('what is not read is refused by a sentence that says what to do', async (t) => {
  const refused = async (name: string, bytes: Buffer, sentence: RegExp, hint: RegExp): Promise<void> => {
    writeFileSync(at(name), bytes);
    const error = await t.throwsAsync(async () => readPixels(await openStill(at(name)), { orientation: 1, convert: false }), { instanceOf: GstIplError, code: 'bad-caps', message: sentence });
    t.regex((error).hint ?? '', hint);
  };
  const box = (brand: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${brand}\0\0\0\0mif1${brand}`), Buffer.alloc(100)]);
  const tiff = (tag: number, value: number): Buffer => Buffer.concat([Buffer.from('49492a0008000000', 'hex'), Buffer.from([1, 0, tag & 255, tag >> 8, 4, 0, 1, 0, 0, 0, value, 0, 0, 0]), Buffer.alloc(64)]);
  await refused('photo.heic', box('heic'), /photo\.heic" is a HEIC photograph/, /heif-convert .*photo\.heic/);
  await refused('photo.cr3', box('crx '), /is a raw photograph/, /dcraw_emu .*photo\.cr3/);
  await refused('photo.cr2', Buffer.concat([Buffer.from('49492a0010000000', 'hex'), Buffer.from('CR\x02\0'), Buffer.alloc(64)]), /is a raw photograph/, /dcraw_emu/);
  await refused('photo.dng', tiff(0xc612, 1), /is a raw photograph/, /dcraw_emu/);
  await refused('photo.nef', tiff(0x00fe, 1), /is a raw photograph/, /dcraw_emu/);
  await refused('photo.raf', Buffer.from('FUJIFILMCCD-RAW 0201'), /is a raw photograph/, /dcraw_emu/);
  for (const [ending, begin] of [['orf', 'IIRO'], ['rw2', 'IIU\0'], ['x3f', 'FOVb'], ['mrw', '\0MRM'], ['crw', 'II\x1a\0\0\0HEAPCCDR']]) await refused(`photo.${ending}`, Buffer.from(`${begin}${'\0'.repeat(64)}`, 'latin1'), /is a raw photograph/, /dcraw_emu/);
  for (const brand of ['heix', 'hevc', 'heim']) await refused(`${brand}.jpg`, box(brand), /is a HEIC photograph/, /heif-convert/);
  await refused('text.jpg', Buffer.from('hello'), /text\.jpg" is no photograph that is read .* whatever its name says/, /Save it again/);
  const whole = await eight().jpeg().toBuffer();
  await refused('cut.jpg', whole.subarray(0, whole.length - 30), /cut\.jpg" cannot be read/, /Save it again/);
  await refused('drawing.gif', await eight().gif().toBuffer(), /drawing\.gif" is no photograph that is read/, /Save it again/);
  await refused('drawing.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), /drawing\.svg" is no photograph that is read/, /Save it again/);
});

test.serial('how large a picture may be is asked before it is decoded', async (t) => {
  await eight().png().toFile(at('large.png'));
  limitPixels(WIDTH * HEIGHT - 1);
  await t.throwsAsync(() => openStill(at('large.png')), { code: 'bad-caps', message: /large\.png" has 48x32 pixels/ });
  limitPixels(1e9);
  const claims = readFileSync(at('large.png'));
  claims.writeUInt32BE(65_536, 16);
  claims.writeUInt32BE(1, 20);
  writeFileSync(at('claims.png'), claims);
  await t.throwsAsync(() => openStill(at('claims.png')), { message: /none with a side longer than 65535 is taken|no photograph/ });
  await sharp({ create: { width: 40_000, height: 2, channels: 3, background: 'teal' } }).png().toFile(at('long.png'));
  const still = await openStill(at('long.png'));
  t.deepEqual([...(await readPixels(still, { orientation: 1, convert: false })).subarray(-3)], [0, 128, 128]);
});

test('sizes that differ by a little are cropped where that is wanted, and else refused with what to do', async (t) => {
  await eight().png().toFile(at('size-a.png'));
  await eight().extend({ bottom: 0, right: 1 }).png().toFile(at('size-b.png'));
  await sharp({ create: { width: 100, height: 20, channels: 3, background: 'red' } }).png().toFile(at('size-c.png'));
  const told: string[] = [];
  const { width, height, pixels } = await readBracket([at('size-a.png'), at('size-b.png')].reverse(), true, (message) => told.push(message));
  t.deepEqual([width, height, pixels.map((one) => one.length)], [WIDTH, HEIGHT, [3 * WIDTH * HEIGHT, 3 * WIDTH * HEIGHT]]);
  t.deepEqual(pixels[0], pixels[1]);
  t.regex(told.join(), /differ in size.*cropped to its middle 48x32/);
  const near = await t.throwsAsync(() => readBracket([at('size-a.png'), at('size-b.png')], false, () => undefined), { code: 'bad-exposures', message: /differ in size: size-a\.png has 48x32, size-b\.png has 49x32/ });
  t.regex((near as GstIplError).hint ?? '', /--align auto/);
  const far = await t.throwsAsync(() => readBracket([at('size-a.png'), at('size-c.png')], true, () => undefined), { code: 'bad-exposures' });
  t.regex((far as GstIplError).hint ?? '', /crop or scale them/);
});

test('a folder, a pipe and a device are no pictures, and nobody waits for one', async (t) => {
  const pipe = at('pipe.jpg');
  execFileSync('mkfifo', [pipe]);
  await t.throwsAsync(openStill(folder), { code: 'missing-file', message: `"${folder}" is a folder.` });
  for (const file of [pipe, '/dev/null']) await t.throwsAsync(openStill(file), { code: 'bad-caps', message: `"${file}" is a pipe or a device.` });
});
