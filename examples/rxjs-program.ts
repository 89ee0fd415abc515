/**
 * The stages composed in code, with an operator of one's own between them.
 *
 *     gst-ipl exec examples/rxjs-program.ts [OUT.mp4]
 */
import path from 'node:path';
import { count, lastValueFrom, tap, type MonoTypeOperatorFunction } from 'rxjs';
import { formatTime, GstIplError, ipl, launch, sink, sources, sync, type Frame } from 'gst-ipl';

const media = path.join(__dirname, 'media', 'video');
const file = (name: string): string => launch`filesrc location=${path.join(media, name)} ! decodebin`;

/** An operator of one's own: logs how bright the fused picture is, once a second. */
function lightMeter(): MonoTypeOperatorFunction<Frame> {
  let next = 0n;
  return tap((frame) => {
    if (frame.runningTime < next) return;
    next = frame.runningTime + 1_000_000_000n;
    const [luma] = frame.caps.layout.planes;
    const samples = frame.payload.subarray(luma?.offset ?? 0, (luma?.offset ?? 0) + (luma?.stride ?? 0) * frame.caps.height);
    const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
    console.log(`${formatTime(frame.runningTime)}: mean luma ${mean.toFixed(1)}`);
  });
}

async function main(out: string): Promise<void> {
  // One pipeline, one clock: running times of the three can be compared.
  const { under, mid, over } = sources({ under: file('under.mp4'), mid: file('mid.mp4'), over: file('over.mp4') });
  const encode = launch`x264enc pass=qual quantizer=21 bitrate=100000 speed-preset=veryfast bframes=0 ! h264parse ! mp4mux ! filesink location=${out}`;
  const frames = sync([under, mid, over], { tolerance: '8ms' }).pipe(ipl(), lightMeter(), sink(encode), count());
  console.log(`${await lastValueFrom(frames)} frames in ${out}`);
}

main(process.argv[2] ?? 'fused.mp4')
  .catch((error: unknown) => {
    console.error(error instanceof GstIplError ? error.describe() : error);
    process.exitCode = 1;
  })
  // Threads that still wait inside GStreamer must not keep the program alive.
  .finally(() => process.exit());
