"""Renders exposure brackets with a known truth; run alone it fills models/train/cache.

usage: python3 models/train/render.py --data ../shared/data --shards 150 --seed 1 [--kind night]
A shard is a .npz of SHARD brackets with one K and one reference:
  y [n,K,h,w], chroma [n,K,2,h/2,w/2], truth_y [n,h,w], truth_chroma [n,2,h/2,w/2],
  moved [n,h/2,w/2] (255 where an exposure shows something else than the reference), all uint8.
"""
import argparse
import os

import cv2
import numpy as np

import camera
import memory
from objects import Cutout, Sway
from scenes import Sources

CACHE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'cache')
SIZE, MARGIN, SHARD = 256, 8, 24  # pixels, pixels around it for the shake, brackets
SHARP = 2            # sharp shards: twice the size, mostly photographs in their own resolution, half as many brackets
UHD = 2160          # rows of the few shards that are as large as what the network is for
SALTS = {'day': 0, 'night': 1, 'sharp': 2, 'uhd': 3}  # of the seed
SHAKE = 8            # pixels that a camera moves from exposure to exposure at most, however large the picture
CLEAN = 0.2          # share of brackets without noise and JPEG
LEVELS = 30, 80        # percentile of luminance that the reference puts near 1/4 of clipping
NIGHT_LEVELS = 80, 98  # the same for dark scenes with a few bright places


class Bracket:
    """One rendered bracket: 8-bit BGR exposures, truth, mask of moved pixels."""

    def __init__(self, rng, radiance, sources, k=3, reference=None, dynamic=True, scale=1.0, clean=False,
                 levels=LEVELS):
        self.r = (k - 1) // 2 if reference is None else reference
        margin = int(MARGIN * scale)
        curve, sensor = camera.Curve(rng), camera.Sensor(rng, clean)
        self.evs = exposure_values(rng, radiance, k, levels)
        times = np.arange(k) - self.r + rng.uniform(-0.2, 0.2, k)
        if rng.random() < 0.3:  # not every camera shoots from dark to bright
            rng.shuffle(times)
        times -= times[self.r]
        shortest = rng.uniform(0.01, 0.1)
        durations = np.minimum(0.8, shortest * 2 ** (self.evs - self.evs[0]))
        things, sway, shake = [], None, 0.0
        if dynamic:
            things = [Cutout(rng, sources, radiance, scale) for _ in range(rng.integers(1, 5))]
            sway = Sway(rng, radiance.shape[:2], scale) if rng.random() < 0.25 else None
            shake = rng.choice([0.0, rng.uniform(0, min(3 * scale, SHAKE))], p=[0.6, 0.4])
        inner = slice(margin, radiance.shape[0] - margin), slice(margin, radiance.shape[1] - margin)
        frames = []
        for i in range(k):
            frame = sway.apply(radiance, times[i]) if sway and i != self.r else radiance.copy()
            for thing in things:
                thing.paint(frame, times[i], durations[i])
            if shake and i != self.r:
                matrix = cv2.getRotationMatrix2D((frame.shape[1] / 2, frame.shape[0] / 2),
                                                 rng.normal(0, 0.15), 1)
                matrix[:, 2] += rng.uniform(-shake, shake, 2)
                frame = cv2.warpAffine(frame, matrix, frame.shape[1::-1], flags=cv2.INTER_LINEAR,
                                       borderMode=cv2.BORDER_REFLECT)
            frames.append(np.ascontiguousarray(frame[inner]))
        still = frames[self.r]
        self.truth = camera.truth(still, self.evs, curve)
        self.moved = moved(frames, still, 2 ** -self.evs[self.r])
        quality = rng.uniform(75, 96) if rng.random() < 0.3 and not clean else None
        self.codes = []
        for frame, ev in zip(frames, self.evs):
            noisy = sensor.expose(rng, frame * np.float32(2 ** ev), self.evs[-1] - ev)
            code = camera.to_code(curve.render(noisy))
            self.codes.append(camera.jpeg(code, quality) if quality else code)


def exposure_values(rng, radiance, k, levels):
    """Ascending EVs [k] around an automatic exposure; radiance * 2^ev = 1 clips."""
    level = np.percentile(camera.luminance(radiance), rng.uniform(*levels))
    centre = -np.log2(level + 1e-6) + rng.normal(-2.0, 0.8)  # that percentile near 1/4 of clipping
    gap = rng.uniform(1, 4) if k < 4 else rng.uniform(1, 2.5)
    steps = gap * (np.arange(k) - (k - 1) / 2) * np.float64(1)
    steps[1:-1] += rng.uniform(-0.3, 0.3, max(0, k - 2)) * gap if k > 2 else 0
    return centre + steps


def moved(frames, still, clip):
    """[h,w] float 0..1: where any exposure's radiance differs from the reference's by > 15 %."""
    floor = np.float32(clip * 2 ** -9)
    base = np.log2(still + floor)
    change = np.zeros(still.shape[:2], np.float32)
    for frame in frames:
        if frame is not still:
            change = np.maximum(change, np.abs(np.log2(frame + floor) - base).max(2))
    return np.clip((change - 0.1) / 0.2, 0, 1)


def sample(rng, sources, k, reference=None, dynamic=True, photos=0.3, levels=LEVELS,
           clean=False, scale=1, size=(SIZE, SIZE)):
    """A bracket of size*scale pixels, size = (h,w)."""
    margin = int(MARGIN * scale)
    radiance = sources.background(rng, tuple(round(n * scale) + 2 * margin for n in size), photos)
    return Bracket(rng, radiance, sources, k, reference, dynamic, scale, clean, levels)


def shard(rng, sources, k, reference, dynamic_share, photos=0.3, count=SHARD, levels=LEVELS, clean=CLEAN, scale=1,
          size=(SIZE, SIZE)):
    """Arrays of one shard, see the module's docstring; `dynamic_share` and `clean` are shares of brackets."""
    out = {n: [] for n in ('y', 'chroma', 'truth_y', 'truth_chroma', 'moved')}
    for _ in range(count):
        b = sample(rng, sources, k, reference, rng.random() < dynamic_share, photos, levels,
                   rng.random() < clean, scale, size)
        planes = [camera.to_planes(c) for c in b.codes]
        truth_y, truth_chroma = camera.to_planes(b.truth)
        half = cv2.resize(b.moved, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        for name, value in (('y', np.stack([p[0] for p in planes])), ('chroma', np.stack([p[1] for p in planes])),
                            ('truth_y', truth_y), ('truth_chroma', truth_chroma), ('moved', camera.to_code(half))):
            out[name].append(value)
    return {n: np.stack(v) for n, v in out.items()}


VALIDATION = {  # name: how shard() makes it, from what training never sees
    'dynamic': {'dynamic_share': 1, 'clean': 0}, 'static': {'dynamic_share': 0, 'clean': 0},
    'clean-dynamic': {'dynamic_share': 1, 'clean': 1}, 'clean-static': {'dynamic_share': 0, 'clean': 1},
    'sharp-dynamic': {'dynamic_share': 1, 'clean': 1, 'photos': 0.8, 'scale': SHARP},
    'sharp-static': {'dynamic_share': 0, 'clean': 1, 'photos': 0.8, 'scale': SHARP},
}
VALIDATED = 24  # brackets of each


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', default='../shared/data')
    parser.add_argument('--shards', type=int, default=150)
    parser.add_argument('--first', type=int, default=0)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--kind', choices=list(SALTS), default='day',
                        help='night: dark scenes with bright places, half of them still; sharp and uhd: see SHARP, UHD')
    args = parser.parse_args()
    memory.keep()
    cv2.setNumThreads(1)
    os.makedirs(CACHE, exist_ok=True)
    held = Sources(args.data, held_out=True)
    for salt, (name, kind) in enumerate(VALIDATION.items()):
        path = os.path.join(CACHE, f'validation-{name}.npz')
        if not os.path.exists(path):
            rng = np.random.default_rng([args.seed, 10_000 + salt])
            np.savez(path, reference=1, **shard(rng, held, 3, None, count=VALIDATED, **{'photos': 0.0, **kind}))
    sources = Sources(args.data)
    for i in range(args.first, args.first + args.shards):
        path = os.path.join(CACHE, f'shard-{args.kind}-{i:04d}.npz')
        if os.path.exists(path):
            continue
        rng = np.random.default_rng([args.seed, i, SALTS[args.kind]])
        k = int(rng.choice([2, 3, 4, 5], p=[0.14, 0.62, 0.12, 0.12]))
        reference = int(rng.integers(k)) if rng.random() < 0.1 else (k - 1) // 2
        kind = {
            'day': {'dynamic_share': 0.85},
            'night': {'dynamic_share': 0.5, 'levels': NIGHT_LEVELS},
            'sharp': {'dynamic_share': 0.75, 'photos': 0.75, 'scale': SHARP, 'count': SHARD // 2},
            'uhd': {'dynamic_share': 0.4, 'photos': 0.8, 'scale': UHD / SIZE, 'size': (SIZE, SIZE * 16 / 9), 'count': 4},
        }[args.kind]
        np.savez(path + '.tmp.npz', reference=reference, **shard(rng, sources, k, reference, **kind))
        os.replace(path + '.tmp.npz', path)


if __name__ == '__main__':
    main()
