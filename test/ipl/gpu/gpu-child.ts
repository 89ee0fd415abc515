/** Runs the recorded pictures on a provider (first argument) in a process of its own, and prints how far they are off. */
import { DEFAULT_MODEL } from '../../../plugin/ipl/network/read-model';
import { readGraphs } from '../../../plugin/ipl/gpu/graph-card';
import { GraphEngine } from '../../../plugin/ipl/gpu/graph-engine';
import { differences, goldenScenes, taskOf } from './gpu-golden';

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
  await engine.close();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
