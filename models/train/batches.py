"""What training is fed with: random rendered brackets, and caches in the states they may be in."""
import glob
import os

import numpy as np
import torch

import network

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.path.join(HERE, 'cache')
KINDS = {'day': 0.1, 'night': 0.06, 'quarter': 0.2, 'hd': 0.3, 'uhd': 0.34}  # shares of the batches, see render.py
CELLS = 3 * 8192         # map cells times exposures in a batch, about
PLACES = 2               # of each block in a batch


class Shards:
    """All shards rendered so far, in memory."""

    def __init__(self):
        self.loaded = {}

    def refresh(self):
        for path in sorted(glob.glob(os.path.join(CACHE, 'shard-*.npz'))):
            if path not in self.loaded and not path.endswith('.tmp.npz'):
                self.loaded[path] = load(path)
        self.paths = sorted(self.loaded)

    def batch(self, rng):
        """Random brackets of one shard, flipped or turned, as a dictionary of float tensors; r; block size.

        `statistics` [b,K,15,h,w] and `truth_map` [b,3,h,w] are whole; of the pictures there are PLACES 2x2 quads of
        pixels in each block, so that the loss sees every cell of the map at a fraction of the cost, and a quad is one
        pixel of chroma: y [b,PLACES,K,2h,2w] and so on. `rows`, `columns` [PLACES,...] tell where the pixels are.
        """
        kind = rng.choice(list(KINDS), p=list(KINDS.values()))
        paths = [p for p in self.paths if f'-{kind}-' in p] or self.paths
        data = self.loaded[paths[rng.integers(len(paths))]]
        n, k, _, h, w = data['statistics'].shape
        block = int(data['block'])
        still = 1 / (0.3 + data['moved'].mean((1, 2, 3)) / 255)  # where all moves, little is learnt
        take = rng.choice(n, min(n, max(1, round(CELLS / (k * h * w)))), replace=False, p=still / still.sum())
        places = rng.choice(len(data['offsets']), PLACES, replace=False)
        out = {'statistics': data['statistics'][take].astype(np.float32), 'truth_map': data['truth_map'][take].astype(np.float32)}
        for name in PICTURES:
            out[name] = data[name][take][:, places].astype(np.float32) / 255
        rows, columns = (np.stack([pixels(block, count, data['offsets'][p, axis]) for p in places])
                         for axis, count in ((0, h), (1, w)))
        if rng.random() < 0.5:
            out = {name: x[..., ::-1, :] for name, x in out.items()}
            rows = (h * block - 1 - rows)[:, ::-1]
        if rng.random() < 0.5:
            out = {name: x[..., ::-1] for name, x in out.items()}
            columns = (w * block - 1 - columns)[:, ::-1]
        if rng.random() < 0.25:
            out = {name: x.swapaxes(-1, -2) for name, x in out.items()}
            rows, columns = columns, rows
        out |= {'rows': rows, 'columns': columns}
        return {name: torch.from_numpy(np.ascontiguousarray(x)) for name, x in out.items()}, int(data['reference']), block


def pixels(block, count, offset):
    """Two neighbouring pixels in each block: indices."""
    return (np.arange(count)[:, None] * block + offset + np.arange(2)).ravel()


PICTURES = 'y', 'chroma', 'truth_y', 'truth_chroma', 'moved'


def load(path):
    with np.load(path) as file:
        data = {n: file[n] for n in file.files}
    if 'truth_map' in data:
        data['truth_map'][:, 1:] -= np.float16(network.NEUTRAL)
    return data


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


def disturb_rows(rng, survey):
    """Survey codes [n,2V,h,w] as a cache may hold them: rounded, now and then a little old or noisy."""
    if rng.random() < 0.3:
        survey = survey + torch.randn_like(survey) * rng.uniform(0, 4)
    return network.fake_round(survey.clamp(0, 255))
