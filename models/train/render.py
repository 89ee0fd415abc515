"""Renders exposure brackets with a known truth; run alone it fills models/train/cache.

usage: python3 models/train/render.py --data ../shared/data --minutes 25 --seed 1 [--kinds uhd hd]
A shard is a .npz of some brackets with one K, one reference and one size, as training reads them (`thin`):
  statistics [n,K,15,h,w] float16, truth_map [n,3,h,w] float16 (the truth's block means of luma and chroma),
  and of each block QUADS places of 2x2 pixels, at `offsets` [QUADS,2]: y [n,QUADS,K,2h,2w],
  chroma [n,QUADS,K,2,h,w], truth_y [n,QUADS,2h,2w], truth_chroma [n,QUADS,2,h,w],
  moved [n,QUADS,h,w] (255 where an exposure shows something else than the reference), all uint8.
Whole pictures would be twenty times as large, and a loss in sixteen places a block sees as much.
"""
import argparse
import os
import time

import cv2
import numpy as np
import torch
from torch.nn import functional as F

import camera
import memory
import rule
from objects import Cutout, Sway
from scenes import Sources

CACHE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'cache')
SIZE, MARGIN = 256, 8  # pixels of small pictures' height; pixels around it for the shake, grows with the picture
QUADS = 16
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


def sample(rng, sources, k, reference=None, dynamic=True, photos=0.3, levels=LEVELS, clean=False, pixels=(SIZE, SIZE)):
    """A bracket of pixels = (h,w)."""
    scale = pixels[0] / SIZE
    margin = int(MARGIN * scale)
    radiance = sources.background(rng, (pixels[0] + 2 * margin, pixels[1] + 2 * margin), photos)
    return Bracket(rng, radiance, sources, k, reference, dynamic, scale, clean, levels)


def whole(rng, sources, k, reference, count, dynamic, clean, **how):
    """Whole pictures of `count` brackets: y [n,K,H,W], chroma [n,K,2,H/2,W/2], truth_y, truth_chroma,
    moved [n,H/2,W/2], uint8; `dynamic` and `clean` are shares of the brackets."""
    out = {n: [] for n in ('y', 'chroma', 'truth_y', 'truth_chroma', 'moved')}
    for _ in range(count):
        b = sample(rng, sources, k, reference, rng.random() < dynamic, clean=rng.random() < clean, **how)
        planes = [camera.to_planes(c) for c in b.codes]
        truth_y, truth_chroma = camera.to_planes(b.truth)
        half = cv2.resize(b.moved, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        for name, value in (('y', np.stack([p[0] for p in planes])), ('chroma', np.stack([p[1] for p in planes])),
                            ('truth_y', truth_y), ('truth_chroma', truth_chroma), ('moved', camera.to_code(half))):
            out[name].append(value)
    return {n: np.stack(v) for n, v in out.items()}


def thin(rng, data, r, block):
    """What the docstring of the module says of whole pictures whose sides are whole blocks."""
    half = block // 2
    offsets = rng.integers(half, size=(QUADS, 2))
    pairs = lambda x, o: np.stack([x[..., 2 * o::block], x[..., 2 * o + 1::block]], -1).reshape(*x.shape[:-1], -1)
    luma = lambda x: np.stack([pairs(pairs(x, j).swapaxes(-1, -2), i).swapaxes(-1, -2) for i, j in offsets], 1)
    colour = lambda x: np.stack([x[..., i::half, j::half] for i, j in offsets], 1)
    out = {'offsets': offsets * 2, 'statistics': statistics(data, r, block), 'truth_map': truth_map(data, block)}
    out.update({n: luma(data[n]) for n in ('y', 'truth_y')})
    out.update({n: colour(data[n]) for n in ('chroma', 'truth_chroma', 'moved')})
    return out


def statistics(data, r, block):
    """Block statistics [n,K,15,h,w], float16, of whole pictures."""
    with torch.no_grad():
        return np.concatenate([rule.block_statistics(
            torch.from_numpy(data['y'][i:i + 1]).float() / 255, torch.from_numpy(data['chroma'][i:i + 1]).float() / 255,
            r, block).half().numpy() for i in range(len(data['y']))])


def truth_map(data, block):
    y, chroma = (torch.from_numpy(data[n]).float() / 255 for n in ('truth_y', 'truth_chroma'))
    return torch.cat([F.avg_pool2d(y[:, None], block), F.avg_pool2d(chroma, block // 2)], 1).half().numpy()


KINDS = {  # name: pixels, block, brackets in a shard, share of the time, and how whole() makes them
    'day': ((256, 256), 8, 24, 0.08, {'dynamic': 0.85, 'clean': CLEAN, 'photos': 0.3}),
    'night': ((256, 256), 8, 24, 0.04, {'dynamic': 0.5, 'clean': CLEAN, 'photos': 0.3, 'levels': NIGHT_LEVELS}),
    'quarter': ((544, 960), 16, 6, 0.18, {'dynamic': 0.75, 'clean': CLEAN, 'photos': 0.6}),
    'hd': ((1088, 1920), 32, 4, 0.3, {'dynamic': 0.65, 'clean': CLEAN, 'photos': 0.75}),
    'uhd': ((2176, 3840), 64, 2, 0.4, {'dynamic': 0.6, 'clean': CLEAN, 'photos': 0.85}),
}

VALIDATION = {  # name: how whole() makes it, from what training never sees
    'dynamic': {'dynamic': 1, 'clean': 0}, 'static': {'dynamic': 0, 'clean': 0},
    'clean-dynamic': {'dynamic': 1, 'clean': 1}, 'clean-static': {'dynamic': 0, 'clean': 1},
    'sharp-dynamic': {'dynamic': 1, 'clean': 1, 'photos': 0.8, 'pixels': (512, 512)},
    'sharp-static': {'dynamic': 0, 'clean': 1, 'photos': 0.8, 'pixels': (512, 512)},
}
VALIDATED = 24  # brackets of each


def shard(seed, sources, kind, index):
    """Shard number `index` of a kind."""
    pixels, block, count, _, how = KINDS[kind]
    rng = np.random.default_rng([seed, index, list(KINDS).index(kind)])
    k = int(rng.choice([2, 3, 4, 5], p=[0.14, 0.62, 0.12, 0.12]))
    r = int(rng.integers(k)) if rng.random() < 0.1 else (k - 1) // 2
    if pixels[0] == SIZE and rng.random() < 0.25:
        block *= 2
    data = whole(rng, sources, k, r, count, pixels=pixels, **how)
    return {'reference': r, 'block': block, **thin(rng, data, r, block)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', default='../shared/data')
    parser.add_argument('--minutes', type=float, default=25, help='of rendering in this process')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--kinds', nargs='+', choices=list(KINDS), default=list(KINDS))
    args = parser.parse_args()
    memory.keep()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    os.makedirs(CACHE, exist_ok=True)
    start = time.time()
    held = Sources(args.data, held_out=True)
    for salt, (name, how) in enumerate(VALIDATION.items()):
        path = os.path.join(CACHE, f'validation-{name}.npz')
        if not os.path.exists(path):
            rng = np.random.default_rng([args.seed, 10_000 + salt])
            save(path, reference=1, **whole(rng, held, 3, None, VALIDATED, **{'photos': 0.0, **how}))
    sources = Sources(args.data)
    spent, done = dict.fromkeys(args.kinds, 0.0), dict.fromkeys(args.kinds, 0)
    while time.time() - start < args.minutes * 60:
        kind = min(args.kinds, key=lambda name: spent[name] / KINDS[name][3])
        path, began = os.path.join(CACHE, f'shard-{kind}-{done[kind]:04d}.npz'), time.time()
        if not os.path.exists(path):
            save(path, **shard(args.seed, sources, kind, done[kind]))
        spent[kind], done[kind] = spent[kind] + time.time() - began + 1e-3, done[kind] + 1


def save(path, **arrays):
    """Whole or not at all: training may be reading the folder."""
    part = f'{path}.{os.getpid()}.tmp.npz'
    np.savez(part, **arrays)
    os.replace(part, path)


if __name__ == '__main__':
    main()
