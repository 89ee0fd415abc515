/**
 * The curve of the camera that took a bracket, from its pixels and from how far its exposures are apart by their notes. Debevec and
 * Malik, "Recovering High Dynamic Range Radiance Maps from Photographs" (SIGGRAPH 1997): the logarithm of light by code, so that all
 * exposures agree on each pixel's light, and smooth. Here it is what a camera differs from sRGB by that is smooth, so that sRGB is left where the
 * pictures say nothing; one curve is for all channels, so that greys stay grey; and what moved is left out, by weights that are found anew
 * (Tukey's biweight).
 */
import { GstIplError } from '../../core/errors';
import type { PlaneLayout } from '../../core/frames/video-layout';
import { curveOf, type MeasuredCurve } from '../../ipl/hdr/curves';
import type { Cover } from '../../ipl/kernels';
import { solveSymmetric } from '../../ipl/hdr/solve';
import { CELL, DeepPlanes } from './deep-planes';

export interface NotedExposures {
  /** Y444_16LE, dark to bright, lined up. */
  readonly payloads: readonly Uint8Array[];
  readonly layout: PlaneLayout;
  readonly covers: readonly (Cover | undefined)[];
  readonly names: readonly string[];
  /** EV; undefined where nothing was noted. */
  readonly noted: readonly (number | undefined)[];
}

/** Cells in each direction that are looked at. */
const MOST = 160;

/** How much the largest luma of a cell is above its mean at most: at an edge a shift of half a pixel is a false light. */
const EVEN = 0.02;

/** Codes between which a camera's curve is known by its pixels: below, 8 bits and noise; above, it clips. */
const [LEAST, GREATEST] = [0.02, 0.97];

/** Places of codes at which the curve is sought; what a code differs from a place lies between. */
const NODES = 48;

/** Mid-grey keeps its light: 18 % of white, by sRGB. */
const ANCHOR = 0.4614;

/** How stiff what the curve differs by is, against one sample in each node. The stiffer, the less noise and the less of a knee. */
const STIFFNESS = 30;

/** Logarithms of light by which a sample may be off, round by round: what moved is off by more. */
const ROUNDS = [3, 1, 0.5, 0.3, 0.3] as const;

/** Samples that must be well exposed in two pictures. */
const LEAST_SAMPLES = 200;

/** EV from the least to the greatest that was noted: of less, noise is as much as the curve; of none, any curve would do. */
const LEAST_SPAN = 0.5;

/** Points of what is given. */
const POINTS = 1025;

interface Sample {
  /** By exposure, those in which it is well exposed. */
  readonly codes: readonly number[];
  /** Logarithms of the exposures' times. */
  readonly times: readonly number[];
}

/** @throws GstIplError `bad-exposures` where a picture has no notes, all have about the same, or too little is well exposed in two of them */
export function estimateCurve(exposures: NotedExposures, tell: (message: string) => void): MeasuredCurve {
  const samples = samplesOf(exposures, timesOf(exposures));
  if (samples.length < LEAST_SAMPLES) {
    throw new GstIplError('bad-exposures', 'The curve of the camera cannot be estimated: too little is well exposed in two of the pictures.', {
      hint: 'Use pictures with smaller steps, or name a curve: --curve srgb',
    });
  }
  const points = pointsOf(differenceOf(samples));
  const top = points.at(-1) ?? 1;
  tell(`The camera's curve was estimated: its white stands for ${top.toFixed(2)} times as much light as sRGB's.`);
  return points;
}

function timesOf({ noted, names }: NotedExposures): number[] {
  const times = noted.map((ev, index) => {
    if (ev !== undefined) return ev * Math.LN2;
    throw new GstIplError('bad-exposures', `${names[index]} has no exposure in its Exif, and without it a curve cannot be estimated: light that is twice as much and a curve that is steeper look the same.`, {
      hint: 'Give pictures with their Exif notes, or name a curve: --curve srgb',
    });
  });
  const span = (Math.max(...times) - Math.min(...times)) / Math.LN2;
  if (span >= LEAST_SPAN) return times;
  throw new GstIplError('bad-exposures', `The curve of the camera cannot be estimated: by their notes all pictures are within ${span.toFixed(1)} EV, and how light differs between them is what it is from.`, {
    hint: 'Give pictures whose Exif notes say how they differ (exposure time, aperture, ISO), or name a curve: --curve srgb',
  });
}

function samplesOf({ payloads, layout, covers }: NotedExposures, times: readonly number[]): Sample[] {
  const [columns, rows] = [layout.width >> 1, layout.height >> 1];
  const [stepX, stepY] = [Math.ceil(columns / MOST), Math.ceil(rows / MOST)];
  const planes = payloads.map((payload) => new DeepPlanes(payload, layout));
  const cells = payloads.map(() => new Float64Array(CELL));
  const samples: Sample[] = [];
  for (let row = 0; row < rows; row += stepY) {
    for (let column = 0; column < columns; column += stepX) {
      const shown = planes.map((plane, index) => {
        plane.cell(column, row, cells[index], 0);
        const cover = covers[index];
        const isCovered = !cover || (2 * column >= cover[4 * row] && 2 * column + 1 < cover[4 * row + 1]);
        return isCovered && cells[index][4] < EVEN;
      });
      for (let channel = 0; channel < 3; channel += 1) {
        const seen = cells.flatMap((cell, index) => (shown[index] && cell[channel] > LEAST && cell[channel] < GREATEST ? [index] : []));
        if (seen.length > 1) samples.push({ codes: seen.map((index) => cells[index][channel]), times: seen.map((index) => times[index]) });
      }
    }
  }
  return samples;
}

/** Logarithm of light by sRGB. */
const srgb = curveOf('srgb').toLight;

const placeOf = (code: number): number => ((Math.min(Math.max(code, LEAST), 1) - LEAST) / (1 - LEAST)) * (NODES - 1);

/** Codes near either end say little: their steps are coarse, or the camera bends them. */
const weightOf = (code: number): number => Math.min(1, (code - LEAST) / 0.1, (GREATEST - code) / 0.05);

/** @returns by node, the logarithm of the camera's light over sRGB's */
function differenceOf(samples: readonly Sample[]): Float64Array {
  let difference: Float64Array = new Float64Array(NODES);
  for (const width of ROUNDS) difference = solved(samples, difference, width);
  return difference;
}

/**
 * Least squares of weight x (sRGB's light + difference - time - light of the sample)^2, of which the light of each sample, their weighted mean, is taken out; and of the
 * difference's second derivative.
 */
function solved(samples: readonly Sample[], last: Float64Array, width: number): Float64Array {
  const matrix = Array.from({ length: NODES }, () => new Float64Array(NODES));
  const right = new Float64Array(NODES);
  for (const { codes, times } of samples) {
    const rest = codes.map((code, index) => times[index] - Math.log(srgb(code)));
    const off = codes.map((code, index) => between(last, placeOf(code)) - rest[index]);
    const middle = median(off);
    const weights = codes.map((code, index) => weightOf(code) * Math.max(0, 1 - ((off[index] - middle) / width) ** 2) ** 2);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (total < 1e-6) continue;
    const mean = new Map<number, number>();
    let meanRest = 0;
    codes.forEach((code, index) => {
      const hat = hatOf(code);
      for (const [node, share] of hat) mean.set(node, (mean.get(node) ?? 0) + (weights[index] * share) / total);
      meanRest += (weights[index] * rest[index]) / total;
      for (const [node, share] of hat) {
        right[node] += weights[index] * share * rest[index];
        for (const [other, its] of hat) matrix[node][other] += weights[index] * share * its;
      }
    });
    for (const [node, share] of mean) {
      right[node] -= total * share * meanRest;
      for (const [other, its] of mean) matrix[node][other] -= total * share * its;
    }
  }
  const stiff = STIFFNESS * (samples.length / NODES);
  for (let node = 1; node < NODES - 1; node += 1) {
    const bend = [[node - 1, 1], [node, -2], [node + 1, 1]] as const;
    for (const [one, by] of bend) for (const [other, its] of bend) matrix[one][other] += stiff * by * its;
  }
  for (const [node, share] of hatOf(ANCHOR)) for (const [other, its] of hatOf(ANCHOR)) matrix[node][other] += samples.length * share * its;
  return solveSymmetric(matrix, right);
}

function hatOf(code: number): readonly (readonly [number, number])[] {
  const place = placeOf(code);
  const node = Math.min(Math.floor(place), NODES - 2);
  return [[node, 1 - (place - node)], [node + 1, place - node]];
}

function between(values: Float64Array, place: number): number {
  const node = Math.min(Math.floor(place), NODES - 2);
  return values[node] + (place - node) * (values[node + 1] - values[node]);
}

/** Of two, their mean. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Light by code; it never falls, whatever noise says. */
function pointsOf(difference: Float64Array): number[] {
  let most = 0;
  return Array.from({ length: POINTS }, (_, at) => {
    const code = at / (POINTS - 1);
    most = Math.max(most, srgb(code) * Math.exp(between(difference, placeOf(code))));
    return most;
  });
}
