/** Whole graphs: raw NV12 from memory through GStreamer, fused, to a fake sink. Runs in a process of its own (child.ts). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseGraphText, type GraphEvent } from '../../plugin';
import { planeLayout } from '../../plugin/core/video-layout';
import { fillPicture } from './pictures';
import { makeRow, peakMb, type Row } from './rows';

export interface EndToEndCase {
  readonly width: number;
  readonly height: number;
  readonly exposures: number;
  readonly threads: number;
  readonly frames: number;
  /** What stands between the sources and the sink. `pull`: sets are made, and a tiny picture goes on;
   * `push`: one source's pictures go on as they are. */
  readonly chain: 'fuse' | 'pull' | 'push';
}

/** Different pictures that a source gives in turn: files small enough to stay in the page cache. */
const PICTURES = 3;

/** Frames that are not measured: threads, caches and queues fill. */
const WARM_UP = 8;

export async function measure(given: EndToEndCase): Promise<Row[]> {
  const { width, height, exposures, threads, chain } = given;
  const folder = mkdtempSync(path.join(tmpdir(), 'gst-ipl-bench-'));
  try {
    const graph = await parseGraphText(graphOf(given, folder));
    // In steps of a millisecond; what comes later than asked for was held up.
    const delay = monitorEventLoopDelay({ resolution: 1 });
    let seen = 0;
    let start = 0;
    let end = 0;
    const running = graph.run();
    await new Promise<void>((complete, error) => {
      const next = (event: GraphEvent): void => {
        if (event.type !== 'frame' || event.node !== 'fused') return;
        seen += 1;
        end = performance.now();
        if (seen !== WARM_UP) return;
        start = end;
        delay.enable();
      };
      running.events.subscribe({ next, complete, error });
    });
    delay.disable();
    const figure = (name: string): number => running.view.metrics.get(`gst_ipl_ipl_${name}`, { node: 'fused' });
    const reused = (100 * figure('slices_reused_total')) / Math.max(1, figure('slices_total'));
    const longest = `longest block of the event loop ${(delay.max / 1e6).toFixed(1)} ms`;
    const note = chain === 'fuse' ? `${longest}, ${reused.toFixed(0)} % of the slices reused` : longest;
    const ms = (end - start) / (seen - WARM_UP);
    return [makeRow({ case: NAMES[chain], width, height, exposures, threads, provider: chain === 'fuse' ? 'cpu' : 'gstreamer', ms, peakRssMb: peakMb(), note })];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const NAMES = {
  fuse: 'end to end, GStreamer to GStreamer',
  pull: '  pull alone: sources to sets',
  push: '  pull one and push it alone',
} as const;

function graphOf({ width, height, exposures, threads, frames, chain }: EndToEndCase, folder: string): string {
  const count = chain === 'push' ? 1 : exposures;
  const names = Array.from({ length: count }, (_, exposure) => `source${exposure}`);
  const sources = names.map((name, exposure) => [name, { use: 'source', launch: sourceLaunch(width, height, exposure, count, frames, folder) }]);
  const set = { use: 'sync', from: names };
  const own = (name: string): string => path.join(__dirname, 'stages', `${name}.ts`);
  const fused = {
    fuse: { use: 'ipl', from: 'set', threads },
    pull: { use: own('small'), from: 'set' },
    push: { use: own('same'), from: 'source0' },
  }[chain];
  const sink = { use: 'sink', from: 'fused', launch: 'fakesink sync=false' };
  return JSON.stringify({ nodes: { ...(Object.fromEntries(sources) as object), ...(chain === 'push' ? {} : { set }), fused, sink } });
}

function sourceLaunch(width: number, height: number, exposure: number, exposures: number, frames: number, folder: string): string {
  const layout = planeLayout('NV12', width, height);
  const payload = new Uint8Array(layout.size);
  for (let picture = 0; picture < PICTURES; picture += 1) {
    fillPicture(payload, layout, exposure, exposures, picture);
    writeFileSync(path.join(folder, `${exposure}-${picture}.nv12`), payload);
  }
  const location = path.join(folder, `${exposure}-%d.nv12`);
  const files = `multifilesrc location=${location} start-index=0 stop-index=${PICTURES - 1} loop=true num-buffers=${frames + WARM_UP}`;
  return `${files} ! rawvideoparse format=nv12 width=${width} height=${height} framerate=60/1`;
}
