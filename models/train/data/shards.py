"""Shards: some brackets with one K, one reference and one size, as training reads them. A folder of arrays that are mapped into
memory, so that data larger than it does no harm:

  statistics [n,K,15,h,w] float16, truth_map [n,3,h,w] float16 (the truth's block means of luma and chroma less grey),
  and of each block QUADS places of 2x2 pixels, at `offsets` [QUADS,2]: y [n,QUADS,K,2h,2w],
  chroma [n,QUADS,K,2,h,w], truth_y [n,QUADS,2h,2w], truth_chroma [n,QUADS,2,h,w],
  moved [n,QUADS,h,w] (255 where an exposure shows something else than the reference), all uint8;
  reference, block: numbers.
Whole pictures would be twenty times as large, and a loss in sixteen places a block sees as much.
"""
import os
import shutil

import numpy as np
import torch
from torch.nn import functional as F

from network import rule, shape

QUADS = 16


def thin(rng, data, r, block):
    """What the docstring of the module says of whole pictures (bracket.whole) whose sides are whole blocks."""
    half = block // 2
    offsets = rng.integers(half, size=(QUADS, 2))
    pairs = lambda x, o: np.stack([x[..., 2 * o::block], x[..., 2 * o + 1::block]], -1).reshape(*x.shape[:-1], -1)
    luma = lambda x: np.stack([pairs(pairs(x, j).swapaxes(-1, -2), i).swapaxes(-1, -2) for i, j in offsets], 1)
    colour = lambda x: np.stack([x[..., i::half, j::half] for i, j in offsets], 1)
    out = {'offsets': offsets * 2, 'statistics': statistics(data, r, block), 'truth_map': truth_map(data, block)}
    out.update({n: luma(data[n]) for n in ('y', 'truth_y')})
    out.update({n: colour(data[n]) for n in ('chroma', 'truth_chroma', 'moved')})
    return {'reference': r, 'block': block, **out}


def statistics(data, r, block):
    """Block statistics [n,K,15,h,w], float16, of whole pictures."""
    with torch.no_grad():
        return np.concatenate([rule.block_statistics(
            torch.from_numpy(data['y'][i:i + 1]).float() / 255, torch.from_numpy(data['chroma'][i:i + 1]).float() / 255,
            r, block).half().numpy() for i in range(len(data['y']))])


def truth_map(data, block):
    y, chroma = (torch.from_numpy(data[n]).float() / 255 for n in ('truth_y', 'truth_chroma'))
    return torch.cat([F.avg_pool2d(y[:, None], block), F.avg_pool2d(chroma, block // 2) - shape.NEUTRAL], 1).half().numpy()


def save(folder, arrays):
    """Whole or not at all: a rendering may be stopped, and training may be reading."""
    part = f'{folder}.{os.getpid()}.part'
    os.makedirs(part)
    for name, values in arrays.items():
        np.save(os.path.join(part, name + '.npy'), values)
    shutil.rmtree(folder, ignore_errors=True)
    os.rename(part, folder)


def load(folder):
    """-> {name: array}, mapped"""
    names = (entry[:-4] for entry in os.listdir(folder) if entry.endswith('.npy'))
    return {name: np.load(os.path.join(folder, name + '.npy'), mmap_mode='r') for name in names}
