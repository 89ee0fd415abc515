/** Engines for tests. */
import { FusionEngine } from '../../plugin/ipl/engine/fusion-engine';
import { FusionKernels } from '../../plugin/ipl/kernels';
import { DEFAULT_MODEL, loadModel } from '../../plugin/ipl/network/model';

/** The CPU path as the pipeline runs it. */
export async function cpuEngine(): Promise<FusionEngine> {
  return new FusionEngine(await loadModel(DEFAULT_MODEL), await FusionKernels.load(), { sliceBands: 4 });
}
