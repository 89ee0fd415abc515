"""What training makes small, and what weighs how much in it. The one place."""
import torch
from torch.nn import functional as F

from learn.batches import PICTURES
from network import rule
from network.colour import rgb_of

MOVED = 2.5      # weight of moved pixels, beside 1 of all
LOST = 1.5       # of pixels that are darker in the truth than in the reference by a third or more: highlights that it lost
LOST_STEEP = 3   # a third of the range darker is lost entirely
L1, RMSE, EDGES = 1, 2, 1    # of the fused pixels, R, G and B; edges: of luma, within a quad
MAP_L1, MAP_RMSE = 2, 2      # of what the pyramid says of each block
TINY = 1e-8


def losses_of(coefficients, mixed, batch, r, size):
    """-> of pixels, of the blocks' brightness and colour"""
    pixels = 0
    places = batch['y'].shape[1]
    for place in range(places):
        here = {name: batch[name][:, place] for name in PICTURES}
        fused = rule.Rule(coefficients, here['y'], r, size, batch['rows'][place], batch['columns'][place]).fuse(here['chroma'])
        pixels = pixels + pixel_loss(fused, here, r) / places
    off = mixed - batch['truth_map']
    return pixels, MAP_L1 * off.abs().mean() + MAP_RMSE * ((off * off).mean((2, 3)) + TINY).sqrt().sum(1).mean()


def pixel_loss(fused, batch, r):
    y, chroma = fused
    lost = (LOST_STEEP * F.avg_pool2d(batch['y'][:, r] - batch['truth_y'], 2)).clamp(0, 1)
    heavy_half = 1 + MOVED * batch['moved'] + LOST * lost
    heavy = double(heavy_half)
    d = y - batch['truth_y']
    blue, red = (double(x) for x in (chroma - batch['truth_chroma']).unbind(1))
    rgb = torch.stack(rgb_of(d, blue, red), 1)
    l1 = (heavy[:, None] * rgb.abs()).mean()
    rmse = ((heavy[:, None] * rgb * rgb).mean((1, 2, 3)) + TINY).sqrt().mean()
    edges = (heavy_half * (d[:, :, 1::2] - d[:, :, ::2]).abs()[:, ::2]).mean() \
        + (heavy_half * (d[:, 1::2] - d[:, ::2]).abs()[:, :, ::2]).mean()
    return L1 * l1 + RMSE * rmse + EDGES * edges


def double(x):
    """[b,h,w] -> [b,2h,2w]"""
    return x.repeat_interleave(2, -1).repeat_interleave(2, -2)
