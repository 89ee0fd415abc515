/** The rig that was seen, with how far it can be trusted; or why there is none. */
import { GstIplError } from '../core/errors';
import { BECAUSE } from '../ipl/line-up-news';
import type { Reason } from '../ipl/align';
import { TextureKernels, type ReducedLuma } from '../ipl/kernels';
import { pooledMotion, residualsOf, RIG_KIND, RIG_VERSION, type Rig, type RigBranch } from '../ipl/rig';
import type { Found, Seen } from './calibration';

/** Share of the pictures in which a branch has to be found: less, and it was chance or weather. */
const FOUND = 0.5;

/** Digits of what is written: a thousandth of a pixel at the far corner of the largest picture, and of what people read. */
const EXACT = 12;
const READABLE = 3;

/** @throws GstIplError `bad-exposures` where a branch was not found, or does not stand firmly */
export async function rigOf(seen: Seen): Promise<Rig> {
  const kernels = await TextureKernels.load();
  const branches = [...seen.found].map(([branch, found]) => [branch, branchOf(branch, found, seen, kernels)] as const);
  const { width, height, reference, pictures } = seen;
  return { kind: RIG_KIND, version: RIG_VERSION, width, height, reference, pictures, branches: Object.fromEntries(branches) };
}

function branchOf(branch: string, { places, reasons }: Found, seen: Seen, kernels: TextureKernels): RigBranch {
  const { width, height, reference, samples } = seen;
  const pictures = places.length + reasons.length;
  if (places.length === 0 || places.length < FOUND * pictures) throw notFound(branch, reasons, pictures);
  const pooled = pooledMotion(places, width, height);
  if ('moved' in pooled) {
    throw new GstIplError('bad-exposures', `"${branch}" was found in places up to ${pooled.moved.toFixed(1)} pixels apart: it moves against "${reference}", or something large passed in front of them.`, {
      hint: 'Fasten the cameras, and calibrate again while nobody touches them, for longer where much moves (--seconds 120). Cameras that move are lined up without a rig: `align: auto`.',
    });
  }
  const pairs = samples.flatMap((planes): (readonly [ReducedLuma, ReducedLuma])[] => {
    const [fixed, own] = [planes.get(reference), planes.get(branch)];
    return fixed && own ? [[fixed, own]] : [];
  });
  const { residual, agreement } = residualsOf(kernels, pairs, pooled.homography);
  return {
    homography: pooled.homography.map((value) => Number(value.toPrecision(EXACT))),
    residual: { median: readable(residual.median), p95: readable(residual.p95) },
    spread: readable(pooled.spread),
    confidence: readable(pooled.agreeing / pictures),
    agreement: { without: readable(agreement.without), with: readable(agreement.with) },
  };
}

const readable = (value: number): number => Number(value.toFixed(READABLE));

function notFound(branch: string, reasons: readonly Reason[], pictures: number): GstIplError {
  const counts = new Map<Reason, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  const because = most ? `${BECAUSE[most[0]]} (in ${most[1]} of ${pictures} pictures)` : 'nothing was seen of it';
  return new GstIplError('bad-exposures', `It was not found how "${branch}" lies: ${because}.`, {
    hint: 'Point the cameras at a scene with texture all over, that no exposure clips and that is as far away as what they will show; nothing large may move in it.',
  });
}
