/**
 * The map that most tiles agree on: least squares from what is believed already, repeated with less weight for tiles that move their
 * own way (Tukey's biweight). What the tiles do not tell stays as it was believed, so a few of them make a shift of it, and many a
 * homography.
 */
import { compose, corners, invert, type Homography } from '../kernels/homography';
import { inverse, times } from './linear';
import type { TileSteps } from './tile-steps';

/** What is known of a motion. */
export interface Belief {
  readonly map: Homography;
  /** Inverse of the covariance of the eight numbers of a small homography (`small`), in halves of the longer side: of any level. */
  readonly information: Float64Array;
}

export interface Fit extends Belief {
  /** How far tiles with texture are from the map, in pixels: 1.4826 medians, by evidence. */
  readonly scatter: number;
}

const N = 8;
const ROUNDS = 8;
/** Of them, by absolute residuals: Tukey's weights need to be near. */
const SOFT_ROUNDS = 3;
/** Tukey's constant: 95 % as good as plain least squares where errors are normal. */
const TUKEY = 4.685;
/** Scatter in pixels below which tiles are not told apart. */
const LEAST_SCATTER = 0.03;
/** What neighbours err in together (edges that cross several tiles, parallax), as a factor of the variance. */
const CORRELATED = 3;
/** The scatter that is thought of before tiles are seen, in pixels, and as how many of them that counts. */
const USUAL_SCATTER = 0.5;
const USUAL_COUNT = 6;

/** What a hand, a rig and a lens do before anything is seen, as standard deviations: a shift in pixels, all else as changes at the edge. */
export function firstBelief(map: Homography, width: number, height: number, shift: number): Belief {
  const unit = Math.max(width, height) / 2;
  const information = new Float64Array(N * N);
  const add = (combination: Readonly<Record<number, number>>, deviation: number): void => {
    for (const [i, a] of Object.entries(combination)) for (const [k, b] of Object.entries(combination)) information[Number(i) * N + Number(k)] += (a * b) / deviation ** 2;
  };
  add({ 0: 1 }, shift / unit);
  add({ 1: 1 }, shift / unit);
  add({ 2: 0.5, 5: 0.5 }, 0.006); // scale
  add({ 3: -0.5, 4: 0.5 }, 0.007); // turn, half a step of the search
  add({ 2: 0.5, 5: -0.5 }, 0.001); // stretch
  add({ 3: 0.5, 4: 0.5 }, 0.001); // shear
  add({ 6: 1 }, 0.002); // perspective
  add({ 7: 1 }, 0.002);
  return { map, information };
}

/**
 * @param seen the map that the tiles were measured through: a tile at p was found at seen(p + d)
 * @param before what was believed before this level's tiles
 * @param near whether `seen` was fitted to such tiles already
 */
export function fitMotion(tiles: TileSteps, seen: Homography, before: Belief, width: number, height: number, near: boolean): Fit {
  const { count, x, y, xx, xy, yy } = tiles;
  const [cx, cy, unit] = [(width - 1) / 2, (height - 1) / 2, Math.max(width, height) / 2];
  const toPixels: Homography = [unit, 0, cx, 0, unit, cy, 0, 0, 1];
  const toUnits = invert(toPixels);
  const targets = targetsOf(tiles, seen);
  const evidence = cappedEvidence(tiles);
  const weights = new Float64Array(count).fill(1);
  const residuals = new Float64Array(2 * count);
  const lengths = new Float64Array(count);
  const row = new Float64Array(2 * N);
  const believed = invert(compose(toUnits, compose(before.map, toPixels)));
  let map = seen;
  let information = before.information;
  seenFrom(map, tiles, targets, residuals);
  let scatter = scatterOf(tiles, residuals, evidence, lengths);
  for (let round = near ? SOFT_ROUNDS : 0; round < ROUNDS; round += 1) {
    reweigh(weights, lengths, scatter, round);
    const tilesSay = new Float64Array(N * N);
    const right = new Float64Array(N);
    let [squares, mass] = [0, 0];
    for (let i = 0; i < count; i += 1) {
      const weight = weights[i] * evidence[i];
      if (weight === 0) continue;
      jacobian(row, (x[i] - cx) / unit, (y[i] - cy) / unit);
      accumulate(tilesSay, right, row, weight * xx[i], weight * xy[i], weight * yy[i], residuals[2 * i] / unit, residuals[2 * i + 1] / unit);
      squares += weights[i] * lengths[i] * lengths[i];
      mass += weights[i];
    }
    mirror(tilesSay);
    const variance = (CORRELATED * squares + USUAL_COUNT * USUAL_SCATTER ** 2) / (mass + USUAL_COUNT) / (unit * unit);
    // In the units of what was believed: how far the map has gone from it already pulls it back.
    const gone = parametersOf(compose(believed, compose(toUnits, compose(map, toPixels))));
    const pull = times(before.information, gone);
    information = before.information.map((value, i) => value + tilesSay[i] / variance);
    const covariance = inverse(information, N);
    if (!covariance) break;
    const step = times(covariance, right.map((value, i) => value / variance - pull[i]));
    map = compose(map, compose(toPixels, compose(small(step), toUnits)));
    seenFrom(map, tiles, targets, residuals);
    scatter = scatterOf(tiles, residuals, evidence, lengths);
    if (round >= SOFT_ROUNDS && Math.max(...step.map(Math.abs)) * unit < 1e-3) break;
  }
  return { map, information, scatter };
}

/** Standard deviation of a belief at a plane's worst corner, in its pixels. */
export function deviation({ information }: Belief, width: number, height: number): number {
  const covariance = inverse(information, N);
  if (!covariance) return Infinity;
  const unit = Math.max(width, height) / 2;
  const row = new Float64Array(2 * N);
  const variances = corners(width, height).map(([x, y]) => {
    jacobian(row, (x - (width - 1) / 2) / unit, (y - (height - 1) / 2) / unit);
    return [row.subarray(0, N), row.subarray(N)].reduce((sum, one) => sum + times(covariance, one).reduce((all, value, k) => all + value * one[k], 0), 0);
  });
  return unit * Math.sqrt(Math.max(...variances));
}

/** d(x, y)/d(parameters) at (u, v): two rows. */
function jacobian(row: Float64Array, u: number, v: number): void {
  row.fill(0);
  row[0] = row[N + 1] = 1;
  row[2] = row[N + 4] = u;
  row[3] = row[N + 5] = v;
  [row[6], row[7], row[N + 6], row[N + 7]] = [u * u, u * v, u * v, v * v];
}

/** The homography near identity whose derivative at zero the jacobian is. */
const small = ([a, b, c, d, e, f, g, h]: Float64Array): Homography => [1 + c, d, a, e, 1 + f, b, -g, -h, 1];

const parametersOf = ([m0, m1, m2, m3, m4, m5, m6, m7]: Homography): Float64Array =>
  Float64Array.from([m2, m5, (m0) - 1, m1, m3, (m4) - 1, -(m6), -(m7)]);

function accumulate(information: Float64Array, right: Float64Array, row: Float64Array, xx: number, xy: number, yy: number, dx: number, dy: number): void {
  for (let i = 0; i < N; i += 1) {
    const bx = xx * row[i] + xy * row[N + i];
    const by = xy * row[i] + yy * row[N + i];
    right[i] += bx * dx + by * dy;
    for (let k = i; k < N; k += 1) information[i * N + k] += bx * row[k] + by * row[N + k];
  }
}

/** What was added up is above the diagonal. */
function mirror(information: Float64Array): void {
  for (let i = 1; i < N; i += 1) for (let k = 0; k < i; k += 1) information[i * N + k] = information[k * N + i];
}

/** Where the exposure shows the tiles, in its pixels: x and y in turns. */
function targetsOf({ count, x, y, dx, dy }: TileSteps, seen: Homography): Float64Array {
  const targets = new Float64Array(2 * count);
  for (let i = 0; i < count; i += 1) mapInto(targets, i, seen, x[i] + dx[i], y[i] + dy[i]);
  return targets;
}

/** How far, in pixels of the reference, the targets are from where the map has them. */
function seenFrom(map: Homography, { count, x, y }: TileSteps, targets: Float64Array, residuals: Float64Array): void {
  const back = invert(map);
  for (let i = 0; i < count; i += 1) {
    mapInto(residuals, i, back, targets[2 * i], targets[2 * i + 1]);
    residuals[2 * i] -= x[i];
    residuals[2 * i + 1] -= y[i];
  }
}

function mapInto(into: Float64Array, index: number, m: Homography, x: number, y: number): void {
  const depth = 1 / ((m[6]) * x + (m[7]) * y + (m[8]));
  into[2 * index] = ((m[0]) * x + (m[1]) * y + (m[2])) * depth;
  into[2 * index + 1] = ((m[3]) * x + (m[4]) * y + (m[5])) * depth;
}

/** Evidence of 1 at most, which half of the tiles have: a few strong edges shall not outvote the rest of the picture. */
function cappedEvidence({ count, evidence }: TileSteps): Float64Array {
  const sorted = evidence.slice(0, count).sort();
  const cap = sorted[count >> 1] ?? 1;
  return evidence.slice(0, count).map((one) => Math.min(1, one / cap));
}

const BINS = 300;
const BIN = 0.01;

/** Writes residuals' lengths, as far as textures tell them and in units of their noise. @returns their scatter: 1.4826 medians, by evidence */
function scatterOf({ count, xx, xy, yy }: TileSteps, residuals: Float64Array, evidence: Float64Array, lengths: Float64Array): number {
  const histogram = new Float64Array(BINS);
  let mass = 0;
  for (let i = 0; i < count; i += 1) {
    const [rx, ry] = [residuals[2 * i], residuals[2 * i + 1]];
    const length = Math.sqrt(Math.max(0, xx[i] * rx * rx + 2 * xy[i] * rx * ry + yy[i] * ry * ry));
    lengths[i] = length * Math.sqrt(evidence[i]);
    histogram[Math.min(BINS - 1, Math.floor(lengths[i] / BIN))] += evidence[i];
    mass += evidence[i];
  }
  let [bin, below] = [0, 0];
  while (bin < BINS - 1 && below + histogram[bin] < mass / 2) below += histogram[bin++];
  return Math.max(LEAST_SCATTER, 1.4826 * (bin + 0.5) * BIN);
}

function reweigh(weights: Float64Array, lengths: Float64Array, scatter: number, round: number): void {
  for (let i = 0; i < weights.length; i += 1) {
    weights[i] = round < SOFT_ROUNDS ? 1 / (1 + lengths[i] / scatter) : Math.max(0, 1 - (lengths[i] / (TUKEY * scatter)) ** 2) ** 2;
  }
}
