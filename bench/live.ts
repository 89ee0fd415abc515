/**
 * Fuses three live test cameras for a while and tells whether the chain keeps up, drifts or grows.
 *
 *     npm run bench:live -- [--seconds 120] [--width 1920] [--height 1080] [--json FILE]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseGraphText } from '../plugin';

const RATE = 30;
const SAMPLE_EVERY = RATE * 5;

/** Live test sources at 30 frames/s; nothing is dropped on purpose, so what is late shows as drift. */
function liveGraph(width: number, height: number, frames: number): string {
  const caps = `video/x-raw,format=NV12,width=${width},height=${height},framerate=${RATE}/1`;
  const camera = (brightness: number): object => ({
    use: 'source',
    launch: `videotestsrc is-live=true pattern=ball num-buffers=${frames} ! ${caps} ! videobalance brightness=${brightness} ! ${caps}`,
  });
  const nodes = {
    under: camera(-0.3),
    mid: camera(0),
    over: camera(0.3),
    set: { use: 'sync', from: ['under', 'mid', 'over'] },
    fused: { use: 'ipl', from: 'set' },
    display: { use: 'sink', from: 'fused', launch: 'fakesink sync=true' },
  };
  return JSON.stringify({ nodes });
}

interface Sample {
  readonly seconds: number;
  /** Wall clock behind running time, against the first picture, in ms. */
  readonly behindMs: number;
  readonly rssMb: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '120' },
      width: { type: 'string', default: '1920' },
      height: { type: 'string', default: '1080' },
      json: { type: 'string' },
    },
  });
  const frames = Number(values.seconds) * RATE;
  const graph = await parseGraphText(liveGraph(Number(values.width), Number(values.height), frames));
  const samples: Sample[] = [];
  const times: bigint[] = [];
  let start = 0;
  await new Promise<void>((resolve, reject) => {
    graph.run().events.subscribe({
      next: (event) => {
        if (event.type === 'warning') console.error(event.message);
        if (event.type !== 'frame') return;
        if (times.length === 0) start = performance.now() - Number(event.runningTime) / 1e6;
        times.push(event.runningTime);
        if (times.length % SAMPLE_EVERY !== 0) return;
        const behindMs = performance.now() - start - Number(event.runningTime) / 1e6;
        samples.push({ seconds: times.length / RATE, behindMs, rssMb: process.memoryUsage.rss() / 1e6 });
      },
      error: reject,
      complete: resolve,
    });
  });
  const skipped = times.filter((time, index) => index > 0 && time - (times[index - 1] ?? 0n) > 50_000_000n).length;
  for (const { seconds, behindMs, rssMb } of samples) {
    console.log(`${seconds.toFixed(0).padStart(4)} s  ${behindMs.toFixed(1).padStart(7)} ms behind  ${rssMb.toFixed(0).padStart(5)} MB`);
  }
  const result = { case: 'live', width: Number(values.width), height: Number(values.height), sent: frames, fused: times.length, skipped, samples };
  console.log(`${times.length} of ${frames} pictures fused, ${skipped} gaps in their times`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
