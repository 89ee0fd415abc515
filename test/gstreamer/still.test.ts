/** Photographs come out right, whatever they are called and however they are stored, or are refused with a sentence. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { GstIplError } from '../../plugin';
import { stillLaunch } from '../../plugin/gstreamer/still';
import { ROOT, runCommand } from '../support/command';
import { chunk } from '../support/png';
import { temporaryFolder } from '../support/folder';
import { gstLaunch, record } from '../support/media';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);

/** Four areas of 16x12: above left, above right, below left, below right. */
type Areas = readonly [number[], number[], number[], number[]];
const COLOURS: Areas = [[200, 40, 40], [40, 200, 40], [40, 40, 200], [200, 200, 40]];
const GREYS: Areas = [[0, 0, 0], [85, 85, 85], [170, 170, 170], [255, 255, 255]];
const BLACK_WHITE: Areas = [[0, 0, 0], [255, 255, 255], [255, 255, 255], [0, 0, 0]];
const areaOf = (x: number, y: number): 0 | 1 | 2 | 3 => ((x < 16 ? 0 : 1) + (y < 12 ? 0 : 2)) as 0 | 1 | 2 | 3;

/** @param samples of a pixel of each area, as they are stored */
function png(name: string, bits: number, type: number, samples: Areas, before: Buffer[] = [], behind: Buffer[] = []): string {
  const rows = Array.from({ length: 24 }, (_, y) => {
    const values = Array.from({ length: 32 }, (__, x) => samples[areaOf(x, y)]).flat();
    const text = values.map((value) => value.toString(2).padStart(bits, '0')).join('');
    return Buffer.from([0, ...(text.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2))]);
  });
  const head = Buffer.from([0, 0, 0, 32, 0, 0, 0, 24, bits, type, 0, 0, 0]);
  const parts = [chunk('IHDR', head), ...before, chunk('IDAT', deflateSync(Buffer.concat(rows))), ...behind, chunk('IEND', Buffer.alloc(0))];
  writeFileSync(at(name), Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]));
  return at(name);
}

/** An Exif part whose first directory says which way is up. */
function exif(orientation: number, little = true): Buffer {
  const tiff = Buffer.from(little ? '49492a00080000000100120103000100000000000000' + '00000000' : '4d4d002a00000008000101120003000000010000000000000000', 'hex');
  if (little) tiff.writeUInt16LE(orientation, 18);
  else tiff.writeUInt16BE(orientation, 18);
  return tiff;
}

async function jpeg(name: string, format: string): Promise<string> {
  writeFileSync(at(`${name}.raw`), Buffer.from(Array.from({ length: 24 }, (_, y) => Array.from({ length: 32 }, (__, x) => COLOURS[areaOf(x, y)])).flat(2)));
  await gstLaunch(
    `filesrc location=${at(`${name}.raw`)} blocksize=2304 ! rawvideoparse format=rgb width=32 height=24 ! videoconvert ! video/x-raw,format=${format},colorimetry=1:4:0:0 ! jpegenc quality=95 snapshot=true ! filesink location=${at(name)}`,
  );
  return at(name);
}

function withExif(from: string, to: string, orientation: number, little = true): string {
  const part = Buffer.concat([Buffer.from('Exif\0\0'), exif(orientation, little)]);
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, part.length + 2]);
  writeFileSync(at(to), Buffer.concat([head, part, readFileSync(from).subarray(2)]));
  return at(to);
}

/** One picture, and these colours in its areas. */
async function shows(t: ExecutionContext, file: string, areas: Areas, [width, height] = [32, 24]): Promise<void> {
  const { frames } = await record(`${stillLaunch(file)} ! videoconvert ! video/x-raw,format=RGB`);
  t.deepEqual(frames.map(({ pts }) => pts), [0n], file);
  const bytes = frames[0]?.payload ?? Buffer.alloc(0);
  t.is(bytes.length, width * height * 3, file);
  const found = [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]].map(([x = 0, y = 0]) => {
    const start = (Math.floor(y * height) * width + Math.floor(x * width)) * 3;
    return [...bytes.subarray(start, start + 3)];
  });
  const off = Math.max(...found.flat().map((value, index) => Math.abs(value - (areas.flat()[index] ?? NaN))));
  t.true(off <= 6, `${path.basename(file)}: ${JSON.stringify(found)}`);
}

/** Red above left, green above right ... where the note says so. */
const TURNED: Readonly<Record<number, readonly [number, number, number, number]>> = {
  1: [0, 1, 2, 3], 2: [1, 0, 3, 2], 3: [3, 2, 1, 0], 4: [2, 3, 0, 1], 5: [0, 2, 1, 3], 6: [2, 0, 3, 1], 7: [3, 1, 2, 0], 8: [1, 3, 0, 2],
};
const turned = (orientation: number): Areas => (TURNED[orientation] ?? []).map((area) => COLOURS[area]) as unknown as Areas;

test('PNG of every kind', async (t) => {
  const wide = (areas: Areas, ...more: number[]): Areas => areas.map((samples) => [...samples.map((value) => value * 257), ...more]) as unknown as Areas;
  const first = (areas: Areas, ...more: number[]): Areas => areas.map(([value = 0]) => [value, ...more]) as unknown as Areas;
  const palette = chunk('PLTE', Buffer.from(COLOURS.flat()));
  const indices: Areas = [[0], [1], [2], [3]];
  await shows(t, png('rgb8.png', 8, 2, COLOURS), COLOURS);
  await shows(t, png('rgb16.png', 16, 2, wide(COLOURS)), COLOURS);
  await shows(t, png('rgba8.png', 8, 6, COLOURS.map((samples) => [...samples, 255]) as unknown as Areas), COLOURS);
  await shows(t, png('rgba16.png', 16, 6, wide(COLOURS, 65535)), COLOURS);
  await shows(t, png('through.png', 8, 6, COLOURS.map((samples) => [...samples, 60]) as unknown as Areas), COLOURS);
  await shows(t, png('gray8.png', 8, 0, first(GREYS)), GREYS);
  await shows(t, png('gray16.png', 16, 0, first(wide(GREYS))), GREYS);
  await shows(t, png('gray-alpha16.png', 16, 4, first(wide(GREYS), 65535)), GREYS);
  await shows(t, png('gray2.png', 2, 0, indices), GREYS);
  await shows(t, png('bit1.png', 1, 0, [[0], [1], [1], [0]]), BLACK_WHITE);
  await shows(t, png('palette8.png', 8, 3, indices, [palette]), COLOURS);
  await shows(t, png('palette2.png', 2, 3, indices, [palette]), COLOURS);
});

test('JPEG of every kind', async (t) => {
  for (const format of ['I420', 'Y42B', 'Y444', 'Y41B']) await shows(t, await jpeg(`${format}.jpg`, format), COLOURS);
  await shows(t, await jpeg('grey.jpg', 'GRAY8'), COLOURS.map(([r = 0, g = 0, b = 0]) => Array(3).fill(Math.round(0.299 * r + 0.587 * g + 0.114 * b)) as number[]) as unknown as Areas);
  writeFileSync(at('progressive.jpg'), Buffer.from(PROGRESSIVE, 'base64'));
  await shows(t, at('progressive.jpg'), COLOURS);
});

test('of a file with several pictures the first, and what it is called says nothing', async (t) => {
  const [one, other] = [await jpeg('first.jpg', 'I420'), await jpeg('second.jpg', 'GRAY8')];
  writeFileSync(at('several.jpg'), Buffer.concat([readFileSync(one), Buffer.alloc(37), readFileSync(other)]));
  await shows(t, at('several.jpg'), COLOURS);
  for (const name of ['jpeg.png', 'jpeg.jpe', 'jpeg', 'a "jpeg".mp4']) {
    copyFileSync(one, at(name));
    if (!name.includes(' ')) await shows(t, at(name), COLOURS);
    t.true(stillLaunch(at(name))?.includes('gdkpixbufdec'));
  }
  copyFileSync(png('really.png', 8, 2, COLOURS), at('png.jpg'));
  await shows(t, at('png.jpg'), COLOURS);
});

test('the note of the camera turns JPEG and PNG, in either byte order, also behind the picture', async (t) => {
  const plain = await jpeg('plain.jpg', 'Y444');
  for (let orientation = 1; orientation <= 8; orientation += 1) {
    const size: [number, number] = orientation < 5 ? [32, 24] : [24, 32];
    const little = orientation % 2 === 0;
    await shows(t, withExif(plain, `turned${orientation}.jpg`, orientation, little), turned(orientation), size);
    const note = chunk('eXIf', exif(orientation, !little));
    await shows(t, png(`turned${orientation}.png`, 8, 2, COLOURS, little ? [note] : [], little ? [] : [note]), turned(orientation), size);
  }
});

test('what would not come out right is refused', async (t) => {
  const plain = readFileSync(await jpeg('base.jpg', 'I420'));
  const frame = plain.indexOf(Buffer.from([0xff, 0xc0]));
  const refused = (name: string, change: (bytes: Buffer) => Buffer, sentence: RegExp): void => {
    writeFileSync(at(name), change(Buffer.from(plain)));
    t.throws(() => stillLaunch(at(name)), { instanceOf: GstIplError, code: 'bad-caps', message: sentence });
  };
  const patched = (offset: number, value: number) => (bytes: Buffer): Buffer => bytes.fill(value, frame + offset, frame + offset + 1);
  refused('cmyk.jpg', patched(9, 4), /cmyk\.jpg" is a CMYK JPEG/);
  refused('lossless.jpg', patched(1, 0xc3), /is a JPEG of a rare kind/);
  refused('twelve.jpg', patched(4, 12), /is a JPEG of 12 bits/);
  refused('cut.jpg', (bytes) => bytes.subarray(0, -30), /was cut short/);
  refused('cut.png', () => readFileSync(png('whole.png', 8, 2, COLOURS)).subarray(0, -12), /was cut short/);
  t.is(stillLaunch(at('raw')), undefined);
  t.is(stillLaunch(at('missing.jpg')), undefined);
  writeFileSync(at('not.jpg'), 'RIFF    WEBP');
  const { code, stderr } = await runCommand('fuse', at('not.jpg'), at('base.jpg'), '-o', at('out.png'));
  t.is(code, 1);
  t.regex(stderr, /not\.jpg" (is no photograph that is read|cannot be read)/);
});

test('a picture that claims more pixels than are taken is refused before anything decodes it', async (t) => {
  const claim = (name: string, width: number, height: number): string => {
    const bytes = readFileSync(png(name, 8, 2, COLOURS));
    bytes.writeUInt32BE(width, 16);
    bytes.writeUInt32BE(height, 20);
    writeFileSync(at(name), bytes);
    return at(name);
  };
  t.throws(() => stillLaunch(claim('bomb.png', 32_500, 32_500)), { instanceOf: GstIplError, code: 'bad-caps', message: /bomb\.png" has 32500x32500 pixels: 1056 megapixels, and 1000 are/ });
  t.throws(() => stillLaunch(claim('wide.png', 65_536, 1)), { message: /none with a side longer than 65535 is taken/ });
  const plain = await jpeg('claims.jpg', 'I420');
  const bytes = readFileSync(plain);
  bytes.fill(0xff, bytes.indexOf(Buffer.from([0xff, 0xc0])) + 5, bytes.indexOf(Buffer.from([0xff, 0xc0])) + 9);
  writeFileSync(plain, bytes);
  t.throws(() => stillLaunch(plain), { message: /claims\.jpg" has 65535x65535 pixels/ });
  const small = png('small.png', 8, 2, COLOURS);
  const { code, stderr } = await runCommand('fuse', small, png('other.png', 8, 2, COLOURS), '-o', at('out.png'), '--max-pixels', '767');
  t.is(code, 1);
  t.regex(stderr, /(small|other)\.png" has 32x24 pixels: .*\n.*--max-pixels 1M/);
  t.is((await runCommand('fuse', small, at('other.png'), '-o', at('out.png'), '--max-pixels', '768')).code, 0);
});

test('graphs/bracketed-stills.yaml turns photographs, and mixes kinds', async (t) => {
  const plain = await jpeg('graph.jpg', 'I420');
  const pictures = [withExif(plain, 'graph-turned.jpg', 6), png('graph.png', 16, 2, COLOURS.map((samples) => samples.map((value) => value * 257)) as unknown as Areas, [chunk('eXIf', exif(6))])];
  const settings = [`under=${pictures[0]}`, `mid=${pictures[1]}`, `over=${pictures[0]}`, `out=${at('graph-out.png')}`].flatMap((text) => ['--set', text]);
  const { code, stderr } = await runCommand('run', path.join(ROOT, 'graphs', 'bracketed-stills.yaml'), ...settings);
  t.is(code, 0, stderr);
  const { caps } = await record(`filesrc location=${at('graph-out.png')} ! pngdec`);
  t.regex(caps[0] ?? '', /width=\(int\)24, height=\(int\)32/);
});

/** 32x24, made by ImageMagick: what jpegenc cannot make. */
const PROGRESSIVE =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wgARCAAYACADASIAAhEBAxEB/8QAGAABAAMBAAAAAAAAAAAAAAAAAAUGCAf/xAAXAQADAQAAAAAAAAAAAAAAAAAGBwgB/9oADAMBAAIQAxAAAAGkotjL6ksBYTrnkV0W6mEVEf8A/8QAFxAAAwEAAAAAAAAAAAAAAAAAABQVIP/aAAgBAQABBQLDo6SSTn//xAAdEQAABQUAAAAAAAAAAAAAAAAAFVOh0QECBAUQ/9oACAEDAQE/AT7XKNdAJc9N6T3/xAAeEQAABAcAAAAAAAAAAAAAAAAAAgMFEBQWUVOh0f/aAAgBAgEBPwGnXTFsvRMJXj//xAAZEAABBQAAAAAAAAAAAAAAAAAAIDIzoaL/2gAIAQEABj8CQyxlkuSXKf/EABcQAAMBAAAAAAAAAAAAAAAAAADw8SD/2gAIAQEAAT8hw0DQJQlZ/9oADAMBAAIAAwAAABD8P8P/xAAUEQEAAAAAAAAAAAAAAAAAAAAg/9oACAEDAQE/EA4F/8QAGBEAAgMAAAAAAAAAAAAAAAAAAAEQ0fD/2gAIAQIBAT8QLdU6n//EABQQAQAAAAAAAAAAAAAAAAAAADD/2gAIAQEAAT8QTuRP/9k=';
