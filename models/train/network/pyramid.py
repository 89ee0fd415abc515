"""The map's Laplacian pyramid as matrices, so that one slice can work it out with matrix products alone.

Mertens et al. (Exposure Fusion, 2007) blend Laplacian pyramids: the brightness of an area follows from weights
at all scales up to the whole picture. A network that sees some rows cannot know these; here they come from the
cached rows of all slices. Levels are stacked, so that every scale is one product:

  down [L,n]  takes n cells to the cells of all levels, one level after the other, L cells in all
  next [L,n]  the same for what the next coarser level shows of each level: down - next is the Laplacian
  up   [n,L]  takes all levels back to cells and adds them up
Rows and columns have matrices of their own; cells whose level differs in both are masked out.
"""
import functools
import math

import torch


def reduce(n):
    """[ceil(n/2),n]: every second cell, blurred by (1,4,6,4,1)/16; borders are mirrored as in OpenCV's pyrDown."""
    m = torch.zeros((n + 1) // 2, n, dtype=torch.float64)
    for i in range(len(m)):
        for tap, share in zip(range(-2, 3), (1, 4, 6, 4, 1)):
            m[i, mirrored(2 * i + tap, n)] += share / 16
    return m


def expand(n):
    """[n,ceil(n/2)]: back to n cells, as OpenCV's pyrUp."""
    half = (n + 1) // 2
    m = torch.zeros(n, half, dtype=torch.float64)
    for i in range(n):
        j = i // 2
        taps = ((j, 0.5), (j + 1, 0.5)) if i % 2 else ((j - 1, 0.125), (j, 0.75), (j + 1, 0.125))
        for at, share in taps:
            at = abs(at) if half > 1 else 0
            m[i, min(at, half - 1)] += share
    return m


def mirrored(i, n):
    while n > 1 and not 0 <= i < n:
        i = -i if i < 0 else 2 * (n - 1) - i
    return i if n > 1 else 0


def levels(h, w):
    """Reductions: until the shorter side would be less than a cell."""
    return int(math.log2(min(h, w)))


@functools.lru_cache(maxsize=64)
def axis(n, count):
    """(down, next, up, level of each row of down) of an axis of n cells with `count` reductions, float32."""
    to, back = torch.eye(n, dtype=torch.float64), torch.eye(n, dtype=torch.float64)
    down, coarser, up, level = [], [], [], []
    for step in range(count + 1):
        down.append(to)
        up.append(back)
        level += [step] * len(to)
        if step == count:
            coarser.append(torch.zeros_like(to))
            break
        small, big = reduce(len(to)), expand(len(to))
        coarser.append(big @ small @ to)
        to, back = small @ to, back @ big
    return torch.cat(down).float(), torch.cat(coarser).float(), torch.cat(up, 1).float(), torch.tensor(level)


@functools.lru_cache(maxsize=64)
def matrices(h, w):
    """What `blend` takes for a map of h x w cells: (rows, columns, mask); columns are transposed."""
    count = levels(h, w)
    rows, columns = axis(h, count), axis(w, count)
    mask = (rows[3][:, None] == columns[3][None]).float()
    return rows[:3], tuple(m.t().contiguous() for m in columns[:3]), mask


def blend(weights, values, rows, columns, mask, add):
    """Weights [n,V,h,w] times values [n,W,h,w], scale by scale -> [B,m,R,w].

    rows = (down [Lh,h], next [Lh,h], up [R,Lh]; R rows may be some only), columns the same for w, transposed; `add`
    (smooth weights [n,V,Lh,Lw], details of values [n,W,Lh,Lw]) -> [B,m,Lh,Lw] says what is multiplied and summed.
    """
    smooth = rows[0] @ weights @ columns[0]
    detail = rows[0] @ values @ columns[0] - rows[1] @ values @ columns[1]
    return rows[2] @ (add(smooth, detail) * mask) @ columns[2]
