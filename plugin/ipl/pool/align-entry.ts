/** A thread that finds how exposures lie, from luma that the fusion threads put aside. Nobody waits for it. */
import { parentPort } from 'node:worker_threads';
import { standBack } from '../../core/thread-priority';
import { findMotions, followMotions } from '../align';
import { TextureKernels } from '../kernels';
import type { AlignAnswer, AlignRequest } from './align-thread';

/** Pixels of the longer side of the coarsest level of what is only followed: a step of three of them is found. */
const COARSEST = 128;
/** Steps of niceness: behind the fusion, too. */
const NICE = 10;

standBack(NICE);
const loaded = TextureKernels.load();

parentPort?.on('message', (request: AlignRequest) => void answer(request));

async function answer({ number, planes, reference, expected }: AlignRequest): Promise<void> {
  const kernels = await loaded;
  const searched = planes.map((plane, exposure) => (exposure === reference || !expected[exposure] ? plane : undefined));
  const present = searched.flatMap((plane, exposure) => (plane ? [{ plane, exposure }] : []));
  const found = present.length < 2 ? [] : findMotions(kernels, present.map(({ plane }) => plane), present.findIndex(({ exposure }) => exposure === reference));
  const motions = planes.map((_, exposure) => (exposure === reference ? undefined : found[present.findIndex((one) => one.exposure === exposure)]));
  const sights = followMotions(kernels, planes, reference, expected, COARSEST);
  parentPort?.postMessage({ number, motions, sights } satisfies AlignAnswer);
}
