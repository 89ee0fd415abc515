/** What a photograph's camera noted of how it was taken. */
import readExif from 'exif-reader';

export interface Noted {
  /** Undefined where the camera did not say. */
  readonly exposure: Exposure | undefined;
  /** When it was taken, in milliseconds: only differences mean anything, as the camera's zone is not known. Undefined where it did not say. */
  readonly taken: number | undefined;
  /** In EV, what it was told to be off from what it measured; undefined where it did not say. */
  readonly bias: number | undefined;
  /** Maker, model and number, as far as it said. */
  readonly camera: string;
}

export interface Exposure {
  /** In EV, more is brighter: only differences between pictures of one lens mean anything. */
  readonly value: number;
  /** In seconds. */
  readonly time: number;
}

export function noted(exif: Buffer | undefined): Noted {
  const { Image = {}, Photo = {} } = notesOf(exif);
  const { Make: make, Model: model } = Image;
  const camera = [make, model, Photo.BodySerialNumber].filter((part) => typeof part === 'string').join(' ');
  return { exposure: exposureOf(Photo), taken: takenOf(Photo), bias: biasOf(Photo), camera };
}

type Tags = Readonly<Record<string, unknown>>;

function exposureOf({ ExposureTime: time, FNumber: aperture, ISOSpeedRatings: speeds }: Tags): Exposure | undefined {
  const speed: unknown = Array.isArray(speeds) ? speeds[0] : speeds;
  if (!isPositive(time)) return undefined;
  // A lens without contacts notes no aperture, and then it is the same in all.
  const value = Math.log2(time * (isPositive(speed) ? speed / 100 : 1)) - (isPositive(aperture) ? 2 * Math.log2(aperture) : 0);
  return { value, time };
}

const biasOf = ({ ExposureBiasValue: bias }: Tags): number | undefined => (typeof bias === 'number' && Number.isFinite(bias) ? bias : undefined);

/** Whole seconds, and a decimal fraction of them as text. */
function takenOf({ DateTimeOriginal: at, SubSecTimeOriginal: fraction }: Tags): number | undefined {
  if (!(at instanceof Date) || Number.isNaN(at.getTime())) return undefined;
  const digits = typeof fraction === 'string' ? /^\d+/.exec(fraction)?.[0] : undefined;
  return at.getTime() + (digits === undefined ? 0 : 1000 * Number(`0.${digits}`));
}

const isPositive = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value > 0;

function notesOf(exif: Buffer | undefined): { readonly Image?: Tags; readonly Photo?: Tags } {
  try {
    return exif ? readExif(exif) : {};
  } catch {
    return {}; // A damaged part says nothing.
  }
}
