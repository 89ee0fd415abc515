/**
 * The file of a rig: how cameras that stand firmly lie on one of them. `gst-ipl calibrate` makes it, `ipl` reads it (`rig`). JSON:
 *
 * | field | what it is |
 * |---|---|
 * | `kind`, `version` | `gst-ipl rig`, 1 |
 * | `width`, `height` | pixels of the pictures that it was found in; it holds for others of the same shape, in proportion |
 * | `reference` | the branch that the others are lined up with; it has no entry in `branches` |
 * | `pictures` | how many instants were looked at |
 * | `branches` | by name: |
 * | `homography` | nine numbers, row by row: pixels of the reference -> pixels of the branch. The centre of the first pixel is (0, 0) |
 * | `residual` | pixels by which what both show is still apart: `median`, and `p95`, which 95 % of the picture keeps to. Parallax, mostly |
 * | `spread` | pixels by which the corners went to and fro from picture to picture (95 % of them) |
 * | `confidence` | share of the pictures in which the branch was found to lie there |
 * | `agreement` | correlation of the textures, 0..1: `without` and `with` the homography |
 *
 * Only `kind` to `reference` and the homographies are needed; the rest is for people.
 */
import { readFileSync } from 'node:fs';
import { GstIplError, messageOf } from '../../core/errors';
import { planeLayout } from '../../core/frames/video-layout';
import { apply, invert, type Homography } from '../kernels/homography';
import { checkMotion } from '../kernels/warp/motion';
import { offsetGrid } from '../kernels/warp/offset-grid';

export const RIG_KIND = 'gst-ipl rig';
export const RIG_VERSION = 1;

export interface RigBranch {
  readonly homography: Homography;
  readonly residual?: { readonly median: number; readonly p95: number };
  readonly spread?: number;
  readonly confidence?: number;
  readonly agreement?: { readonly without: number; readonly with: number };
}

export interface Rig {
  readonly kind: typeof RIG_KIND;
  readonly version: typeof RIG_VERSION;
  readonly width: number;
  readonly height: number;
  readonly reference: string;
  readonly pictures?: number;
  readonly branches: Readonly<Record<string, RigBranch>>;
}

const ANEW = 'Calibrate it anew: gst-ipl calibrate GRAPH -o rig.json';

/** @throws GstIplError `missing-file`, or `bad-option` where it is no rig that pictures can be lined up by */
export function readRig(file: string): Rig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code ?? messageOf(error)})`;
    throw new GstIplError('missing-file', `The rig "${file}" ${reason}.`, { hint: 'Its path starts at the graph file. `gst-ipl calibrate GRAPH -o rig.json` makes it.', cause: error });
  }
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw refuse(file, `is not JSON: ${messageOf(error)}`);
  }
  return checkRig(found, file);
}

/** @throws GstIplError `bad-option` */
export function checkRig(found: unknown, file: string): Rig {
  if (!isMap(found) || found.kind !== RIG_KIND) throw refuse(file, `is no rig: it does not say "kind": "${RIG_KIND}"`);
  if (found.version !== RIG_VERSION) throw refuse(file, `is of version ${JSON.stringify(found.version)}, and this gst-ipl reads version ${RIG_VERSION}`);
  const { width, height, reference, branches } = found;
  if (!isSize(width) || !isSize(height)) throw refuse(file, `has no size: "width" and "height" are pixels, not ${JSON.stringify(width)} and ${JSON.stringify(height)}`);
  if (typeof reference !== 'string' || reference === '') throw refuse(file, 'does not say which branch is its "reference"');
  if (!isMap(branches) || Object.keys(branches).length === 0) throw refuse(file, 'has no "branches"');
  if (Object.hasOwn(branches, reference)) throw refuse(file, `lines "${reference}" up with itself: the reference is none of its "branches"`);
  for (const [name, branch] of Object.entries(branches)) checkHomography(isMap(branch) ? branch.homography : undefined, name, found as unknown as Rig, file);
  return found as unknown as Rig;
}

/** Share of the reference that a branch has to show: cameras of a rig look at one scene. */
const LEAST_SHOWN = 0.5;
/** Places a side at which that is looked. */
const SIDE = 32;

function checkHomography(found: unknown, name: string, { width, height, reference }: Rig, file: string): void {
  if (!Array.isArray(found) || found.length !== 9 || !found.every(Number.isFinite)) throw refuse(file, `has no homography of "${name}": nine numbers`);
  try {
    invert(found as number[]);
    checkPlace(found as number[], { width, height }, reference);
    // What the kernels bear does not depend on the format, nor on how large the picture is.
    offsetGrid({ homography: found as number[] }, planeLayout('I420', width, height), Math.max(width, height));
  } catch (error) {
    throw refuse(file, `cannot line "${name}" up. ${messageOf(error).replace(/\.$/, '')}`);
  }
}

/** @throws RangeError where it is no place for a camera of a rig */
function checkPlace(homography: Homography, size: Pick<Rig, 'width' | 'height'>, reference: string): void {
  checkMotion({ homography }, size, 0);
  if (mirrors(homography, size)) throw new RangeError('A homography must not mirror the picture.');
  const shown = shownBy(homography, size);
  if (shown < LEAST_SHOWN) throw new RangeError(`By its homography it shows ${Math.floor(100 * shown)} % of what "${reference}" does, and at least half is needed.`);
}

/** Share of the reference's pixels that lie in the branch's picture. */
function shownBy(homography: Homography, { width, height }: Pick<Rig, 'width' | 'height'>): number {
  let shown = 0;
  for (let at = 0; at < SIDE * SIDE; at += 1) {
    const [x, y] = apply(homography, ((at % SIDE) * (width - 1)) / (SIDE - 1), (Math.floor(at / SIDE) * (height - 1)) / (SIDE - 1));
    if (x > -1 && x < width && y > -1 && y < height) shown += 1;
  }
  return shown / (SIDE * SIDE);
}

/** Whether what goes clockwise round the middle of the reference goes the other way there. */
function mirrors(homography: Homography, { width, height }: Pick<Rig, 'width' | 'height'>): boolean {
  const [cx, cy] = [width / 2, height / 2];
  const [[x, y], [ax, ay], [bx, by]] = [apply(homography, cx, cy), apply(homography, cx + 1, cy), apply(homography, cx, cy + 1)];
  return (ax - x) * (by - y) - (ay - y) * (bx - x) < 0;
}

/** Names of a rig's branches, its reference first. */
export const branchesOf = ({ reference, branches }: Rig): string[] => [reference, ...Object.keys(branches)];

/** @throws GstIplError `bad-option` where a set has other branches */
export function checkBranches(rig: Rig, names: readonly string[], file: string): void {
  const own = branchesOf(rig);
  if (own.length === names.length && names.every((name) => own.includes(name))) return;
  throw refuse(file, `is of ${own.length} branches, ${own.join(', ')}, and the exposures are ${names.length}: ${names.join(', ')}`);
}

function refuse(file: string, what: string): GstIplError {
  return new GstIplError('bad-option', `The rig "${file}" ${what}.`, { hint: ANEW });
}

const isMap = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);
const isSize = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 65_535;
