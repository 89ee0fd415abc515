/** Exposure sets of a real bracket, seen by cameras that stand elsewhere or move: windows of a larger picture. */
import type { ExposureSet, Frame } from '../../plugin/core/frames/frame';
import type { FlowControl } from '../../plugin/core/queue/flow-control';
import { parseVideoCaps } from '../../plugin/core/frames/video-caps';
import { findMotions, SEARCHED, type Homography } from '../../plugin/ipl/align';
import { LumaReducer, reductionTo, TextureKernels, type LumaPlane } from '../../plugin/ipl/kernels';
import { IDENTITY, invert } from '../../plugin/ipl/kernels/homography';
import { bracket, EXPOSURES, exposed, seenThrough } from './align/moved';
import { capsFor } from './pictures';

/** What stands for the one stream that a camera with alternating exposures has. */
const CAMERA = { pause: () => undefined, resume: () => undefined } as unknown as FlowControl;

/** Where the windows of a set's exposures lie in the larger picture: whole pixels. */
export type Windows = readonly (readonly [number, number])[];

export class MovingBracket {
  private constructor(private readonly planes: readonly LumaPlane[], readonly width: number, readonly height: number) {}

  /** The exposures of the tripod lie up to a pixel apart: lined up first, so that what moves is known. */
  static async load(width: number, height: number, windowWidth: number, windowHeight: number): Promise<MovingBracket> {
    const pictures = await bracket(width, height);
    const planes = EXPOSURES.map((name) => pictures[name]);
    const reducer = await LumaReducer.load();
    const found = findMotions(await TextureKernels.load(), planes.map((plane) => reducer.reduce(plane, reductionTo(SEARCHED, width, height))), 1);
    return new MovingBracket(planes.map((plane, exposure) => seenThrough(plane, invert(found[exposure].map ?? IDENTITY))), windowWidth, windowHeight);
  }

  /** Its middle exposure, and what cameras two stops away would have made of that: they coincide exactly. */
  static async drawn(width: number, height: number, windowWidth: number, windowHeight: number): Promise<MovingBracket> {
    const { mid } = await bracket(width, height);
    return new MovingBracket([exposed(mid, -2, 0, 0), mid, exposed(mid, 2, 0, 0)], windowWidth, windowHeight);
  }

  /** A set of luma planes, dark to bright, without colours. */
  static of(number: number, planes: readonly LumaPlane[], { oneCamera = false, interval = 33_333_333n } = {}): ExposureSet {
    const [{ width, height }] = planes;
    const caps = parseVideoCaps(capsFor('I420', width, height).replace('bt709', '1:4:0:0'));
    const [luma] = caps.layout.planes;
    const frames = planes.map(({ data, stride }, exposure): Frame => {
      const payload = new Uint8Array(caps.layout.size).fill(128);
      for (let y = 0; y < height; y += 1) payload.set(data.subarray(y * stride, y * stride + width), luma.offset + y * luma.stride);
      return { kind: 'frame', payload, caps, runningTime: BigInt(number) * interval + BigInt(exposure), duration: interval, shared: false, origins: [] };
    });
    return { kind: 'exposures', frames, branches: [...EXPOSURES], origins: oneCamera ? [CAMERA] : [] };
  }

  /** As many exposures as windows; @param noise deviation in codes. */
  set(number: number, windows: Windows, { noise = 0, oneCamera = false, maps = [] as (Homography | undefined)[], interval = 33_333_333n } = {}): ExposureSet {
    const planes = windows.map(([left, top], exposure): LumaPlane => {
      const { data, stride } = this.planes[exposure];
      let window: LumaPlane = { data: new Uint8Array(this.width * this.height), width: this.width, height: this.height, stride: this.width, range: 'full' };
      for (let y = 0; y < this.height; y += 1) window.data.set(data.subarray((top + y) * stride + left, (top + y) * stride + left + this.width), y * this.width);
      const map = maps[exposure];
      if (map) window = seenThrough(window, map);
      return noise > 0 ? exposed(window, 0, noise, 10 * number + exposure) : window;
    });
    return MovingBracket.of(number, planes, { oneCamera, interval });
  }
}

/** PSNR of luma, a border left out. */
export function likeness(a: Frame, b: Frame, border: number): number {
  const [{ stride, width, height }] = a.caps.layout.planes;
  let [sum, count] = [0, 0];
  for (let y = border; y < height - border; y += 1) {
    for (let x = border; x < width - border; x += 1, count += 1) sum += (a.payload[y * stride + x] - b.payload[y * stride + x]) ** 2;
  }
  return 10 * Math.log10((255 * 255 * count) / Math.max(sum, 1e-9));
}
