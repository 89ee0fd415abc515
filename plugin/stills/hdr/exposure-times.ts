/**
 * How many times the light of the reference each exposure has had: what cameras noted, made exact by what the pixels say (ipl/hdr/ratios.ts); by
 * the pixels alone where nothing was noted, and where they contradict the notes: a raw converter changes how bright a picture is, and leaves its notes as
 * they were; and what the pixels agree on is what merges without a seam.
 */
import { GstIplError } from '../../core/errors';
import type { PlaneLayout } from '../../core/frames/video-layout';
import { curveOf, type AnyCurve } from '../../ipl/hdr/curves';
import { MOST_CONTRADICTION } from '../../ipl/hdr/hdr-scene';
import type { LightSamples } from '../../ipl/hdr/light-samples';
import { CLIP_WIDTH } from '../../ipl/hdr/merge-numbers';
import { measureStep, type Step } from '../../ipl/hdr/ratios';
import type { Cover } from '../../ipl/kernels';
import { CELL, DeepPlanes, lookupsOf } from './deep-planes';

export interface Exposures {
  /** Y444_16LE, dark to bright, lined up. */
  readonly payloads: readonly Uint8Array[];
  readonly layout: PlaneLayout;
  readonly covers: readonly (Cover | undefined)[];
  readonly reference: number;
  readonly curve: AnyCurve;
  readonly names: readonly string[];
  /** EV, as noted; undefined where it was not. */
  readonly noted: readonly (number | undefined)[];
}

/** Cells in each direction that are compared. */
const MOST = 128;

/** EV that are tried where none were noted: between two exposures, each with 1.5 EV around it that are looked through. */
const GUESSES = [1, 2, 3, 4, 5];

/** @throws GstIplError `bad-exposures` where two neighbours have nothing in common, and nothing was noted; where notes have the wrong one for the darker; and where an estimated curve contradicts the notes, which alone it is from */
export function exposureTimes(exposures: Exposures, tell: (message: string) => void): number[] {
  const { payloads, names, noted, reference } = exposures;
  const samples = samplesOf(exposures);
  const clip = curveOf(exposures.curve).clip - CLIP_WIDTH;
  const steps = payloads.slice(1).map((_, place): number => {
    const [darker, brighter] = [samples[place], samples[place + 1]];
    const [low, high] = [noted[place], noted[place + 1]];
    const said = low === undefined || high === undefined ? undefined : high - low;
    const both = `${names[place]} and ${names[place + 1]}`;
    if (said === undefined) {
      const found = anywhere(darker, brighter, clip);
      if (found) return found.ev;
      throw new GstIplError('bad-exposures', `How far ${both} are apart is not known: their cameras noted nothing, and what is well exposed in one is not in the other.`, {
        hint: 'Use pictures with their Exif notes, or with smaller steps; without --hdr they can be fused as they are.',
      });
    }
    const near = measureStep(darker, brighter, said, clip);
    if (near && Math.abs(near.ev - said) <= MOST_CONTRADICTION) return near.ev;
    // Notes that are far off.
    const measured = near ?? anywhere(darker, brighter, clip);
    if (!measured) {
      const reversed = anywhere(brighter, darker, clip);
      if (reversed) {
        throw new GstIplError('bad-exposures', `${names[place]} was noted as the darker of ${both}, and by its pixels it is the brighter, by ${reversed.ev.toFixed(2)} EV.`, {
          hint: 'Their Exif notes belong to other pictures: take them off (`exiftool -exif:all= PICTURE`), and the pixels decide; or leave --hdr out.',
        });
      }
      tell(`${both} have too little in common to measure how far they are apart: what was noted is believed, ${said.toFixed(2)} EV.`);
      return said;
    }
    const [byPixels, byNotes] = [measured.ev, said].map((ev) => ev.toFixed(2));
    if (typeof exposures.curve !== 'string') {
      throw new GstIplError('bad-exposures', `The curve of the camera cannot be estimated: by their notes ${both} are ${byNotes} EV apart, and by the curve that agrees best with all notes ${byPixels}.`, {
        hint: 'The notes belong to other pictures, or the pictures were changed one by one. Name a curve, and the pixels decide: --curve srgb',
      });
    }
    tell(`${both} are ${byPixels} EV apart by their pixels, which are believed, and ${byNotes} by what was noted. Were the pictures changed, or is --curve another? \`--curve estimate\` finds it.`);
    return measured.ev;
  });
  const ev = payloads.map((_, index) => sum(steps.slice(0, index)) - sum(steps.slice(0, reference)));
  return ev.map((each) => 2 ** each);
}

const sum = (list: readonly number[]): number => list.reduce((total, each) => total + each, 0);

/** Of what is found around all guesses, the one that most cells agree on. */
const anywhere = (darker: LightSamples, brighter: LightSamples, clip: number): Step | undefined =>
  GUESSES.flatMap((guess) => measureStep(darker, brighter, guess, clip) ?? []).sort((a, b) => b.cells - a.cells)[0];

/** Of all exposures at the same places; what an exposure does not show has no light. */
function samplesOf({ payloads, layout, covers, curve }: Exposures): LightSamples[] {
  const [columns, rows] = [layout.width >> 1, layout.height >> 1];
  const [stepX, stepY] = [Math.ceil(columns / MOST), Math.ceil(rows / MOST)];
  const across = Math.ceil(columns / stepX);
  const count = across * Math.ceil(rows / stepY);
  const { light: toLight } = lookupsOf(curve);
  return payloads.map((payload, index) => {
    const planes = new DeepPlanes(payload, layout);
    const cover = covers[index];
    const cell = new Float64Array(CELL);
    const result = { light: new Float32Array(count), code: new Float32Array(count), most: new Float32Array(count) };
    for (let at = 0; at < count; at += 1) {
      const [column, row] = [stepX * (at % across), stepY * Math.floor(at / across)];
      planes.cell(column, row, cell, 0);
      const shown = !cover || (2 * column >= cover[4 * row] && 2 * column + 1 < cover[4 * row + 1]);
      result.light[at] = shown ? (toLight(cell[0]) + 2 * toLight(cell[1]) + toLight(cell[2])) / 4 : 0;
      result.code[at] = cell[3];
      result.most[at] = shown ? Math.max(cell[0], cell[1], cell[2]) : Infinity;
    }
    return result;
  });
}
