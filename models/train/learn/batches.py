"""What a step is fed with: random brackets of a shard, and the cache in the states it may be in."""
import os

import numpy as np
import torch

from data import shards
from data.recipe import KINDS
from network.colour import fake_round
from network import shape

PICTURES = 'y', 'chroma', 'truth_y', 'truth_chroma', 'moved'
PLACES = 2               # of each block in a batch


class Shards:
    """The shards below a folder; only what is asked for is read."""

    def __init__(self, folder):
        names = sorted(name for name in os.listdir(folder) if name.split('-')[0] in KINDS and not name.endswith('.part'))
        self.names = names
        self.by_kind = {kind: [shards.load(os.path.join(folder, name)) for name in names if name.startswith(f'{kind}-')] for kind in KINDS}
        self.kinds = [kind for kind, found in self.by_kind.items() if found]
        if not self.kinds:
            raise SystemExit(f'There are no shards in {folder}: `python3 models/train render` makes them.')

    def batch(self, rng, cells):
        """Random brackets of one shard, flipped or turned, as a dictionary of float tensors; r; block size.

        `statistics` [b,K,15,h,w] and `truth_map` [b,3,h,w] are whole; of the pictures there are PLACES 2x2 quads of
        pixels in each block, so that the loss sees every cell of the map at a fraction of the cost, and a quad is one
        pixel of chroma: y [b,PLACES,K,2h,2w] and so on. `rows`, `columns` [PLACES,...] tell where the pixels are.
        `cells`: of the map times exposures, about.
        """
        share = np.array([KINDS[kind].share for kind in self.kinds])
        among = self.by_kind[self.kinds[rng.choice(len(self.kinds), p=share / share.sum())]]
        data = among[rng.integers(len(among))]
        n, k, _, h, w = data['statistics'].shape
        block = int(data['block'])
        still = 1 / (0.3 + data['moved'].mean((1, 2, 3)) / 255)  # where all moves, little is learnt
        take = rng.choice(n, min(n, max(1, round(cells / (k * h * w)))), replace=False, p=still / still.sum())
        places = rng.choice(len(data['offsets']), PLACES, replace=False)
        out = {'statistics': data['statistics'][take].astype(np.float32), 'truth_map': data['truth_map'][take].astype(np.float32)}
        for name in PICTURES:
            out[name] = data[name][take[:, None], places[None]].astype(np.float32) / 255
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


def disturb(rng, tokens):
    """Token bytes [b,cells,D] as a cache may hold them: rounded, some stale, some missing."""
    b, cells, _ = tokens.shape
    if rng.random() < 0.3:  # stale: partly another picture's, or noisy
        stale = tokens[torch.from_numpy(rng.permutation(b))]
        where = torch.from_numpy(np.float32(rng.random((b, cells, 1)) < rng.uniform(0, 0.5)))
        keep = where * rng.uniform(0, 1)
        tokens = keep * stale + (1 - keep) * tokens
    if rng.random() < 0.3:
        tokens = tokens + noise(rng, tokens.shape, rng.uniform(0, 8))
    occupied = np.ones((b, cells), np.float32)
    if rng.random() < 0.5:
        bands = cells // shape.TOKEN_COLUMNS
        present = rng.random((b, bands, 1)) < rng.uniform(0.1, 1)
        present[np.arange(b), rng.integers(bands, size=b)] = True
        occupied = np.float32(np.broadcast_to(present, (b, bands, shape.TOKEN_COLUMNS)).reshape(b, cells))
    return fake_round(tokens.clamp(0, 255)), torch.from_numpy(np.ascontiguousarray(occupied))


def disturb_rows(rng, survey):
    """Survey codes [n,2V+2,h,w] as a cache may hold them: rounded, now and then a little old or noisy."""
    if rng.random() < 0.3:
        survey = survey + noise(rng, survey.shape, rng.uniform(0, 4))
    return fake_round(survey.clamp(0, 255))


def noise(rng, size, deviation):
    return torch.from_numpy(rng.standard_normal(tuple(size), dtype=np.float32) * np.float32(deviation))
