/**
 * A Radiance picture (.hdr, RGBE): light of each pixel as three bytes and a common exponent, about 1 % exact, each row's bytes run-length encoded
 * (Ward, "Real Pixels"; the file formats of Radiance). No kept library on npm writes it; libvips does, but sharp's has it left out.
 */
import { CHROMATICITIES, type LightPicture } from './light-picture';

/** Of a row that is encoded. */
const LONGEST_ROW = 32_767;
const SHORTEST_ROW = 8;

/** Bytes that are the same and lie in a row: up to so many; and so many before it is worth a run. */
const LONGEST_RUN = 127;
const LEAST_RUN = 4;
const LONGEST_DUMP = 128;

export function radianceFile({ light, width, height, primaries }: LightPicture, software: string): Buffer {
  const head = `#?RADIANCE\nSOFTWARE=${software.replaceAll('\n', ' ')}\nPRIMARIES=${CHROMATICITIES[primaries].join(' ')}\nFORMAT=32-bit_rle_rgbe\n\n-Y ${height} +X ${width}\n`;
  const parts: Buffer[] = [Buffer.from(head, 'latin1')];
  for (let y = 0; y < height; y += 1) {
    const row = rgbeOf(light.subarray(3 * y * width, 3 * (y + 1) * width), width);
    parts.push(width < SHORTEST_ROW || width > LONGEST_ROW ? interleaved(row, width) : Buffer.concat([Buffer.from([2, 2, width >> 8, width & 255]), ...[0, 1, 2, 3].map((part) => runs(row.subarray(part * width, (part + 1) * width)))]));
  }
  return Buffer.concat(parts);
}

/** All reds, then all greens, blues, exponents. */
function rgbeOf(light: Float32Array, width: number): Buffer {
  const out = Buffer.alloc(4 * width);
  for (let x = 0; x < width; x += 1) {
    const most = Math.max(light[3 * x], light[3 * x + 1], light[3 * x + 2]);
    if (most < 1e-32) continue;
    // The largest is 128 to 255.
    const exponent = Math.floor(Math.log2(most)) + 1;
    const up = Math.round((256 * most) / 2 ** exponent) > 255 ? exponent + 1 : exponent;
    for (let channel = 0; channel < 3; channel += 1) out[channel * width + x] = Math.round((256 * Math.max(0, light[3 * x + channel])) / 2 ** up);
    out[3 * width + x] = up + 128;
  }
  return out;
}

function interleaved(row: Buffer, width: number): Buffer {
  return Buffer.from(Array.from({ length: 4 * width }, (_, at) => row[(at % 4) * width + (at >> 2)]));
}

function runs(bytes: Buffer): Buffer {
  const out: Buffer[] = [];
  const runAt = (at: number): number => {
    let end = at + 1;
    while (end < bytes.length && end - at < LONGEST_RUN && bytes[end] === bytes[at]) end += 1;
    return end - at;
  };
  for (let at = 0; at < bytes.length;) {
    const run = runAt(at);
    if (run >= LEAST_RUN) {
      out.push(Buffer.from([128 + run, bytes[at]]));
      at += run;
      continue;
    }
    let end = at + run;
    while (end < bytes.length && end - at < LONGEST_DUMP && runAt(end) < LEAST_RUN) end += 1;
    out.push(Buffer.from([end - at]), bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat(out);
}
