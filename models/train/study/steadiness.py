"""Flicker of a network on the benchmark's still, noisy UHD sequences, for ablate.py.

As bench/quality/metrics.py: mean |second difference in time| of luma in codes, here over ROWS of the picture. Statistics of
the frames are kept in models/train/cache: they are the slow part, and the same for every variant. Like the shards, they are to be
deleted when the statistics change.
"""
import glob
import os

import numpy as np
import torch

from folders import CACHE, REPOSITORY
from learn.forward import coefficients_of
from network import rule

SEQUENCES = os.path.join(REPOSITORY, 'bench', 'quality', 'cache', '*', 'noise-*')
HEIGHT, WIDTH, BLOCK, K, R = 2160, 3840, 64, 3, 1
ROWS = slice(960, 1216)


def sequences():
    """Folders of the sequences."""
    found = sorted(glob.glob(SEQUENCES))
    if not found:
        raise SystemExit('no sequences to measure flicker with: run `npm run bench:quality` first, which renders them')
    return found


def flicker(model):
    """{sequence: (flicker of the fused luma, of the reference's own)}"""
    found = {}
    for folder in sequences():
        fused, own = [], []
        for path in sorted(glob.glob(os.path.join(folder, 'frame-*.i420'))):
            statistics, rows = frame(path)
            with torch.no_grad():
                coefficients = coefficients_of(model, statistics)[0]
                pixels = rule.Rule(coefficients, rows, R, BLOCK, torch.arange(ROWS.start, ROWS.stop))
            y = torch.cat([rows[:, :R], pixels.tone[:, None], rows[:, R + 1:]], 1)
            fused.append((255 * (pixels.weights * y).sum(1)).round())
            own.append(255 * rows[:, R])
        found[os.path.basename(folder)] = second_difference(fused), second_difference(own)
    return found


def second_difference(lumas):
    return float(np.mean([(a - 2 * b + c).abs().mean() for a, b, c in zip(lumas, lumas[1:], lumas[2:])]))


def frame(path):
    """Statistics [1,K,15,h,w] of a frame and its luma [1,K,len(ROWS),W] 0..1 in ROWS."""
    planes = np.fromfile(path, np.uint8).reshape(K, -1)
    luma, chroma = np.split(planes, [HEIGHT * WIDTH], 1)
    y = torch.from_numpy(luma.reshape(1, K, HEIGHT, WIDTH)).float() / 255
    kept = os.path.join(CACHE, '-'.join(['statistics', *path.split(os.sep)[-2:]]) + '.npy')
    if not os.path.exists(kept):
        chroma = torch.from_numpy(chroma.reshape(1, K, 2, HEIGHT // 2, WIDTH // 2)).float() / 255
        with torch.no_grad():
            np.save(kept, rule.block_statistics(y, chroma, R, BLOCK).numpy())
    return torch.from_numpy(np.load(kept)), y[:, :, ROWS]
