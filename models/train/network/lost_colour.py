"""Colour of blocks in which the reference has none of its own: near white and near black.

There other exposures have to give it, whose tints training shifts at random, so what is learnt leans towards grey: skies that the
reference lost came out a third paler than the exposure that shows them, night skies a fifth (models/README.md). A real camera keeps its
white balance for a bracket, mostly. So the fused chroma of such a block, and nothing else, is raised along its own hue, as far as the exposures
show more at the brightness that the block is to have (`colour` in data/look.py, of block means), and no further than MOST, of what the
exposures' pixels mix to themselves where the network pales them. (A pale horizon came out beige: of a sky's blue, which white had halved
in the mix, the network's gain left two thirds.)
"""
import math

import torch

from network import shape

MOST = 1.4            # times; twice as much would match the exposures' colours better, and follow a tinted one further
PALED = 2             # times by which the network may have paled that mix, and is not followed
ALIKE = 0.1           # deviation, of luma: how near to the block's brightness an exposure must be to tell its colour
CLIPPED = 0.04        # below white, in which a colour ceases to count
LIFT = 4              # times that a colour may be lifted with its brightness
LIGHT = 0.85, 0.95    # mean luma of the reference between which its own colour ceases to be known
DARK = 0.2, 0.1
FAINT = (1 / 255) ** 2  # of a code: what is grey stays grey
TINY = 1e-6           # that nothing is divided by 0
LARGEST = 1.9         # gain that kernels hold
LIMIT = float(shape.RULE['LARGEST_LOGIT'])


def raised(logits, tone, statistics, reference, exposures):
    """-> the tone [B*K,6,R,w] with the gain and the shift of the chroma raised, of what `answer` in model.py has made."""
    luma, mixed = at_means(logits, tone, statistics, reference, exposures)
    shown = (1 + tone[:, 3:4]) * mixed + tone[:, 4:6]
    known = colour_at(luma, statistics, exposures)
    square = (shown * shown).sum(1, keepdim=True) + FAINT
    ratio, paled = (((shown * colour).sum(1, keepdim=True) + FAINT) / square for colour in (known, mixed))
    most = MOST * paled.clamp(1, PALED)
    own = statistics[:, 4:5]
    lost = between(own, *LIGHT) + between(own, *DARK)
    gain = (1 + lost * (torch.minimum(ratio.clamp(min=1), most) - 1)).detach()
    return torch.cat([tone[:, :3], ((1 + tone[:, 3:4]) * gain).clamp(max=LARGEST) - 1, tone[:, 4:6] * gain], 1)


def at_means(logits, tone, statistics, reference, exposures):
    """The pixel rule at block means -> luma [B,1,R,w], mix of the exposures' Cb and Cr [B,2,R,w], as they broadcast to exposures."""
    return blended_at_means(weights_at_means(logits, statistics, reference, exposures), tone, statistics, reference, exposures)


def weights_at_means(logits, statistics, reference, exposures):
    """-> [B*K,1,R,w], 1 together"""
    y, own = statistics[:, :1], statistics[:, 4:5]
    c0, c1, c2, c3, c4, c5 = logits.split(1, 1)
    value = (c0 + (c1 + c3 * y + c4 * own) * y + (c2 + c5 * own) * own) * (1 - reference)
    power = torch.exp(value.clamp(-LIMIT, LIMIT) * math.log(2))
    return power / exposures.spread(exposures.sum(power))


def blended_at_means(weights, tone, statistics, reference, exposures):
    """What at_means makes, of weights."""
    y, own = statistics[:, :1], statistics[:, 4:5]
    toned = (own + tone[:, :1] + tone[:, 1:2] * own).clamp(0, 1)
    blended = exposures.sum(weights * torch.cat([y + reference * (toned - y), statistics[:, shape.COLOUR]], 1))
    return exposures.spread(blended[:, :1]), exposures.spread(blended[:, 1:])


def colour_at(luma, statistics, exposures):
    """Cb and Cr less grey [B,2,R,w] that exposures show about as bright as `luma`, scaled to it."""
    y, colour = statistics[:, :1], statistics[:, shape.COLOUR]
    blue, green, red = off_grey(colour)
    middle = torch.maximum(torch.minimum(blue, green), torch.minimum(torch.maximum(blue, green), red))
    unclipped = ((1 - y - middle - statistics[:, 1:2]) / CLIPPED).clamp(0, 1) + 1e-3
    off = y - luma
    alike = (torch.exp(off * off / (-2 * ALIKE ** 2)) + 1e-6) * unclipped
    lift = (luma / y.clamp(min=0.02)).clamp(1 / LIFT, LIFT)
    total = exposures.sum(torch.cat([alike, alike * lift * colour], 1))
    return displayable(luma, exposures.spread(total[:, 1:] / total[:, :1]))


def off_grey(colour):
    """Cb and Cr less grey [n,2,R,w] -> blue, green and red less luma, [n,1,R,w] each (BT.709)."""
    blue, red = 1.8556 * colour[:, :1], 1.5748 * colour[:, 1:]
    return blue, (-0.0722 * blue - 0.2126 * red) / 0.7152, red


def displayable(luma, colour):
    """Paler where blue, green or red would lie beyond 0..1 at that luma: the nearer to white a picture is, the less colour has room. As in data/look.py."""
    blue, green, red = off_grey(colour)
    most, least = torch.maximum(torch.maximum(blue, green), red), torch.minimum(torch.minimum(blue, green), red)
    room = torch.minimum((1 - luma) / most.clamp(min=TINY), luma / (-least).clamp(min=TINY))
    return colour * room.clamp(0, 1)


def between(x, none, whole):
    """0 up to `none`, 1 from `whole` on."""
    return ((x - none) / (whole - none)).clamp(0, 1)
