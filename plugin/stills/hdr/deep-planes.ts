/** Planes of 16 bits and full colour resolution (Y444_16LE, full range, BT.601: kernels/packed-pixels.ts), as R', G' and B' of 0 to 1. */
import type { PlaneLayout } from '../../core/frames/video-layout';
import { curveOf, type AnyCurve } from '../../ipl/hdr/curves';
import { colourMatrix } from '../../ipl/hdr/matrix';

const { redOfCr, greenOfCb, greenOfCr, blueOfCb } = colourMatrix({ matrix: 'BT.601' });

const MOST = 65_535;
const GREY = 32_768;

export class DeepPlanes {
  readonly #luma: Uint16Array;
  readonly #blue: Uint16Array;
  readonly #red: Uint16Array;

  constructor(payload: Uint8Array, private readonly layout: PlaneLayout) {
    const plane = (number: number): Uint16Array => {
      const { offset, stride } = layout.planes[number] ?? { offset: 0, stride: 0 };
      return new Uint16Array(payload.buffer, payload.byteOffset + offset, (stride / 2) * layout.height);
    };
    [this.#luma, this.#blue, this.#red] = [plane(0), plane(1), plane(2)];
  }

  /** Puts R', G', B' of a pixel at `at`. */
  pixel(x: number, y: number, to: Float64Array, at: number): void {
    const place = (y * (this.layout.planes[0]?.stride ?? 0)) / 2 + x;
    put((this.#luma[place] ?? 0) / MOST, ((this.#blue[place] ?? 0) - GREY) / MOST, ((this.#red[place] ?? 0) - GREY) / MOST, to, at);
  }

  /** Puts R', G', B' of the mean of 2x2 pixels, its luma, and how much more the largest luma of them is. */
  cell(column: number, row: number, to: Float64Array, at: number): void {
    const { width, height, planes } = this.layout;
    const stride = (planes[0]?.stride ?? 0) / 2;
    const [left, right] = [2 * column, Math.min(2 * column + 1, width - 1)];
    const [upper, lower] = [2 * row * stride, Math.min(2 * row + 1, height - 1) * stride];
    const sum = (plane: Uint16Array): number => (plane[upper + left] ?? 0) + (plane[upper + right] ?? 0) + (plane[lower + left] ?? 0) + (plane[lower + right] ?? 0);
    const most = Math.max(this.#luma[upper + left] ?? 0, this.#luma[upper + right] ?? 0, this.#luma[lower + left] ?? 0, this.#luma[lower + right] ?? 0);
    const luma = sum(this.#luma) / 4 / MOST;
    put(luma, (sum(this.#blue) / 4 - GREY) / MOST, (sum(this.#red) / 4 - GREY) / MOST, to, at);
    to[at + 3] = luma;
    to[at + 4] = most / MOST - luma;
  }
}

/** Numbers of a cell. */
export const CELL = 5;

function put(luma: number, cb: number, cr: number, to: Float64Array, at: number): void {
  to[at] = luma + redOfCr * cr;
  to[at + 1] = luma - greenOfCb * cb - greenOfCr * cr;
  to[at + 2] = luma + blueOfCb * cb;
}

type Lookup = (code: number) => number;

/** Steepness is taken over so many codes. */
const REACH = 0.002;

interface Lookups {
  readonly light: Lookup;
  readonly steepness: Lookup;
}

let kept: { readonly curve: AnyCurve; readonly lookups: Lookups } | undefined;

/** A curve and how steep it is, looked up by codes of 16 bits: found once in a thread, as all bands of a picture have one curve. */
export function lookupsOf(curve: AnyCurve): Lookups {
  if (kept && isSame(kept.curve, curve)) return kept.lookups;
  const { toLight } = curveOf(curve);
  const lookups = { light: lookup(toLight), steepness: lookup((code) => (toLight(code + REACH) - toLight(code - REACH)) / (2 * REACH)) };
  kept = { curve, lookups };
  return lookups;
}

/** Threads get copies. */
function isSame(one: AnyCurve, other: AnyCurve): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  return one.length === other.length && one.every((light, at) => light === other[at]);
}

function lookup(of: Lookup): Lookup {
  const table = Float32Array.from({ length: MOST + 1 }, (_, code) => of(code / MOST));
  return (code) => table[code <= 0 ? 0 : code >= 1 ? MOST : Math.round(code * MOST)];
}
