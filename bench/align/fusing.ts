/**
 * Serves fused pictures to the Python side (targets.py), as a graph's `ipl` makes them, lined up or not.
 *
 * Input: one line of JSON (Request), then the payloads of a set, I420, dark to bright. Output: one line of JSON (Answer), then the fused payload. Streams are
 * kept by their names until they are ended. Sets wait until it is known how those before them lie, so that two runs give the same.
 */
import type { Readable, Writable } from 'node:stream';
import { once } from 'node:events';
import { ByteReader } from '../quality/byte-reader';
import type { ExposureSet, Frame } from '../../plugin/core/frames/frame';
import { parseVideoCaps, type VideoCaps } from '../../plugin/core/frames/video-caps';
import type { FlowControl } from '../../plugin/core/queue/flow-control';
import type { Align } from '../../plugin/ipl/align-option';
import { DEFAULT_MODEL } from '../../plugin/ipl/network/read-model';
import { SetFuser } from '../../plugin/ipl/set-fuser';

interface Request {
  readonly stream: string;
  readonly align: Align;
  readonly width: number;
  readonly height: number;
  readonly exposures: number;
  /** One camera that takes the exposures in turns. */
  readonly oneCamera: boolean;
  /** The set comes so often, a set's time apart; the last picture is the answer. */
  readonly times: number;
  /** The last set of the stream. */
  readonly last: boolean;
}

interface Kept {
  readonly fuser: SetFuser;
  readonly pixels: Record<string, number>;
  readonly confidence: Record<string, number>;
  sets: bigint;
}

const MILLISECONDS = 1_000_000n;
/** A set of cameras, and one that a camera takes in turns. */
const INTERVAL = { cameras: 33n * MILLISECONDS, turns: 100n * MILLISECONDS };

/** What stands for the one stream that a camera with alternating exposures has. */
const CAMERA = { pause: () => undefined, resume: () => undefined } as unknown as FlowControl;

export async function serve(input: Readable, output: Writable): Promise<void> {
  const reader = new ByteReader(input);
  const streams = new Map<string, Kept>();
  for (;;) {
    const line = await reader.line();
    if (line === undefined) break;
    const request = JSON.parse(line) as Request;
    const caps = capsOf(request);
    const payloads: Uint8Array[] = [];
    for (let index = 0; index < request.exposures; index += 1) payloads.push(await reader.bytes(caps.layout.size));
    const kept = streams.get(request.stream) ?? (await begin(request));
    streams.set(request.stream, kept);
    const fused = await fuse(kept, request, caps, payloads);
    output.write(`${JSON.stringify({ size: fused.payload.length, pixels: kept.pixels, confidence: kept.confidence, maps: fused.lineUp?.exposures.map(({ homography }) => homography ?? null) ?? [] })}\n`);
    if (!output.write(fused.payload)) await once(output, 'drain');
    if (!request.last) continue;
    streams.delete(request.stream);
    await kept.fuser.close();
  }
  await Promise.all([...streams.values()].map(({ fuser }) => fuser.close()));
}

const capsOf = ({ width, height }: Request): VideoCaps =>
  parseVideoCaps(`video/x-raw, format=(string)I420, width=(int)${width}, height=(int)${height}, framerate=(fraction)30/1, colorimetry=(string)1:3:5:1`);

const nameOf = (exposure: number): string => `e${exposure}`;

async function begin({ align, exposures }: Request): Promise<Kept> {
  const [pixels, confidence]: Record<string, number>[] = [{}, {}];
  const order = Array.from({ length: exposures }, (_, exposure) => nameOf(exposure));
  const fuser = new SetFuser({ model: DEFAULT_MODEL, slice: 4, threads: 1, order, reference: 'middle', align }, {
    unhurried: true,
    warn: (message) => console.error(message),
    report: (name, value, labels) => {
      if (name === 'fusion_alignment_pixels') pixels[labels?.branch ?? ''] = value;
      if (name === 'fusion_alignment_confidence') confidence[labels?.branch ?? ''] = value;
    },
  });
  await fuser.start();
  return { fuser, pixels, confidence, sets: 0n };
}

async function fuse(kept: Kept, { oneCamera, times }: Request, caps: VideoCaps, payloads: readonly Uint8Array[]): Promise<Frame> {
  const interval = oneCamera ? INTERVAL.turns : INTERVAL.cameras;
  let fused: Frame | undefined;
  for (let time = 0; time < times; time += 1) {
    const runningTime = kept.sets++ * interval;
    const frames = payloads.map((payload): Frame => ({ kind: 'frame', payload: payload.slice(), caps, runningTime, duration: interval, shared: false, origins: [] }));
    const set: ExposureSet = { kind: 'exposures', frames, branches: payloads.map((_, exposure) => nameOf(exposure)), origins: oneCamera ? [CAMERA] : [] };
    fused = await kept.fuser.fuse(set);
  }
  if (!fused) throw new Error('The picture was lost with its thread.');
  return fused;
}
