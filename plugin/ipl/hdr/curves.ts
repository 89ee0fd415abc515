/** What the codes of a camera mean as light. */
import { lightOfHlg } from './transfer';

export const CURVES = ['srgb', 'bt709', 'bt1886', 'hlg', 'slog3', 'logc3'] as const;

export type CurveName = (typeof CURVES)[number];

export interface Curve {
  /**
   * Light of the scene is what a camera has seen: a display shows it with the contrast that viewers in dim rooms need (an OOTF). Light of
   * the display is what a picture is to look like.
   */
  readonly light: 'scene' | 'display';
  /** @param code R', G' or B': 0 is black, 1 nominal white @returns light, 1 where a perfect diffuser in the reference exposure is */
  readonly toLight: (code: number) => number;
  /** Codes above which a channel counts as clipped: cameras bend just below their end, and compression blurs it. */
  readonly clip: number;
}

/** Of curves that end at their white. */
const CLIP = 0.98;

/** Of codes of 10 bits, as their makers give logarithmic curves. */
const whole = (code: number): number => (64 + 876 * code) / 1023;

/** @param code of 10 bits */
const slog3 = (code: number): number => (code >= 171.2102946929 ? 10 ** ((code - 420) / 261.5) * 0.19 - 0.01 : ((code - 95) * 0.01125) / (171.2102946929 - 95));

/** HLG's diffuse white: 75 % (BT.2408). */
const HLG_WHITE = lightOfHlg(0.75);

const curves: Readonly<Record<CurveName, Curve>> = {
  /** IEC 61966-2-1. */
  srgb: { light: 'display', clip: CLIP, toLight: (code) => (code <= 0.04045 ? code / 12.92 : ((code + 0.055) / 1.055) ** 2.4) },
  /** The inverse of the OETF of BT.709 and BT.2020. */
  bt709: { light: 'scene', clip: CLIP, toLight: (code) => (code < 0.081 ? code / 4.5 : ((code + 0.099) / 1.099) ** (1 / 0.45)) },
  /** A display without a black level of its own. */
  bt1886: { light: 'display', clip: CLIP, toLight: (code) => Math.max(0, code) ** 2.4 },
  hlg: { light: 'scene', clip: CLIP, toLight: (code) => lightOfHlg(code) / HLG_WHITE },
  /** Sony, "Technical Summary for S-Gamut3.Cine/S-Log3". Cameras clip between 94 and 100 % of the range, by their sensitivity. */
  slog3: {
    light: 'scene',
    clip: 0.93,
    toLight: (code) => slog3(whole(code) * 1023),
  },
  /** ARRI, "ALEXA Log C Curve", exposure index 800. */
  logc3: {
    light: 'scene',
    clip: 0.94,
    toLight: (code) => (code > 5.367655 * 0.010591 + 0.092809 ? (10 ** ((code - 0.385537) / 0.24719) - 0.052272) / 5.555556 : (code - 0.092809) / 5.367655),
  },
};

/** Codes that a curve is asked for: what is beyond nominal black and white, too, as chroma makes it. */
export const LOWEST_CODE = -0.0625;
export const HIGHEST_CODE = 1.0625;

/** A camera's own curve, as its pictures told it: light at codes from 0 to 1, evenly apart. Threads can be given it. */
export type MeasuredCurve = readonly number[];

export type AnyCurve = CurveName | MeasuredCurve;

/** Between two points a straight line; beyond the last the line goes on. */
function measured(points: MeasuredCurve): Curve {
  const last = points.length - 1;
  const toLight = (code: number): number => {
    const at = Math.min(Math.max(Math.floor(code * last), 0), last - 1);
    return points[at] + (code * last - at) * (points[at + 1] - points[at]);
  };
  return { light: 'scene', clip: CLIP, toLight };
}

/** Light is never below nothing. */
export function curveOf(given: AnyCurve): Curve {
  const curve = typeof given === 'string' ? curves[given] : measured(given);
  return { ...curve, toLight: (code) => Math.max(0, curve.toLight(code)) };
}

