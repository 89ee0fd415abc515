/**
 * Serves merged HDR pictures to hdr.py: HdrEngine on raw planes, as the product's worker uses it.
 *
 * Input: one line of JSON (Request), then the payloads, dark to bright. Output: one line of JSON, then the merged payload in PQ.
 */
import type { Readable, Writable } from 'node:stream';
import { once } from 'node:events';
import { ByteReader } from './byte-reader';
import { planeLayout } from '../../plugin/core/frames/video-layout';
import type { CurveName } from '../../plugin/ipl/hdr/curves';
import { LineUp } from '../../plugin/ipl/engine/line-up';
import { HdrEngine } from '../../plugin/ipl/hdr/hdr-engine';
import { HdrScene } from '../../plugin/ipl/hdr/hdr-scene';
import { blockSize } from '../../plugin/ipl/network/slice-plan';

interface Request {
  readonly width: number;
  readonly height: number;
  readonly bits: 8 | 10;
  /** Declared. */
  readonly ev: readonly number[];
  readonly curve: CurveName;
  readonly peak: number;
  readonly referenceWhite: number;
  /** Whether exposures are lined up first: as a stream's are after a second. */
  readonly align: boolean;
}

const ALONE = { wait: (): void => undefined, pass: (): void => undefined };

export async function serveHdr(input: Readable, output: Writable): Promise<void> {
  const reader = new ByteReader(input);
  const engine = await HdrEngine.load();
  const lineUp = new LineUp();
  for (;;) {
    const line = await reader.line();
    if (line === undefined) return;
    const { width, height, bits, ev, curve, peak, referenceWhite, align } = JSON.parse(line) as Request;
    const layout = planeLayout(bits === 8 ? 'I420' : 'I420_10LE', width, height);
    const payloads: Uint8Array[] = [];
    for (let index = 0; index < ev.length; index += 1) payloads.push(await reader.bytes(layout.size));
    const settings = { output: 'pq', curve, peak, referenceWhite, primaries: 'bt709' } as const;
    const task = { payloads, layout, colorimetry: { range: 'limited', matrix: 'BT.709' } as const, reference: Math.floor((ev.length - 1) / 2), settings, places: [...ev.keys()], declared: ev };
    const { range } = task.colorimetry;
    const { covers } = await lineUp.run({ ...task, range, align, quick: true }, blockSize(width, height));
    const { payload, report } = engine.merge({ ...task, covers }, HdrScene.allocate(), ALONE);
    output.write(`${JSON.stringify({ size: payload.length, ev: report.ev })}\n`);
    if (!output.write(payload)) await once(output, 'drain');
  }
}
