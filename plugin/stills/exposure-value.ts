/** How much light a photograph was given, by what its camera noted. */
import readExif from 'exif-reader';

export interface Exposure {
  /** In EV, more is brighter: only differences between pictures of one lens mean anything. */
  readonly value: number;
  /** In seconds. */
  readonly time: number;
}

/** Undefined where the camera did not say. */
export function notedExposure(exif: Buffer | undefined): Exposure | undefined {
  const { ExposureTime: time, FNumber: aperture, ISOSpeedRatings: speeds } = notesOf(exif);
  const speed: unknown = Array.isArray(speeds) ? speeds[0] : speeds;
  if (!isPositive(time)) return undefined;
  // A lens without contacts notes no aperture, and then it is the same in all.
  const value = Math.log2(time * (isPositive(speed) ? speed / 100 : 1)) - (isPositive(aperture) ? 2 * Math.log2(aperture) : 0);
  return { value, time };
}

const isPositive = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value > 0;

function notesOf(exif: Buffer | undefined): Readonly<Record<string, unknown>> {
  try {
    return exif ? (readExif(exif).Photo ?? {}) : {};
  } catch {
    return {}; // A damaged part says nothing.
  }
}
