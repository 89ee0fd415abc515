/** Black borders of exposures that were lined up before. */
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import sharp from 'sharp';
import { buildKernels } from '../../plugin/ipl/kernels/build';
import { NATURAL } from '../../plugin/ipl/engine/look';
import { fuseStills } from '../../plugin/stills';
import { fillBorder, findBorder, SIDES, type Side } from '../../plugin/stills/blank-borders';
import { LARGE } from '../../plugin/stills/memory';
import { temporaryFolder } from '../support/folder';
import { replace } from '../support/replace';
import { raw } from './pictures';

const folder = temporaryFolder();
const [WIDTH, HEIGHT, WIDE] = [192, 128, 9];

test.before(buildKernels);

/** An even sky that gets brighter to the right. */
function sky(gain: number): Uint8Array {
  return Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, (_, at) => Math.min(255, 255 * (0.12 * gain * (1 + (Math.floor(at / 3) % WIDTH) / WIDTH)) ** (1 / 2.2)));
}

const isIn = (side: Side, x: number, y: number, wide = WIDE): boolean => ({ top: y, bottom: HEIGHT - 1 - y, left: x, right: WIDTH - 1 - x })[side] < wide;

function blackened(pixels: Uint8Array, side: Side, wide = WIDE): Uint8Array {
  const out = pixels.slice();
  for (let y = 0; y < HEIGHT; y += 1) for (let x = 0; x < WIDTH; x += 1) if (isIn(side, x, y, wide)) out.fill(1, 3 * (y * WIDTH + x), 3 * (y * WIDTH + x + 1));
  return out;
}

/** Pictures dark to bright. @returns the fused one, and what was told */
async function fuse(pictures: readonly Uint8Array[]): Promise<{ fused: Buffer; told: string }> {
  const told: string[] = [];
  const files = pictures.map((_, index) => path.join(folder, `${index}.png`));
  for (const [index, file] of files.entries()) await raw(pictures[index] ?? new Uint8Array(), WIDTH, HEIGHT).png().toFile(file);
  const out = path.join(folder, 'fused.png');
  await fuseStills(files, out, { align: false, crop: false, reference: undefined, look: NATURAL, software: 'test', tell: (message) => told.push(message) });
  return { fused: await sharp(out).raw().toBuffer(), told: told.join('\n') };
}

/** Codes by which two differ on average, as far in as six times the border. */
function apart(one: Buffer, other: Buffer, side: Side): number {
  const found: number[] = [];
  for (let y = 0; y < HEIGHT; y += 1) for (let x = 0; x < WIDTH; x += 1) if (isIn(side, x, y, 6 * WIDE)) found.push(Math.abs((one[3 * (y * WIDTH + x)] ?? 0) - (other[3 * (y * WIDTH + x)] ?? 0)));
  return found.reduce((sum, difference) => sum + difference, 0) / found.length;
}

const bracket = (): Uint8Array[] => [0.25, 1, 4].map(sky);

async function isAsWhole(t: ExecutionContext, side: Side): Promise<Buffer> {
  const [dark, middle, bright] = bracket();
  const whole = await fuse([dark, middle, bright]);
  const bordered = await fuse([dark, middle, blackened(bright, side)]);
  t.regex(bordered.told, new RegExp(`2\\.png: a black border of ${WIDE} pixels`));
  const difference = apart(whole.fused, bordered.fused, side);
  t.log(`${side}: ${difference.toFixed(2)} codes`);
  t.true(difference < 1, `${side}: ${difference.toFixed(2)} codes apart`);
  return bordered.fused;
}

test.serial('the black border of an exposure changes nothing of the picture; nor in files of pixels', async (t) => {
  for (const side of SIDES) await isAsWhole(t, side);
  const { bytes } = LARGE;
  const inMemory = await isAsWhole(t, 'right');
  replace(t, LARGE, { bytes: 1000 });
  const [dark, middle, bright] = bracket();
  t.deepEqual((await fuse([dark, middle, blackened(bright, 'right')])).fused, inMemory);
  replace(t, LARGE, { bytes });
});

test.serial('one that all exposures have is a part of the picture', async (t) => {
  const { fused, told } = await fuse(bracket().map((pixels) => blackened(pixels, 'top')));
  t.false(told.includes('black border'));
  t.true((fused[3 * (2 * WIDTH + 90)] ?? 255) < 12, `${fused[3 * (2 * WIDTH + 90)]}`);
});

test('what is dark in a darker exposure, fades, or is wider than what is held, is none', (t) => {
  const area = (pixels: Uint8Array) => ({ pixels, width: WIDTH, height: HEIGHT });
  const grey = area(new Uint8Array(3 * WIDTH * HEIGHT).fill(40));
  t.is(findBorder(area(blackened(sky(1), 'left')), grey, 'left', false, 12), undefined);
  t.is(findBorder(area(blackened(sky(1), 'left')), grey, 'left', true, 8), undefined);
  const fading = sky(1).map((code, at) => Math.min(code, Math.floor(at / (3 * WIDTH))));
  t.is(findBorder(area(fading), grey, 'top', true, 12), undefined);
  const filled = blackened(sky(1), 'left');
  const border = findBorder(area(filled), grey, 'left', true, 12);
  t.is(border && fillBorder(area(filled), border), WIDE);
  t.is(Math.min(...filled), Math.min(...sky(1).filter((_, at) => at % (3 * WIDTH) >= 3 * (WIDE + 2))));
});
