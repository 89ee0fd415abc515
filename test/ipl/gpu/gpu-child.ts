/**
 * Runs the recorded pictures on a provider (first argument) in a process of its own, and prints how far they are off; with `deep` among the
 * scenes also small pictures of 10 bits, fused and merged, which the kernels' are compared with.
 */
import { FusionEngine } from '../../../plugin/ipl/engine/fusion-engine';
import { DEFAULT_MODEL } from '../../../plugin/ipl/network/read-model';
import { readGraphs } from '../../../plugin/ipl/gpu/graph-card';
import { GraphEngine } from '../../../plugin/ipl/gpu/graph-engine';
import { MergeGraph } from '../../../plugin/ipl/gpu/merge-graph';
import { tryMerge, tryProvider } from '../../../plugin/ipl/gpu/trial';
import { MergeKernels } from '../../../plugin/ipl/hdr/merge-kernels';
import { FusionKernels } from '../../../plugin/ipl/kernels';
import { loadModel } from '../../../plugin/ipl/network/model';
import { differences, goldenScenes, taskOf } from './gpu-golden';

const SMALL = { width: 130, height: 50 };

async function main([provider = 'cpu', model = DEFAULT_MODEL, ...scenes]: string[]): Promise<void> {
  const engine = new GraphEngine(readGraphs(model || DEFAULT_MODEL), provider, { stripPixels: 1000 });
  for (const [number, scene] of goldenScenes().entries()) {
    if (scenes.length > 0 && !scenes.includes(String(number))) continue;
    for (let picture = 0; picture < scene.pictures; picture += 1) {
      const format = number % 2 === 0 ? 'I420' : 'NV12';
      const began = performance.now();
      const { payload, report } = await engine.fuse(taskOf(scene, picture, format), `scene ${number}`);
      const ms = Math.round(performance.now() - began);
      console.log(JSON.stringify({ number, picture, format, sceneCut: report.sceneCut, ms, ...differences(scene, picture, format, payload) }));
    }
  }
  if (scenes.includes('deep')) {
    const say = async (kind: string, work: Promise<unknown>): Promise<void> => console.log(JSON.stringify({ kind, says: await work.then(() => 'the kernels\' picture', String) }));
    await say('fused', tryProvider(engine, new FusionEngine(await loadModel(DEFAULT_MODEL), await FusionKernels.load(), { sliceBands: 4 }), SMALL, 'limited', 'I420_10LE'));
    const merge = new MergeGraph(provider, { stripPixels: 4000 });
    await say('merged', tryMerge(merge, await MergeKernels.load(), SMALL));
    await merge.close();
  }
  await engine.close();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
