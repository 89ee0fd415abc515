"""What surrounds the network: block statistics going in, the per-pixel rule coming out.

The TypeScript side does the same on buffers; this is the reference and what training uses.
Luma is float 0..1; b is the batch, K the exposures (dark to bright), r the reference.
"""
import torch
from torch.nn import functional as F

import network


def block_size(height):
    """Pixels along a block's side: about 45 blocks a picture's height, a power of two >= 8."""
    size = 8
    while size * 45 < height:
        size *= 2
    return size


def block_statistics(y, r, size):
    """y [b,K,H,W] -> [b,K,10,h,w] from samples size/16 apart (at least 1) in each block."""
    b, k, height, width = y.shape
    stride = max(1, size // 16)
    y = y[..., ::stride, ::stride]
    n = size // stride
    h, w = -(-height // size), -(-width // size)
    pad = (0, w * n - y.shape[-1], 0, h * n - y.shape[-2])
    inside = F.pad(torch.ones_like(y[:1, :1]), pad)
    share = F.avg_pool2d(inside, n)
    mean = lambda x: F.avg_pool2d(F.pad(x, pad), n) / share
    ref = y[:, r:r + 1].expand_as(y)
    m, mr = mean(y), mean(ref)
    # two passes (deviations from the block's mean) would be exact; float32 keeps 1e-4 this way
    deviation = (mean(y * y) - m * m).clamp(min=0)
    covariance = mean(y * ref) - m * mr
    std = (deviation + 1e-10).sqrt()
    low = -F.max_pool2d(F.pad(-y, pad, value=-9.0), n)
    high = F.max_pool2d(F.pad(y, pad, value=-9.0), n)
    index = ((torch.arange(k) - r) / 4.0).reshape(1, k, 1, 1).expand_as(m)
    count = torch.full_like(m, k / 5.0)
    return torch.stack([m, std, low, high, mr, std[:, r:r + 1].expand_as(m), mean((y - ref).abs()),
                        covariance * 10, index, count], 2)


def pad_rows(x):
    """[...,h,w] -> rows padded to whole bands by replicating the last."""
    missing = -x.shape[-2] % network.BAND_ROWS
    return torch.cat([x] + [x[..., -1:, :]] * missing, -2)


def with_halo(x):
    """[n,10,rows,w] -> [n,10,rows+2*HALO,w] of a whole picture."""
    return F.pad(x, (0, 0, network.HALO, network.HALO), mode='replicate')


def logits(coefficients, y, r, size):
    """coefficients [b,K,6,h,w], y [b,K,H,W] -> logits [b,K,H,W]"""
    b, k, _, h, w = coefficients.shape
    big = F.interpolate(coefficients.reshape(b * k, 6, h, w), size=(h * size, w * size),
                        mode='bilinear', align_corners=False)
    big = big.reshape(b, k, 6, h * size, w * size)[..., :y.shape[-2], :y.shape[-1]]
    c0, c1, c2, c3, c4, c5 = big.unbind(2)
    ref = y[:, r:r + 1]
    # (1, Yk, Yr, Yk^2, Yk*Yr, Yr^2), factored
    return c0 + (c1 + c3 * y + c4 * ref) * y + (c2 + c5 * ref) * ref


def fuse(weights, y, chroma):
    """weights [b,K,H,W], y [b,K,H,W], chroma [b,K,2,H/2,W/2] -> fused y and chroma."""
    half = F.avg_pool2d(weights, 2)
    return (weights * y).sum(1), (half[:, :, None] * chroma).sum(1)
