"""What training is fed with: random rendered brackets, and caches in the states they may be in."""
import glob
import os

import numpy as np
import torch

import network
import rule

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.path.join(HERE, 'cache')
BRACKETS = 24            # exposures in a batch: 8 brackets of 3
KINDS = {'day': 0.3, 'night': 0.15, 'sharp': 0.4, 'uhd': 0.15}  # shares of the batches, see render.py
SIZES = {'day': (8, 16), 'night': (8, 16), 'sharp': (16, 32), 'uhd': (64, 64)}  # blocks: a map of 32 or 16 rows
LARGER = 0.25            # share of batches with the larger blocks


class Shards:
    """All shards rendered so far, in memory as uint8, with their statistics for each block size."""

    def __init__(self, pattern='shard-*.npz'):
        self.pattern, self.loaded = pattern, {}

    def refresh(self):
        for path in sorted(glob.glob(os.path.join(CACHE, self.pattern))):
            if path not in self.loaded and not path.endswith('.tmp.npz'):
                self.loaded[path] = load(path)
        self.paths = sorted(self.loaded)

    def batch(self, rng):
        """Random brackets of one shard, flipped or turned, as a dictionary of float tensors; r; block size.

        `statistics` [b,K,13,h,w] is whole; of the pictures there is one 2x2 quad of pixels in each block, so
        that the loss sees every cell of the map at a fraction of the cost, and a quad is one pixel of
        chroma. `rows`, `columns` tell where the pixels are.
        """
        kind = rng.choice(list(KINDS), p=list(KINDS.values()))
        paths = [p for p in self.paths if f'-{kind}-' in p] or self.paths
        data = self.loaded[paths[rng.integers(len(paths))]]
        size = SIZES[{256: 'day', 512: 'sharp'}.get(data['y'].shape[-1], 'uhd')][int(rng.random() < LARGER)]
        if size not in data:
            data[size] = statistics(data, size)
        n, k, height, width = data['y'].shape
        still = 1 / (0.3 + data['moved'].mean((1, 2)) / 255)  # where all moves, little is learnt
        take = rng.choice(n, min(n, max(1, BRACKETS // k)), replace=False, p=still / still.sum())
        rows, columns = quads(rng, height, size), quads(rng, width, size)
        out = {'statistics': data[size][take].astype(np.float32)}
        for name in PICTURES:
            i, j = (rows, columns) if name in ('y', 'truth_y') else (rows[::2] // 2, columns[::2] // 2)
            whole = [np.arange(n) for n in data[name].shape[1:-2]]
            out[name] = data[name][np.ix_(take, *whole, i, j)].astype(np.float32) / 255
        # A picture that does not end with a whole block cannot be turned over: its blocks would lie elsewhere.
        if height % size == 0 and rng.random() < 0.5:
            out = {name: x[..., ::-1, :] for name, x in out.items()}
            rows = (height - 1 - rows)[::-1]
        if width % size == 0 and rng.random() < 0.5:
            out = {name: x[..., ::-1] for name, x in out.items()}
            columns = (width - 1 - columns)[::-1]
        if rng.random() < 0.5:
            out = {name: x.swapaxes(-1, -2) for name, x in out.items()}
            rows, columns = columns, rows
        out |= {'rows': rows, 'columns': columns}
        return {name: torch.from_numpy(np.ascontiguousarray(x)) for name, x in out.items()}, int(data['reference']), size


def quads(rng, length, size):
    """Two neighbouring pixels in each block, the first at an even place: indices."""
    first = 2 * int(rng.integers(size // 2))
    at = (np.arange(0, length, size)[:, None] + first + np.arange(2)).ravel()
    return at[at < length]


PICTURES = 'y', 'chroma', 'truth_y', 'truth_chroma', 'moved'


def statistics(data, size):
    """Block statistics [n,K,13,h,w] of a shard, float16."""
    with torch.no_grad():
        return np.concatenate([rule.block_statistics(
            torch.from_numpy(data['y'][i:i + 1]).float() / 255,
            torch.from_numpy(data['chroma'][i:i + 1]).float() / 255,
            int(data['reference']), size).half().numpy() for i in range(len(data['y']))])


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
