/** Pictures whose pixels are in files: what is seen in the whole picture is found in bands of it, too. */
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import sharp from 'sharp';
import { NATURAL, type Look } from '../../plugin/ipl/engine/look';
import type { LumaPlane } from '../../plugin/ipl/kernels';
import { buildKernels } from '../../plugin/ipl/kernels/build';
import { fuseStills, type FuseSettings } from '../../plugin/stills';
import { LARGE } from '../../plugin/stills/memory';
import { OWN_MARK } from '../../plugin/core/files/process-mark';
import { PixelFiles } from '../../plugin/stills/large/pixel-files';
import { WINDOWS } from '../../plugin/stills/large/fuse-files';
import { bracket, exposed } from '../ipl/align/moved';
import { temporaryFolder } from '../support/folder';
import { replace } from '../support/replace';
import { raw } from './pictures';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);
/** Neither is a number of whole blocks, and both are odd. */
const [WIDTH, HEIGHT] = [333, 251];
const TINT = [1, 0.92, 0.84];

type Shade = (x: number, y: number) => number;

/** A wall, and a floor that the middle exposure loses from line 100 on, as codes that are lit `gain` times. */
const scene: Shade = (x, y) => (y < 100 ? 0.35 + (0.2 * x) / WIDTH : 1.4 + (0.5 * x) / WIDTH);
const inMan: Shade = (x, y) => Number(((x - 160) / 20) ** 2 + ((y - 175) / 40) ** 2 < 1);
const nobody: Shade = () => 0;

function paint(gain: number, man: Shade, most: number): number[] {
  const out: number[] = [];
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) for (const tint of TINT) out.push(Math.round(most * (man(x, y) ? 0.1 : Math.min(1, gain * tint * scene(x, y)))));
  }
  return out;
}

test.before(async () => {
  await buildKernels();
  const shots = [['under', 0.45, inMan], ['empty', 0.45, nobody], ['mid', 1, nobody], ['over', 1.8, nobody]] as const;
  await Promise.all(shots.flatMap(([name, gain, man]) => [
    raw(Uint8Array.from(paint(gain, man, 255)), WIDTH, HEIGHT).png({ compressionLevel: 1 }).toFile(at(`${name}.png`)),
    raw(Uint16Array.from(paint(gain, man, 65_535)), WIDTH, HEIGHT).toColourspace('rgb16').png({ compressionLevel: 1 }).toFile(at(`${name}-deep.png`)),
  ]));
});

const NAMES = ['under', 'mid', 'over'];

async function fuse(names: readonly string[], output: string, look: Partial<Look> = {}, more: Partial<FuseSettings> = {}): Promise<Buffer> {
  await fuseStills(names.map((name) => at(`${name}.png`)), at(output), { align: false, crop: false, reference: at('mid.png'), look: { ...NATURAL, ...look }, software: 'test', tell: () => undefined, ...more });
  return readFileSync(at(output));
}

/** The same from files, in the smallest of windows. */
async function fromFiles(t: ExecutionContext, ...[names, output, ...rest]: Parameters<typeof fuse>): Promise<Buffer> {
  const { bytes } = LARGE;
  replace(t, WINDOWS, { bytes: 1 });
  replace(t, LARGE, { bytes: 1000 });
  const file = await fuse(names, `files-${output}`, ...rest);
  replace(t, LARGE, { bytes });
  return file;
}

test.serial('of pixels that lie beside an output those go whose process is gone; what another machine has there stays, unless it is old', (t) => {
  const beside = temporaryFolder();
  const [boot = ''] = OWN_MARK.split('-').slice(1);
  const names = { own: `${OWN_MARK}-1`, gone: `${process.pid}-${boot}-1-1`, others: '17-abcdef01-5000-1', old: '18-abcdef01-5000-1' };
  for (const name of Object.values(names)) writeFileSync(path.join(beside, `.gst-ipl-pixels-${name}.v`), '');
  utimesSync(path.join(beside, `.gst-ipl-pixels-${names.old}.v`), 1e9, 1e9);
  new PixelFiles(path.join(beside, 'out.png'));
  t.deepEqual(readdirSync(beside).sort(), [names.own, names.others].map((name) => `.gst-ipl-pixels-${name}.v`).sort());
});

const pixelsOf = (file: Buffer): Promise<Buffer> => sharp(file).raw().toBuffer();

test.serial('who stands in the darker exposure alone is taken out of it, as in memory: of 8 bits, of 16, and into an AVIF of 10 and 12', async (t) => {
  const inMemory = await fuse(NAMES, 'mended.png');
  const [mended, plain] = [await pixelsOf(inMemory), await pixelsOf(await fuse(['empty', 'mid', 'over'], 'plain.png'))];
  const apart = mended.reduce((most, code, place) => Math.max(most, Math.abs(code - plain[place])), 0);
  t.true(apart <= 6, `${apart}`);
  t.true((await fromFiles(t, NAMES, 'mended.png')).equals(inMemory));
  const deep = NAMES.map((name) => `${name}-deep`);
  const reference = at('mid-deep.png');
  for (const [output, avifBits] of [['deep.tif', undefined], ['ten.avif', 10], ['twelve.avif', 12]] as const) {
    const wanted = await fuse(deep, output, {}, { reference, avifBits });
    t.true((await fromFiles(t, deep, output, {}, { reference, avifBits })).equals(wanted), output);
  }
});

test.serial('no saturation is grey to the code', async (t) => {
  const grey = await pixelsOf(await fromFiles(t, NAMES, 'grey.png', { saturation: 0 }));
  t.true(grey.every((code, index) => code === grey[index - (index % 3)]));
  t.deepEqual(grey, await pixelsOf(await fuse(NAMES, 'grey.png', { saturation: 0 })));
});

test.serial('light is merged in memory however large pictures are; where there is no room for it, that is said before anything is decoded', async (t) => {
  const hdr = { hdr: { curve: 'srgb', transfer: 'pq' } } as const;
  t.true((await fromFiles(t, ['empty', 'mid', 'over'], 'light.hdr', {}, hdr)).equals(await fuse(['empty', 'mid', 'over'], 'light.hdr', {}, hdr)));
  const whole = readFileSync(at('over.png'));
  writeFileSync(at('damaged.png'), whole.subarray(0, whole.length / 2));
  replace(t, LARGE, { light: 1e6 });
  await t.throwsAsync(fuse(['empty', 'mid', 'damaged'], 'light.hdr', {}, hdr), { code: 'bad-caps', message: /HDR of 3 pictures of 333x251 pixels takes 0\.0 GB of memory/ });
});

test.serial('what stands nearer is moved farther, as in memory', async (t) => {
  const [width, height] = [640, 480];
  const { mid } = await bracket(width, height);
  const save = async (name: string, { data }: LumaPlane): Promise<unknown> => raw(Uint8Array.from({ length: 3 * width * height }, (_, place) => data[Math.floor(place / 3)]), width, height).png().toFile(at(name));
  const inFront = (right: number): LumaPlane => {
    const data = mid.data.slice();
    for (let y = 160; y < height; y += 1) for (let x = 220; x < 460; x += 1) data[y * width + x + right] = mid.data[(y - 100) * width + x - 120];
    return { ...mid, data };
  };
  await Promise.all([save('near.png', inFront(0)), save('farther.png', exposed(inFront(8), -2, 1, 5))]);
  const settings = { align: true, reference: at('near.png') };
  const inMemory = await fuse(['near', 'farther'], 'parallax.png', {}, settings);
  t.true((await fromFiles(t, ['near', 'farther'], 'parallax.png', {}, settings)).equals(inMemory));
  t.false((await fuse(['near', 'farther'], 'parallax.png', {}, { ...settings, align: false })).equals(inMemory));
});
