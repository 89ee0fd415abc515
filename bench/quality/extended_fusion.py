"""Extended exposure fusion of the exposures as they are.

C. Hessel, J.-M. Morel, "An Extended Exposure Fusion and its Application to Single Image Contrast Enhancement", WACV 2020, with the weights
and the defaults of C. Hessel, "Extended Exposure Fusion", IPOL, article 278: every exposure enters as four copies, each of which keeps
the contrast of a part of the range and holds back the rest, and one pyramid fuses them all by contrast, saturation, well-exposedness
and the slope of their curves. At last the picture is stretched so that 1 % of its pixels are white and 1 % black.

It knows nothing of motion, as Mertens does not, and its stretch, taken picture by picture, would flicker in video.
Against the authors' program: selftest.py. Theirs mirrors the edges of the pyramid a little differently.
"""
import math

import cv2
import numpy as np

RANGE = 0.3       # beta: the part of the range whose contrast a copy keeps
DECAY = 0.125     # lambda: how soon it gives way beside that
COPIES = math.ceil(1 / RANGE)
CENTRES = [1 - RANGE / 2 - k * (1 - RANGE) / (COPIES - 1) for k in range(COPIES)]
SIGMA = 0.2       # of well-exposedness about 0.5
CUT = 0.01        # share of white and of black pixels
TINY = 2.0 ** -52
CODES = np.arange(256) / 255
GREY = np.float32([[0.114, 0.587, 0.299]])  # of B, G, R


def curve(x, centre):
    """@returns the copy's value for x, and the curve's slope there"""
    beyond = np.maximum(np.abs(x - centre) - RANGE / 2, 0) + DECAY
    held = centre + np.sign(x - centre) * (RANGE / 2 + DECAY - DECAY ** 2 / beyond)
    inside = np.abs(x - centre) <= RANGE / 2
    return np.clip(np.where(inside, x, held), 0, 1), np.where(inside, 1, DECAY ** 2 / beyond ** 2)


def looked_up(picture, table):
    return cv2.LUT(picture, table.astype(np.float32))


def weight(picture, copy, table, coloured):
    """How well a copy shows each pixel; `table`: well-exposedness times slope of each code."""
    total = np.abs(cv2.Laplacian(cv2.transform(copy, GREY), cv2.CV_32F, borderType=cv2.BORDER_REPLICATE))
    for channel in cv2.split(looked_up(picture, table)):
        total *= channel
    if coloured:
        channels = cv2.split(copy)
        average = sum(channels) / 3
        total *= np.sqrt(sum((channel - average) ** 2 for channel in channels) / 3)
    total += np.float32(TINY)
    return total


def up(picture, like):
    return cv2.pyrUp(picture, dstsize=like.shape[1::-1])


def gaussian(picture, levels):
    out = [picture]
    for _ in range(levels - 1):
        out.append(cv2.pyrDown(out[-1], borderType=cv2.BORDER_REFLECT))
    return out


def stretched(picture):
    """Linearly, so that a share CUT of the pixels has a white channel, and as many a black one."""
    count = picture.shape[0] * picture.shape[1]
    highest, lowest = (pick(picture, 2).ravel() for pick in (np.max, np.min))
    top = math.ceil(count * (1 - CUT)) - 1
    bottom = math.floor(count * CUT)
    white, black = np.partition(highest, top)[top], np.partition(lowest, bottom)[bottom]
    return (picture - black) / (white - black) if white > black else np.full_like(picture, white)


def fuse(pictures, reference=None):
    """uint8 BGR -> uint8 BGR"""
    shape, coloured = pictures[0].shape, any(np.ptp(picture, 2).any() for picture in pictures)
    tables = []
    for centre in CENTRES:
        values, slopes = curve(CODES, centre)
        tables.append((values, np.exp(-0.5 * ((values - 0.5) / SIGMA) ** 2) * slopes))
    copies = [(picture, values, table) for picture in pictures for values, table in tables]
    weights = [weight(picture, looked_up(picture, values), table, coloured) for picture, values, table in copies]
    total = sum(weights)
    levels = max(1, math.floor(math.log2(min(shape[:2]))))
    fused = None
    for (picture, values, _), share in zip(copies, weights):
        share /= total
        finer = gaussian(looked_up(picture, values), levels)
        for level in range(levels - 1):
            finer[level] -= up(finer[level + 1], finer[level])
        for level, part in enumerate(gaussian(share, levels)):
            finer[level] *= part[..., None]
        fused = finer if fused is None else [a + b for a, b in zip(fused, finer)]
    picture = fused.pop()
    while fused:
        finer = fused.pop()
        picture = finer + up(picture, finer)
    return np.rint(np.clip(stretched(picture), 0, 1) * 255).astype(np.uint8)
