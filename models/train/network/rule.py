"""What surrounds the network: block statistics going in, the per-pixel rule coming out.

This file defines both, rule.json their numbers. What else has to have them is held to it in full and in limited range: the kernels,
the plain implementation beside their tests and the weight map by test/ipl/kernels/{statistics,rule}.json (export/statistics.py,
export/rule_golden.py), the GPU graphs by test/golden/gpu.json (export/gpu_golden.py).
Luma is float 0..1; b is the batch, K the exposures (dark to bright), r the reference.

Codes outside of the nominal range (16..235 of limited range: footroom and headroom) are luma below 0 and above 1.
- The statistics take luma below 0 for 0 and above 1 for 1: the network was trained on 0..1, where 1 says "clipped here".
- The rule takes pixels as they are. A tone curve stays in 0..1, and goes beyond only as far as the reference itself does:
  a super-white that the reference shows is kept, and none is made.
- Chroma is taken as it is in both: a colour outside of the nominal range is a stronger colour, nothing is clipped there.
"""
from typing import NamedTuple

import torch
from torch.nn import functional as F

from network import shape


def scale_of(full):
    """-> black, span of luma, span of chroma, in codes; grey is 128 in either range"""
    return tuple(shape.RULE['RANGES']['full' if full else 'limited'])


def from_codes(y, chroma, full=True):
    """8-bit codes -> luma and chroma as everything here takes them"""
    black, span, chroma_span = scale_of(full)
    return (y.float() - black) / span, shape.NEUTRAL + (chroma.float() - 128) / chroma_span


def to_codes(y, chroma, full=True):
    black, span, chroma_span = scale_of(full)
    codes = black + span * y, 128 + chroma_span * (chroma - shape.NEUTRAL)
    return tuple(x.round().clamp(0, 255).to(torch.uint8) for x in codes)


def block_size(height, width):
    """Pixels along a block's side: a power of two."""
    size = shape.RULE['SMALLEST_BLOCK']
    while size * shape.RULE['MAP_ROWS'] < height or size * shape.RULE['MAP_COLUMNS'] < width:
        size *= 2
    return size


def block_statistics(y, chroma, r, size):
    """y [b,K,H,W], chroma [b,K,2,H/2,W/2], both 0..1 -> [b,K,15,h,w] from at most BLOCK_SAMPLES x
    BLOCK_SAMPLES samples of each block."""
    y = y.clamp(0, 1)
    b, k, height, width = y.shape
    stride = max(1, size // shape.RULE['BLOCK_SAMPLES'])
    whole, y = y, y[..., ::stride, ::stride]
    n = size // stride
    h, w = -(-height // size), -(-width // size)
    mean = Means(y, n, h, w)
    ref = y[:, r:r + 1].expand_as(y)
    m, mr = mean(y), mean(ref)
    # two passes (deviations from the block's mean) would be exact; float32 keeps 1e-4 this way
    deviation = (mean(y * y) - m * m).clamp(min=0)
    covariance = mean(y * ref) - m * mr
    std = (deviation + 1e-10).sqrt()
    low = -F.max_pool2d(mean.padded(-y, -9.0), n)
    high = F.max_pool2d(mean.padded(y, -9.0), n)
    index = ((torch.arange(k) - r) / 4.0).reshape(1, k, 1, 1).expand_as(m)
    count = torch.full_like(m, k / 5.0)
    colour = chroma[..., ::stride, ::stride]
    mean_colour = Means(colour[:, :, 0], n // 2, h, w)
    saturation = mean_colour((colour - shape.NEUTRAL).abs().sum(2))
    shift = mean_colour((colour - colour[:, r:r + 1]).abs().sum(2))
    blue, red = (mean_colour(x) - shape.NEUTRAL for x in colour.unbind(2))
    return torch.stack([m, std, low, high, mr, std[:, r:r + 1].expand_as(m), mean((y - ref).abs()),
                        covariance * 10, index, count, contrast(whole, n, stride, h, w), saturation, shift, blue, red], 2)


class Means:
    """Means over blocks of n x n samples; blocks at the right and lower edge may be incomplete."""

    def __init__(self, like, n, h, w):
        self.n = n
        self.pad = (0, w * n - like.shape[-1], 0, h * n - like.shape[-2])
        self.share = F.avg_pool2d(self.padded(torch.ones_like(like[:1, :1])), n)

    def padded(self, x, value=0.0):
        return F.pad(x, self.pad, value=value)

    def __call__(self, x):
        return F.avg_pool2d(self.padded(x), self.n) / self.share


def contrast(y, n, stride, h, w):
    """Mean magnitude of the Laplacian, as in Mertens' contrast weight, at the inner samples of every third inner row of
    each block (CONTRAST_STEP).
    y [b,K,H,W] has all pixels: the neighbours are the next pixels, not the next samples, because that is
    what Mertens looks at, and large smooth pictures differ there from small ones."""
    laplacian = F.pad((4 * y[..., 1:-1, 1:-1] - y[..., :-2, 1:-1] - y[..., 2:, 1:-1]
                       - y[..., 1:-1, :-2] - y[..., 1:-1, 2:]).abs(), (1, 1, 1, 1))[..., ::stride, ::stride]
    counted = F.pad(torch.ones_like(y[:1, :1, 1:-1, 1:-1]), (1, 1, 1, 1))[..., ::stride, ::stride]
    inside = torch.zeros(n, n)
    inside[1:-1:shape.RULE['CONTRAST_STEP'], 1:-1] = 1
    inside = inside.repeat(h, w)
    pad = (0, w * n - laplacian.shape[-1], 0, h * n - laplacian.shape[-2])
    total = F.avg_pool2d(F.pad(laplacian, pad) * inside, n)
    return total / F.avg_pool2d(F.pad(counted, pad) * inside, n).clamp(min=1e-3)


def pad_rows(x):
    """[...,h,w] -> rows padded to whole bands by replicating the last."""
    missing = -x.shape[-2] % shape.BAND_ROWS
    return torch.cat([x] + [x[..., -1:, :]] * missing, -2)


def with_halo(x):
    """[n,15,rows,w] -> [n,15,rows+2*HALO,w] of a whole picture."""
    return F.pad(x, (0, 0, shape.HALO, shape.HALO), mode='replicate')


def upsampling(size, count, at):
    """[len(at),count] float32: rows that interpolate `count` cells of `size` pixels, linearly between
    their centres, at the pixels `at`."""
    position = ((torch.as_tensor(at) + 0.5) / size - 0.5).clamp(0, count - 1)
    return (1 - (position[:, None] - torch.arange(count)).abs()).clamp(min=0).float()


class Shares(NamedTuple):
    """How much is brought into the picture of what exposures show that are darker (brighter) than the reference: 0 to 1."""
    darker: float = 1.0
    brighter: float = 1.0


ALL = Shares()


class Rule:
    """What the coefficients [b,K,6,h,w] say at pixels y [b,K,H,W] (0..1) and their chroma.

    Exposure k other than the reference r has a logit, in powers of two and against the reference's 0:
        L_k = c0 + c1 Yk + c2 Yr + c3 Yk^2 + c4 Yk Yr + c5 Yr^2
    The reference's own six are its tone curve, so that what only the reference can show, because it
    moved, still gets the brightness of its surroundings:
        Yr' = Yr + c0 + c1 Yr (kept in 0..1, or in Yr..1, or 0..Yr, where Yr itself lies outside),  c2 unused
    and fused = sum_k weight_k Y_k with Yr' in Yr's place; chroma is (1 + c3) sum_k weight_k C_k + (c4 for Cb, c5 for Cr),
    of the reference's: a mix of a bracket's ends is paler than the exposures between them.
    Where y has only some pixels of the picture, `rows` and `columns` tell which.

    Coefficients are of blocks, and what all exposures show alike, as writing that was laid over them, is not to be changed for what is
    beside it: the curve moves luma, and chroma goes beyond what the exposures show, at most BEYOND times as far as they are apart.
    Near white the reference shows no colour, and another exposure may show what has moved: chroma goes further there (`unknown`).

    With `shares`, each exposure's weight is multiplied by its side's share, and the reference has the rest; of what the tone curve
    adds to a pixel the brighter ones' share is added, of what it takes away the darker ones'. So the picture moves evenly
    from the reference's own to the network's, and no other exposure ever gets more than the network gave it. (A share as
    an addend of the logits would change nothing where a network is sure, and everything in its last hundredth.)
    The chroma's gain and shift are of blocks: their part is `with_colour_of`, done before.
    """

    def __init__(self, coefficients, y, r, size, rows=None, columns=None, shares=ALL):
        h, w = coefficients.shape[-2:]
        rows = torch.arange(y.shape[-2]) if rows is None else rows
        columns = torch.arange(y.shape[-1]) if columns is None else columns
        big = upsampling(size, h, rows) @ coefficients @ upsampling(size, w, columns).t()
        c0, c1, c2, c3, c4, c5 = big.unbind(2)
        ref = y[:, r:r + 1]
        # (1, Yk, Yr, Yk^2, Yk*Yr, Yr^2), factored
        value = c0 + (c1 + c3 * y + c4 * ref) * y + (c2 + c5 * ref) * ref
        zero = torch.zeros_like(ref)
        value = torch.cat([value[:, :r], zero, value[:, r + 1:]], 1).clamp(-LIMIT, LIMIT)
        power_of = power(value)
        self.weights = power_of / power_of.sum(1, keepdim=True)
        own = ref[:, 0]
        apart = y.amax(1) - y.amin(1)
        change = torch.minimum(torch.maximum(c0[:, r] + c1[:, r] * own, -BEYOND * apart), BEYOND * apart)
        self.unknown = torch.minimum(apart, (FREE * (own - LIGHT) / (1 - LIGHT)).clamp(0, FREE))
        if shares != ALL:
            change = shares.brighter * change.clamp(min=0) + shares.darker * change.clamp(max=0)
            kept = self.weights * torch.tensor([shares.darker] * r + [0] + [shares.brighter] * (y.shape[1] - r - 1))[:, None, None]
            kept[:, r] = 1 - kept.sum(1)
            self.weights = kept
        toned = own + change
        self.tone = torch.minimum(torch.maximum(toned, own.clamp(max=0)), own.clamp(min=1))
        self.gain, self.shift = 1 + c3[:, r], torch.stack([c4[:, r], c5[:, r]], 1)
        self.y, self.r = y, r

    def fuse(self, chroma):
        """chroma [b,K,2,H/2,W/2] (0..1) -> fused y [b,H,W] and chroma [b,2,H/2,W/2]"""
        r = self.r
        y = torch.cat([self.y[:, :r], self.tone[:, None], self.y[:, r + 1:]], 1)
        half, gain = F.avg_pool2d(self.weights, 2), F.avg_pool2d(self.gain[:, None], 2)
        mixed = shape.NEUTRAL + F.avg_pool2d(self.shift, 2) + gain * (half[:, :, None] * (chroma - shape.NEUTRAL)).sum(1)
        least, most = chroma.amin(1), chroma.amax(1)
        apart = BEYOND * (most - least) + F.avg_pool2d(self.unknown[:, None], 2)
        return (self.weights * y).sum(1), torch.minimum(torch.maximum(mixed, least - apart), most + apart)


def with_colour_of(coefficients, means, r, shares):
    """[b,K,6,h,w] with the gain and the shift of the fused chroma as `shares` has them. Where a block is light, darker exposures
    are what brings colours back, and where it is dark, brighter ones: the nearer its mean luma in the reference, means
    [b,h,w], is to white, the more the darker ones' share counts."""
    share = shares.brighter + (shares.darker - shares.brighter) * means
    out = coefficients.clone()
    out[:, r, 3:] *= share[:, None]
    return out


LIMIT = float(shape.RULE['LARGEST_LOGIT'])
LIGHT, FREE = 0.9, 0.25  # luma of the reference from which on its colour is unknown; how far chroma may then go
BEYOND = 4  # times as far as the exposures are apart: with 2, lights that the darkest exposure shows near white came back less (models/README.md)


def power(x):
    """2^x by straight lines between the whole powers: 2^n (1+f), x = n+f. That is how the bits of a
    float32 read, so the pixel kernels need neither a table nor a polynomial. Exact at whole x, at most
    6.2 % too large between."""
    n = torch.floor(x).detach()
    return torch.exp2(n) * (1 + x - n)
