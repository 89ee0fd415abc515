"""What training is fed with: random rendered brackets, and caches in the states they may be in."""
import glob
import os

import numpy as np
import torch

import network

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.path.join(HERE, 'cache')
PIXELS = 24 * 256 * 256  # exposures' pixels in a batch: 8 brackets of 3
NIGHT = 0.35             # share of batches that come from dark scenes alone


class Shards:
    """All shards rendered so far, in memory as uint8."""

    def __init__(self):
        self.loaded = {}

    def refresh(self):
        for path in sorted(glob.glob(os.path.join(CACHE, 'shard-*.npz'))):
            if path not in self.loaded and not path.endswith('.tmp.npz'):
                self.loaded[path] = load(path)
        self.paths = sorted(self.loaded)

    def batch(self, rng):
        """Random brackets of one shard, flipped or turned: dictionary of float tensors, r."""
        night = [p for p in self.paths if 'night' in p]
        paths = night if night and rng.random() < NIGHT else self.paths
        data = self.loaded[paths[rng.integers(len(paths))]]
        n, k, height, width = data['y'].shape
        still = 1 / (0.3 + data['moved'].mean((1, 2)) / 255)  # where all moves, little is learnt
        take = rng.choice(n, max(1, PIXELS // (k * height * width)), replace=False, p=still / still.sum())
        turn, flip = rng.random() < 0.5, rng.random(2) < 0.5
        out = {}
        for name in ('y', 'chroma', 'truth_y', 'truth_chroma', 'moved'):
            x = data[name][take]
            x = x.swapaxes(-1, -2) if turn else x
            x = x[..., ::-1, :] if flip[0] else x
            x = x[..., ::-1] if flip[1] else x
            out[name] = torch.from_numpy(np.ascontiguousarray(x)).float() / 255
        return out, int(data['reference'])


def load(path):
    with np.load(path) as file:
        return {n: file[n] for n in file.files}


def disturb(rng, tokens):
    """Token bytes [b,cells,D] as a cache may hold them: rounded, some stale, some missing."""
    b, cells, _ = tokens.shape
    if rng.random() < 0.3:  # stale: partly another picture's, or noisy
        stale = tokens[torch.from_numpy(rng.permutation(b))]
        where = torch.from_numpy(np.float32(rng.random((b, cells, 1)) < rng.uniform(0, 0.5)))
        keep = where * rng.uniform(0, 1)
        tokens = keep * stale + (1 - keep) * tokens
    if rng.random() < 0.3:
        tokens = tokens + torch.randn_like(tokens) * rng.uniform(0, 8)
    occupied = np.ones((b, cells), np.float32)
    if rng.random() < 0.5:
        bands = cells // network.TOKEN_COLUMNS
        present = rng.random((b, bands, 1)) < rng.uniform(0.1, 1)
        present[np.arange(b), rng.integers(bands, size=b)] = True
        occupied = np.float32(np.broadcast_to(present, (b, bands, network.TOKEN_COLUMNS)).reshape(b, cells))
    return network.fake_round(tokens.clamp(0, 255)), torch.from_numpy(np.ascontiguousarray(occupied))
