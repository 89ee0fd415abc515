"""What training makes small, and what weighs how much in it. The one place."""
import torch
from torch.nn import functional as F

from learn.batches import PICTURES
from network import rule
from network.colour import rgb_of

MOVED = 2.5      # weight of moved pixels, beside 1 of all
LOST = 2.0       # of pixels that the reference lost
GHOSTS = 6.0     # of pixels that it lost and where something moved besides: few, and what is seen first
LIGHTS = 0.92, 0.97  # its luma from where on it begins to lose highlights, and has lost them
DARKS = 0.10, 0.05   # and shadows
L1, RMSE, EDGES = 1, 2, 1    # of the fused pixels, R, G and B; edges: of luma, within a quad
STRUCTURE = 0.2  # of luma less its mean over a block's samples, against the contrast that the truth has there:
FAINT = 0.03     # what is brought back has little contrast, and without this it is worth no more than that; below so much it is noise
MAP_L1, MAP_RMSE = 2, 2      # of what the pyramid says of each block
TINY = 1e-8


def losses_of(coefficients, mixed, batch, r, size):
    """-> of pixels, of the blocks' brightness and colour"""
    pixels, off, heavy = 0, [], []
    places = batch['y'].shape[1]
    for place in range(places):
        here = {name: batch[name][:, place] for name in PICTURES}
        fused = rule.Rule(coefficients, here['y'], r, size, batch['rows'][place], batch['columns'][place]).fuse(here['chroma'])
        weight = weight_of(here['moved'], lost(here['y'][:, r]))
        pixels = pixels + pixel_loss(fused, here, weight) / places
        off.append(fused[0] - here['truth_y'])
        heavy.append(weight)
    pixels = pixels + STRUCTURE * structure_loss(torch.stack(off, 1), batch['truth_y'], torch.stack(heavy, 1))
    away = mixed - batch['truth_map']
    return pixels, MAP_L1 * away.abs().mean() + MAP_RMSE * ((away * away).mean((2, 3)) + TINY).sqrt().sum(1).mean()


def weight_of(moved, lost):
    return 1 + MOVED * moved + LOST * lost + GHOSTS * moved * lost


def lost(reference):
    """[b,2h,2w] luma -> [b,h,w], 0 to 1: what it does not show, as it is clipped or black"""
    amount = lambda first, last: ((reference - first) / (last - first)).clamp(0, 1)
    return F.avg_pool2d(amount(*LIGHTS) + amount(*DARKS), 2)


def pixel_loss(fused, batch, heavy_half):
    y, chroma = fused
    heavy = double(heavy_half)
    d = y - batch['truth_y']
    blue, red = (double(x) for x in (chroma - batch['truth_chroma']).unbind(1))
    rgb = torch.stack(rgb_of(d, blue, red), 1)
    l1 = (heavy[:, None] * rgb.abs()).mean()
    rmse = ((heavy[:, None] * rgb * rgb).mean((1, 2, 3)) + TINY).sqrt().mean()
    edges = (heavy_half * (d[:, :, 1::2] - d[:, :, ::2]).abs()[:, ::2]).mean() \
        + (heavy_half * (d[:, 1::2] - d[:, ::2]).abs()[:, :, ::2]).mean()
    return L1 * l1 + RMSE * rmse + EDGES * edges


def structure_loss(off, truth, heavy):
    """off, truth [b,places,2h,2w], heavy [b,places,h,w]"""
    samples = lambda x: F.pixel_unshuffle(x, 2).unflatten(1, (-1, 4))  # [b,places,4,h,w]
    less_mean = lambda x: x - x.mean((1, 2), keepdim=True)
    off, contrast = less_mean(samples(off)), less_mean(samples(truth)).square().mean((1, 2)).sqrt()
    return (heavy * (off.abs().mean(2) / (contrast + FAINT)[:, None])).mean()


def double(x):
    """[b,h,w] -> [b,2h,2w]"""
    return x.repeat_interleave(2, -1).repeat_interleave(2, -2)
