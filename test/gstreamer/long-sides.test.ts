/** Pictures with sides up to 65535 go through files and back, in little memory; what takes no such side says where its own end. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { firstValueFrom, lastValueFrom, of } from 'rxjs';
import { GstIplError, gstFilter, sink, source } from '../../plugin';
import { stillLaunch } from '../../plugin/gstreamer/still';
import { PictureEncoder } from '../../plugin/preview/picture-encoder';
import { ROOT, runCommand } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { gstLaunch, record } from '../support/media';
import { writeGreyPng } from '../support/png';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);

/** Waves along the longer side, so that every place differs from those near it. */
const waves = (length: number) => (place: number): number => Math.round(125 + 60 * Math.sin((place / length) * 1000));

/** Three exposures of one scene, as PNG or JPEG. */
async function bracket(width: number, height: number, kind: 'png' | 'jpg'): Promise<string[]> {
  const scene = waves(Math.max(width, height));
  const files = [0.6, 1, 1.3].map((gain) =>
    writeGreyPng(at(`${width}x${height}-${gain}.png`), width, height, (x, y) => Math.min(255, Math.round(gain * scene(width > height ? x : y)))),
  );
  if (kind === 'png') return files;
  return Promise.all(files.map(async (file) => {
    await gstLaunch(`filesrc location=${file} ! gdkpixbufdec ! jpegenc quality=95 ! filesink location=${file}.jpg`);
    return `${file}.jpg`;
  }));
}

/** The scene comes back, from the first pixel to the last. */
async function shows(t: ExecutionContext, file: string, width: number, height: number): Promise<void> {
  const { caps, frames } = await record(`filesrc location=${file} ! gdkpixbufdec ! imagefreeze num-buffers=1`);
  t.regex(caps[0] ?? '', new RegExp(`format=\\(string\\)RGB, width=\\(int\\)${width}, height=\\(int\\)${height}\\b`));
  const stride = Math.ceil((width * 3) / 4) * 4;
  const scene = waves(Math.max(width, height));
  let most = 0;
  for (let place = 0; place < Math.max(width, height); place += 1) {
    const found = frames[0]?.payload[width > height ? 8 * stride + place * 3 : place * stride + 8 * 3] ?? NaN;
    most = Math.max(most, Math.abs(found - scene(place)));
  }
  t.true(most <= 40, `${file}: off by ${most} codes`);
}

/** Runs the command, and tells the most memory that a process of it had; MB. */
async function run(t: ExecutionContext, ...args: string[]): Promise<number> {
  const [hook, peaks] = [at(`hook-${args.length}-${process.hrtime.bigint()}.cjs`), at(`peaks-${process.hrtime.bigint()}`)];
  writeFileSync(hook, `process.on('exit', () => require('node:fs').appendFileSync(${JSON.stringify(peaks)}, process.resourceUsage().maxRSS / 1024 + ' '));`);
  process.env.NODE_OPTIONS = `--require ${hook}`;
  const finished = runCommand(...args);
  delete process.env.NODE_OPTIONS;
  const { code, stderr } = await finished;
  t.is(code, 0, stderr);
  return Math.max(...readFileSync(peaks, 'utf8').trim().split(' ').map(Number));
}

/** What the pictures themselves take on their way: as RGB and as 4:2:0, four of each. */
const framesMb = (width: number, height: number): number => (width * height * 4 * 4.5) / 1e6;

let smallest: Promise<number> | undefined;

/** A program with pictures of one pixel: what it needs without any. */
const withoutFrames = (t: ExecutionContext): Promise<number> =>
  (smallest ??= (async () => run(t, 'fuse', ...(await bracket(1, 1, 'png')), '-o', at('1x1.png')))());

test.serial('1x1 is fused', async (t) => {
  await withoutFrames(t);
  const { frames } = await record(`filesrc location=${at('1x1.png')} ! pngdec`);
  t.true(Math.abs((frames[0]?.payload[0] ?? NaN) - 125) <= 40);
});

for (const [width, height, kind] of [[65_535, 16, 'png'], [16, 65_535, 'png'], [65_500, 16, 'jpg'], [16, 65_500, 'jpg']] as const) {
  test.serial(`gst-ipl fuse of ${width}x${height}, ${kind} in and out, within 100 MB beside the frames`, async (t) => {
    const out = at(`${width}x${height}.${kind}`);
    const peak = await run(t, 'fuse', ...(await bracket(width, height, kind)), '-o', out);
    const beside = peak - framesMb(width, height) - (await withoutFrames(t));
    t.true(beside < 100, `${beside} MB`);
    t.log(`${peak.toFixed(0)} MB, ${beside.toFixed(0)} beside the frames and what 1x1 takes`);
    await shows(t, out, width, height);
  });
}

test.serial('a graph file fuses 65535x16', async (t) => {
  const [under = '', mid = '', over = ''] = await bracket(65_535, 16, 'png');
  const out = at('graph.png');
  await run(t, 'run', path.join(ROOT, 'graphs', 'bracketed-stills.yaml'), ...[`under=${under}`, `mid=${mid}`, `over=${over}`, `out=${out}`].flatMap((text) => ['--set', text]));
  await shows(t, out, 65_535, 16);
});

test.serial('a JPEG longer than libjpeg takes is refused before the run', async (t) => {
  const pictures = await bracket(65_501, 1, 'png');
  const { code, stderr } = await runCommand('fuse', ...pictures, '-o', at('long.jpg'));
  t.is(code, 1);
  t.regex(stderr, /JPEG has no pictures of 65501x1 pixels: 65500 is its longest side\.\n.*Write a PNG or a TIFF\./);
  const [short = ''] = await bracket(16, 2, 'jpg');
  const bytes = readFileSync(short);
  bytes.writeUInt16BE(65_501, bytes.indexOf(Buffer.from([0xff, 0xc0])) + 7);
  writeFileSync(short, bytes);
  t.throws(() => stillLaunch(short), { instanceOf: GstIplError, code: 'bad-caps', message: /has 65501x2 pixels, and a JPEG with a side longer than 65500 is not read/ });
});

/** Waves of grey, 4 pixels high, as the raw source of a launch fragment. */
function raw(format: string, width: number, samples: number): string {
  const scene = waves(width);
  const file = at(`${format}-${width}.raw`);
  writeFileSync(file, Buffer.from(Array.from({ length: width * 4 * samples }, (_, index) => scene(Math.floor(index / samples) % width))));
  return `filesrc location=${file} blocksize=${width * 4 * samples} ! rawvideoparse format=${format.toLowerCase()} width=${width} height=4 colorimetry=1:${format === 'BGRx' ? 1 : 4}:0:0`;
}

for (const format of ['GRAY8', 'BGRx']) {
  test.serial(`${format} with sides of 65535 is converted on its way into Node, and in fragments`, async (t) => {
    const width = format === 'GRAY8' ? 65_532 : 65_535; // Of raw pictures rows are multiples of four bytes.
    const frame = await firstValueFrom(source(`${raw(format, width, format === 'GRAY8' ? 1 : 4)} ! videoconvert ! video/x-raw,format=I420,colorimetry=1:4:0:0`));
    const there = await firstValueFrom(of(frame).pipe(gstFilter('video/x-raw,format=RGBA ! identity ! videoconvert ! video/x-raw,format=I420,colorimetry=1:4:0:0')));
    const scene = waves(width);
    for (const { caps, payload } of [frame, there]) {
      t.deepEqual([caps.width, caps.height], [width, 4]);
      const off = Array.from({ length: width }, (_, x) => Math.abs((payload[3 * caps.layout.planes[0].stride + x] ?? NaN) - scene(x)));
      t.true(off.every((codes) => codes <= 3), `${Math.max(...off)}`);
    }
  });
}

/** What would come out wrong, or end the process, is an error that names the limits. */
for (const [what, launch] of [
  ['Y444, whose colours would be scaled', `${raw('Y444', 32_768, 3)} ! identity`],
  ['videoscale, whose arithmetic ends', `${raw('GRAY8', 32_768, 1)} ! videoscale ! video/x-raw,width=640`],
  ['jpegenc, at which libjpeg would end the process', `${raw('BGRx', 65_501, 4)} ! jpegenc ! jpegdec`],
] as const) {
  test.serial(`too long a side for ${what}`, async (t) => {
    const error = await t.throwsAsync(firstValueFrom(source(launch)), { instanceOf: GstIplError });
    t.regex(`${error?.message} ${error?.hint}`, /Sides end at 32767 pixels for videoscale and for Y444, at 65500 for jpegenc\./);
  });
}

test.serial('also in a sink', async (t) => {
  const frame = await firstValueFrom(source(raw('BGRx', 65_501, 4)));
  const error = await t.throwsAsync(lastValueFrom(of(frame).pipe(sink('jpegenc ! fakesink'))), { instanceOf: GstIplError, code: 'bad-caps' });
  t.regex(error?.hint ?? '', /65500 for jpegenc/);
});

test.serial('the page has no small copy of one, but a snapshot, and goes on', async (t) => {
  const [long, short] = [await firstValueFrom(source(raw('BGRx', 65_501, 4))), await firstValueFrom(source(raw('BGRx', 640, 4)))];
  const [page, snapshot] = [PictureEncoder.jpeg(320), PictureEncoder.png()];
  t.is(await page.encode(long), undefined);
  t.is((await page.encode(short))?.subarray(0, 2).toString('hex'), 'ffd8');
  t.is((await snapshot.encode(long))?.readUInt32BE(16), 65_501);
  await Promise.all([page.close(), snapshot.close()]);
});
