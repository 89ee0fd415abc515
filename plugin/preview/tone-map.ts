/**
 * HDR as a screen for SDR shows it: ITU-R BT.2446, method A, from 1000 cd/m2, then BT.709. White of 203 cd/m2 comes out at 69 %: what is brighter
 * needs the rest.
 *
 * Colour is mapped once for 2x2 pixels (a cell); of its pixels, luma alone goes by the curve for greys. On the event loop, with pauses: a picture
 * of 1280x720 takes it some 15 ms.
 */
import { HLG_GAMMA, HLG_PEAK, LUMINANCE, lightOfHlg, lightOfPq, PQ_PEAK } from '../core/frames/bt2100';
import { parseVideoCaps, type VideoCaps } from '../core/frames/video-caps';
import { planeLayout, type Plane } from '../core/frames/video-layout';

export const isHdr = ({ colorimetry: { transfer } }: VideoCaps): boolean => transfer === 'PQ' || transfer === 'HLG';

/** What comes of them: I420 of 8 bits, of the same size. */
export function toneMappedCaps({ width, height, framerate, pixelAspect }: VideoCaps): VideoCaps {
  const fractions = `framerate=(fraction)${framerate.numerator}/${framerate.denominator}, pixel-aspect-ratio=(fraction)${pixelAspect.numerator}/${pixelAspect.denominator}`;
  return parseVideoCaps(`video/x-raw, format=(string)I420, width=(int)${width}, height=(int)${height}, ${fractions}, colorimetry=(string)bt709`);
}

/** Rows of cells between two pauses. */
const ROWS = 32;

/** @param payload of I420_10LE, in limited range, as BT.2100 has it in 10 bits */
export async function toneMap(payload: Uint8Array, { layout, colorimetry }: VideoCaps): Promise<Uint8Array> {
  const tables = colorimetry.transfer === 'HLG' ? HLG_TABLES : PQ_TABLES;
  const to = planeLayout('I420', layout.width, layout.height);
  const result = new Uint8Array(to.size);
  const aligned = payload.byteOffset % 2 === 0 ? payload : payload.slice();
  const samples = new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 1);
  const rows = Math.ceil(layout.height / 2);
  for (let row = 0; row < rows; row += 1) {
    mapCells(samples, layout.planes as Planes, result, to.planes as Planes, row, tables());
    if (row % ROWS === ROWS - 1) await new Promise((resolve) => setImmediate(resolve));
  }
  return result;
}

type Planes = readonly [luma: Plane, blue: Plane, red: Plane];

interface Tables {
  /** Of a channel's code of 10 bits: light of the display to the power of 1/2.4, 1 at the peak. */
  readonly gamma: Float32Array;
  /** Of luma of a grey: what it comes to, in codes of 8 bits, not rounded. */
  readonly grey: Float32Array;
  /** HLG's display has more contrast, by the luminance of the scene: of a channel's code that light, and of the root of luminance the gain. */
  readonly scene: Float32Array | undefined;
}

const GAMMA = 2.4;

/** Entries from 0 to 1. */
const STEPS = 4095;
const table = (of: (value: number) => number): Float32Array => Float32Array.from({ length: STEPS + 1 }, (_, at) => of(at / STEPS));

/** BT.2446-1, 4.1: of luma to the power of 1/2.4. */
function luma(given: number): number {
  const rho = (peak: number): number => 1 + 32 * (peak / 10_000) ** (1 / GAMMA);
  const [hdr, sdr] = [rho(HLG_PEAK), rho(100)];
  const p = Math.log(1 + (hdr - 1) * Math.min(1, Math.max(0, given))) / Math.log(hdr);
  const c = p <= 0.7399 ? 1.077 * p : p < 0.9909 ? -1.151 * p * p + 2.7811 * p - 0.6302 : 0.5 * p + 0.5;
  return (sdr ** c - 1) / (sdr - 1);
}

const code = (at: number): number => Math.min(1, Math.max(0, (at - 64) / 876));
const codes = (of: (value: number) => number): Float32Array => Float32Array.from({ length: 1024 }, (_, at) => of(code(at)));
const greys = (gamma: Float32Array): Float32Array => gamma.map((value) => 16 + 219 * luma(value));

/** Made when the first picture comes. */
const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

const PQ_TABLES = once((): Tables => {
  const gamma = codes((value) => Math.min(1, (lightOfPq(value) * PQ_PEAK) / HLG_PEAK) ** (1 / GAMMA));
  return { gamma, grey: greys(gamma), scene: undefined };
});

const HLG_TABLES = once((): Tables => ({
  gamma: codes((value) => lightOfHlg(value) ** (1 / GAMMA)),
  grey: greys(codes((value) => lightOfHlg(value) ** (HLG_GAMMA / GAMMA))),
  scene: codes(lightOfHlg),
}));

/** By the root, which is fine enough for the dark. */
const OOTF = once(() => table((root) => root ** ((2 * (HLG_GAMMA - 1)) / GAMMA)));
const LUMA = once(() => table(luma));
const LIGHT = once(() => table((value) => value ** GAMMA));
const DISPLAY = once(() => table((root) => root ** (2 / GAMMA)));

const [KR, KG, KB] = LUMINANCE;
const bound = (value: number): number => (value < 0 ? 0 : value > 1 ? 1 : value);
const at = (of: Float32Array, value: number): number => of[Math.round(STEPS * bound(value))];
const codeAt = (of: Float32Array, value: number): number => of[Math.round(64 + 876 * bound(value))];

function mapCells(from: Uint16Array, planes: Planes, to: Uint8Array, targets: Planes, row: number, { gamma, grey, scene }: Tables): void {
  const [ootf, tones, light, display] = [OOTF(), LUMA(), LIGHT(), DISPLAY()];
  const [own, blue, red] = planes.map(({ offset, stride }, index) => (offset + (index === 0 ? 2 * row : row) * stride) >> 1) as [number, number, number];
  const [ownTo, blueTo, redTo] = targets.map(({ offset, stride }, index) => offset + (index === 0 ? 2 * row : row) * stride) as [number, number, number];
  const [width, columns] = [targets[0].width, targets[1].width];
  const below = 2 * row + 1 < targets[0].height;
  const [step, stepTo] = [below ? planes[0].stride >> 1 : 0, below ? targets[0].stride : 0];
  for (let x = 0; x < columns; x += 1) {
    const left = own + 2 * x;
    const right = left + (2 * x + 1 < width ? 1 : 0);
    const mean = ((from[left]) + (from[right]) + (from[left + step]) + (from[right + step])) / 4;
    const y = (mean - 64) / 876;
    const r = y + (2 * (1 - KR) * ((from[red + x]) - 512)) / 896;
    const b = y + (2 * (1 - KB) * ((from[blue + x]) - 512)) / 896;
    const g = (y - KR * r - KB * b) / KG;
    // Light of the display to the power of 1/2.4.
    const gain = scene ? at(ootf, Math.sqrt(KR * codeAt(scene, r) + KG * codeAt(scene, g) + KB * codeAt(scene, b))) : 1;
    const [r1, g1, b1] = [gain * codeAt(gamma, r), gain * codeAt(gamma, g), gain * codeAt(gamma, b)];
    const y1 = KR * r1 + KG * g1 + KB * b1;
    const mapped = at(tones, y1);
    const share = y1 > 0 ? mapped / (1.1 * y1) : 0;
    const cr = (share * (r1 - y1)) / (2 * (1 - KR));
    const cb = (share * (b1 - y1)) / (2 * (1 - KB));
    const y2 = mapped - Math.max(0.1 * cr, 0);
    const [r2, b2] = [y2 + 2 * (1 - KR) * cr, y2 + 2 * (1 - KB) * cb];
    const [r3, g3, b3] = [at(light, r2), at(light, (y2 - KR * r2 - KB * b2) / KG), at(light, b2)];
    // BT.2020 to BT.709, linear; what lies outside is cut off.
    const r4 = at(display, Math.sqrt(bound(1.6605 * r3 - 0.5876 * g3 - 0.0728 * b3)));
    const g4 = at(display, Math.sqrt(bound(-0.1246 * r3 + 1.1329 * g3 - 0.0083 * b3)));
    const b4 = at(display, Math.sqrt(bound(-0.0182 * r3 - 0.1006 * g3 + 1.1187 * b3)));
    const y4 = 0.2126 * r4 + 0.7152 * g4 + 0.0722 * b4;
    to[blueTo + x] = Math.round(128 + (224 * (b4 - y4)) / 1.8556);
    to[redTo + x] = Math.round(128 + (224 * (r4 - y4)) / 1.5748);
    // Greys go by their curve; what colour makes of the cell's luma, its pixels share.
    const more = 16 + 219 * y4 - (grey[Math.round(mean)]);
    const write = ownTo + 2 * x;
    to[write] = lumaCode((grey[from[left]]) + more);
    if (right > left) to[write + 1] = lumaCode((grey[from[right]]) + more);
    if (!below) continue;
    to[write + stepTo] = lumaCode((grey[from[left + step]]) + more);
    if (right > left) to[write + stepTo + 1] = lumaCode((grey[from[right + step]]) + more);
  }
}

const lumaCode = (value: number): number => Math.min(235, Math.max(16, Math.round(value)));
