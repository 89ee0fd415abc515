/** Rows of a picture that is not in memory as a whole, as planes that kernels take for the whole. */
import { planeLayout, type PlaneLayout } from '../../core/frames/video-layout';
import { PackedKernels, type Pixels } from '../../ipl/kernels';
import { readRows, type PixelPlace } from '../large/pixel-file';

/** Rows from the first on, without the last. */
export type Rows = readonly [number, number];

/** The layout of a picture of which some rows are there: each where the picture's own number of it says. */
export function windowLayout(format: 'Y444' | 'Y444_16LE', width: number, height: number, [from, to]: Rows): PlaneLayout {
  const own = planeLayout(format, width, to - from);
  return { ...own, height, planes: own.planes.map((plane) => ({ ...plane, height, offset: plane.offset - from * plane.stride })) };
}

/** Of a window, the rows from `from` on as a picture of their own. */
export function partOf(window: PlaneLayout, [from, to]: Rows): PlaneLayout {
  return { ...window, height: to - from, planes: window.planes.map((plane) => ({ ...plane, height: to - from, offset: plane.offset + from * plane.stride })) };
}

/** Memory that is taken once: a thread has one window in hand at a time. */
export class Scratch {
  readonly #buffers: ArrayBuffer[] = [];

  take(slot: number, bytes: number): ArrayBuffer {
    const there = this.#buffers[slot];
    if (there && there.byteLength >= bytes) return there;
    return (this.#buffers[slot] = new ArrayBuffer(bytes));
  }

  get bytes(): number {
    return this.#buffers.reduce((sum, one) => sum + one.byteLength, 0);
  }
}

export class WindowReader {
  readonly #scratch = new Scratch();

  private constructor(private readonly kernels: PackedKernels) {}

  static async load(): Promise<WindowReader> {
    return new WindowReader(await PackedKernels.load());
  }

  /** Holds until the next call. */
  pixels(place: PixelPlace, [from, to]: Rows): Pixels {
    return readRows(place, from, to, this.#scratch.take(0, 3 * place.width * (to - from) * place.sample));
  }

  /** @param slot one a window that is there at the same time @returns the window's payload; its layout is windowLayout's */
  planes(format: 'Y444' | 'Y444_16LE', pixels: Pixels, width: number, slot: number): Uint8Array {
    const layout = planeLayout(format, width, pixels.length / 3 / width);
    const payload = new Uint8Array(this.#scratch.take(2 + slot, layout.size), 0, layout.size);
    this.kernels.unpack(format === 'Y444' ? this.eight(pixels) : pixels, layout, payload);
    return payload;
  }

  /** @see PackedKernels.change */
  change(...given: Parameters<PackedKernels['change']>): void {
    this.kernels.change(...given);
  }

  /** The upper halves. Holds until the next call. */
  eight(pixels: Pixels): Uint8Array {
    if (pixels instanceof Uint8Array) return pixels;
    const out = new Uint8Array(this.#scratch.take(1, pixels.length), 0, pixels.length);
    for (let at = 0; at < pixels.length; at += 1) out[at] = pixels[at] >> 8;
    return out;
  }
}
