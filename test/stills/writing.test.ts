/** What is written: the picture, and what was said of its reference. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import readExif from 'exif-reader';
import sharp from 'sharp';
import { OutputFile } from '../../plugin/core/files/output-file';
import { openStill } from '../../plugin/stills/still-file';
import { stillFormat, type StillFormat } from '../../plugin/stills/still-formats';
import { exifOfTiff } from '../../plugin/stills/tiff-notes';
import { renewExif } from '../../plugin/stills/exif-block';
import { renewXmp } from '../../plugin/stills/xmp';
import { writeStill, type Picture, writeWhole } from '../../plugin/stills/write-still';
import { temporaryFolder } from '../support/folder';
import { replace } from '../support/replace';
import { apart, corners, HEIGHT, quarters, raw, UPRIGHT, WIDTH } from './pictures';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);

const XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" tiff:Orientation="6" dc:source="a camera"/></rdf:RDF></x:xmpmeta>';

test.before(async () => {
  // Stored on its side, as cameras do; of other colours, so that nothing of it is taken for the fused picture.
  await raw(new Uint8Array(3 * WIDTH * HEIGHT).fill(90), HEIGHT, WIDTH)
    .withExif({ IFD0: { Make: 'Maker', Copyright: 'Somebody', Software: 'Camera 1.0' }, IFD2: { ExposureTime: '1/125', FNumber: '28/10', ISOSpeedRatings: '400' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100' } })
    .withMetadata({ orientation: 6 }).withIccProfile('p3').withXmp(XMP).jpeg().toFile(at('reference.jpg'));
});

const eight: Picture = { pixels: corners(), width: WIDTH, height: HEIGHT };

async function write(name: string, picture = eight): Promise<void> {
  const reference = await openStill(at('reference.jpg'));
  const format = stillFormat(name);
  if (!format) throw new TypeError(name);
  await writeStill(at(name), format, picture, { reference, profile: reference.profile, software: 'gst-ipl 1.2.3' });
}

/** How far off colours may be. */
const WRITTEN: readonly [string, number][] = [['jpg', 3], ['JPEG', 3], ['png', 0], ['webp', 8], ['avif', 8], ['tif', 0], ['tiff', 0]];

for (const [extension, tolerance] of WRITTEN) {
  test(`.${extension} has the picture, its profile, and what was said of the reference`, async (t) => {
    await write(`out.${extension}`);
    const found = await sharp(at(`out.${extension}`)).metadata();
    t.deepEqual([found.width, found.height, found.channels, found.depth, found.orientation ?? 1], [WIDTH, HEIGHT, 3, 'uchar', 1]);
    const pixels = await sharp(at(`out.${extension}`)).keepIccProfile().raw().toBuffer();
    const colours = quarters(pixels, WIDTH, HEIGHT);
    t.true(apart(colours, UPRIGHT) <= tolerance, JSON.stringify(colours));
    const reference = await openStill(at('reference.jpg'));
    t.true(found.icc?.equals(reference.profile ?? Buffer.alloc(0)));
    t.regex(found.xmp?.toString() ?? '', /tiff:Orientation="1"[^>]*dc:source="a camera"/);
    const isTiff = extension.startsWith('tif');
    // A TIFF is itself what Exif is.
    const { Image, Photo, GPSInfo, Thumbnail } = readExif(isTiff ? readFileSync(at(`out.${extension}`)) : (found.exif ?? Buffer.alloc(0)));
    t.deepEqual([Image?.Make, Image?.Copyright, Image?.Software, Image?.Orientation ?? 1], ['Maker', 'Somebody', 'gst-ipl 1.2.3', 1]);
    t.deepEqual([Photo?.ExposureTime, Photo?.FNumber, Photo?.ISOSpeedRatings, Photo?.PixelXDimension, Photo?.PixelYDimension], [0.008, 2.8, 400, WIDTH, HEIGHT]);
    t.deepEqual([GPSInfo?.GPSLatitudeRef, GPSInfo?.GPSLatitude], ['N', [51, 30, 32.3]]);
    t.deepEqual((await openStill(at(`out.${extension}`))).exposure, reference.exposure);
    if (isTiff) return;
    const { JPEGInterchangeFormat: start = 0, JPEGInterchangeFormatLength: length = 0 } = (Thumbnail ?? {}) as Record<string, number>;
    const mark = found.exif?.toString('latin1', 0, 4) === 'Exif' ? 6 : 0;
    const thumbnail = found.exif?.subarray(mark + start, mark + start + length);
    const small = await sharp(thumbnail).raw().toBuffer({ resolveWithObject: true });
    t.true(apart(quarters(small.data, small.info.width, small.info.height), UPRIGHT) <= 12);
  });
}

test('JPEG is written 4:4:4', async (t) => {
  await write('full.jpg');
  t.is((await sharp(at('full.jpg')).metadata()).chromaSubsampling, '4:4:4');
});

for (const extension of ['png', 'tif']) {
  test(`.${extension} takes 16 bits, to the code`, async (t) => {
    const pixels = (corners(16) as Uint16Array).map((code, index) => (code + index) % 65_536);
    await write(`deep.${extension}`, { ...eight, pixels });
    const { data, info } = await sharp(at(`deep.${extension}`)).keepIccProfile().toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer({ resolveWithObject: true });
    t.is(info.channels, 3);
    t.deepEqual(new Uint16Array(data.buffer, data.byteOffset, data.length / 2), pixels);
    t.is((await sharp(at(`deep.${extension}`)).metadata()).depth, 'ushort');
  });
}

for (const bits of [10, 12] as const) {
  test(`.avif takes more than 8 bits: ${bits}`, async (t) => {
    const pixels = (corners(16) as Uint16Array).map((code, index) => Math.min(65_535, code + 16 * (Math.floor(index / 3) % WIDTH)));
    const reference = await openStill(at('reference.jpg'));
    await writeStill(at(`deep-${bits}.avif`), stillFormat('x.avif', bits) as StillFormat, { ...eight, pixels }, { reference, profile: reference.profile, software: 'test' });
    const { bitsPerSample, icc, exif } = await sharp(at(`deep-${bits}.avif`)).metadata();
    t.deepEqual([bitsPerSample, icc?.equals(reference.profile ?? Buffer.alloc(0)), readExif(exif ?? Buffer.alloc(0)).Image?.Make], [bits, true, 'Maker']);
    const data = await sharp(at(`deep-${bits}.avif`)).keepIccProfile().toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
    const codes = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
    const off = codes.reduce((sum, code, index) => sum + Math.abs(code - pixels[index]), 0) / codes.length;
    // Half a code of 8 bits are 128.
    t.true(off < 128, `${off}`);
  });
}

test.serial('what was there stays until the new picture is whole, and nothing else is left', async (t) => {
  writeFileSync(at('kept.png'), 'a good picture');
  const names = readdirSync(folder).filter((name) => name.includes('kept'));
  await t.throwsAsync(() => write('kept.png', { ...eight, pixels: corners().subarray(9) }), { code: 'pipeline-failed', message: /kept\.png" could not be written/ });
  t.is(readFileSync(at('kept.png'), 'utf8'), 'a good picture');
  t.deepEqual(readdirSync(folder).filter((name) => name.includes('kept')), names);
  await write('kept.png');
  t.is((await sharp(at('kept.png')).metadata()).width, WIDTH);
  await t.throwsAsync(() => writeWhole(at('kept.png'), (target) => Promise.reject(new Error(`${target}: write error\nsystem error: No space left on device`))), {
    code: 'pipeline-failed', message: `There is no room for "${at('kept.png')}": its disk is full.`,
  });
  await t.throwsAsync(() => writeWhole(at('kept.png'), (target) => Promise.reject(new Error(`vips: unable to write to ${target}.\n`))), { message: `"${at('kept.png')}" could not be written: vips: unable to write to ${at('kept.png')}.` });
  // Also where it is written, but does not come into its place.
  replace(t, OutputFile.prototype, { finish: () => Promise.reject(new Error('the disk is gone')) });
  await t.throwsAsync(() => write('kept.png'), { code: 'pipeline-failed', message: /the disk is gone/ });
  t.deepEqual(readdirSync(folder).filter((name) => name.includes('kept')), names);
  await t.throwsAsync(() => write('nowhere/out.png'), { code: 'pipeline-failed' });
  t.false(existsSync(at('nowhere')));
});

test('Exif keeps its bytes where they are, in either byte order; what is damaged is begun anew', (t) => {
  const changes = { software: 'gst-ipl 1', width: 70_000, height: 5, thumbnail: undefined };
  for (const little of [true, false]) {
    // Make, a maker's note that nobody reads, and the size.
    const tiff = Buffer.alloc(96, 7);
    const short = (value: number, to: number): unknown => (little ? tiff.writeUInt16LE(value, to) : tiff.writeUInt16BE(value, to));
    const long = (value: number, to: number): unknown => (little ? tiff.writeUInt32LE(value, to) : tiff.writeUInt32BE(value, to));
    const entry = (to: number, tag: number, type: number, count: number, value: number): void => {
      short(tag, to);
      short(type, to + 2);
      long(count, to + 4);
      if (type === 3) { long(0, to + 8); short(value, to + 8); } else long(value, to + 8);
    };
    tiff.write(little ? 'II*\0' : 'MM\0*', 'latin1');
    long(8, 4);
    short(2, 8);
    entry(10, 0x0112, 3, 1, 6);
    entry(22, 0x8769, 4, 1, 40);
    long(0, 34);
    short(2, 40);
    entry(42, 0x927c, 7, 20, 70);
    entry(54, 0xa002, 3, 1, 100);
    long(0, 66);
    const renewed = renewExif(tiff, changes);
    const { Image, Photo } = readExif(renewed);
    t.deepEqual([Image?.Orientation, Image?.Software, Photo?.PixelXDimension], [1, 'gst-ipl 1', 70_000]);
    t.deepEqual(renewed.subarray(6 + 70, 6 + 90), tiff.subarray(70, 90));
    t.deepEqual(Photo?.MakerNote, tiff.subarray(70, 90));
    const cut = readExif(renewExif(tiff.subarray(0, 15), changes));
    t.deepEqual([cut.Image?.Orientation, cut.Image?.Software], [1, 'gst-ipl 1']);
  }
  t.is(readExif(renewExif(undefined, changes)).Image?.Software, 'gst-ipl 1');
});

test('notes of a TIFF are carried over, in either byte order, and what is damaged says nothing', async (t) => {
  await write('first.tif');
  const still = await openStill(at('first.tif'));
  await writeStill(at('second.jpg'), stillFormat('a.jpg') as StillFormat, eight, { reference: still, profile: undefined, software: 'gst-ipl 2' });
  const exif = (await sharp(at('second.jpg')).metadata()).exif ?? Buffer.alloc(0);
  const { Image, Photo, GPSInfo } = readExif(exif);
  t.deepEqual([Image?.Make, Image?.Software, Photo?.FNumber, GPSInfo?.GPSLatitude], ['Maker', 'gst-ipl 2', 2.8, [51, 30, 32.3]]);
  // Big-endian: a string, a number, and a directory with a fraction.
  const big = Buffer.from(['4d4d002a00000008', '0003', '010f000200000006' + '00000032', '0110000200000002' + '41000000', '8769000400000001' + '00000038', '00000000', '4d616b657200', '0001', '829a000500000001' + '0000004a', '00000000', '00000001', '0000007d'].join(''), 'hex');
  writeFileSync(at('big.tif'), big);
  const found = readExif(exifOfTiff(at('big.tif')) ?? Buffer.alloc(0));
  t.deepEqual([found.Image?.Make, found.Image?.Model, found.Photo?.ExposureTime], ['Maker', 'A', 0.008]);
  for (let length = 0; length < big.length; length += 3) {
    writeFileSync(at('cut.tif'), big.subarray(0, length));
    t.notThrows(() => exifOfTiff(at('cut.tif')));
  }
});

test('XMP says nothing of a gain map, nor of parts that are not there', (t) => {
  const text = '<rdf:Description xmlns:hdrgm="x" hdrgm:Version="1.0" xmpNote:HasExtendedXMP="AB" dc:a="b"><tiff:Orientation>8</tiff:Orientation><Container:Directory><rdf:Seq/></Container:Directory></rdf:Description>';
  t.is(renewXmp(Buffer.from(text))?.toString(), '<rdf:Description xmlns:hdrgm="x" dc:a="b"><tiff:Orientation>1</tiff:Orientation></rdf:Description>');
  t.is(renewXmp(undefined), undefined);
});
