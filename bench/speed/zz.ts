import { planeLayout } from '/work/w/warp/plugin/core/frames/video-layout';
import { FusionKernels } from '/work/w/warp/plugin/ipl/kernels';
import { FusionEngine } from '/work/w/warp/plugin/ipl/engine/fusion-engine';
import { DEFAULT_MODEL, loadModel } from '/work/w/warp/plugin/ipl/network/model';
import { fillPicture } from '/work/w/warp/bench/speed/pictures';
async function main() {
  const engine = new FusionEngine(await loadModel(DEFAULT_MODEL), await FusionKernels.load(), { sliceBands: 4 });
  const [width, height] = [3840, 2160];
  const layout = planeLayout('NV12', width, height);
  const sets = [0, 1, 2, 3].map((time) => [0, 1, 2].map((k) => { const f = new Uint8Array(layout.size); fillPicture(f, layout, k, 3, time, 0); return f; }));
  const rows: number[][] = [];
  for (let i = 0; i < 16; i++) {
    const payloads = sets[i % 4].map((p) => p.slice());
    const s = process.cpuUsage();
    const r = await engine.fuse({ payloads, layout, range: 'limited', reference: 1 });
    const e = process.cpuUsage(s);
    rows.push([(e.user + e.system) / 1000, r.statisticsMs, r.networkMs, r.blendMs, r.reused]);
  }
  for (const r of rows.slice(4)) console.log(r.map((x) => x.toFixed(1)).join(' '));
}
void main();
