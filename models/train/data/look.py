"""What the network is to learn: how a scene that stands still, without noise, in all its exposures, is to look. The one place.

Luma is extended exposure fusion (Hessel and Morel, WACV 2020; IPOL 278) of a dense bracket: every exposure is remapped into copies of
restrained range, and all copies are fused in one pyramid (Mertens et al.). Plain exposure fusion overshoots in the lights that it is to
save, as a blend of Laplacian pyramids may; copies of restrained range do not. What comes out is flat: it is stretched by constants, since
a stretch to each picture's own percentiles would pump in video, and gets wide local contrast, which stops at edges (He et al.'s guided
filter), so that no halo comes with it. Both look at nothing but the scene's own light: a lamp that moves does not change a wall.
What no exposure shows stays white or black: restrained copies would make a grey of it.
Colour is that of the exposure that shows a pixel as bright as the picture is to be: a camera's own colours at that brightness. Copies of
restrained range pale it.
"""
import math

import cv2
import numpy as np

from data.planes import LUMA, luminance, to_code

EXPOSURES = 5         # of the dense bracket
RANGE = 0.4           # of a copy, of 1; beyond it the copy goes on to REST more and no further
REST = 0.125
EXPOSED = 0.2         # deviation of well-exposedness around the middle
FAINT = 0.02          # contrast and saturation that every pixel is taken to have: where all is even or grey, how well a pixel
GREY = 0.1            # is exposed decides, and neither noise nor a tint
CLIPPED = 0.05        # luma below white in which an exposure ceases to count
BLACK, WHITE = 0.06, 0.95  # of the fused luma, to be 0 and 1: what the darkest and the brightest of fused brackets have
TOE, SHOULDER = 0.03, 0.92  # between these the stretch is a line; beyond, it ends in black and white without being cut
LOCAL = 0.3           # so much more contrast to the surroundings
SURROUNDINGS = 1 / 22  # of the picture's width: their Gaussian's deviation
EDGE = 0.01           # variance of luma that is an edge, where surroundings end
LOST_WHITE = 0.88, 1.0  # luma of the darkest exposure from which on the picture nears white, and at which it has got there
LOST_BLACK = 0.12, 0.0  # and of the brightest, black
ALIKE = 0.1           # deviation, of luma: how near to the picture's brightness an exposure must be to give its colour
COLOUR_GAIN = 4       # at most, where no exposure is near
TINY = 1e-6


def dense(radiance, evs, curve, exposures=EXPOSURES):
    """uint8 BGR exposures of a motion-free, noise-free bracket over the EV span."""
    low, high = min(evs), max(evs)
    if len(evs) == 2:
        low, high = low - 0.5, high + 0.5
    return [to_code(curve.render(radiance * np.float32(2 ** ev))) for ev in np.linspace(low, high, exposures)]


def truth(radiance, evs, curve, exposures=EXPOSURES):
    """-> uint8 BGR"""
    return fuse(dense(radiance, evs, curve, exposures))


def mertens_truth(radiance, evs, curve, exposures=9):
    """What networks before this look learnt, pale in the lights: uint8 BGR"""
    return mertens(dense(radiance, evs, curve, exposures))


def mertens(codes):
    """OpenCV's exposure fusion, default weights: uint8 [h,w,3]."""
    return to_code(cv2.createMergeMertens().process(codes))


def fuse(codes):
    """Exposures of one scene, uint8 BGR [h,w,3] -> uint8 BGR"""
    stack = [code.astype(np.float32) / 255 for code in codes]
    luma = lost(tone(extended(stack)), stack)
    return to_code(displayable(luma, colour(stack, luma)))


def extended(stack):
    """Float BGR [h,w,3] in 0..1 -> fused luma [h,w], flat."""
    levels = int(math.log2(min(stack[0].shape[:2])))
    copies, weights = [], []
    for exposure in stack:
        luma = luminance(exposure)
        seen = (exposure.std(2) + np.float32(GREY)) * (np.clip((1 - luma) / np.float32(CLIPPED), 0, 1) + np.float32(1e-3))
        for copy, slope in restrained(luma):
            copies.append(copy)
            weights.append(weight(copy, slope) * seen)
    total = sum(weights)
    blended = None
    for copy, w in zip(copies, weights):
        smooth, values = gaussians(w / total, levels), gaussians(copy, levels)
        part = [(values[i] - larger(values[i + 1], values[i])) * smooth[i] for i in range(levels)] + [values[-1] * smooth[-1]]
        blended = part if blended is None else [np.add(a, b, out=a) for a, b in zip(blended, part)]
    picture = blended.pop()
    while blended:
        picture = larger(picture, blended[-1]) + blended.pop()
    return picture


def restrained(luma):
    """Copies of it, each restrained to a part of the range, with the slopes of their curves: where a copy says little, it is to weigh little."""
    count = math.ceil(1 / RANGE)
    for i in range(count):
        off = luma - np.float32(RANGE / 2 + (1 - RANGE) * i / (count - 1))
        within = np.clip(off, -RANGE / 2, RANGE / 2)
        beyond = np.abs(off - within)
        held = np.float32(REST) / (beyond + np.float32(REST))
        yield luma - off + within + np.sign(off) * (beyond * held), held * held


def weight(copy, slope):
    """Contrast, well-exposedness, slope."""
    exposed = cv2.exp((copy - 0.5) ** 2 / np.float32(-2 * EXPOSED ** 2))
    return (np.abs(cv2.Laplacian(copy, cv2.CV_32F)) + np.float32(FAINT)) * exposed * slope + np.float32(TINY * TINY)


def gaussians(x, levels):
    out = [x]
    for _ in range(levels):
        out.append(cv2.pyrDown(out[-1]))
    return out


def larger(x, like):
    return cv2.pyrUp(x, dstsize=like.shape[1::-1])


def tone(luma):
    stretched = (luma - BLACK) / (WHITE - BLACK)
    return ends(stretched + LOCAL * (stretched - surroundings(stretched)))


def surroundings(luma):
    """What is around each pixel on its side of an edge: a guided filter of the luma by itself, at a fraction of the size."""
    h, w = luma.shape
    step = max(1, min(8, min(h, w) // 64))
    small = cv2.resize(luma, (w // step, h // step), interpolation=cv2.INTER_AREA)
    mean = lambda x: cv2.GaussianBlur(x, (0, 0), w * SURROUNDINGS / step, borderType=cv2.BORDER_REFLECT)
    middle = mean(small)
    variance = np.maximum(mean(small * small) - middle * middle, 0)
    slope = variance / (variance + EDGE)
    wide = lambda x: cv2.resize(mean(x), (w, h), interpolation=cv2.INTER_LINEAR)
    return wide(slope) * luma + wide(middle * (1 - slope))


def ends(y):
    """A line between TOE and SHOULDER that nears 0 and 1 beyond."""
    high = SHOULDER + (1 - SHOULDER) * (1 - np.exp(-np.maximum(y - SHOULDER, 0) / (1 - SHOULDER)))
    low = TOE * np.exp(np.minimum(y - TOE, 0) / TOE)
    return np.where(y > SHOULDER, high, np.where(y < TOE, low, y)).astype(np.float32)


def lost(luma, stack):
    """White and black where the darkest and the brightest exposure are."""
    means = [exposure.mean() for exposure in stack]
    white, black = (np.clip((luminance(stack[int(which(means))]) - first) / (last - first), 0, 1) ** 2
                    for which, (first, last) in ((np.argmin, LOST_WHITE), (np.argmax, LOST_BLACK)))
    return luma + white * (1 - luma) - black * luma


def colour(stack, luma):
    """Blue and red less luma [h,w,2], of the exposures that show a pixel about as bright as it is to be; strong colours have a clipped
    channel there, but no more than one."""
    total, blended = TINY, 0
    for exposure in stack:
        own = luminance(exposure)
        unclipped = np.clip((1 - np.median(exposure, 2)) / 0.04, 0, 1) + 1e-3
        alike = (np.exp(-(own - luma) ** 2 / (2 * ALIKE ** 2)) + TINY) * unclipped
        gain = alike * np.clip(luma / np.maximum(own, 0.02), 1 / COLOUR_GAIN, COLOUR_GAIN)
        blended = blended + gain[..., None] * (exposure[..., ::2] - own[..., None])
        total = total + alike
    return blended / total[..., None]


def displayable(luma, off):
    """Luma [h,w], blue and red less luma [h,w,2] -> BGR within 0..1; what lies beyond is made paler, its luma kept."""
    green = -(LUMA[0] * off[..., 0] + LUMA[2] * off[..., 1]) / LUMA[1]
    off = np.stack([off[..., 0], green, off[..., 1]], -1)
    room = np.minimum((1 - luma) / np.maximum(off.max(2), TINY), luma / np.maximum(-off.min(2), TINY))
    return luma[..., None] + np.clip(room, 0, 1)[..., None] * off
