/** Whole graphs: raw NV12 from memory through GStreamer, fused, to a fake sink. Runs in a process of its own (child.ts). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseGraphText, type GraphEvent } from '../../plugin';
import { planeLayout } from '../../plugin/core/frames/video-layout';
import { LoopWatch } from './loop-watch';
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
  /**
   * `memory`: one picture, given again and again without a copy, so that sources cost nothing. `files`: three pictures in turn,
   * each read from the page cache into new memory, about 2.5 ms of processor time for each 4K picture.
   */
  readonly source: 'memory' | 'files';
  /** What fuses; default `cpu`. */
  readonly provider?: string;
}

/** Different pictures that a source of files gives in turn. */
const PICTURES = 3;

/** Frames that are not measured: threads, caches and queues fill. */
const WARM_UP = 8;

export async function measure(given: EndToEndCase): Promise<Row[]> {
  const { width, height, exposures, threads, chain, provider = 'cpu' } = given;
  const folder = mkdtempSync(path.join(tmpdir(), 'gst-ipl-bench-'));
  try {
    const graph = await parseGraphText(graphOf(given, folder));
    const loop = new LoopWatch();
    let seen = 0;
    let start = 0;
    let end = 0;
    let usage = process.cpuUsage();
    const running = graph.run();
    await new Promise<void>((complete, error) => {
      const next = (event: GraphEvent): void => {
        // A provider that does not work is told of, and the CPU fuses instead: not here.
        if (event.type === 'warning') error(new Error(event.message));
        if (event.type !== 'frame' || event.node !== 'fused') return;
        seen += 1;
        end = performance.now();
        if (seen !== WARM_UP) return;
        start = end;
        usage = process.cpuUsage();
        loop.start();
      };
      running.events.subscribe({ next, complete, error });
    });
    if (seen <= WARM_UP) throw new Error(`Only ${seen} of ${given.frames + WARM_UP} pictures came.`);
    const { user, system } = process.cpuUsage(usage);
    const { blockedMs, usuallyMs, workMs } = loop.stop();
    const figure = (name: string): number => running.view.metrics.get(`gst_ipl_fusion_${name}`, { node: 'fused' });
    const reused = (100 * figure('reused_slices_total')) / Math.max(1, figure('slices_total'));
    const notes = [
      `${((user + system) / 1000 / (seen - WARM_UP)).toFixed(1)} ms of processor time`,
      `event loop: at most ${workMs.toFixed(1)} ms of work at a time, blocked for ${blockedMs.toFixed(1)} ms (99 %: ${usuallyMs.toFixed(1)})`,
      ...(chain === 'fuse' ? [`${reused.toFixed(0)} % of the slices reused`] : []),
    ];
    const ms = (end - start) / (seen - WARM_UP);
    return [makeRow({ case: `${NAMES[chain]}, from ${given.source}`, width, height, exposures, threads, provider: chain === 'fuse' ? provider : 'gstreamer', ms, peakRssMb: peakMb(), note: notes.join('; ') })];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const NAMES = { fuse: 'end to end, GStreamer to GStreamer', pull: '  pull alone', push: '  pull one and push it alone' } as const;

function graphOf(given: EndToEndCase, folder: string): string {
  const { exposures, threads, chain, provider = 'cpu' } = given;
  const count = chain === 'push' ? 1 : exposures;
  const names = Array.from({ length: count }, (_, exposure) => `source${exposure}`);
  const sources = names.map((name, exposure) => [name, { use: 'source', launch: sourceLaunch(given, exposure, count, folder) }]);
  const set = { use: 'sync', from: names };
  const own = (name: string): string => path.join(__dirname, 'stages', `${name}${path.extname(__filename)}`);
  const fused = {
    fuse: { use: 'ipl', from: 'set', threads, provider },
    pull: { use: own('small'), from: 'set' },
    push: { use: own('same'), from: 'source0' },
  }[chain];
  const sink = { use: 'sink', from: 'fused', launch: 'fakesink sync=false' };
  return JSON.stringify({ nodes: { ...(Object.fromEntries(sources) as object), ...(chain === 'push' ? {} : { set }), fused, sink } });
}

function sourceLaunch({ width, height, frames, source }: EndToEndCase, exposure: number, exposures: number, folder: string): string {
  const layout = planeLayout('NV12', width, height);
  const payload = new Uint8Array(layout.size);
  for (let picture = 0; picture < PICTURES; picture += 1) {
    fillPicture(payload, layout, exposure, exposures, picture);
    writeFileSync(path.join(folder, `${exposure}-${picture}.nv12`), payload);
  }
  const parse = `rawvideoparse format=nv12 width=${width} height=${height} framerate=60/1`;
  const count = `num-buffers=${frames + WARM_UP}`;
  const location = (name: string): string => `location=${path.join(folder, `${exposure}-${name}.nv12`)}`;
  if (source === 'memory') return `filesrc ${location('0')} blocksize=${layout.size} ! ${parse} ! imagefreeze ${count} ! video/x-raw,framerate=60/1`;
  return `multifilesrc ${location('%d')} start-index=0 stop-index=${PICTURES - 1} loop=true ${count} ! ${parse}`;
}
