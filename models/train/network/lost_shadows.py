"""Weight of brighter exposures in blocks that are nearly black in the reference.

There the reference shows little but noise, and yet the network leaves it some four fifths of the weight, its tone lifted to the brightness of the
brighter exposures: what these show came back at half of its contrast, a rock as a grey veil (models/README.md). So in such blocks their
weight against the reference's is half as much again. Doubled, shadows had more contrast still, and sets that lack the reference were 2 dB more
sensitive to how exposures lie. What the pixel rule has vetoed, because something moved, has a thousandth, and gets little more.
A block stays as bright as it was at its mean: the reference is lifted by what is missing, or by less than before where brighter exposures are brighter than it.
"""
import torch

from network import shape
from network.lost_colour import between, blended_at_means, weights_at_means

DOUBLINGS = 0.6       # of the weight, where the reference is black
DARK = 0.12, 0.06     # mean luma of the reference: from the first on the weight is as the network says, from the second on raised in full
MOST = 0.15           # luma by which the reference is lifted further, or less
LEAST = 0.05          # share of the reference, below which that does not grow for its being less


def preferred(logits, tone, statistics, reference, exposures):
    """What `answer` in model.py has made, logits and tone [B*K,6,R,w], of statistics [B*K,15,R,w] -> both, with the brighter exposures' weight raised."""
    # (k-r)/4 is a quarter for the exposure next to the reference.
    brighter = (4 * statistics[:, shape.INDEX]).clamp(0, 1)
    more = DOUBLINGS * between(statistics[:, 4:5], *DARK) * brighter
    changed = torch.cat([logits[:, :1] + more, logits[:, 1:]], 1)
    before, after = (weights_at_means(x, statistics, reference, exposures) for x in (logits, changed))
    luma = lambda weights: blended_at_means(weights, tone, statistics, reference, exposures)[0]
    share = exposures.spread(exposures.sum(after * reference)).clamp(min=LEAST)
    lift = ((luma(before) - luma(after)) / share).clamp(-MOST, MOST)
    return changed, torch.cat([tone[:, :1] + lift, tone[:, 1:]], 1)
